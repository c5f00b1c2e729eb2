"""Every bench runs, with tiny numbers; those that take seconds even so are slow."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest

from bench.__main__ import BENCHES, main
from bench.corpus import repeated, sample_articles, sample_feeds
from bench.engines.question import Asked, read
from bench.measure import Figure
from bench.recombined import articles, built_in_rules, recombined, samples, sentences
from bench.table import Row, tenfold

QUICK = ("parse", "fidelity", "streams", "retrieval", "across", "feed", "web")
LONG = sorted(set(BENCHES) - set(QUICK))


@pytest.mark.parametrize("title", [*QUICK, *(pytest.param(title, marks=pytest.mark.slow) for title in LONG)])
def test_a_bench_runs_and_says_what_it_measured(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--small", title])
    printed = capsys.readouterr().out
    assert re.search(r"^machine .*cores, load .*Python .*SQLite .*\d{4}-\d\d-\d\d$", printed, re.MULTILINE)
    assert re.search(r"^data .*60 articles .* feeds ", printed, re.MULTILINE)
    told = r"(?:.* x  |nginx is not installed|the encoder is not installed|\.\./shared/data is not there)"
    assert re.search(rf"^{title}\n(?:  .*\n)*?  {told}", printed, re.MULTILINE)


def test_where_the_corpora_are_not_the_samples_are_made_many() -> None:
    articles = repeated(sample_articles())
    first = [next(articles) for _ in range(40)]
    assert len({article.guid for article in first}) == 40
    assert {article.language for article in first} == {"en", "zh"}
    assert list(sample_feeds())


def test_a_ratio_says_how_many_times_better_we_are() -> None:
    rate = Figure(what="rate", value=20, unit="MB/s", peer="other", peer_value=10)
    wait = Figure(what="wait", value=20, unit="ms", more=False, peer="other", peer_value=10)
    assert (rate.ratio, wait.ratio) == (2, 0.5)
    assert str(wait).split() == ["wait", "20", "ms", "0.50", "x", "other,", "10"]


def test_a_corpus_goes_on_with_articles_of_real_sentences(tmp_path: Path) -> None:
    told = list(samples())
    known = {sentence.strip() for each in told for sentence in sentences(each)}
    made = list(islice(recombined(told), 20))
    assert made == list(islice(recombined(told), 20))
    assert all(any(part in each.text for part in known) for each in made if each.text)
    public = list(articles(told, len(told) + 20, built_in_rules(tmp_path)))
    assert [each.title for each in public[: len(told)]] == [each.title for each in told]
    assert len({each.id for each in public}) == len(told) + 20


def test_peers_are_asked_for_the_terms_of_our_analysis() -> None:
    assert read("新闻联播") == Asked(field="body", terms=("新闻", "闻联", "联播"), phrase=False)
    assert read('"新闻联播"') == Asked(field="body", terms=("新闻", "闻联", "联播"), phrase=True)
    assert read("open sources") == Asked(field="body", terms=("open", "source"), phrase=False)
    assert read('"of the sources"') == Asked(field="words", terms=("of", "the", "sources"), phrase=True)


def test_growth_is_told_for_ten_times_the_articles() -> None:
    assert tenfold({100: 1.0, 10_000: 4.0}) == "2.00"
    assert tenfold({100: 1.0}) == tenfold({100: 0.0, 1000: 1.0}) == "-"
    row = Row(what="one word", unit="ms", values={"ours": 2.0, "other": 8.0})
    assert row.line(["ours", "other", "third"]).split() == ["one", "word", "ms", "2", "8", "4.00", "x", "-"]
