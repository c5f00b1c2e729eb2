% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><div class="head"><h1>{{heading}}</h1><p class="sort">\\
% for rel, name, address in steps:
<a rel="{{rel}}" href="{{address}}">{{name}}</a> \\
% end
</p></div>
<p class="muted">{{intro}}</p>
% if chart:
<div class="hist" tabindex="0" role="region" aria-label="{{t['articles_by_year']}}">{{!chart}}</div>
% end
<div class="year">\\
% for table in tables:
{{!table}}\\
% end
</div></main>
