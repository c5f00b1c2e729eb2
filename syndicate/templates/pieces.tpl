% for text, marked, voice in pieces:
% if marked and voice:
<mark lang="{{voice}}">{{text}}</mark>\\
% elif marked:
<mark>{{text}}</mark>\\
% elif voice:
<span lang="{{voice}}">{{text}}</span>\\
% else:
{{text}}\\
% end
% end
