% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet desk"><h1>{{t["desk"]}}</h1>
<p>{{t["desk_text"]}}</p>
% if was_wrong:
<p class="notice" role="alert">{{t["desk_wrong"]}}</p>
% end
<form class="form" action="/desk/sign-in" method="post"><label class="grow">{{t["desk_token"]}}<input type="password" name="token" autocomplete="current-password" required></label><button class="primary">{{t["desk_sign_in"]}}</button></form>
<p class="muted small">{{t["desk_how"]}} <code lang="en">python app.py token create NAME --scope admin</code></p>
<p class="muted small">{{t["desk_https"]}}</p>
</main>
