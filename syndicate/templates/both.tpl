% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap"><nav class="crumbs" aria-label="{{t['browse']}}"><ol><li><a href="/">{{t["latest"]}}</a></li></ol></nav><div class="tools"><nav class="seg" aria-label="{{t['article_language']}}">\\
% for row in rows:
<a href="{{row.address}}" hreflang="{{row.tag or 'und'}}" lang="{{row.language_tag}}">{{row.language}}</a>\\
% end
<a href="{{article.address}}/both" aria-current="true">{{t["side_by_side"]}}</a></nav>\\
% if not as_files:
<div class="right"><span class="muted small" aria-hidden="true">{{t["text_size"]}}</span><nav class="seg" aria-label="{{t['text_size']}}">\\
% for size in ("big", "middle", "small"):
<a href="{{article.address}}/both?size={{size}}" rel="nofollow"\\
% if t.size == size:
 aria-current="true"\\
% end
>{{t["size_" + size]}}</a>\\
% end
</nav></div>\\
% end
</div>
% include("script.tpl")
<article class="art"><header><h1\\
% if rows[0].tag:
 lang="{{rows[0].tag}}"\\
% end
>\\
% include("pieces.tpl", pieces=rows[0].title)
</h1>
<p class="alt" lang="{{rows[1].tag or 'und'}}">\\
% include("pieces.tpl", pieces=rows[1].title)
</p>
<dl class="facts">\\
% for row, date in zip(rows, dates):
<div><dt><a href="{{row.address}}" lang="{{row.language_tag}}">{{row.language}}</a></dt><dd><a href="{{row.source_address}}" lang="{{row.source_tag}}">{{row.source}}</a>, \\
% include("when.tpl", when=date)
</dd></div>\\
% end
</dl><p class="intro muted">{{said}}
% if not are_whole:
 {{t["both_cut"]}}
% end
</p></header>
<div class="pairs">
% for number, passage in enumerate(passages, 1):
<div class="pair{{'' if passage.one and passage.other else ' gap'}}" id="p{{number}}"><a class="at" href="#p{{number}}" aria-label="{{t.said('passage', number)}}">{{number}}</a><div lang="{{rows[0].tag or 'und'}}">\\
% if passage.one:
{{!passage.one}}\\
% else:
<p class="muted" lang="{{t.tag}}">{{t["no_passage"]}}</p>\\
% end
</div><div lang="{{rows[1].tag or 'und'}}">\\
% if passage.other:
{{!passage.other}}\\
% else:
<p class="muted" lang="{{t.tag}}">{{t["no_passage"]}}</p>\\
% end
</div></div>
% end
</div></article></main>
