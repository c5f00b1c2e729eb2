% if row.machine_time:
<time datetime="{{row.machine_time}}">{{when}}</time>\\
% else:
<span class="when">{{when}}</span>\\
% end
