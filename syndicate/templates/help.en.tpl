<p>Words are looked for all together, in titles, texts, captions and summaries. When few articles have them all, those with most of them follow, and the page says so. An English word also finds its other forms (exchange, exchanges); Chinese needs no spaces. Simplified and traditional characters, full-width and half-width letters, capitals and small letters are the same.</p>
<p>Filters beside the results narrow a search by language, topic, source and year. Every search is a feed: what is found later comes to the reader that follows it.</p>
<p>A query may have 1,000 characters, 16 operators and fields, and 4 phrases of 64 characters.</p>
<h2>Examples</h2>
