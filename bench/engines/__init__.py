"""What is fed the same documents and asked the same questions: our index and its peers, one a module."""

from __future__ import annotations

from collections.abc import Mapping

from bench.engines.fts5 import Fts5
from bench.engines.ours import Ours
from bench.engines.prototype import Prototype
from bench.engines.stock import Stock
from bench.engines.tantivy_engine import Tantivy

Engine = Ours | Fts5 | Tantivy | Stock | Prototype
ENGINES: Mapping[str, type[Engine]] = {
    "ours": Ours,
    "fts5": Fts5,
    "tantivy": Tantivy,
    "stock": Stock,
    "prototype": Prototype,
}
