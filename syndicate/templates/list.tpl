% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap two"><div>
% if crumbs:
<nav class="crumbs" aria-label="{{t['browse']}}"><ol><li><a href="{{crumbs[1]}}">{{crumbs[0]}}</a></li></ol></nav>
% end
<h1 class="{{'vh' if place == 'latest' else ''}}"\\
% if heading_tag != t.tag:
 lang="{{heading_tag}}"\\
% end
>{{heading}}</h1>
% if intro:
<p class="intro muted">{{intro}}\\
% if pairing and not as_files:
 · <a href="{{pairing[1]}}">{{pairing[0]}}</a>\\
% end
% if site_link:
 · <a href="{{site_link[0]}}" rel="external noopener noreferrer nofollow"><bdi>{{site_link[1]}}</bdi></a>\\
% end
</p>
% end
<div class="head"><nav class="seg" aria-label="{{t['article_language']}}">\\
% for name, address, chosen, tag in languages:
<a href="{{address}}"\\
% if chosen:
 aria-current="true"\\
% end
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{name}}</a>\\
% end
</nav><p class="sort small">\\
% # The pages of one list are the series here; the month or day beside it is another list.
% for _, name, address in dated.steps if dated else ():
<a href="{{address}}">{{name}}</a> \\
% end
% for kind, mime, address in feeds:
<a href="{{address}}">{{kind}}</a>\\
% end
<a href="{{whole}}" rel="nofollow">CSV</a>\\
% if follow:
 <a href="{{follow}}" rel="nofollow">{{t["follow_list"]}}</a>\\
% end
</p></div>
% if dated and dated.table:
<div class="year">{{!dated.table}}</div>
% end
% if chart:
<div class="hist" tabindex="0" role="region" aria-label="{{t['articles_by_year']}}">{{!chart}}</div>
% end
% include("script.tpl")
% for day, machine_day, address_of_day, rows in days:
<section class="day"><h2><a href="{{address_of_day}}"><time datetime="{{machine_day}}">{{day}}</time></a></h2><ol class="hits">
% for place_of_row, row in enumerate(rows):
% include("row.tpl", row=row, lead=place == "latest" and place_of_row == 0 and first_day == machine_day, level="h3")
% end
</ol></section>
% end
% if not days:
<p class="empty">{{nothing}}</p>
% end
% if older:
<nav class="pager" aria-label="{{t['pages']}}"><a class="btn" rel="next" href="{{older}}">{{t["earlier"]}}</a></nav>
% end
</div>
<aside class="side" aria-label="{{t['browse']}}">
% if topics:
<section><h2>{{t["topics"]}}</h2><ul>\\
% for name, address, count in topics:
<li><a href="{{address}}">{{name}}</a> <span class="muted">{{t.number(count)}}</span></li>\\
% end
<li><a href="/topics">{{t["all_topics"].format(topics_total)}}</a></li></ul></section>
% end
% if reading and not as_files:
<section><h2>{{t["reading"]}}</h2><dl>\\
% for name, value in reading:
<dt>{{name}}</dt><dd>{{value}}</dd>\\
% end
</dl></section>
% end
<section><h2>{{t["in_archive"]}}</h2><p>{{archive_words}}</p><p><a href="/calendar">{{t["calendar"]}}</a></p></section>
<section><h2>{{t["for_sites"]}}</h2><p><a href="/feeds">{{t["feeds"]}}</a>, <a href="/feeds.opml">OPML</a></p></section>
</aside></main>
