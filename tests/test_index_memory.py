"""What a search has read of the index does not stay in the memory of the process that read it."""

from __future__ import annotations

import mmap
import re
import time
from pathlib import Path

import pytest
from test_index_engine import ask, public

from index.engine import open_index
from index.whoosh_engine import HOLDING, MANY_TEXTS

MAPS = Path("/proc/self/smaps")


def resident(folder: Path) -> int:
    """Kilobytes of the files of a folder that this process has mapped and read."""
    parts = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", MAPS.read_text(), flags=re.MULTILINE)
    mine = [part for part in parts if str(folder) in part.partition("\n")[0]]
    return sum(int(number) for part in mine for number in re.findall(r"^Rss:\s+(\d+)", part, re.MULTILINE))


TOLD = pytest.mark.skipif(
    not MAPS.exists() or not hasattr(mmap, "MADV_DONTNEED"), reason="this system does not say what is mapped"
)


@TOLD
def test_what_was_read_is_given_back(tmp_path: Path) -> None:
    writer = open_index(tmp_path / "index", write=True)
    text = " ".join(f"word{number}" for number in range(3000))
    writer.apply([public(number, "news", f"{text} {number}") for number in range(1, 60)], [], 1)
    writer.close()
    index = open_index(tmp_path / "index")
    found = ask(index, '"word7 word8"')
    assert resident(tmp_path) > 500
    time.sleep(HOLDING)
    assert ask(index, "word9").total == found.total == 59
    assert resident(tmp_path) == 0
    assert ask(index, '"word7 word8"', n=59).total == 59
    assert resident(tmp_path) > 0
    assert index.suggest("wqrdxz") is None
    assert resident(tmp_path) == 0
    index.close()


@TOLD
def test_many_texts_are_given_back_at_once(tmp_path: Path) -> None:
    writer = open_index(tmp_path / "index", write=True)
    texts = ("海关要提", "海关要提到冰块")
    articles = [public(number, "news", texts[number % 2]) for number in range(3 * MANY_TEXTS)]
    writer.apply(articles, [], 1)
    writer.close()
    index = open_index(tmp_path / "index")
    assert ask(index, "news").total == len(articles)
    assert resident(tmp_path) > 0
    assert ask(index, '"关要提到冰"').total == len(articles) // 2
    assert resident(tmp_path) == 0
    index.close()
