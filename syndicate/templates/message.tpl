% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap"><div class="empty"><h1>{{heading}}</h1>
% for line in lines:
<p>{{line}}</p>
% end
<p><a href="/">{{t["latest"]}}</a> · <a href="/search">{{t["search"]}}</a></p></div></main>
