% if named:
% if not query:
<h2 class="small muted">{{t["begin_with"]}}</h2>
% end
<dl class="named small">\\
% for label, links in named:
<div><dt>{{label}}</dt>\\
% for name, tag, address, count in links:
<dd><a href="{{address}}"\\
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{name}}</a> <span class="muted">{{count}}</span></dd>\\
% end
</div>\\
% end
</dl>
% end
