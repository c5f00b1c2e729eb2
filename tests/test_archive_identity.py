"""Which entry is which article, where a source gives its stories no names of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from factories import NOW, article, put_all

from archive.database import Database
from archive.model import Article

NAMES = "river bridge school market winter station harbour museum garden council theatre library"
WORDS = NAMES.split()


def letter(number: int, **fields: object) -> Article:
    """An issue of a newsletter: always the same title, no guid, a place on one page."""
    text = " ".join(WORDS[(number * 5 + place * (number + 1)) % len(WORDS)] for place in range(30))
    stated = {"url": f"https://e.example/all.php#{number}", "published": NOW - timedelta(days=99 - number)}
    return article(title="Letter", text=text, **{**stated, **fields})


def outcomes(database: Database, *entries: Article) -> list[str]:
    """What becomes of the entries of a document."""
    with database.writing() as transaction:
        return [stored.outcome for stored in put_all(transaction, *entries)]


def test_places_on_one_page_are_articles_of_their_own(database: Database) -> None:
    issues = [letter(number) for number in (3, 2, 1)]
    assert outcomes(database, *issues) == ["new"] * 3
    assert outcomes(database, letter(4), *issues) == ["new", *["unchanged"] * 3]
    edited = replace(issues[1], text=issues[1].text + " and more")
    assert outcomes(database, letter(5), letter(4), issues[0], edited)[::3] == ["new", "revised"]
    assert outcomes(database, letter(6)) == ["new"]


def test_stories_of_other_days_at_one_address_are_told_apart(database: Database) -> None:
    issues = [letter(number, url="https://e.example/news.html") for number in (3, 2, 1)]
    assert outcomes(database, *issues) == ["new"] * 3
    assert outcomes(database, *issues) == ["unchanged"] * 3
    assert outcomes(database, letter(4, url="https://e.example/news.html")) == ["new"]


def test_a_place_on_its_page_that_comes_and_goes_is_no_other_story(database: Database) -> None:
    plain = letter(1, url="https://e.example/1.html")
    assert outcomes(database, plain) == ["new"]
    assert outcomes(database, replace(plain, url=f"{plain.url}#from-feed")) == ["unchanged"]


def test_one_guid_with_two_titles_in_a_document_is_two_articles(database: Database) -> None:
    first = article(guid="2.mp3", url="https://e.example/", title="The strings", text="The same words.")
    assert outcomes(database, first, replace(first, title="The long version")) == ["new", "new"]
    assert outcomes(database, first, replace(first, title="The long version")) == ["unchanged"] * 2
