% rebase("layout.tpl", **globals_of_page)
<main id="main" class="wrap sheet"><h1>{{heading}}</h1>
{{!text}}
% if syntax:
% include("syntax.tpl")
% end
</main>
