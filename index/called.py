"""A query with the ids of what its fields name, as whoever knows the names says. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.query import All, Any, Keyword, Node, Not

Named = tuple[str, str, tuple[str, ...]]


def with_ids(node: Node, named: Sequence[Named]) -> Node:
    """The same query, whose fields know the ids of what they name: (field, value, ids) of each."""
    if not named:
        return node
    match node:
        case Keyword(name=name, value=value):
            ids = (id for field, called, some in named if (field, called) == (name, value) for id in some)
            return replace(node, ids=tuple(ids))
        case Not(node=inner):
            return replace(node, node=with_ids(inner, named))
        case All(parts=parts) | Any(parts=parts):
            return replace(node, parts=tuple(with_ids(part, named) for part in parts))
        case _:
            return node


def keywords(node: Node) -> Iterator[Keyword]:
    """The fields with a value that are asked for, or left out."""
    match node:
        case Keyword():
            yield node
        case Not(node=inner):
            yield from keywords(inner)
        case All(parts=parts) | Any(parts=parts):
            for inner_part in parts:
                yield from keywords(inner_part)
