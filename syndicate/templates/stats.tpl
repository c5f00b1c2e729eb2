% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><h1>{{title}}</h1>
<div class="big">\\
% for number, name in totals:
<div><b>{{number}}</b>{{name}}</div>\\
% end
</div>
% if chart:
<h2>{{t["growth"]}}</h2>
<div class="hist" tabindex="0" role="region" aria-label="{{t['growth']}}">{{!chart}}</div>
<details class="small"><summary>{{t["as_table"]}}</summary><table><thead><tr><th scope="col">{{t["month"]}}</th><th scope="col" class="n">{{t["count"]}}</th></tr></thead><tbody>\\
% for month, count in months:
<tr><th scope="row">{{month}}</th><td class="n">{{count}}</td></tr>\\
% end
</tbody></table></details>
% end
% for name, heads, rows in tables:
<h2>{{name}}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="{{name}}"><table><thead><tr>\\
% for place_of_head, said in enumerate(heads):
<th scope="col"\\
% if place_of_head:
 class="n"\\
% end
>{{said}}</th>\\
% end
</tr></thead><tbody>\\
% for row_name, tag, address, counts in rows:
<tr><th scope="row"><a href="{{address}}"\\
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{row_name}}</a></th>\\
% for count in counts:
<td class="n">{{count}}</td>\\
% end
</tr>\\
% end
</tbody></table></div>
% end
<p><a href="/stats.csv" lang="en">CSV</a> · <a href="/stats.json" lang="en">JSON</a> · <a href="/sources">{{t["how_sources"]}}</a></p>
</main>
