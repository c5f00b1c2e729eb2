<!doctype html>
<html lang="{{t.tag}}"\\
% if t.size != "middle":
 class="{{t.size}}"\\
% end
>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} – {{site_name}}</title>
<link rel="stylesheet" href="{{style}}">
<link rel="icon" href="data:,">
<link rel="search" type="application/opensearchdescription+xml" title="{{site_name}}" href="/opensearch.xml">
% for named, mime, address in discovered:
<link rel="alternate" type="{{mime}}" title="{{named}}" href="{{address}}">
% end
% for line in head:
{{!line}}
% end
</head>
<body>
<a class="skip" href="#main">{{t["skip"]}}</a>
<header class="mast"><div class="wrap">
<a class="brand" href="/"><b aria-hidden="true" lang="zh-Hans">档</b> <bdi lang="en">{{site.title}}</bdi> <span lang="zh-Hans">{{site.title_zh}}</span></a>
<nav aria-label="{{t['main']}}"><ul>\\
% for name, address in (("latest", "/"), ("search", "/search"), ("topics", "/topics"), ("sources", "/sources"), ("feeds", "/feeds"), ("about", "/about")):
<li><a href="{{address}}"\\
% if place == name:
 aria-current="page"\\
% end
>{{t[name]}}</a></li>\\
% end
</ul></nav>
<div class="ui"><a href="{{switch}}" hreflang="{{'en' if t.language == 'zh' else 'zh-Hans'}}" lang="{{'en' if t.language == 'zh' else 'zh-Hans'}}">{{"English" if t.language == "zh" else "中文界面"}}</a></div>
</div>
% if t.host:
<p class="notice">{{t.said("elsewhere", host=t.host, served=base_url)}} <code lang="en">[site] base_url = "{{t.scheme}}://{{t.host}}"</code></p>
% end
</header>
% if find and not as_files:
<search class="find"><div class="wrap"><form action="/search" method="get">
<label class="vh" for="q">{{t["search_for"]}}</label>
<input id="q" type="search" name="q" value="{{query}}" placeholder="{{t['placeholder']}}" autocomplete="off" enterkeyhint="search">
% for name, value in kept:
<input type="hidden" name="{{name}}" value="{{value}}">
% end
<button class="primary">{{t["go"]}}</button><a class="btn" href="/about/search">{{t["search_help"]}}</a></form>
<p class="also">{{!also}}</p></div></search>
% end
{{!base}}
<footer class="foot"><div class="wrap"><a href="/about">{{t["about"]}}</a>\\
% if not as_files:
<a href="/about/search">{{t["search_help"]}}</a><a href="/api">{{t["api"]}}</a><a href="/healthz">{{t["health"]}}</a>\\
% end
<a href="/feeds.opml">OPML</a><a href="/stats">{{t["stats"]}}</a></div></footer>
</body>
</html>
