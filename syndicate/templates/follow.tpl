<div class="follow"><strong>{{follow_words}}</strong>\\
% for kind, mime, address in feeds:
<a href="{{address}}">{{kind}}</a>\\
% end
<a href="{{follow}}" rel="nofollow">{{t["follow_list"]}}</a></div>
