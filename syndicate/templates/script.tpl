% if scripts:
<p class="small muted scripts">{{t["script"]}}: \\
% for name, address, chosen, tag in scripts.links:
% if chosen:
<b aria-current="true" lang="{{tag}}">{{name}}</b> \\
% else:
<a href="{{address}}" rel="nofollow" lang="{{tag}}">{{name}}</a> \\
% end
% end
</p>
% if scripts.notice:
<p class="small converted">{{scripts.notice}} <a href="{{scripts.original}}" rel="nofollow">{{t["show_original"]}}</a></p>
% end
% end
