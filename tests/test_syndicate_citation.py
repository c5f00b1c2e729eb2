"""Articles cited, and described for machines: escaped for each form, true to what is known, within rights."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from factories import NOW, RULES, TERMS, article, put_all
from hypothesis import given
from hypothesis import strategies as st
from web_client import SITE, application, ask

from archive import pairs
from archive.articles import withdraw
from archive.database import Database
from archive.model import Image, Republish
from archive.put import Terms, put
from syndicate.citing import Citation, apa, bibtex, citation, csl, gbt, ris
from syndicate.guard import Application

BASE, SECRET = SITE.base_url, "only those who paid may read this sentence"
DAY = datetime(2022, 4, 2, tzinfo=UTC)


def cited(**fields: object) -> Citation:
    """The citation of an article that has been stored."""
    known = {"title": "北京：双奥之城", "authors": ("范俊生",), "language": "zh", "script": "Hans",
             "source": "beijing-daily", "published": DAY, "published_precision": "day", "day": DAY.date(),
             "stored": NOW, "address": "/a/2022/04/02/7f3a9c1e", **fields}  # fmt: skip
    return citation(article(**known), source="北京日报", archive="Syndicate 新闻档案", base_url=BASE)


def fields(entry: str) -> dict[str, str]:
    """The fields of a BibTeX entry, read by counting braces as BibTeX does."""
    found: dict[str, str] = {}
    place = entry.index(",") + 1
    while match := re.compile(r"\s*(\w+) = (\{|\w+)").match(entry, place):
        if match[2] != "{":
            found[match[1]], place = match[2], match.end() + 1
            continue
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[end], 0)
            end += 1
        found[match[1]], place = entry[match.end() : end - 1], end + 1
    assert entry[place:].strip() == "}", entry
    return found


def plain(text: str) -> str:
    """What TeX shows of an escaped text."""
    for command, mark in (("braceleft", "{"), ("braceright", "}"), ("asciitilde", "~"), ("asciicircum", "^")):
        text = text.replace(f"\\text{command}{{}}", f"\x00{mark}")
    text = text.replace("\\textbackslash{}", "\x00\x01")
    return re.sub(r"\\([&%$#_])", r"\1", text).replace("\x00", "").replace("\x01", "\\")


def test_a_chinese_article_in_each_form() -> None:
    entry = bibtex(cited(url="https://paper.example/a?b=1&c={x}"))
    assert entry.startswith("@article{beijing-daily-2022-7f3a9c1e,\n")
    assert fields(entry) == {
        "title": "{北京：双奥之城}", "author": "{范俊生}", "journal": "北京日报", "year": "2022",
        "month": "apr", "day": "2", "url": f"{BASE}/a/2022/04/02/7f3a9c1e", "langid": "chinese",
        "note": "Original: \\url{https://paper.example/a?b=1&c=%7Bx%7D}", "abstract": "Some text.",
    }  # fmt: skip
    assert ris(cited()).split("\r\n") == [
        "TY  - NEWS", "TI  - 北京：双奥之城", "AU  - 范俊生", "T2  - 北京日报", "PY  - 2022",
        "DA  - 2022/04/02/", "LA  - zh-Hans", "AB  - Some text.", f"UR  - {BASE}/a/2022/04/02/7f3a9c1e",
        "DP  - Syndicate 新闻档案",
        "ID  - beijing-daily-2022-7f3a9c1e", "ER  - ", "",
    ]  # fmt: skip
    (item,) = json.loads(csl(cited()))
    assert (item["type"], item["author"], item["issued"]) == (
        "article-newspaper", [{"literal": "范俊生"}], {"date-parts": [[2022, 4, 2]]})  # fmt: skip
    assert gbt(cited()) == (
        f"范俊生. 北京：双奥之城[N/OL]. 北京日报, 2022-04-02[2026-11-24]. {BASE}/a/2022/04/02/7f3a9c1e."
    )
    assert apa(cited()) == f"范俊生. (2022, April 2). 北京：双奥之城. 北京日报. {BASE}/a/2022/04/02/7f3a9c1e"


def test_dates_are_as_long_as_they_are_known() -> None:
    month = cited(published_precision="month", day=date(2022, 4, 1))
    assert "month = apr" in bibtex(month) and "day =" not in bibtex(month)
    assert "DA  - 2022/04//\r\n" in ris(month) and "(2022, April)" in apa(month)
    assert json.loads(csl(month))[0]["issued"] == {"date-parts": [[2022, 4]]}
    year = cited(published_precision="year", day=date(2022, 1, 1))
    assert "month" not in bibtex(year) and "DA  - 2022///\r\n" in ris(year) and "(2022)" in apa(year)
    none = cited(published=None)
    assert "year" not in bibtex(none) and "PY" not in ris(none) and "issued" not in csl(none)
    assert "(n.d.)" in apa(none) and "-nd-" in bibtex(none)


def test_names_are_kept_whole_or_as_bibtex_reads_them() -> None:
    given = ("Jane Fan", "Smith, Jo", "Ministry of Trade and Industry", "A, B, C", "欧阳 修", "C_D")
    author = fields(bibtex(cited(authors=given)))["author"]
    assert (
        author
        == "Jane Fan and Smith, Jo and {Ministry of Trade and Industry} and {A, B, C} and {欧阳 修} and C\\_D"
    )
    assert gbt(cited(authors=given)).startswith("Jane Fan, Smith, Jo, Ministry of Trade and Industry, 等. ")
    assert apa(cited(authors=("A", "B"))).startswith("A & B. (") and apa(cited(authors=())).startswith(
        "北京日报. ("
    )


@given(st.text(max_size=60))
def test_no_text_breaks_a_form(text: str) -> None:
    found = cited(title=text, authors=(text,), summary=text, text=text)
    read = fields(bibtex(found))
    assert plain(read.get("title", "{}")[1:-1]) == found.title
    assert plain(read.get("abstract", "")) == found.abstract
    lines = ris(found).split("\r\n")
    assert lines[0] == "TY  - NEWS" and lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", each) for each in lines[:-1])
    assert json.loads(csl(found))[0].get("title", "") == found.title
    assert "\n" not in apa(found) + gbt(found)


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    """A story in two languages, one of which has been revised."""
    with database.writing() as transaction:
        english, chinese = put_all(
            transaction,
            article(guid="1", title="Olympic </script><b> & 'halls'", text="Come.", authors=("Jane Fan",),
                    published=DAY, published_precision="day", url="https://me:secret@paper.example/a",
                    licence="https://creativecommons.org/licenses/by/4.0/", rights="© Paper",
                    images=(Image(url="https://paper.example/a b.jpg"), Image(file="b.jpg"))),
            article(guid="2", title="场馆", language="zh", script="Hans", published=NOW),
        )  # fmt: skip
        pairs.record(transaction, english.article.id, chinese.article.id, state="stated", how="x", now=NOW)
        again = article(
            guid="2", title="场馆开放", language="zh", script="Hans", source="example", published=NOW
        )
        put(transaction, (again,), Terms(rules=RULES, zone=TERMS.zone, now=NOW + timedelta(hours=1)))
    return application(database, tmp_path)


def address_of(database: Database, guid: str) -> str:
    (row,) = database.read("SELECT address FROM article WHERE guid = :guid", guid=guid)
    return str(row["address"])


def linked_data(text: str) -> dict[str, object]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found = json.loads(block)
    assert isinstance(found, dict)
    return found


def metas(text: str) -> list[tuple[str, str]]:
    found = re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', text)
    return [(name, unescape(value)) for name, value in found]


def test_the_page_offers_every_form_and_each_is_served(app: Application, database: Database) -> None:
    address = address_of(database, "1")
    text = ask(app, address).text
    for suffix, mime in ((".bib", "application/x-bibtex"), (".ris", "application/x-research-info-systems"),
                         (".csl.json", "application/vnd.citationstyles.csl+json")):  # fmt: skip
        assert f'<a href="{address}{suffix}"' in text
        assert f'<link rel="alternate" type="{mime}" href="{address}{suffix}">' in text
        reply = ask(app, address + suffix)
        assert reply.status == 200 and reply.headers["Content-Type"] == f"{mime}; charset=utf-8"
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        "Jane Fan. (2022, April 2). Olympic &lt;/script&gt;" in text and "[N/OL]. Example, 2022-04-02" in text
    )


def test_schema_org_says_what_is_known(app: Application, database: Database) -> None:
    english, chinese = (linked_data(ask(app, address_of(database, guid)).text) for guid in "12")
    assert english["@type"] == "NewsArticle" and english["headline"] == "Olympic </script><b> & 'halls'"
    assert english["url"] == BASE + address_of(database, "1") and str(english["@id"]).startswith("urn:uuid:")
    assert (english["inLanguage"], english["datePublished"]) == ("en", "2022-04-02")
    assert english["isBasedOn"] == "https://paper.example/a" and "dateModified" not in english
    assert english["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert english["image"] == ["https://paper.example/a%20b.jpg"] and "image" not in chinese
    assert english["author"] == [{"@type": "Person", "name": "Jane Fan"}]
    assert english["workTranslation"] == [
        {
            "@type": "NewsArticle",
            "@id": chinese["@id"],
            "url": chinese["url"],
            "headline": "场馆开放",
            "inLanguage": "zh-Hans",
        }
    ]
    assert (chinese["datePublished"], chinese["dateModified"]) == (
        "2026-11-24T08:00:00Z",
        "2026-11-24T09:00:00Z",
    )


def test_the_head_says_it_in_the_words_of_others(app: Application, database: Database) -> None:
    found = metas(ask(app, address_of(database, "1")).text)
    said = {
        "citation_title": "Olympic </script><b> & 'halls'", "citation_publication_date": "2022/04/02",
        "citation_author": "Jane Fan", "DC.date": "2022-04-02", "DC.rights": "© Paper", "og:locale": "en_US",
        "DC.source": "https://paper.example/a", "og:type": "article", "article:published_time": "2022-04-02",
        "og:url": BASE + address_of(database, "1"),
    }  # fmt: skip
    for pair in said.items():
        assert pair in found, pair
    assert "secret" not in ask(app, address_of(database, "1")).text
    chinese = metas(ask(app, address_of(database, "2")).text)
    assert ("og:locale", "zh_CN") in chinese and ("article:modified_time", "2026-11-24T09:00:00Z") in chinese


@pytest.mark.parametrize("republish", ["title", "none"])
def test_rights_bind_all_of_it(database: Database, tmp_path: Path, republish: Republish) -> None:
    hall = Image(url="https://paper.example/a.jpg")
    closed = article(
        guid="1", title="Halls", text=SECRET, summary=SECRET, republish=republish, images=(hall,)
    )
    app, address = application(database, tmp_path, closed), address_of(database, "1")
    for suffix in ("", ".bib", ".ris", ".csl.json"):
        reply = ask(app, address + suffix)
        assert reply.status == (404 if republish == "none" else 200) and SECRET not in reply.text
        assert "a.jpg" not in reply.text


def test_a_withdrawn_article_is_not_cited(app: Application, database: Database) -> None:
    (row,) = database.read("SELECT id, address FROM article WHERE guid = '1'")
    withdraw(database, [row["id"]], reason="wrong", person="editor", now=NOW)
    for suffix in ("", ".bib", ".ris", ".csl.json"):
        reply = ask(app, row["address"] + suffix)
        assert reply.status == 410 and "Jane" not in reply.text and "wrong" in reply.text


def test_other_programs_read_the_forms(tmp_path: Path) -> None:
    """By citation.js, where it is installed."""
    found = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=False)
    library = Path(found.stdout.strip() or "/nowhere") / "citation-js"
    if not library.is_dir():
        pytest.skip("no citation-js: npm install --global citation-js")
    (tmp_path / "a.bib").write_text(
        bibtex(cited(title="A {brace & 100% \\of_it", authors=("Jane Fan", "范俊生")))
    )
    (tmp_path / "a.ris").write_text(ris(cited()))
    code = (
        f"const Cite = require({json.dumps(str(library))});"
        "const fs = require('fs'); console.log(JSON.stringify(process.argv.slice(1).map("
        "f => new Cite(fs.readFileSync(f, 'utf8')).data[0])))"
    )
    run = subprocess.run(["node", "-e", code, str(tmp_path / "a.bib"), str(tmp_path / "a.ris")],
                         capture_output=True, text=True, check=True)  # fmt: skip
    bib, record = json.loads(run.stdout)
    assert bib["title"] == "A {brace & 100% \\of_it" and bib["issued"]["date-parts"] == [[2022, 4, 2]]
    assert bib["author"][0] == {"given": "Jane", "family": "Fan"} and bib["container-title"] == "北京日报"
    assert record["title"] == "北京：双奥之城"
