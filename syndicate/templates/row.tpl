<li class="hit{{' lead' if lead else ''}}">\\
% include("when.tpl", when=row.time)
<article><{{level}}\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
><a href="{{row.address}}">\\
% include("pieces.tpl", pieces=row.title)
</a></{{level}}>
% for other in row.others:
<p class="alt" lang="{{other.tag}}"><a href="{{other.address}}">{{other.title}}</a>\\
% if other.is_found:
 <span class="muted small" lang="{{t.tag}}" title="{{t['found_by_us_text']}}">{{t["found_by_us"]}}</span>\\
% end
</p>
% end
% if row.snippet:
<div class="snips"><p\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
>\\
% include("pieces.tpl", pieces=row.snippet)
</p>\\
% for other in row.others:
% if other.snippet:
<p lang="{{other.tag}}">\\
% include("pieces.tpl", pieces=other.snippet)
</p>\\
% end
% end
</div>
% end
% if row.copies:
<p class="meta">{{t.said("also_in", t.sources(len(row.copies)))}} \\
% for place_of_copy, copy in enumerate(row.copies):
{{t["between_names"] if place_of_copy else ""}}<a href="{{copy.address}}" lang="{{copy.source_tag}}">{{copy.source}}</a>\\
% end
</p>
% end
<p class="meta"><a href="{{row.source_address}}" lang="{{row.source_tag}}">{{row.source}}</a>\\
% for name, address in row.topics:
<a class="tag" href="{{address}}">{{name}}</a>\\
% end
% if row.by_meaning:
<span class="tag">{{t["by_meaning"]}}</span>\\
% end
% if row.length:
<span>{{row.length}}</span>\\
% end
% if row.through:
<span class="through">\\
% include("pieces.tpl", pieces=row.through)
</span>\\
% end
<span class="read"><a href="{{row.address}}"\\
% if row.tag:
 lang="{{row.language_tag}}"\\
% end
>{{row.language}}</a>\\
% for other in row.others:
 · <a href="{{other.address}}" lang="{{other.language_tag}}">{{other.language}}</a>\\
% end
% if row.both:
 · <a href="{{row.both}}">{{t["side_by_side"]}}</a>\\
% end
</span></p></article></li>
