% if suggestion:
<p>{{t["did_you_mean"]}} <a href="{{suggestion[1]}}"><b lang="{{suggestion[3]}}">{{suggestion[0]}}</b></a>? {{suggestion[2]}}</p>
% end
