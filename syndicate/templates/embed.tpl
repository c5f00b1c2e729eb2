<!doctype html>
<html lang="{{t.tag}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<link rel="stylesheet" href="{{style}}">
<link rel="icon" href="data:,">
<link rel="canonical" href="{{address}}">
<meta name="robots" content="noindex">
</head>
<body><main>
<h1\\
% if heading_tag and heading_tag != t.tag:
 lang="{{heading_tag}}"\\
% end
><a href="{{address}}" target="_blank" rel="noopener">\\
% include("pieces.tpl", pieces=heading)
</a></h1>
% if summary:
<p lang="{{heading_tag or 'und'}}">{{summary}}</p>
% end
% if rows:
<ol>
% for row in rows:
<li\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
><a href="{{base_url}}{{row.address}}" target="_blank" rel="noopener">\\
% include("pieces.tpl", pieces=row.title)
</a><p class="meta" lang="{{t.tag}}"><span lang="{{row.source_tag}}">{{row.source}}</span>\\
% if row.time:
 · \\
% include("when.tpl", when=row.time)
% end
</p></li>
% end
</ol>
% elif not facts:
<p>{{t["no_articles"]}}</p>
% end
% if facts:
<p class="meta">\\
% for place_of_fact, (fact, tag) in enumerate(facts):
{{" · " if place_of_fact else ""}}<span lang="{{tag}}">{{fact}}</span>\\
% end
</p>
% end
<p class="by"><a href="{{address}}" target="_blank" rel="noopener">{{t["embed_more"].partition("{}")[0]}}<bdi lang="en">{{site.title}}</bdi> <span lang="zh-Hans">{{site.title_zh}}</span></a></p>
</main></body>
</html>
