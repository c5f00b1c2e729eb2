"""Lists of subscriptions: nothing of them is lost on the way in or out, and nothing in them does harm."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import shared

import app
from archive.ingest import ingest
from archive.model import Source
from archive.naming import without_scheme
from archive.opml import export_opml, with_passwords
from archive.reading.opml_reader import read_opml
from archive.sources import add, set_state, sources
from archive.take import InputLine, Taking

LIST = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="China">
<outline type="rss" text="Short" title="Xinhua" xmlUrl="https://x.example/feed?a=1&amp;b=2" htmlUrl="https://x.example/"/>
</outline><outline text="BBC" XMLURL='http://b.example/rss'/></outline>
<outline text="By url" url="https://u.example/atom.xml" type="atom" language="zh-CN"/>
<outline text="Other list" type="include" url="https://o.example/list.opml"/>
<outline text="Nowhere" type="rss"/><outline text="Mine" xmlUrl="file:///etc/passwd"/>
<outline text="Again" xmlUrl="http://x.example/feed?a=1&amp;b=2"/><outline text="A note"/>
</body></opml>"""


def take(taking: Taking, path: Path) -> tuple[dict[str, tuple[str, str | None]], InputLine]:
    """What became of each feed of a list, and of the list."""
    *feeds, last = ingest(taking, [str(path)])
    assert isinstance(last, InputLine)
    return {each.input: (each.result, each.detail) for each in feeds if isinstance(each, InputLine)}, last


def test_feeds_are_added_in_their_folders_and_each_is_reported(taking: Taking, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    feeds, last = take(taking, tmp_path / "list.opml")
    assert feeds == {
        "https://x.example/feed?a=1&b=2": ("ok", "added"),
        "http://b.example/rss": ("ok", "added"),
        "https://u.example/atom.xml": ("ok", "added"),
        "Nowhere": ("failed", "has no address"),
        "file:///etc/passwd": ("failed", "is no address of the web; only http:// and https:// are read"),
        "http://x.example/feed?a=1&b=2": ("failed", "stands in the list a second time"),
    }
    assert last.result == "warning" and last.detail
    assert "3 added, 0 known already, 3 failed" in last.detail and "Other list" in last.detail
    known = {each.title: each for each in sources(taking.database).values()}
    assert known["Xinhua"].folder == "News / China" and known["Xinhua"].site_url == "https://x.example/"
    assert (known["BBC"].folder, known["By url"].folder, known["By url"].language) == ("News", None, "zh")
    assert len(taking.database.read("SELECT 1 FROM poll")) == 3 and not taking.database.read(
        "SELECT 1 FROM fetch"
    )


def test_what_is_known_stays_and_what_was_removed_comes_back(taking: Taking, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    mine = add(taking.database, "http://b.example/rss", id="mine", now=taking.terms().now)
    gone = add(taking.database, "https://u.example/atom.xml", id="gone", now=taking.terms().now)
    set_state(taking.database, gone.id, "removed")
    feeds, _ = take(taking, tmp_path / "list.opml")
    assert feeds["http://b.example/rss"] == ("ok", "known already")
    assert feeds["https://u.example/atom.xml"] == ("ok", "added")
    found = sources(taking.database)
    assert (found["mine"].title, found["mine"].folder, found["gone"].state) == ("BBC", "News", "active")
    assert mine.id in found and take(taking, tmp_path / "list.opml")[1].result == "warning"


def test_a_list_under_any_name_is_known_by_its_first_bytes(
    taking: Taking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.xml").write_text("<!-- mine -->\n" + LIST.partition("?>")[2], encoding="utf-8")
    assert "https://u.example/atom.xml" in take(taking, tmp_path / "list.xml")[0]

    class Pipe:
        """What is piped in."""

        buffer = io.BytesIO(LIST.encode("utf-16"))

    monkeypatch.setattr("sys.stdin", Pipe)
    assert take(taking, Path("-"))[1].result == "not_a_feed"  # UTF-16 needs a name that says what it is
    Pipe.buffer = io.BytesIO(LIST.encode())
    assert take(taking, Path("-"))[1].detail


@pytest.mark.parametrize(
    ("outline", "title", "url"),
    [
        (
            'text="Q & A" xmlUrl="http://e.example/?a=1&b=2&copy=3"',
            "Q & A",
            "http://e.example/?a=1&b=2&copy=3",
        ),
        ('text="say "hi" all" xmlUrl="http://e.example/"', 'say "hi" all', "http://e.example/"),
        ('text="a < b > c" xmlUrl="http://e.example/"', "a < b > c", "http://e.example/"),
        ("text='it&#39;s&nbsp;so' xmlUrl = 'http://e.example/'", "it's so", "http://e.example/"),
        ('text="&lt;b&gt;" xmlurl="http://e.example/"', "<b>", "http://e.example/"),
        ('title="" text="Text" xmlUrl="http://e.example/"', "Text", "http://e.example/"),
    ],
)
def test_ill_formed_outlines_lose_nothing(outline: str, title: str, url: str) -> None:
    found = read_opml(f"<opml version='1.0'><body><outline {outline}/></body></opml>".encode())
    assert [(each.title, each.url) for each in found.sources] == [(title, url)]


def test_a_list_that_breaks_off_keeps_what_came_before() -> None:
    found = read_opml(LIST.encode()[: LIST.index('<outline text="By url')])
    assert [each.title for each in found.sources] == ["Xinhua", "BBC"]
    assert found.result == "warning" and found.detail and "not well-formed" in found.detail


def test_what_is_no_list_says_so() -> None:
    assert read_opml(b"").result == "not_a_feed"
    assert read_opml(b"<html><body>x</body></html>").result == "not_a_feed"
    assert read_opml(b"<opml><body></body></opml>").result == "empty"


def test_hostile_lists_end_soon_and_give_nothing_away(taking: Taking) -> None:
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    body = f'<!DOCTYPE opml [<!ENTITY a0 "x"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
    outline = '<outline text="&a12; &f;" xmlUrl="http://e.example/"/>'
    deep = '<outline text="x">' * 50_000
    started = time.monotonic()
    found = taking.parsing.read_opml(f"{body}<opml><body>{outline}{deep}{outline}".encode())
    assert [each.title for each in found.sources] == ["&a12; &f;"] * 2
    assert found.sources[1].folder and len(found.sources[1].folder) < 200
    quotes = taking.parsing.read_opml(b"<opml>" + b'<outline a="' * 500)
    assert not quotes.sources and time.monotonic() - started < 5


def test_the_export_has_every_source_but_the_removed_ones(taking: Taking) -> None:
    now = taking.terms().now
    for url, id in (("https://me:secret@p.example/feed", "p"), ("https://q.example/feed", "q")):
        add(taking.database, url, id=id, now=now)
    text = "".join(export_opml(taking.database, title="A & B"))
    assert 'xmlUrl="https://me:secret@p.example/feed"' in text and "<title>A &amp; B</title>" in text
    assert with_passwords(taking.database) == 1
    set_state(taking.database, "p", "removed")
    assert "secret" not in "".join(export_opml(taking.database, title="x"))


def told(feeds: tuple[Source, ...]) -> set[tuple[str | None, str, str | None]]:
    """What must survive a round trip; a feed without a title is called by its address."""
    return {(each.url, each.title or each.url or "", each.folder) for each in feeds}


def test_a_round_trip_loses_no_address_title_or_folder(taking: Taking, tmp_path: Path) -> None:
    feeds = (
        ("Q & A <b>", "http://a.example/?x=1&y=2", "News / A & B"),
        ("题目 “引”", "https://b.example/%E4%B8%AD", "News"),
        ('"quoted"', "https://c.example/feed", "News / A & B / C"),
        ("alone", "https://d.example/feed", None),
    )
    given = tuple(
        Source(id=str(place), identity=str(place), title=title, url=url, folder=folder)
        for place, (title, url, folder) in enumerate(feeds)
    )
    assert told(round_trip(taking, given, tmp_path)) == told(given)


def round_trip(taking: Taking, given: tuple[Source, ...], folder: Path) -> tuple[Source, ...]:
    """The sources of a list that was written, taken in and written again."""
    from archive.opml import outline

    body = "".join(
        "".join(f"<outline text={quoted(name)}>" for name in path) + outline(each) + "</outline>" * len(path)
        for each in given
        for path in [each.folder.split(" / ") if each.folder else []]
    )
    (folder / "given.opml").write_text(f'<opml version="2.0"><body>{body}</body></opml>', encoding="utf-8")
    _, last = take(taking, folder / "given.opml")
    assert last.result == "ok"
    return read_opml("".join(export_opml(taking.database, title="x")).encode()).sources


def quoted(text: str) -> str:
    """Text as the value of an attribute."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(text)


def test_a_round_trip_of_real_lists_loses_nothing(taking: Taking) -> None:
    given: dict[str, Source] = {}
    for path in sorted(shared("data/opml").glob("*.opml")):
        take(taking, path)
        for each in read_opml(path.read_bytes()).sources:
            first = given.setdefault(without_scheme(each.url or ""), each)
            # A feed that was in no folder goes into the first that a later list puts it in.
            given[without_scheme(each.url or "")] = replace(first, folder=first.folder or each.folder)
    written = read_opml("".join(export_opml(taking.database, title="x")).encode()).sources
    assert len(given) > 900 and told(written) == told(tuple(given.values()))


def test_the_commands_take_lists_in_and_give_them_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.txt").write_text(LIST.replace("https://u", "https://me:secret@u"), encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    assert app.main([*data, "sources", "import", str(tmp_path / "list.txt"), str(tmp_path / "absent")]) == 1
    out, err = capsys.readouterr()
    assert "https://u.example/atom.xml: ok (added)" in out and "secret" not in out + err
    assert "absent: failed: no such file" in err and "Nowhere: failed: has no address" in err
    assert app.main([*data, "export", "--format", "opml", "-o", str(tmp_path / "out.opml")]) == 0
    assert "keep the list to yourself" in capsys.readouterr().err
    assert app.main([*data, "sources", "export"]) == 0
    text = capsys.readouterr().out
    assert "me:secret@" in text and (tmp_path / "out.opml").read_text(encoding="utf-8") == text


@pytest.mark.slow
def test_ten_thousand_feeds_are_added_within_ten_seconds(taking: Taking, tmp_path: Path) -> None:
    outlines = "".join(
        f'<outline text="Feed {n}" xmlUrl="https://e{n}.example/feed"/>' for n in range(10_000)
    )
    (tmp_path / "many.opml").write_text(f"<opml><body>{outlines}</body></opml>", encoding="utf-8")
    started = time.monotonic()
    feeds, last = take(taking, tmp_path / "many.opml")
    assert len(feeds) == 10_000 and last.result == "ok" and time.monotonic() - started < 10
