<div class="follow"><strong>{{follow_words}}</strong>\\
% for kind, mime, address in feeds:
<a href="{{address}}">{{kind}}</a>\\
% end
</div>
