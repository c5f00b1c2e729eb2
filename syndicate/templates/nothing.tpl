% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap"><div class="empty"><h1>\\
% include("pieces.tpl", pieces=heading)
</h1>
% include("meant.tpl")
% include("named.tpl")
% if chips:
<ul class="chips">\\
% for label, pieces, address in chips:
<li><a href="{{address}}" aria-label="{{t['remove'].format(label)}}">\\
% include("pieces.tpl", pieces=pieces)
</a></li>\\
% end
</ul>
% end
% if wider:
<h2>{{t["widen"]}}</h2><ul>
% for pieces, address, count in wider:
<li><a href="{{address}}">\\
% include("pieces.tpl", pieces=pieces)
</a>: {{count}}</li>
% end
</ul>
% end
<h2>{{t["follow_anyway"]}}</h2><p>{{t["empty_feed"]}}
% for kind, mime, address in feeds:
<a href="{{address}}">{{kind}}</a>
% end
<a href="{{follow}}" rel="nofollow">{{t["follow_list"]}}</a>
</p>
<h2>{{t["syntax"]}}</h2>
% include("syntax.tpl")
</div></main>
