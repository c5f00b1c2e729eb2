% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet desk"><div class="head"><h1>{{t["desk"]}}</h1><form action="/desk/sign-out" method="post"><span class="muted small">{{t.said("desk_editor", editor)}}</span> <button name="go" value="1">{{t["desk_sign_out"]}}</button></form></div>
<nav class="seg" aria-label="{{t['desk_pairs']}}">\\
% for name, named, address in choices:
<a href="{{address}}"\\
% if name == choice:
 aria-current="true"\\
% end
>{{named}}</a>\\
% end
</nav>
% if said:
<p role="status"><b>{{said}}</b></p>
% end
<p class="muted small">{{about_choice}}</p>
% if not judged:
<p>{{t["desk_none"]}}</p>
% end
<ol class="hits">
% for pair in judged:
<li class="judged"><div class="snips">\\
% for row in pair.rows:
<article><h2\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
><a href="{{row.address}}">\\
% include("pieces.tpl", pieces=row.title)
</a></h2><p class="meta">\\
% include("when.tpl", when=row.time)
 <a href="{{row.source_address}}" lang="{{row.source_tag}}">{{row.source}}</a></p><p\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
>\\
% include("pieces.tpl", pieces=row.snippet)
</p></article>\\
% end
</div><form class="verdict" action="/desk" method="post"><input type="hidden" name="one" value="{{pair.ids[0]}}"><input type="hidden" name="other" value="{{pair.ids[1]}}"><input type="hidden" name="state" value="{{choice}}"><input type="hidden" name="before" value="{{before or ''}}"><span class="muted small">{{pair.said}}</span>\\
% if pair.state != "confirmed":
<button class="primary" name="verdict" value="confirm">{{t["desk_confirm"]}}</button>\\
% end
% if pair.state != "refused":
<button name="verdict" value="refuse">{{t["desk_refuse"]}}</button>\\
% end
</form></li>
% end
</ol>
% if more:
<nav class="pager" aria-label="{{t['pages']}}"><a class="btn" rel="next" href="{{more}}">{{t["next_page"]}}</a></nav>
% end
<h2>{{t["desk_join"]}}</h2>
<form class="form" action="/desk" method="post"><label class="grow">{{t["desk_one"]}}<input type="text" name="one" required></label><label class="grow">{{t["desk_other"]}}<input type="text" name="other" required></label><button class="primary" name="verdict" value="confirm">{{t["desk_confirm"]}}</button></form>
</main>
