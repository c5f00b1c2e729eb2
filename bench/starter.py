"""Makes the words that the service knows from the start: ``python -m bench.starter``.

They are learned from articles of opensource.com (CC BY-SA 4.0) and their translations by the Linux China
community, from that half which the benches do not ask for. Made again, it is the same to the byte.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator

from archive.model import sha256
from bench.across import TEST
from bench.corpus import DATA, lines
from index.learning import learned
from index.paragraphs import aligned
from index.translations import STARTER, written

SOURCE = "Learned from articles of opensource.com and their translations by LCTT, CC BY-SA 4.0"
ALL = 1_000_000


def pairs() -> Iterator[tuple[str, str]]:
    """Titles and paragraphs of the half that is learned from."""
    for each in lines(DATA / "parallel" / "lctt_opensourcecom_docpairs.jsonl.gz"):
        if sha256(each["pair"].encode())[0] not in TEST:
            yield each["title_en"], each["title_zh"]
            yield from aligned(each["body_en"], each["body_zh"])


def main() -> int:
    """Learn, and write the file."""
    if not DATA.is_dir():
        print(f"{DATA}: the articles to learn from are not there", file=sys.stderr)
        return 1
    text = written(learned(pairs(), ALL), SOURCE)
    STARTER.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{STARTER}: {text.count(chr(10)) - 1:,} renderings, {STARTER.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
