"""How much of an article a document has room for: what is told from lengths alone is never too little."""

from __future__ import annotations

from dataclasses import replace

from factories import NOW, article
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Enclosure, Image, Translation, Withdrawn
from syndicate.allowed import LARGEST, escaped, fitted, most_of_address, most_of_text, weight, written

TEXT = st.text(st.one_of(st.sampled_from("<>&\"'\\\n \U0001f600国a"), st.characters(codec="utf-8")))


@given(TEXT)
def test_lengths_promise_no_fewer_bytes_than_there_are(text: str) -> None:
    assert most_of_text(text) >= written(text)
    assert most_of_address(text) >= escaped(text)


@given(TEXT, TEXT, TEXT)
def test_an_article_is_never_larger_than_its_lengths_say(html: str, text: str, other: str) -> None:
    full = replace(
        article(guid=other, title=other, text=text),
        html=html,
        summary=text,
        rights=other,
        authors=(other,),
        categories=(text,),
        enclosures=(Enclosure(url=other),),
        images=(Image(url=other),),
        translations=(
            Translation(id="x", language="en", script="", title=text, address="/a", state="stated"),
        ),
    )
    for each in (full, replace(full, withdrawn=Withdrawn(when=NOW, reason=other, by="editor"))):
        assert weight(each, text=most_of_text, address=most_of_address) >= weight(each)


def test_the_longest_give_way_when_a_document_is_too_large() -> None:
    large = replace(article(guid="1"), html="<p>" + "国" * (LARGEST // 4) + "</p>")
    small = article(guid="2")
    assert fitted([small] * 10) == [small] * 10
    found = fitted([small, large, large])
    assert found[0] == small and sorted(len(each.html) > 0 for each in found[1:]) == [False, True]
