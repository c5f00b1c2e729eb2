% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><h1>{{heading}}</h1>
% if intro:
<p class="muted">{{intro}}</p>
% end
% if form and not as_files:
<h2>{{t["make_feed"]}}</h2>
<form class="form" action="/follow" method="get"><label class="grow">{{t["words"]}}<input type="text" name="q"></label>\\
% for name, label, none, choices in form:
<label>{{label}}<select name="{{name}}"><option value="">{{none}}</option>\\
% for id, said, tag in choices:
<option value="{{id}}"\\
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{said}}</option>\\
% end
</select></label>\\
% end
<label>{{t["language"]}}<select name="lang"><option value="">{{t["both_languages"]}}</option><option value="en">{{t["english"]}}</option><option value="zh" lang="zh-Hans">中文</option></select></label><label>{{t["from_day"]}}<input type="text" name="from" size="11" placeholder="2022-04-02"></label><label>{{t["to_day"]}}<input type="text" name="to" size="11"></label><button class="primary">{{t["make_feed"]}}</button></form>
% end
% for name, rows in tables:
% if len(tables) > 1:
<h2>{{name}}</h2>\\
% end
<div class="scroll" tabindex="0" role="region" aria-label="{{name}}"><table class="wide"><thead><tr>\\
% for head in heads:
<th scope="col">{{head}}</th>\\
% end
</tr></thead><tbody>
% for row_name, row_tag, address, cells in rows:
<tr><th scope="row"><a href="{{address}}"\\
% if row_tag != t.tag:
 lang="{{row_tag}}"\\
% end
>{{row_name}}</a></th>\\
% for cell in cells:
% if isinstance(cell, tuple):
<td class="fmt"\\
% if row_tag != t.tag:
 lang="{{row_tag}}"\\
% end
>\\
% for kind, link, said in cell:
<a href="{{link}}" aria-label="{{said}} {{kind}}">{{kind}}</a>\\
% end
</td>\\
% else:
<td>{{cell}}</td>\\
% end
% end
</tr>
% end
</tbody></table></div>
% end
% if any(around):
<nav class="pager" aria-label="{{t['pages']}}">\\
% if around[0]:
<a class="btn" rel="prev" href="{{around[0]}}">{{t["previous_page"]}}</a>\\
% end
<span class="muted">{{page_words}}</span>\\
% if around[1]:
<a class="btn" rel="next" href="{{around[1]}}">{{t["next_page"]}}</a>\\
% end
</nav>
% end
% for said, address in foot:
<p><a href="{{address}}">{{said}}</a></p>
% end
</main>
