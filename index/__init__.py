"""Search: an index that follows the archive, what people may ask it, and what is shown of the answers."""

from index.engine import Among, Hit, Index, Results, Search, Sort, open_index
from index.follow import differences, follow, rebuild, status, warm
from index.names import begun
from index.query import Node, parse_query, read_as, with_others
from index.snippet import mark, snippet

__all__ = [
    "Among",
    "Hit",
    "Index",
    "Node",
    "Results",
    "Search",
    "Sort",
    "begun",
    "differences",
    "follow",
    "mark",
    "open_index",
    "parse_query",
    "read_as",
    "rebuild",
    "snippet",
    "status",
    "warm",
    "with_others",
]
