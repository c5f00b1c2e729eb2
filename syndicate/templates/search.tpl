% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap cols">
<aside aria-label="{{t['filters']}}"><details class="filters"><summary>{{t["filters"]}}</summary>\\
% for name, values in facets:
<section class="facet"><h2>{{name}}</h2><ul>\\
% for label, tag, count, address, chosen in values:
<li><a href="{{address}}"\\
% if chosen:
 aria-current="true"\\
% end
><i aria-hidden="true"></i><span\\
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{label}}</span><span class="n">{{t.number(count)}}</span></a></li>\\
% end
</ul></section>\\
% end
</details></aside>
<div>
<div class="head"><h1>{{heading}}</h1><span class="muted small">{{took}} ms</span><p class="sort small"><span class="muted">{{t["sort"]}}</span>\\
% for name, address, chosen in sorts:
% if chosen:
<b aria-current="true">{{name}}</b>\\
% else:
<a href="{{address}}">{{name}}</a>\\
% end
% end
<a href="{{stories[1]}}" rel="nofollow">{{stories[0]}}</a>
<a href="{{whole}}" rel="nofollow">CSV</a></p></div>
% include("meant.tpl")
% include("named.tpl")
% if chips:
<ul class="chips">\\
% for label, pieces, address in chips:
<li><a href="{{address}}" aria-label="{{t['remove'].format(label)}}">\\
% include("pieces.tpl", pieces=pieces)
</a></li>\\
% end
<li class="clear"><a href="{{clear}}">{{t["clear"]}}</a></li></ul>
% end
% include("follow.tpl", follow_words=t["follow_search"], feeds=feeds)
% if chart:
<div class="hist" tabindex="0" role="region" aria-label="{{t['results_by_year']}}">{{!chart}}</div>
% end
% include("script.tpl")
<ol class="hits">
% if not rows:
<li class="hit"><p>{{t["nothing_more"]}}</p></li>
% end
% for row in rows:
% include("row.tpl", row=row, lead=False, level="h2")
% end
</ol>
<nav class="pager" aria-label="{{t['pages']}}">\\
% if previous:
<a class="btn" rel="prev" href="{{previous}}">{{t["previous_page"]}}</a>\\
% end
<span class="muted">{{page_words}}</span>\\
% if following:
<a class="btn" rel="next" href="{{following}}">{{t["next_page"]}}</a>\\
% end
</nav>
</div></main>
