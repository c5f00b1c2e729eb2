<div class="scroll" tabindex="0" role="region" aria-label="{{t['syntax']}}"><table><tbody>
<tr><td><a href="/search?q=%22language%20environment%22"><code>"language environment"</code></a></td><td>{{t["syntax_phrase"]}}</td></tr>
<tr><td><a href="/search?q=education%20OR%20school"><code>education OR school</code></a></td><td>{{t["syntax_either"]}}</td></tr>
<tr><td><a href="/search?q=olympic%20-winter"><code>olympic -winter</code></a></td><td>{{t["syntax_without"]}}</td></tr>
<tr><td><a href="/search?q=title:beijing%20by:fan"><code>title:beijing by:fan</code></a></td><td>{{t["syntax_field"]}}</td></tr>
<tr><td><a href="/search?q=date:2021-11..2022-04"><code>date:2021-11..2022-04</code></a></td><td>{{t["syntax_date"]}}</td></tr>
<tr><td><a href="/search?q=inter*"><code>inter*</code></a></td><td>{{t["syntax_prefix"]}}</td></tr>
<tr><td><a href="/search?q=%E5%9B%BD%E9%99%85%E4%BA%A4%E5%BE%80" lang="zh-Hans">国际交往</a>, <a href="/search?q=%E5%9C%8B%E9%9A%9B%E4%BA%A4%E5%BE%80" lang="zh-Hant">國際交往</a></td><td>{{t["syntax_script"]}}</td></tr>
</tbody></table></div>
