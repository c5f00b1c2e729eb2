% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><nav class="crumbs" aria-label="{{t['browse']}}"><ol><li><a href="{{article.address}}" lang="{{article.tag}}">\\
% include("pieces.tpl", pieces=article_title)
</a></li>\\
% if between:
<li><a href="{{article.address}}/versions">{{t["versions"]}}</a></li>\\
% end
</ol></nav>
<h1>{{title}}</h1>
% if between:
<p class="muted">{{between}}</p>
<p class="small"><ins>{{t["inserted"]}}</ins> <del>{{t["deleted"]}}</del></p>
% for name, pieces in compared:
<h2>{{name}}</h2>
<div class="differs" lang="{{article.tag}}">\\
% for piece in pieces:
% if piece is None:
<span class="muted"> […] </span>\\
% elif piece.kind == "deleted":
<del>{{piece.text}}</del>\\
% elif piece.kind == "inserted":
<ins>{{piece.text}}</ins>\\
% else:
{{piece.text}}\\
% end
% end
</div>
% end
% if not compared:
<p>{{t["no_difference"]}}</p>
% end
<p><a href="{{switch.partition('?')[0]}}.json" lang="en">JSON</a></p>
% else:
<div class="scroll" tabindex="0" role="region" aria-label="{{t['versions']}}"><table class="wide"><thead><tr><th scope="col">{{t["version"]}}</th><th scope="col">{{t["stored_at"]}}</th><th scope="col">{{t["made_by"]}}</th><th scope="col">{{t["the_title"]}}</th><th scope="col">{{t["changes"]}}</th></tr></thead><tbody>
% for each in shown:
<tr><th scope="row">{{each.number}}</th><td>{{each.when}}</td><td><bdi>{{each.person}}</bdi></td><td lang="{{article.tag}}">{{each.title}}</td><td>\\
% if each.changes:
<a href="{{each.changes}}" aria-label="{{t['since_before']}}: {{each.number}}">{{t["since_before"]}}</a> \\
% end
% if each.since_first:
<a href="{{each.since_first}}" aria-label="{{t['since_first']}}: {{each.number}}">{{t["since_first"]}}</a>\\
% end
</td></tr>
% end
</tbody></table></div>
<p><a href="{{article.address}}/versions.json" lang="en">JSON</a></p>
% end
</main>
