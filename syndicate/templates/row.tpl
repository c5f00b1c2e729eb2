<li class="hit{{' lead' if lead else ''}}"><time datetime="{{row.machine_time}}">{{row.time}}</time><article><{{level}}\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
><a href="{{row.address}}">\\
% include("pieces.tpl", pieces=row.title)
</a></{{level}}>
% for other in row.others:
<p class="alt" lang="{{other.tag}}"><a href="{{other.address}}">{{other.title}}</a></p>
% end
% if row.snippet:
<div class="snips"><p\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
>\\
% include("pieces.tpl", pieces=row.snippet)
</p></div>
% end
<p class="meta"><a href="{{row.source_address}}" lang="{{row.source_tag}}">{{row.source}}</a>\\
% for name, address in row.topics:
<a class="tag" href="{{address}}">{{name}}</a>\\
% end
% if row.address in get("meant", ()):
<span class="tag">{{t["by_meaning"]}}</span>\\
% end
% if row.length:
<span>{{row.length}}</span>\\
% end
<span class="read"><a href="{{row.address}}"\\
% if row.tag:
 lang="{{row.language_tag}}"\\
% end
>{{row.language}}</a>\\
% for other in row.others:
 · <a href="{{other.address}}" lang="{{other.language_tag}}">{{other.language}}</a>\\
% end
</span></p></article></li>
