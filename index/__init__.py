"""Search: an index that follows the archive, what people may ask it, and what is shown of the answers."""

from index.called import keywords
from index.engine import Among, Hit, Index, Results, Search, Sort, open_index
from index.follow import differences, follow, rebuild, status, warm
from index.names import begun, is_one, is_spelled, near
from index.query import Keyword, Node, parse_query, read_as, with_others
from index.snippet import mark, snippet

__all__ = [
    "Among",
    "Hit",
    "Index",
    "Keyword",
    "Node",
    "Results",
    "Search",
    "Sort",
    "begun",
    "differences",
    "follow",
    "is_one",
    "is_spelled",
    "keywords",
    "mark",
    "near",
    "open_index",
    "parse_query",
    "read_as",
    "rebuild",
    "snippet",
    "status",
    "warm",
    "with_others",
]
