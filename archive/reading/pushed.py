"""Articles as JSON that a program pushes: one object, a list of them, or lines. Pure; runs in the child."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

from archive.model import Article, Document, Fault
from archive.reading.record_reader import Fields, article

MOST = 100
ONE, LIST = "json", "json list"  # kinds of documents: what came is answered in its own form


def read_pushed(body: bytes, *, is_lines: bool) -> Document:
    """The articles that a message holds; what is wrong with one is a fault at its place, counted from one."""
    try:
        text = body.decode("utf-8-sig")
        found = [parsed(line) for line in text.split("\n") if line.strip()] if is_lines else parsed(text)
    except UnicodeDecodeError:
        return Document(result="not_a_feed", detail="is not UTF-8")
    except RecursionError:
        return Document(result="too_complex", detail="is nested too deeply")
    except ValueError as error:
        return Document(result="not_a_feed", detail=f"is not JSON as it should be: {error}"[:500])
    if isinstance(found, dict) and isinstance(found.get("articles"), list) and "title" not in found:
        found = found["articles"]
    kind, stated = (LIST, found) if isinstance(found, list) else (ONE, [found])
    if len(stated) > MOST:
        return Document(result="too_complex", detail=f"holds {len(stated):,} articles; send {MOST} at a time")
    return document(kind, stated)


def document(kind: str, stated: Sequence[object]) -> Document:
    """What was read, as a document."""
    articles: list[Article] = []
    faults: list[Fault] = []
    for place, each in enumerate(stated, 1):
        notes: list[str] = []
        try:
            if not isinstance(each, dict):
                raise ValueError("is no object")
            articles.append(article(Fields(each, notes)))
        except ValueError as error:
            faults.append(Fault(place=place, reason=str(error)))
        faults += [Fault(place=place, reason=each, is_skipped=False) for each in notes]
    return Document(
        result="warning" if faults else "ok" if articles else "empty",
        kind=kind,
        articles=tuple(articles),
        faults=tuple(faults),
    )


def parsed(text: str) -> object:
    """The value of a JSON text, which means one thing only. Raises ValueError."""
    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


def once(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    """An object whose fields stand once each: of two, programs do not agree which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def refuse(name: str) -> NoReturn:
    """Raise for NaN and the infinities, which are no JSON (RFC 8259 section 6)."""
    raise ValueError(f"{name} is no JSON")
