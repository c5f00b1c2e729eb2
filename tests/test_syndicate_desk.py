"""The desk: who may sit there, what a verdict does, and what no other site can make an editor do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from factories import NOW, article, put_all
from web_client import SITE, Reply, application, ask

from archive import pairs, tokens
from archive.database import Database
from archive.settings import Site
from syndicate.editors import Editors
from syndicate.guard import Application

HERE = SITE.base_url
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """The web, with a pair that is too unsure to be shown."""
    found = application(
        database,
        tmp_path,
        article(guid="1", title="City opens"),
        article(guid="2", title="城市开放", language="zh", script="Hans"),
        article(guid="3", title="Third"),
    )
    one, other = ids(database)[:2]
    with database.writing() as transaction:
        pairs.record(transaction, one, other, state="found", how="names, day", sure=0.55, now=NOW)
    return found


def ids(database: Database) -> list[str]:
    """The articles by their guids."""
    return [row["id"] for row in database.read("SELECT id FROM article ORDER BY guid")]


def send(
    app: Application, address: str, said: dict[str, str], *, cookie: str = "", origin: str = HERE
) -> Reply:
    """A form, as a browser sends it."""
    stated = {"HTTP_ORIGIN": origin} if origin else {}
    return ask(
        app,
        address,
        "POST",
        urlencode(said).encode(),
        CONTENT_TYPE=FORM,
        HTTP_HOST="archive.example",
        HTTP_COOKIE=cookie,
        **stated,
    )


def signed_in(app: Application, database: Database, name: str = "li", scope: str = "admin") -> str:
    """The cookie of an editor who has just shown a token."""
    token = tokens.create(database, name, scope=scope, days=None, now=NOW)
    reply = send(app, "/desk/sign-in", {"token": f" {token} "})
    assert reply.status == 303 and reply.headers["Location"] == "/desk"
    return reply.headers["Set-Cookie"].partition(";")[0]


def verdict(database: Database, said: str) -> dict[str, str]:
    """What the form of the first two articles sends."""
    one, other = ids(database)[:2]
    return {"one": one, "other": other, "verdict": said, "state": "unsure"}


def last_word(database: Database) -> tuple[str, str | None]:
    """The state of the pair, and who said so."""
    one = ids(database)[0]
    (word,) = pairs.words(database, [one])[one]
    return word.state, word.person


def test_who_shows_no_token_sees_no_pairs_and_changes_nothing(app: Application, database: Database) -> None:
    reply = ask(app, "/desk")
    assert reply.status == 200 and 'action="/desk/sign-in"' in reply.text and "City opens" not in reply.text
    assert send(app, "/desk", verdict(database, "confirm")).status == 403
    assert send(app, "/desk", verdict(database, "confirm"), cookie="__Host-desk=made-up").status == 403
    assert last_word(database) == ("found", None)


def test_an_editor_confirms_and_another_refuses(app: Application, database: Database) -> None:
    cookie = signed_in(app, database)
    shown = ask(app, "/desk", HTTP_COOKIE=cookie).text
    assert "City opens" in shown and "城市开放" in shown and "55 % sure" in shown and "names, day" in shown
    reply = send(app, "/desk", verdict(database, "confirm"), cookie=cookie)
    assert reply.status == 303 and last_word(database) == ("confirmed", "li")
    after = ask(app, reply.headers["Location"], HTTP_COOKIE=cookie).text
    assert "they tell one story" in after and "City opens" not in after
    assert "City opens" in ask(app, "/desk?state=confirmed", HTTP_COOKIE=cookie).text
    send(app, "/desk", verdict(database, "refuse"), cookie=signed_in(app, database, "wang"))
    assert last_word(database) == ("refused", "wang")


def test_two_articles_are_joined_by_their_addresses(app: Application, database: Database) -> None:
    rows = database.read("SELECT address FROM article ORDER BY guid")
    said = {"one": HERE + rows[1]["address"], "other": rows[2]["address"], "verdict": "confirm"}
    cookie = signed_in(app, database)
    assert send(app, "/desk", said, cookie=cookie).status == 303
    third = ids(database)[2]
    assert [word.state for word in pairs.words(database, [third])[third]] == ["confirmed"]
    for wrong in (
        {**said, "one": "nothing"},
        {**said, "other": said["one"]},
        {**said, "other": ""},
        {**said, "verdict": "perhaps"},
    ):
        reply = send(app, "/desk", wrong, cookie=cookie)
        assert reply.status == 400 and "<h1>" in reply.text


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://evil.example", "https://archive.example.evil.example", "http://archive.example:81"],
)
def test_no_other_site_can_send_the_form(app: Application, database: Database, origin: str) -> None:
    cookie = signed_in(app, database)
    for address in ("/desk", "/desk/sign-in", "/desk/sign-out"):
        assert send(app, address, verdict(database, "confirm"), cookie=cookie, origin=origin).status == 403
    assert last_word(database) == ("found", None)
    assert "City opens" in ask(app, "/desk", HTTP_COOKIE=cookie).text


def test_the_host_that_the_reader_came_to_counts(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1"), site=Site())
    token = tokens.create(database, "li", scope="admin", days=None, now=NOW)
    reply = ask(
        app,
        "/desk/sign-in",
        "POST",
        urlencode({"token": token}).encode(),
        CONTENT_TYPE=FORM,
        HTTP_HOST="192.0.2.7:8080",
        HTTP_ORIGIN="http://192.0.2.7:8080",
    )
    assert reply.status == 303


def test_a_session_is_for_this_host_and_for_no_script(app: Application, database: Database) -> None:
    token = tokens.create(database, "li", scope="admin", days=None, now=NOW)
    set_cookie = send(app, "/desk/sign-in", {"token": token}).headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-desk=") and token not in set_cookie
    assert set(re.split("; ", set_cookie)[1:]) == {
        *("Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=Strict")
    }
    page = ask(app, "/desk")
    assert page.headers["Cache-Control"] == "no-store" and page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_only_tokens_that_may_do_everything_are_good(app: Application, database: Database) -> None:
    token = tokens.create(database, "feed", scope="push", days=None, now=NOW)
    for shown in (token, "", "nothing", "令牌"):
        reply = send(app, "/desk/sign-in", {"token": shown})
        assert reply.status == 403 and 'role="alert"' in reply.text and "Set-Cookie" not in reply.headers


def test_guessing_is_slowed_down(app: Application) -> None:
    codes = [send(app, "/desk/sign-in", {"token": str(guess)}).status for guess in range(22)]
    assert codes[:20] == [403] * 20 and codes[20:] == [429] * 2


def test_a_session_ends_with_its_token_and_when_it_is_closed(app: Application, database: Database) -> None:
    first, second = signed_in(app, database, "li"), signed_in(app, database, "wang")
    tokens.revoke(database, "li", now=NOW)
    assert "City opens" not in ask(app, "/desk", HTTP_COOKIE=first).text
    assert send(app, "/desk/sign-out", {"go": "1"}, cookie=second).status == 303
    assert "City opens" not in ask(app, "/desk", HTTP_COOKIE=second).text


def test_sessions_end_by_themselves_and_are_not_too_many() -> None:
    editors = Editors()
    shown = editors.open(7, NOW)
    assert editors.token(shown, NOW + timedelta(hours=11)) == 7
    assert editors.token(shown, NOW + timedelta(hours=12)) is None
    for _ in range(Editors.MOST):
        editors.open(8, NOW)
    assert editors.token(shown, NOW) is None


def test_many_pairs_are_shown_page_by_page(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    entries = [article(guid=str(each), title=f"Number {each}") for each in range(50)]
    with database.writing() as transaction:
        found = [each.article.id for each in put_all(transaction, *entries)]
        for one, other in zip(found[::2], found[1::2], strict=True):
            pairs.record(transaction, one, other, state="found", how="day", sure=0.5, now=NOW)
    cookie, address, seen = signed_in(app, database), "/desk", []
    while address:
        shown = ask(app, address, HTTP_COOKIE=cookie).text
        seen += re.findall(r'name="one" value="([^"]+)"', shown)
        more = re.search(r'rel="next" href="([^"]+)"', shown)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 25
    assert ask(app, "/desk?before=x", HTTP_COOKIE=cookie).status == 400
