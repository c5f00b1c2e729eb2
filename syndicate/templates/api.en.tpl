<p>There is no second interface: every list and every search is a feed, and its JSON Feed says all that the page does. No key is needed to read. <a href="/openapi.json">openapi.json</a> describes every address.</p>
<h2 id="lists">Lists and searches</h2>
<p>Put <code>.json</code>, <code>.atom</code> or <code>.rss</code> behind the path of any list, and keep its parameters:</p>
<pre tabindex="0" lang="en">curl {{base}}/latest.json
curl {{base}}/topic/olympics.json?lang=zh&amp;n=100
curl --get {{base}}/search.json --data-urlencode 'q=<span lang="zh-Hans">国际交往</span>'</pre>
<p>The object <code>_archive</code> holds what is known of the whole list (<code>total</code>, how a query was read), and one in each item its number, source, version and translations. An item's <code>url</code> is our page, <code>external_url</code> the original.</p>
<h2 id="articles">Articles</h2>
<p>An article's address takes <code>.json</code>, <code>.txt</code>, <code>.bib</code>, <code>.ris</code> and <code>.csl.json</code>; <code>/versions.json</code> lists its versions, <code>/versions/1..2.json</code> compares two. A withdrawn article answers 410 with its record.</p>
<h2 id="all">Everything, and what is new</h2>
<p>Follow <code>prev_archive</code> from a list to its very beginning (RFC 5005): those documents change only when one of their articles does. Ask again with the <code>ETag</code> in <code>If-None-Match</code>: 304 says that nothing has changed and costs next to nothing. Scripts of other sites may do so too. Withdrawn articles stand in <code>_deleted</code>.</p>
<h2 id="pages">In pages of yours</h2>
<p><a href="/follow">/follow</a> shows the line that puts any list into a page; <code>/oembed?url=</code> does so for software that asks for it.</p>
<h2 id="manners">Manners</h2>
<p>Once a minute is often enough. Name your program and an address in <code>User-Agent</code>. A query over a limit answers 400 and says which. Addresses and fields stay; new ones may come.</p>
