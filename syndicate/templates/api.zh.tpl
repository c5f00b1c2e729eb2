<p>没有另外一套接口：每个列表、每次搜索都是订阅源，它的JSON Feed与网页内容一致。读取不需要密钥。<a href="/openapi.json">openapi.json</a>描述全部地址。</p>
<h2 id="lists">列表与搜索</h2>
<p>在任一列表的路径后加<code>.json</code>、<code>.atom</code>或<code>.rss</code>，参数照旧：</p>
<pre tabindex="0" lang="en">curl {{base}}/latest.json
curl {{base}}/topic/olympics.json?lang=zh&amp;n=100
curl --get {{base}}/search.json --data-urlencode 'q=<span lang="zh-Hans">国际交往</span>'</pre>
<p><code>_archive</code>对象说明整个列表（<code>total</code>、如何理解查询），每个条目中的则说明编号、来源、版本和译文。条目的<code>url</code>是本站页面，<code>external_url</code>是原文。</p>
<h2 id="articles">文章</h2>
<p>文章地址后可加<code>.json</code>、<code>.txt</code>、<code>.bib</code>、<code>.ris</code>和<code>.csl.json</code>；<code>/versions.json</code>列出各个版本，<code>/versions/1..2.json</code>比较两个版本。已撤下的文章返回410和存档记录。</p>
<h2 id="all">全部内容与新内容</h2>
<p>从列表沿<code>prev_archive</code>可一直读到最早的文章（RFC 5005）：只有其中的文章变动时，这些文档才会变动。再次读取时用<code>If-None-Match</code>带上<code>ETag</code>：返回304即没有变化，几乎不费流量。其他网站的脚本也可以这样做。已撤下的文章列在<code>_deleted</code>中。</p>
<h2 id="pages">放进您的网页</h2>
<p><a href="/follow">/follow</a>给出把任一列表放进网页的一行代码；支持oEmbed的软件可用<code>/oembed?url=</code>。</p>
<h2 id="manners">使用礼仪</h2>
<p>每分钟一次就够了。请在<code>User-Agent</code>中写明程序名称和联系地址。查询超出限制时返回400并说明原因。地址和字段不会改变，但可能增加。</p>
