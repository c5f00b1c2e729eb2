% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><h1>{{t["begin"]}}</h1><p>{{t["begin_text"]}}</p>
<h2>{{t["begin_file"]}}</h2><pre tabindex="0" lang="en">python app.py --data {{folder}} ingest article.txt feed.xml</pre>
<h2>{{t["begin_feed"]}}</h2><pre tabindex="0" lang="en">python app.py --data {{folder}} sources add https://example.org/feed.xml</pre>
<h2>{{t["begin_folder"]}}</h2><pre tabindex="0" lang="en">python app.py --data {{folder}} ingest articles/</pre>
<p>{{t["after_that"]}}</p></main>
