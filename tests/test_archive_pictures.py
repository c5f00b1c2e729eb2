"""Pictures of documents: found beside and inside, kept once, shown by us alone, never for anybody else."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from factories import RULES, article
from web_client import SITE, application, ask

from archive.articles import articles, withdraw
from archive.database import Database
from archive.ingest import ingest
from archive.model import Image, sha256
from archive.reading.clean import clean_html
from archive.reading.figures import MOST, through, type_of
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.take import EntryLine, InputLine, Line, Taking
from bench.document_maker import core, paragraph, picture_paragraph, png, word_file
from index import follow, open_index
from syndicate.guard import Application
from syndicate.web import make_app

ONE, OTHER = png(1), png(2)
TEXT = "雪落北京\n2022-04-02 来源：北京日报\n\n雪景.png\n\n北京下了一场雪。\n\nhill.jpg\n\n孩子们在雪里玩。\n"
PAGE = (
    "<html lang=en><title>Snow in Beijing</title><h1>Snow in Beijing</h1><article><p>Snow fell on Beijing on"
    " Saturday, and nobody who was out of doors could say that they had no warning of it.</p><figure>"
    "<img src='./snow_files/a b.png' alt='Snow'><figcaption>Snow on the roofs of the city</figcaption>"
    "</figure><p>It lay on the roofs of the old city and children came"
    " to slide until the evening, when lamps were lit.</p></article></html>"
)


@pytest.fixture
def taking(database: Database, sandbox: Sandbox, tmp_path: Path) -> Taking:
    """What taking in needs."""
    return Taking(database=database, parsing=sandbox, rules=RULES, config=Settings(data=tmp_path, site=SITE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to put documents into."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def outcomes(lines: list[Line]) -> list[str]:
    """What became of the entries."""
    return [line.outcome for line in lines if isinstance(line, EntryLine)]


def details(lines: list[Line]) -> dict[str, str | None]:
    """What is said of each input, by the end of its name."""
    return {Path(line.input).name: line.detail for line in lines if isinstance(line, InputLine)}


def kept(database: Database) -> set[tuple[str, str]]:
    """The names and hashes of all pictures."""
    return {(row["name"], row["sha"]) for row in database.read("SELECT name, sha FROM picture")}


def web(taking: Taking, tmp_path: Path) -> Application:
    """The web application on what was taken in."""
    follow(taking.database, tmp_path / "index")
    return make_app(
        database=taking.database,
        index=open_index(tmp_path / "index"),
        settings=Settings(data=tmp_path, site=SITE),
    )


def test_only_pictures_by_their_first_bytes() -> None:
    assert [
        type_of(start + b"...") for start in (b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBP", b"<svg", b"BM")
    ] == [
        "image/jpeg",
        "image/gif",
        "image/webp",
        None,
        None,
    ]
    assert (type_of(ONE), type_of(b""), type_of(ONE + bytes(10 << 20))) == ("image/png", None, None)


def test_pictures_beside_a_text_stand_in_their_places_and_belong_to_it(taking: Taking, folder: Path) -> None:
    (folder / "snow.txt").write_text(TEXT)
    (folder / "雪景.png").write_bytes(ONE)
    (folder / "hill.jpg").write_bytes(OTHER)
    (folder / "other.png").write_bytes(png(3))
    lines = list(ingest(taking, [str(folder)]))
    assert details(lines) == {
        "snow.txt": None,
        "雪景.png": "picture of snow.txt",
        "hill.jpg": "picture of snow.txt",
        "other.png": "holds no XML",
    }
    (found,) = articles(
        taking.database, [line.id for line in lines if isinstance(line, EntryLine) and line.id]
    )
    assert [image.sha256 for image in found.images] == [sha256(ONE), sha256(OTHER)]
    assert found.html.startswith(
        f'<figure><img src="urn:sha256:{sha256(ONE)}" alt="雪景">'
        '<figcaption lang="zh">雪景</figcaption></figure>\n<p>'
    )
    assert found.text == "北京下了一场雪。\n\n孩子们在雪里玩。"
    assert outcomes(list(ingest(taking, [str(folder)]))) == ["unchanged"]


def test_the_folder_that_a_browser_saved_with_a_page(taking: Taking, folder: Path) -> None:
    (folder / "snow.html").write_text('<?xml version="1.0" encoding="utf-8"?>' + PAGE)
    (folder / "snow_files").mkdir()
    (folder / "snow_files" / "a b.png").write_bytes(ONE)
    for name in ("style.css", "frame.html"):
        (folder / "snow_files" / name).write_text("<p>An advertisement.</p>")
    lines = list(ingest(taking, [str(folder)]))
    assert outcomes(lines) == ["new"]
    assert {line.result for line in lines if isinstance(line, InputLine)} == {"ok"}
    assert details(lines)["a b.png"] == "picture of snow.html"
    assert details(lines)["style.css"] == details(lines)["frame.html"] == "belongs to snow.html"
    (row,) = taking.database.read("SELECT html, text FROM revision")
    assert f'<img src="urn:sha256:{sha256(ONE)}" alt="Snow on the roofs of the city">' in row["html"]
    assert row["text"].count("\n\n") == 1


def test_pictures_of_markdown_and_word_files(taking: Taking, folder: Path) -> None:
    (folder / "pictures").mkdir()
    (folder / "pictures" / "A hill.PNG").write_bytes(ONE)
    (folder / "a.md").write_text("# Snow\n\nIt fell.\n\n![The hill](pictures/a%20hill.png)\n\nIt melted.")
    (folder / "b.docx").write_bytes(
        word_file(
            paragraph("雪") + picture_paragraph(0) + paragraph("下雪了。" * 9),
            core("", date(2022, 4, 2)),
            [OTHER],
        )
    )
    list(ingest(taking, [str(folder)]))
    assert kept(taking.database) == {("pictures/a%20hill.png", sha256(ONE)), ("picture-1.png", sha256(OTHER))}
    html = {row["title"]: row["html"] for row in taking.database.read("SELECT title, html FROM revision")}
    assert '<figcaption lang="en">The hill</figcaption></figure>' in html["Snow"]
    assert html["雪"].startswith(f'<figure><img src="urn:sha256:{sha256(OTHER)}" alt=""></figure>')


def test_names_are_one_however_their_letters_are_composed(taking: Taking, folder: Path) -> None:
    (folder / "a.txt").write_text("Title\n\nCafé.png\n\nText of the story.")
    (folder / unicodedata.normalize("NFD", "Café.png")).write_bytes(ONE)
    list(ingest(taking, [str(folder)]))
    assert {sha for _, sha in kept(taking.database)} == {sha256(ONE)}


def test_nothing_outside_the_folder_is_read(taking: Taking, folder: Path) -> None:
    (folder.parent / "secret.png").write_bytes(ONE)
    (folder.parent / "elsewhere").mkdir()
    (folder.parent / "elsewhere" / "secret.png").write_bytes(ONE)
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "linked").symlink_to(folder.parent / "elsewhere")
    names = (
        *("../secret.png", "%2e%2e/secret.png", "link.png", "linked/secret.png", "a/../../secret.png"),
        *("..\\secret.png", str(folder.parent / "secret.png"), (folder.parent / "secret.png").as_uri()),
    )
    pictures = "\n\n".join(f"![x]({name})" for name in names)
    (folder / "a.md").write_text(f"# Title\n\nText of the story.\n\n{pictures}")
    list(ingest(taking, [str(folder / "a.md")]))
    assert kept(taking.database) == set()


def test_pictures_that_come_later_are_attached_without_a_revision(
    taking: Taking, folder: Path, tmp_path: Path
) -> None:
    text = TEXT.replace("\n\n", "\n链接：https://a.example/1\n\n", 1)
    (folder / "snow.txt").write_text(text)
    (line, _) = ingest(taking, [str(folder)])
    assert isinstance(line, EntryLine)
    (folder / "hill.jpg").write_bytes(OTHER)
    again = list(ingest(taking, [str(folder)]))
    assert outcomes(again) == ["unchanged"]
    (found,) = articles(taking.database, [line.id or ""])
    assert (found.revision, kept(taking.database)) == (1, {("hill.jpg", sha256(OTHER))})
    assert [row["kind"] for row in taking.database.read("SELECT kind FROM change ORDER BY seq")] == [
        "put",
        "touch",
    ]
    assert f'src="/picture/{sha256(OTHER)}"' in ask(web(taking, tmp_path), found.address).text
    (folder / "snow.txt").write_text(text + "\n雪停了。")
    list(ingest(taking, [str(folder)]))
    (found,) = articles(taking.database, [line.id or ""])
    assert (found.revision, "urn:sha256:" in found.html) == (2, True)


def test_no_more_pictures_than_a_document_may_have(taking: Taking, folder: Path) -> None:
    for number in range(MOST + 3):
        (folder / f"{number}.png").write_bytes(png(number))
    (folder / "a.txt").write_text(
        "Title\n\n" + "\n\n".join(f"{number}.png" for number in range(MOST + 3)) + "\n\nEnd."
    )
    list(ingest(taking, [str(folder / "a.txt")]))
    assert len(kept(taking.database)) == MOST


def test_the_web_shows_what_a_public_article_has(taking: Taking, folder: Path, tmp_path: Path) -> None:
    (folder / "snow.txt").write_text(TEXT)
    (folder / "雪景.png").write_bytes(ONE)
    (line, *_) = ingest(taking, [str(folder)])
    assert isinstance(line, EntryLine) and line.id
    app, address = web(taking, tmp_path), f"/picture/{sha256(ONE)}"
    reply = ask(app, address)
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (200, ONE, "image/png")
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "public, max-age=3600, immutable"
    assert ask(app, address, HTTP_IF_NONE_MATCH=reply.headers["Etag"]).status == 304
    (found,) = articles(taking.database, [line.id])
    assert f'<img src="{address}" alt="雪景" loading="lazy"' in ask(app, found.address).text
    for format in ("atom", "rss", "json"):
        assert f"https://archive.example{address}" in ask(app, f"/latest.{format}").text
    assert f'"image": "https://archive.example{address}"' in ask(app, "/latest.json").text
    assert f"https://archive.example{address}" in ask(app, f"{found.address}.json").text
    withdraw(taking.database, [line.id], reason="rights", person="a", now=found.first_seen or found.stored)  # type: ignore[arg-type]
    assert ask(app, address).status == 404
    assert ask(app, f"/picture/{'0' * 64}").status == ask(app, "/picture/x").status == 404


def test_what_may_not_be_republished_shows_no_picture(taking: Taking, folder: Path, tmp_path: Path) -> None:
    for number, republish in enumerate(("summary", "title", "none")):
        text = f"---\nrepublish: {republish}\n---\n# Title\n\nText of the story.\n\n![]({number}.png)"
        (folder / f"{number}.md").write_text(text)
        (folder / f"{number}.png").write_bytes(png(number))
    list(ingest(taking, [str(folder)]))
    app = web(taking, tmp_path)
    assert len(kept(taking.database)) == 3
    assert {ask(app, f"/picture/{sha}").status for _, sha in kept(taking.database)} == {404}


def test_nobody_else_can_name_a_kept_picture(database: Database, tmp_path: Path) -> None:
    sha = sha256(ONE)
    hostile = (
        f'<img src="urn:sha256:{sha}">',
        f'<p>x</p><img alt="a" src="URN:SHA256:{sha}">',
        f'<img src="/picture/{sha}">',
        f'<img src="https://kept.invalid/{sha}/{sha}">',
        f"<p title='<img src=\"urn:sha256:{sha}\">'>x</p>",
    )
    stored = [clean_html(html, base="https://archive.example/a") for html in hostile]
    entries = [article(guid=str(number), html=html, title=str(number)) for number, html in enumerate(stored)]
    entries.append(article(guid="x", html="<p>x</p>", title="x", images=(Image(file="a.png", sha256=sha),)))
    app = application(database, tmp_path, *entries)
    assert "/picture/" not in ask(app, "/latest.json").text.replace(f'/picture/{sha}\\"', "")
    for row in database.read("SELECT address FROM article"):
        assert '<img src="/picture' not in ask(app, row["address"]).text
    assert f'src="urn:sha256:{sha}"' not in ask(app, "/latest.atom").text.replace("&quot;", '"')


def test_stored_html_goes_through_the_sanitiser_with_its_pictures() -> None:
    html = f'<p onclick="x"><img src="urn:sha256:{"a" * 64}" alt="A"></p>'
    shown = through(html, lambda text: clean_html(text, base="https://a.example/"), "/picture/")
    assert shown == f'<p><img src="/picture/{"a" * 64}" alt="A"></p>'
