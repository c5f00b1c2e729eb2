% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap"><nav class="crumbs" aria-label="{{t['browse']}}"><ol><li><a href="/">{{t["latest"]}}</a></li>\\
% if topics:
<li><a href="{{topics[0][1]}}">{{topics[0][0]}}</a></li>\\
% end
</ol></nav><div class="tools">\\
% if row.others:
<nav class="seg" aria-label="{{t['article_language']}}"><a href="{{article.address}}" aria-current="true" lang="{{row.language_tag}}">{{row.language}}</a>\\
% for other in row.others:
<a href="{{other.address}}"\\
% if other.is_found:
 title="{{t['found_by_us_text']}}"\\
% else:
 hreflang="{{other.tag}}"\\
% end
 lang="{{other.language_tag}}">{{other.language}}</a>\\
% end
% if row.both:
<a href="{{row.both}}">{{t["side_by_side"]}}</a>\\
% end
</nav>\\
% end
% if not as_files:
<div class="right"><span class="muted small" aria-hidden="true">{{t["text_size"]}}</span><nav class="seg" aria-label="{{t['text_size']}}">\\
% for size in ("big", "middle", "small"):
<a href="{{article.address}}?size={{size}}" rel="nofollow"\\
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
% if row.tag:
 lang="{{row.tag}}"\\
% end
>\\
% include("pieces.tpl", pieces=row.title)
</h1>
% for other in row.others:
<p class="alt" lang="{{other.tag}}"><a href="{{other.address}}">{{other.title}}</a>\\
% if other.is_found:
 <span class="muted small" lang="{{t.tag}}" title="{{t['found_by_us_text']}}">{{t["found_by_us"]}}</span>\\
% end
</p>
% end
% if row.copies:
<p class="meta">{{t.said("also_in", t.sources(len(row.copies)))}} \\
% for place_of_copy, copy in enumerate(row.copies):
{{t["between_names"] if place_of_copy else ""}}<a href="{{copy.address}}" lang="{{copy.source_tag}}">{{copy.source}}</a>\\
% end
</p>
% end
<dl class="facts"><div><dt>{{t["published"]}}</dt><dd>\\
% include("when.tpl", when=t.published(article))
</dd></div><div><dt>{{t["source"]}}</dt><dd><a href="{{row.source_address}}" lang="{{row.source_tag}}">{{row.source}}</a></dd></div>\\
% if authors:
<div><dt>{{t["author"]}}</dt><dd>\\
% for place_of_author, (name, address_of_author, author_tag) in enumerate(authors):
{{", " if place_of_author else ""}}<a href="{{address_of_author}}" lang="{{author_tag}}">{{name}}</a>\\
% end
</dd></div>\\
% end
% if topics:
<div><dt>{{t["topics"]}}</dt><dd>\\
% for place_of_topic, (name, address_of_topic) in enumerate(topics):
{{", " if place_of_topic else ""}}<a href="{{address_of_topic}}">{{name}}</a>\\
% end
</dd></div>\\
% end
% if row.length:
<div><dt>{{t["length"]}}</dt><dd>{{row.length}}</dd></div>\\
% end
</dl></header>
<div><div class="prose"\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
>{{!body}}</div>
% if original and not is_whole:
<p class="intro"><a href="{{original[0]}}" rel="external noopener noreferrer">{{t["read_original"]}}</a></p>
% end
% if earlier or later:
<nav class="pn" aria-label="{{t['pages']}}">\\
% if earlier:
<a rel="prev" href="{{earlier.address}}"><small>{{earlier_words}}</small><span lang="{{earlier.tag or 'und'}}">{{earlier.plain_title}}</span></a>\\
% end
% if later:
<a rel="next" href="{{later.address}}"><small>{{later_words}}</small><span lang="{{later.tag or 'und'}}">{{later.plain_title}}</span></a>\\
% end
</nav>
% end
</div>
<aside class="side" aria-label="{{t['archive_record']}}">
<section class="keep"><h2>{{t["cite"]}}</h2><p class="cite" lang="{{citation_tag}}">{{citation}}</p><details><summary>{{t["other_citations"]}}</summary>\\
% for style_of, said in citations:
<h3 class="small" lang="en">{{style_of}}</h3><p class="cite" lang="{{citation_tag}}">{{said}}</p>\\
% end
</details><p class="links">\\
% for form, link in citation_files:
<a href="{{link}}" lang="en">{{form}}</a>\\
% end
</p></section>
<section class="keep"><h2>{{t["archive_record"]}}</h2><dl>\\
% if original:
<dt>{{t["original"]}}</dt><dd><a href="{{original[0]}}" rel="external noopener noreferrer">{{original[1]}}</a></dd>\\
% end
<dt>{{t["first_seen"]}}</dt><dd>{{t.moment(article.first_seen)}}</dd><dt>{{t["versions"]}}</dt><dd>\\
% if article.revision > 1:
<a href="{{article.address}}/versions">{{t.said("versions_changed", article.revision)}}</a>\\
% else:
{{article.revision}}\\
% end
</dd><dt>{{t["checksum"]}}</dt><dd><code>sha256 {{article.sha[:16]}}…</code></dd></dl></section>
% if corrected:
<section class="keep"><h2>{{t["corrections"]}}</h2><ul>\\
% for told, says in corrected:
<li>{{told}}\\
% if says:
 <span class="muted">{{says}}</span>\\
% end
</li>\\
% end
</ul></section>
% end
<section><h2>{{t["follow"]}}</h2><ul>\\
% for name, name_tag, links in follows:
<li><span lang="{{name_tag}}">{{name}}</span>: \\
% for kind, link in links:
<a href="{{link}}" aria-label="{{name}} {{kind}}">{{kind}}</a> \\
% end
</li>\\
% end
</ul></section>
% if files:
<section><h2>{{t["files"]}}</h2><ul>\\
% for link, name, facts in files:
<li><a href="{{link}}" rel="external noopener noreferrer nofollow"><bdi>{{name}}</bdi></a> <span class="muted">{{facts}}</span></li>\\
% end
</ul></section>
% end
% if len(headings) > 1:
<section><h2>{{t["on_page"]}}</h2><ol\\
% if row.tag:
 lang="{{row.tag}}"\\
% end
>\\
% for name, words in headings:
<li><a href="#{{name}}">\\
% include("pieces.tpl", pieces=words)
</a></li>\\
% end
</ol></section>
% end
</aside></article></main>
