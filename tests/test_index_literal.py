"""Words with signs, and words to the letter: what stands in the text itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import NOW, TERMS, article, source

from archive.database import open_database
from archive.model import Selection
from archive.put import put
from archive.sources import settle
from index import Index, Search, follow, mark, open_index, parse_query, with_others
from index.literal import accented, column, is_signed, trimmed

TEXTS = {
    "plus": "Written in C++, not in C.",
    "plus and sharp": "C/C++ or C#: both compile.",
    "eleven": "The standard is c++11.",
    "letter": "A letter: c.",
    "net": "The .NET runtime of (ASP.NET).",
    "domain": "See example.net, a net.",
    "node": "Node.js is a runtime.",
    "a node": "A node: js runs there.",
    "swedish": "En bok för dig.",
    "both": "För dig, for you.",
    "english": "A book for you.",
    "french": "La région et l'âge.",
    "region": "The region at an age; Region.",
    "wide": "Ｃ＋＋语言",
    "used": "It introduces us; we used it.",
    "ampersand": "AT&T said so.",
    "apart": "At t equals nought.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The texts, each in an article whose title is its name."""
    folder: Path = tmp_path_factory.mktemp("literal")
    database = open_database(f"sqlite:///{folder}/archive.db")
    with database.writing() as transaction:
        stored = settle(transaction, source("daily"), NOW)
        articles = tuple(
            article(guid=name, title=f"{name}!", text=text, source=stored.id) for name, text in TEXTS.items()
        )
        put(transaction, articles, TERMS)
    follow(database, database.folder / "index")
    names = {one.id: one.guid for one in articles}
    database.close()
    assert names
    return open_index(folder / "index")


def found(index: Index, query: str, *, exact: bool = False) -> int:
    """How many are found, in the total as in the counts and on the page."""
    results = index.search(
        Search(selection=Selection(query=query), exact=exact, sort="new", n=50, facets=True)
    )
    typed = [hit for hit in results.hits if not hit.through]
    assert len(typed) == results.total
    assert results.across or sum(count for _, count in results.facets["language"]) == results.total
    return results.total


@pytest.mark.parametrize(
    ("query", "total", "to_the_letter"),
    [
        ("c++", 4, 4),
        ('"c++"', 4, 4),
        ("C＋＋", 4, 4),
        ("c++, c#", 1, 1),
        ("c#", 1, 1),
        (".net", 1, 1),
        ("asp.net", 1, 1),
        ("node.js", 1, 1),
        ("node js", 2, 2),
        ("for", 3, 2),
        ("för", 3, 2),
        ("region", 2, 1),
        ("région", 2, 1),
        ('"la region"', 1, 0),
        ("age", 2, 1),
        ("at&t", 2, 1),
        ("used", 1, 1),
        ("use", 1, 0),
        ("us", 1, 1),
        ("title:eleven c++11", 1, 1),
        ("title:c++", 0, 0),
        ("c++语言", 1, 1),
    ],
)
def test_what_stands_there(index: Index, query: str, total: int, to_the_letter: int) -> None:
    assert found(index, query) == total
    assert found(index, query, exact=True) == to_the_letter


def test_only_what_is_more_than_plain_words_is_kept() -> None:
    assert column("A plain title.", "Plain words, (only) some: 2022!") == b"\n"
    assert column("C++", "för (node.js), well-known; 北京C#语言 http://e.example/").decode().split("\n") == [
        "c++",
        "c# för http://e.example node.js well-known",
    ]
    address = f"https://e.example/node.js/{'x/' * 80}"
    assert b"node.js" in column("", address).split()
    assert accented("För dig", "for you; région") == ("region",)


def test_signs_at_the_edges_that_belong_to_a_word_stay() -> None:
    for text, kept in (
        ("(C++),", "C++"),
        ("“.NET”", ".NET"),
        ("...and", ".and"),
        ("#tag", "tag"),
        ("C#.", "C#"),
    ):
        assert trimmed(text) == kept
    assert is_signed("c++")
    assert is_signed("node.js")
    assert not is_signed("u.s.")
    assert not is_signed("well-known")


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("c++", "C++ and c, C/C++", ["C++", "C++"]),
        (".net", "ASP.NET, .NET, net", [".NET"]),
        ("node.js", "Node.js, a node", ["Node.js"]),
        ("State of The Union", "The state of the union, of a kind", ["state", "union"]),
        ("How To Use Git On Linux", "How to use Git on Linux", ["use", "Git", "Linux"]),
        ("US economy", "The US economy", ["US", "economy"]),
        ("THE ECONOMY", "The economy", ["economy"]),
        ("The Who", "The Who", ["The", "Who"]),
    ],
)
def test_marks(query: str, text: str, marked: list[str]) -> None:
    assert [part for part, on in mark(text, parse_query(query)) if on] == marked


def test_to_the_letter_other_forms_are_not_marked() -> None:
    node = with_others("used pro* -no", ["使用"], exact=True)
    assert [part for part, on in mark("We use the used, provided. 使用", node) if on] == [
        "used",
        "provided",
    ]
