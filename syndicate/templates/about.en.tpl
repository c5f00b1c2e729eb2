<p>This archive takes in news in English and Chinese from feeds, pages and documents. It keeps every article and every version of it, makes all of them searchable in both languages, and gives every list and search out again as a feed.</p>
<h2 id="read">Reading and following</h2>
<p>Every list has its feeds beside it, as Atom, RSS and JSON Feed: put the address into a feed reader. <a href="/feeds">All feeds</a> are on one page, and as <a href="/feeds.opml">OPML</a>. Each feed leads to its complete history by the links that RFC 5005 describes. Other sites may read all of them.</p>
<h2 id="search">Searching</h2>
<p>Type words in either language, in simplified or traditional characters. <a href="/about/search">How to search</a> shows more.</p>
<h2 id="rights">Whose text this is</h2>
<p>The articles belong to their publishers, who are named with each of them together with the address of the original. What a source asks for is followed: a licence is carried along, a text may be shown as a summary only, and an article can be withdrawn; its record then says when and why.</p>
<h2 id="accessibility">Accessibility</h2>
<p>All pages work without JavaScript and with a keyboard, and say which language each text is in. There are no cookies but two that remember the language of the interface and the size of the text.</p>
<h2 id="licences">Data and packages</h2>
<p>The samples of the demonstration are the user's own article and stories written for this project. The words by which a query finds articles of the other language come from a glossary of our own, from the dictionary CC-CEDICT (CC BY-SA 4.0), and from articles of opensource.com with their translations by the Linux China community (CC BY-SA 4.0), of which only single words were learned. The service stands on these packages:</p>
