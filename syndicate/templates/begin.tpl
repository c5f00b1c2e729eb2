% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><h1>{{t["begin"]}}</h1><p>{{t["begin_text"]}}</p>
<h2>{{t["begin_file"]}}</h2><pre tabindex="0" lang="en">{{command}} ingest article.txt feed.xml</pre>
<h2>{{t["begin_feed"]}}</h2><pre tabindex="0" lang="en">{{command}} sources add https://example.org/feed.xml</pre>
<h2>{{t["begin_folder"]}}</h2><pre tabindex="0" lang="en">{{command}} ingest articles/</pre>
<p>{{t["after_that"]}}</p></main>
