"""Every bench runs, with tiny numbers."""

from __future__ import annotations

import re

import pytest

from bench.__main__ import BENCHES, main
from bench.corpus import repeated, sample_articles, sample_feeds
from bench.measure import Figure


def test_all_benches_run_and_say_what_they_measured(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--small"])
    printed = capsys.readouterr().out
    assert re.search(r"^machine .*cores, load .*Python .*SQLite .*\d{4}-\d\d-\d\d$", printed, re.MULTILINE)
    assert re.search(r"^data .*60 articles .* feeds ", printed, re.MULTILINE)
    for title in BENCHES:
        assert re.search(rf"^{title}\n(?:  .*\n)*?  .* x  ", printed, re.MULTILINE), title


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
