"""A sheet of what the documents of a folder say, and what is doubtful about it; nothing is stored."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.beside import Beside
from archive.document_reading import DOCUMENTS, read_whole
from archive.fold import fold
from archive.inputs import Input, read_file, read_inputs
from archive.model import Article, Document, squeezed
from archive.naming import identify
from archive.pairs import story_of
from archive.rules import Rules
from archive.sandbox import Sandbox
from archive.settings import Fetch
from archive.sheet_cells import Terms, cells_of
from archive.sheet_file import written
from archive.take import InputLine

# Words of a file's name that only say in which language it is.
TONGUES = re.compile(
    r"[\s._()（）\[\]【】-]*(?:(?<![a-z])(?:english|chinese|version|eng|chs|cht|en|zh|cn)(?![a-z])|英文版?|中文版?|英语|汉语|中英|英|中|版)"
    r"[\s._()（）\[\]【】-]*",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Proposed:
    """A document of the folder with what goes into its row."""

    path: Path
    name: str
    document: Document
    pair: str = ""
    doubts: list[str] = field(default_factory=list)

    @property
    def article(self) -> Article | None:
        """Its article, if there is one."""
        return next(iter(self.document.articles), None)


def propose(
    names: Sequence[str], sheet: Path, parsing: Sandbox, fetch: Fetch, rules: Rules, terms: Terms
) -> Iterator[InputLine]:
    """Read everything named and write the sheet; a line for each input."""
    beside, found = Beside(), list[Proposed]()
    now = datetime.now(UTC)
    for each in read_inputs(names, fetch):
        if each.path is not None and not beside.waits(each.path):
            yield from read(each, sheet, parsing, beside, found, now)
    for path, owner in beside.waiting():
        if owner:
            yield InputLine(input=str(path), result="ok", articles=0, detail=owner)
        else:
            yield from read(read_file(path), sheet, parsing, beside, found, now)
    pair(found)
    name_twins(found)
    sheet.write_bytes(written(row(each, rules, terms) for each in found))
    count = sum(bool(each.doubts or each.document.doubts or each.article is None) for each in found)
    detail = f"{len(found)} documents, {count} of them with something doubtful; nothing was stored"
    yield InputLine(input=str(sheet), result="ok", articles=0, detail=detail)


def read(
    each: Input, sheet: Path, parsing: Sandbox, beside: Beside, found: list[Proposed], now: datetime
) -> Iterator[InputLine]:
    """Read one input, and keep what it holds for the sheet if it is a document."""
    if each.kind != "document" or each.path is None or each.suffix not in DOCUMENTS:
        yield InputLine(input=each.name, result="ok", articles=0, detail="is no document; not in the sheet")
        return
    document = read_whole(each, parsing, beside, now)
    name = Path(os.path.relpath(each.path, sheet.parent)).as_posix()
    found.append(Proposed(path=each.path, name=name, document=replace(document, pictures=())))
    yield InputLine(
        input=each.name, result=document.result, articles=len(document.articles), detail=document.detail
    )


def pair(found: list[Proposed]) -> None:
    """Pair the documents whose names state it, then those whose names differ only in words for languages."""
    stated: defaultdict[object, dict[str, list[Proposed]]] = defaultdict(lambda: {"en": [], "zh": []})
    guessed: defaultdict[object, dict[str, list[Proposed]]] = defaultdict(lambda: {"en": [], "zh": []})
    for each in found:
        story, article = story_of(str(each.path)), each.article
        if story:
            stated[story[0]][story[1]].append(each)
        elif article and article.language in ("en", "zh"):
            stem = squeezed(TONGUES.sub(" ", each.path.stem)).casefold()
            if (stem and stem != each.path.stem.casefold()) or stem:
                guessed[each.path.parent, stem][article.language].append(each)
    for groups, doubt in ((stated, ""), (guessed, "pair guessed from the file names")):
        for group in groups.values():
            if len(group["en"]) == len(group["zh"]) == 1:
                for one, other in ((group["en"][0], group["zh"][0]), (group["zh"][0], group["en"][0])):
                    one.pair = other.name
                    one.doubts += [doubt] if doubt else []


def name_twins(found: list[Proposed]) -> None:
    """Say of documents with one title that they have it."""
    by_title: defaultdict[str, list[Proposed]] = defaultdict(list)
    for each in found:
        if each.article:
            by_title[fold(squeezed(each.article.title))].append(each)
    for group in by_title.values():
        for each in group if len(group) > 1 else ():
            others = ", ".join(other.name for other in group if other is not each)
            each.doubts.append(f"same title as {others}")


def row(each: Proposed, rules: Rules, terms: Terms) -> dict[str, str]:
    """The cells of one document."""
    if each.article is None:
        return {
            "file": each.name,
            "doubtful": f"cannot be taken in: {each.document.detail or each.document.result}",
        }
    source = identify(each.document, stated=None, name=each.path.name)
    topics = rules.of(replace(each.article, source=source.id))
    doubts = [*each.document.doubts, *each.doubts]
    return {
        "file": each.name,
        **cells_of(each.document, terms, topics),
        "pair": each.pair,
        "doubtful": "; ".join(doubts),
    }
