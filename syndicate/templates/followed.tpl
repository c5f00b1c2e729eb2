% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><nav class="crumbs" aria-label="{{t['browse']}}"><ol><li><a href="/feeds">{{t["feeds"]}}</a></li></ol></nav>
<h1>\\
% include("pieces.tpl", pieces=heading)
</h1>
<p><a href="{{followed.page}}">{{t["see_list"]}}</a></p>
<div class="head intro">\\
% for named, choices in ((t["language"], languages), (t["text_of_articles"], contents)):
<nav class="seg" aria-label="{{named}}">\\
% for name, address, chosen, tag in choices:
<a href="{{address}}" rel="nofollow"\\
% if chosen:
 aria-current="true"\\
% end
% if tag != t.tag:
 lang="{{tag}}"\\
% end
>{{name}}</a>\\
% end
</nav>\\
% end
</div>
<h2>{{t["in_reader"]}}</h2>
<ol class="steps"><li>{{t["step_copy"]}}</li><li>{{t["step_paste"]}}</li><li>{{t["step_read"]}}</li></ol>
<dl class="copies">\\
% for kind, address in followed.feeds:
<dt><a href="{{address}}" lang="en">{{kind}}</a></dt><dd><code class="copy" tabindex="0" role="textbox" aria-readonly="true" aria-label="{{t['address_of'].format(kind)}}">{{address}}</code></dd>\\
% end
</dl>
<p class="muted small">{{t["which_format"]}}</p>
<h2>{{t["on_your_site"]}}</h2>
<p>{{t["embed_text"]}} <a href="{{followed.preview}}">{{t["embed_look"]}}</a></p>
<pre class="copy" tabindex="0" lang="en">\\
% include("pieces.tpl", pieces=followed.frame)
</pre>
<h2>{{t["for_programs"]}}</h2>
<p>{{t["program_text"]}}</p>
<p>{{t["websub_text"]}} <code lang="en">{{base_url}}/hub</code></p>
% if has_history:
<p>{{t["history_text"]}}</p>
% end
<p><a href="/api">{{t["api"]}}</a> · <a href="/feeds">{{t["all_feeds"]}}</a></p>
</main>
