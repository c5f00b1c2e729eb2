"""The web as its clients see it: codes, headers, addresses, languages, rights."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest
from factories import NOW, TOPICS, article
from web_client import SITE, application, ask

from archive.articles import at, withdraw
from archive.database import Database
from archive.model import Article, Republish
from archive.settings import Settings, Site
from index import Index, follow, open_index
from syndicate.guard import Application
from syndicate.web import make_app

SECRET = "only those who paid may read this sentence"
PAGES = ["/", "/search", "/search?q=olympic", "/search?q=nothing-like-it", "/topics", "/topic/olympics"]
PAGES += ["/topic/education%2Bolympics", "/sources", "/source/example", "/by/%E8%8C%83%E4%BF%8A%E7%94%9F"]
PAGES += ["/feeds", "/about", "/about/search", "/nothing", "/search?lang=xx"]
PROGRAMS = ["/latest.atom", "/search.rss?q=olympic", "/topic/olympics.json", "/feeds.opml", "/opensearch.xml"]
PROGRAMS += ["/robots.txt", "/healthz", "/readyz", "/nothing.atom", "/topic/nothing.rss", "/static/x.css"]
BAD_VALUES = ["/?ui=fr", "/about?ui=fr", "/search?from=2022-13-01", "/?before=yesterday", "/search?page=0"]
BAD_VALUES += ["/search?q=" + "a" * 1001, "/search.atom?sort=best", "/readyz?max_behind=%C2%B2"]
BAD_VALUES += ["/topic/olympics?n=x"]


def entries() -> list[Article]:
    return [
        article(guid="1", title="Olympic halls open", text="Come and see.\n\nAll of them.", published=NOW),
        article(guid="2", title="学校迎来新生", text="海淀的学校今天开学。", language="zh", script="Hans",
                authors=("范俊生",), published=NOW - timedelta(days=400)),
    ]  # fmt: skip


def made(database: Database, folder: Path) -> Application:
    """An application on the articles."""
    return application(database, folder, *entries())


@pytest.fixture(scope="module")
def app(standing: Database) -> Application:
    """That archive for all tests that only read."""
    return made(standing, standing.folder.parent)


@pytest.fixture
def changing(database: Database, tmp_path: Path) -> Application:
    """That archive for one test."""
    return made(database, tmp_path)


def address(database: Database, title: str) -> str:
    (row,) = database.read(
        "SELECT a.address FROM article a JOIN revision r ON r.article = a.id WHERE r.title = :title",
        title=title,
    )
    return str(row["address"])


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_strict_headers_and_no_script(app: Application, path: str) -> None:
    reply = ask(app, path)
    assert reply.status == {"/nothing": 404, "/search?lang=xx": 400}.get(path, 200)
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Vary"] == "Accept, Accept-Language, Cookie" and "Server" not in reply.headers
    assert "<script" not in reply.text and " style=" not in reply.text and "Set-Cookie" not in reply.headers
    assert reply.headers.get("X-Robots-Tag", "") == ("noindex" if reply.status == 200 and "search" in path and
                                                     "about" not in path else "")  # fmt: skip


@pytest.mark.parametrize("path", PROGRAMS)
def test_programs_get_no_page_and_may_come_from_any_site(app: Application, path: str) -> None:
    reply = ask(app, path)
    assert "html" not in reply.headers["Content-Type"] and "<html" not in reply.text
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages(app: Application, path: str) -> None:
    en, zh = (ask(app, path, HTTP_ACCEPT_LANGUAGE=language) for language in ("en-GB", "zh-CN,zh"))
    assert (en.status, en.headers["Content-Language"]) == (zh.status, "en")
    assert zh.headers["Content-Language"] == "zh-Hans" and '<html lang="zh-Hans"' in zh.text
    assert ">Topics</a>" in en.text and ">专题</a>" in zh.text


def test_no_answer_is_without_the_strict_headers(changing: Application, database: Database) -> None:
    where, tag = address(database, "Olympic halls open"), ask(changing, "/latest.atom").headers["Etag"]
    replies = [
        ask(changing, "/search", "POST"),
        ask(changing, "/latest.atom?lang="),
        ask(changing, "/?lang="),
        ask(changing, where),
    ]
    replies += [ask(changing, where + suffix) for suffix in (".json", ".txt")]
    replies += [
        ask(changing, each, HTTP_IF_NONE_MATCH=tag) for each in ("/latest.atom", "/latest.atom?ui=zh")
    ]
    withdraw(database, [row["id"] for row in database.read("SELECT id FROM article")],
             reason="an error", person="editor", now=NOW)  # fmt: skip
    replies += [ask(changing, where + suffix) for suffix in ("", ".json")]
    replies += [ask(changing, each) for each in ("/%ff", "/search.atom?n=x", "/a/2022/04/02/00000000.json")]
    codes = [405, 301, 301, 200, 200, 200, 304, 200, 410, 410, 400, 400, 404]
    assert [reply.status for reply in replies] == codes
    for reply in replies:
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in reply.headers


def test_a_program_of_another_site_may_follow_to_the_one_address(app: Application) -> None:
    # Browsers follow a redirect for a script only when the redirect itself lets them.
    reply = ask(app, "/latest.json?lang=&n=3", HTTP_ORIGIN="https://other.example")
    assert (reply.status, reply.headers["Location"]) == (301, "/latest.json?n=3")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "html" not in reply.headers["Content-Type"]


@pytest.mark.parametrize("ui", ["en", "zh"])
def test_nothing_that_others_named_acts_on_any_page(ui: str, database: Database, tmp_path: Path) -> None:
    bad = "\"'><x on=1>&{{1}}"
    entry = article(guid="1", title=f"Olympic {bad}", authors=(bad,), categories=(bad,), text=f"Text {bad}",
                    summary=bad, rights=bad, published=NOW)  # fmt: skip
    app = application(database, tmp_path, entry, site=Site(title=bad, base_url="https://archive.example"))
    with database.writing() as transaction:
        transaction.run("UPDATE source SET title = :bad, site_url = :bad", bad=bad)
    (row,) = database.read("SELECT address FROM article")
    asked = [*PAGES, "/by/" + quote(bad), "/search?q=" + quote(bad), "/search?q=olympic&by=" + quote(bad)]
    asked += [
        row["address"],
        "/topic/" + quote(bad),
        "/?lang=" + quote(bad),
        "/feeds.opml",
        "/opensearch.xml",
    ]
    for path in asked:
        text = ask(app, path, HTTP_ACCEPT_LANGUAGE=ui).text
        assert "<x" not in text and "&1" not in text and "\"'" not in text, path


@pytest.mark.parametrize("path", PAGES + PROGRAMS)
def test_head_says_the_same_without_a_body(app: Application, path: str) -> None:
    got, head = ask(app, path), ask(app, path, "HEAD")
    assert head.status == got.status and head.body == b""
    timed = path.startswith("/search") and "." not in path  # says how long it took
    same = ["Content-Type", "Etag", *([] if timed else ["Content-Length"])]
    assert [head.headers.get(name) for name in same] == [got.headers.get(name) for name in same]


@pytest.mark.parametrize(
    ("asked", "one"),
    [
        ("/?ui=zh&lang=en", "/?lang=en&ui=zh"),
        ("/?lang=", "/"),
        ("/latest?lang=zh", "/?lang=zh"),
        ("/topic/olympics+education", "/topic/education+olympics"),
        ("/topic/olympics?q=halls", "/search?q=halls&topic=olympics"),
        ("/search?topic=&q=halls&lang=&page=1", "/search?q=halls"),
        ("/search.atom?sort=new&q=halls", "/search.atom?q=halls&sort=new"),
    ],
)
def test_a_list_has_one_address(app: Application, asked: str, one: str) -> None:
    reply = ask(app, asked)
    assert (reply.status, reply.headers["Location"]) == (301, one)
    assert ask(app, one).status == 200


def test_parameters_of_others_change_nothing(app: Application) -> None:
    assert ask(app, "/?utm_source=letter").status == 200


@pytest.mark.parametrize(
    "asked",
    BAD_VALUES,
)
def test_a_bad_value_is_refused_with_a_sentence(app: Application, asked: str) -> None:
    reply = ask(app, asked)
    assert reply.status == 400
    assert "expected" in reply.text or "of ours" in reply.text or "1,000" in reply.text


@pytest.mark.parametrize(
    "asked", ["/topic/none", "/source/none", "/topic/none.atom", "/a/2022/04/02/00000000"]
)
def test_what_is_not_there_is_not_found(app: Application, asked: str) -> None:
    assert ask(app, asked).status == 404


def test_only_reading_is_answered(app: Application) -> None:
    reply = ask(app, "/search", "POST")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("asked", "environ"),
    [
        ("/%ff%fe", {}),
        ("/by/%ff", {}),
        ("/search?q=%ff%fe%", {}),
        ("/search?q=a", {"HTTP_COOKIE": "ui=\xe9; \x00=;;;==", "HTTP_ACCEPT_LANGUAGE": "\xff;q=x,zh;q=nan"}),
        ("/", {"HTTP_IF_NONE_MATCH": '\xe9"', "HTTP_ACCEPT": "\xff"}),
        ("/latest.atom", {"HTTP_IF_NONE_MATCH": "\xe9", "HTTP_IF_MODIFIED_SINCE": "\xff"}),
        ("/by/a%0d%0aSet-Cookie:%20x=1", {}),
        ("/search?q=a&q=%00&page=%D9%A3", {}),
        ("/static/..%2f..%2fweb.py", {}),
    ],
)
def test_nothing_that_is_sent_breaks_an_answer(app: Application, asked: str, environ: dict[str, str]) -> None:
    reply = ask(app, asked, **environ)
    assert reply.status in (200, 400, 404) and "Set-Cookie" not in reply.headers


def test_chinese_may_come_unescaped(app: Application) -> None:
    assert "学校迎来新生" in ask(app, "/by/范俊生").text.replace("<", "\n<")
    assert "1 article" in ask(app, "/search?q=学校").text


def test_the_interface_is_as_asked_as_kept_as_the_browser_likes_it(app: Application) -> None:
    def language(asked: str = "/", **environ: str) -> str:
        return ask(app, asked, **environ).headers["Content-Language"]

    browser, kept = {"HTTP_ACCEPT_LANGUAGE": "fr, zh-TW;q=0.9, en;q=0.8"}, {"HTTP_COOKIE": "a=1; ui=en"}
    assert language() == "en"
    assert language(**browser) == "zh-Hans"
    assert language(**browser, **kept) == "en"
    assert language("/?ui=zh", **browser, **kept) == "zh-Hans"
    assert language("/nothing?ui=zh") == "zh-Hans"
    assert ask(app, "/?ui=zh").text.startswith('<!doctype html>\n<html lang="zh-Hans">')


def test_what_was_chosen_is_remembered_without_authority(app: Application) -> None:
    cookie = ask(app, "/about?ui=zh").headers["Set-Cookie"]
    assert cookie.startswith("ui=zh;") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" in cookie  # since the site's address is https
    assert 'class="big"' in ask(app, "/about", HTTP_COOKIE="size=big").text
    assert "size=small" in ask(app, "/about?size=small").headers["Set-Cookie"]


def test_a_page_is_sent_again_only_when_something_changed(
    changing: Application, database: Database, tmp_path: Path
) -> None:
    for asked in ("/", "/search?q=halls", "/feeds", address(database, "Olympic halls open")):
        tag = ask(changing, asked).headers["Etag"]
        kept = ask(changing, asked, HTTP_IF_NONE_MATCH=f'"other", {tag}')
        assert (kept.status, kept.body) == (304, b"") and kept.headers["Etag"] == tag
        assert ask(changing, asked, HTTP_IF_NONE_MATCH=tag, HTTP_COOKIE="ui=zh").status == 200
        assert ask(changing, asked, HTTP_IF_NONE_MATCH=tag, HTTP_COOKIE="size=big").status == 200
    tag = ask(changing, "/").headers["Etag"]
    withdraw(database, [row["id"] for row in database.read("SELECT id FROM article")][:1],
             reason="an error", person="editor", now=NOW)  # fmt: skip
    assert ask(changing, "/", HTTP_IF_NONE_MATCH=tag).status == 200
    tag = ask(changing, "/search?q=halls").headers["Etag"]
    follow(database, tmp_path / "index")
    assert ask(changing, "/search?q=halls", HTTP_IF_NONE_MATCH=tag).status == 200
    assert "Etag" not in ask(changing, "/sources").headers  # polling leaves no line in the log


def test_a_withdrawn_article_leaves_its_record(changing: Application, database: Database) -> None:
    where = address(database, "Olympic halls open")
    found = at(database, where)
    assert found
    withdraw(database, [found.id], reason="a wrong date", person="editor", now=NOW)
    for suffix in ("", ".json", ".txt"):
        reply = ask(changing, where + suffix)
        assert reply.status == 410 and "a wrong date" in reply.text
        assert "Come and see" not in reply.text and "editor" not in reply.text
    record = json.loads(ask(changing, where + ".json").text)
    assert record["withdrawn"] == {"when": "2026-11-24T08:00:00Z", "reason": "a wrong date"}
    assert "Olympic halls open" not in ask(changing, "/").text


def test_what_is_not_to_be_republished_has_no_address(database: Database, tmp_path: Path) -> None:
    app = application(
        database,
        tmp_path,
        article(guid="1", title="Kept back", republish="none"),
        article(guid="2", title="Not yet", embargo=NOW + timedelta(days=1)),
    )
    for title in ("Kept back", "Not yet"):
        assert ask(app, address(database, title)).status == 404
        assert title not in ask(app, "/").text + ask(app, "/search?q=back+OR+yet").text


@pytest.mark.parametrize("republish", ["summary", "title"])
def test_no_form_of_an_article_tells_more_than_its_rights_allow(
    republish: Republish, database: Database, tmp_path: Path
) -> None:
    limited = article(guid="1", title="Limited", text=f"First. {'Word ' * 90}{SECRET}", summary="In short.",
                      html=f"<p>First.</p><p>{SECRET}</p>", republish=republish, note=SECRET,
                      url="https://paper.example/1", published=NOW)  # fmt: skip
    app = application(database, tmp_path, limited)
    where = address(database, "Limited")
    told = [ask(app, asked).text for asked in (where, where + ".json", where + ".txt", "/search?q=paid")]
    told += [ask(app, f"/latest.{format}").text for format in ("atom", "rss", "json")]
    assert not any(SECRET in text for text in told)
    assert all(("In short." in text) == (republish == "summary") for text in told[:3])
    assert 'href="https://paper.example/1"' in told[0]


def test_an_article_for_programs(app: Application, standing: Database) -> None:
    where = address(standing, "Olympic halls open")
    record = json.loads(ask(app, where + ".json").text)
    assert record["address"] == f"https://archive.example{where}" and record["note"] is None
    assert ask(app, where + ".txt").text == "Olympic halls open\n\nCome and see.\n\nAll of them.\n"


def test_lists_go_on_without_an_index(database: Database, tmp_path: Path) -> None:
    application(database, tmp_path, *entries())
    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    app = make_app(database=database, index=open_index(tmp_path / "nowhere"), settings=settings)
    for asked in ("/search?q=halls", "/search.atom?q=halls"):
        reply = ask(app, asked)
        assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
    assert ask(app, "/").status == ask(app, "/topic/olympics.atom").status == 200
    ready = ask(app, "/readyz")
    assert ready.status == 503 and json.loads(ready.text)["ready"] is False
    assert ask(app, "/healthz").status == 200


def test_readyz_says_how_far_behind_the_index_is(
    changing: Application, database: Database, tmp_path: Path
) -> None:
    assert json.loads(ask(changing, "/readyz").text) == {"ready": True, "log": 2, "behind": 0}
    (row,) = database.read("SELECT id FROM article LIMIT 1")
    withdraw(database, [row["id"]], reason="an error", person="editor", now=NOW)
    assert ask(changing, "/readyz").status == ask(changing, "/readyz?max_behind=1").status == 200
    assert ask(changing, "/readyz?max_behind=0").status == 503
    follow(database, tmp_path / "index")
    assert ask(changing, "/readyz?max_behind=0").status == 200


def test_a_fault_of_ours_is_a_page_with_a_number_and_no_traceback(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("no such luck")

    settings = Settings(data=tmp_path, site=SITE, topics=TOPICS)
    app = make_app(database=database, index=cast(Index, Broken()), settings=settings)
    with caplog.at_level(logging.ERROR, logger="syndicate.web"):
        reply, line = ask(app, "/search?q=a"), ask(app, "/search.atom?q=a")
    assert "no such luck" in caplog.text and reply.headers["X-Request-Id"] in caplog.text
    assert "no such luck" not in reply.text + line.text
    assert reply.status == line.status == 500
    assert reply.headers["X-Request-Id"] in reply.text and "Traceback" not in reply.text + line.text
    assert line.headers["X-Request-Id"] in line.text and line.headers["Content-Type"].startswith("text/plain")


def test_static_files_may_be_kept_for_ever(app: Application) -> None:
    (style,) = [part.split('"')[0] for part in ask(app, "/").text.split('rel="stylesheet" href="')[1:]]
    reply = ask(app, style)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/css; charset=utf-8"
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ask(app, "/static/style.css").status == ask(app, "/static/style.000000000000.css").status == 404


def test_a_browser_is_shown_a_feed_with_its_stylesheet(app: Application) -> None:
    reader, browser = ask(app, "/latest.atom"), ask(app, "/latest.atom", HTTP_ACCEPT="text/html,*/*")
    assert reader.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert browser.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert reader.body == browser.body and browser.headers["Vary"] == "Accept, Accept-Encoding"
    style = browser.text.split('type="text/css" href="')[1].split('"')[0]
    assert ask(app, style).status == 200


def test_a_host_that_no_setting_names_is_told_how_to_name_it(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, *entries(), site=Site())
    quiet = ["", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", 'x"><script>', "a b"]
    assert not any("base_url" in ask(app, "/", HTTP_HOST=host).text for host in quiet)
    for host in ("news.example", "news.example:8080", "[2001:db8::1]:80"):
        text = ask(app, "/", HTTP_HOST=host).text
        assert f'[site] base_url = "https://{host}"' in unescape(text)
        assert "http://127.0.0.1:8080" in text
    named = application(database, tmp_path, site=SITE)
    assert "base_url" not in ask(named, "/", HTTP_HOST="news.example").text


def test_ids_and_addresses_come_from_the_settings_and_never_from_the_host_header(
    database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, *entries(), site=Site(base_url="https://one.example"))
    for asked in ("/", "/latest.atom", "/opensearch.xml", "/feeds.opml"):
        assert "evil.example" not in ask(app, asked, HTTP_HOST="evil.example").text
