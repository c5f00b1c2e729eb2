"""What goes into a feed beside its articles: words, hub, topics, pictures we keep, and what rights allow."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, RULES, article, put_all
from web_client import SITE, application, ask

from archive.database import Database
from archive.ingest import ingest
from archive.model import Article
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.take import Taking
from bench.document_maker import png
from index import follow, open_index
from syndicate.formats import FORMATS
from syndicate.guard import Application
from syndicate.web import make_app

BASE = SITE.base_url
SECRET = "only for the desk"


def told(app: Application, address: str) -> dict[str, Any]:
    """A feed of JSON."""
    answer = ask(app, address)
    assert answer.status == 200, answer.text
    document: dict[str, Any] = json.loads(answer.text)
    return document


def test_a_feed_says_in_its_language_what_it_holds(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, article(guid="1", title="Olympics"))
    said = {
        "/latest.json": "Latest: the newest articles of Syndicate 新闻档案, in the order they came",
        "/topic/olympics.json?lang=zh": "奥运，中文：Syndicate 新闻档案的最新文章",
        "/search.json?q=snow": "Search for “snow”: what a search of Syndicate 新闻档案 finds, and new",
    }
    for address, sentence in said.items():
        assert told(app, address)["description"].startswith(sentence)
        for format in ("atom", "rss"):
            assert sentence in ask(app, address.replace(".json", f".{format}")).text


def test_a_live_feed_names_the_hub_and_a_document_of_the_history_none(
    database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, *(article(guid=str(n), title=str(n)) for n in range(40)))
    document = told(app, "/latest.json")
    assert document["hubs"] == [{"type": "WebSub", "url": f"{BASE}/hub"}]
    assert "hubs" not in told(app, document["_archive"]["prev_archive"].removeprefix(BASE))
    for format in ("atom", "rss"):
        assert f'rel="hub" href="{BASE}/hub"' in ask(app, f"/latest.{format}").text
        assert 'rel="hub"' not in ask(app, f"/latest.{format}?archive=0-32").text


def test_a_feed_tells_its_topics_in_both_languages_and_its_entries_in_theirs(
    database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, article(guid="1", title="奥运", language="zh"))
    document = told(app, "/topic/olympics.json")
    assert document["_archive"]["topics"] == [{"id": "olympics", "en": "Olympics", "zh": "奥运"}]
    assert document["items"][0]["tags"] == ["奥运"]
    atom = ask(app, "/topic/olympics.atom").text
    assert atom.count("<category ") == 3
    assert f'<category term="olympics" scheme="{BASE}/topics" label="Olympics" xml:lang="en"/>' in atom
    assert "topics" not in told(app, "/latest.json")["_archive"]


@pytest.fixture
def pictured(database: Database, sandbox: Sandbox, tmp_path: Path) -> Application:
    """An application on articles with pictures that we keep: one shown whole, others less."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, republish in enumerate(("full", "summary", "title", "none")):
        text = f"---\nrepublish: {republish}\n---\n# {republish}\n\nText of the story.\n\n![]({number}.png)"
        (folder / f"{number}.md").write_text(text)
        (folder / f"{number}.png").write_bytes(png(number))
    taking = Taking(
        database=database, parsing=sandbox, rules=RULES, config=Settings(data=tmp_path, site=SITE)
    )
    list(ingest(taking, [str(folder)]))
    follow(database, tmp_path / "index")
    settings = Settings(data=tmp_path, site=SITE)
    return make_app(database=database, index=open_index(tmp_path / "index"), settings=settings)


@pytest.mark.parametrize("content", ["", "?content=summary"])
def test_pictures_we_keep_are_told_with_their_type_where_all_may_be_shown(
    pictured: Application, content: str
) -> None:
    items = {item["title"]: item for item in told(pictured, f"/latest.json{content}")["items"]}
    assert sorted(items) == ["full", "summary", "title"]
    picture = items["full"]["image"]
    assert picture.startswith(f"{BASE}/picture/")
    assert ask(pictured, picture.removeprefix(BASE)).status == 200
    assert ("banner_image" in items["full"]) is bool(content)  # the text shows it else
    assert not [name for name in ("summary", "title") if "image" in items[name]]
    for format in ("atom", "rss"):
        text = ask(pictured, f"/latest.{format}{content}").text
        assert text.count("<media:thumbnail ") == text.count("<media:content ") == 1
        assert f'<media:content url="{picture}" medium="image" type="image/png"/>' in text
        assert f'<media:thumbnail url="{picture}"/>' in text


def guarded() -> tuple[Article, ...]:
    """Articles that say who may see what."""
    return (
        article(guid="1", title="Noted", note=SECRET),
        article(guid="2", title="Later", text="embargoed text", embargo=NOW + timedelta(days=9)),
        article(guid="3", title="Nowhere", text="hidden text", republish="none"),
        article(guid="4", title="Title", text="kept text", summary="kept summary", republish="title"),
        article(guid="5", title="Summary", text="beginning. " * 90 + "kept end", republish="summary"),
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("address", ["/latest.{}", "/latest.{}?content=summary", "/search.{}?q=text+title"])
def test_rights_embargo_and_notes_bind_every_feed(
    database: Database, tmp_path: Path, address: str, format: str
) -> None:
    with database.writing() as transaction:
        put_all(transaction, *guarded())
    app = application(database, tmp_path)
    answer = ask(app, address.format(format))
    assert answer.status == 200 and "Title" in answer.text
    for hidden in (SECRET, "embargoed text", "hidden text", "kept text", "kept summary", "kept end"):
        assert hidden not in answer.text
