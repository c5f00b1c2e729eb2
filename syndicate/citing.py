"""An article as others cite it: BibTeX, RIS and CSL-JSON for programs, APA and GB/T 7714 for people. Pure.

Names are given as they stand. Which part of one is the family's cannot be told (Fan Junsheng, Jane Fan).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from archive.model import Article
from syndicate.allowed import as_allowed
from syndicate.formats.texts import distinct, is_web, line, uri
from syndicate.strings import MONTHS

SHORT_MONTHS = [month[:3].lower() for month in MONTHS]
# BibTeX counts braces even behind a backslash, so that those of a text are commands without any.
BIBTEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_"},
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}
SEVERAL_WORDS = re.compile(r"\band\b|,.*,|[^\x00-\x7f]", re.IGNORECASE)
NO_KEY = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What is cited; ``day`` is as long as it is known: year, month, day, or empty."""

    key: str
    title: str
    authors: tuple[str, ...]
    source: str
    day: tuple[int, ...]
    retrieved: date | None
    address: str
    original: str
    language: str
    abstract: str
    archive: str


def citation(article: Article, *, source: str, archive: str, base_url: str) -> Citation:
    """What there is to cite of an article, as far as it may be shown."""
    day = article.day if article.published and article.day else None
    parts = (day.year, day.month, day.day) if day else ()
    known = {"year": 1, "month": 2}.get(article.published_precision or "", 3)
    year = str(day.year) if day else "nd"
    return Citation(
        key=NO_KEY.sub("-", f"{article.source}-{year}-{article.address.rpartition('/')[2]}".lower()),
        title=line(article.title),
        authors=tuple(distinct(article.authors)),
        source=line(source),
        day=parts[:known],
        retrieved=article.stored.date() if article.stored else None,
        address=base_url + article.address,
        original=uri(article.url) if is_web(article.url) else "",
        language=article.tag if article.language != "und" else "",
        abstract=line(as_allowed(article, "summary").summary),
        archive=line(archive),
    )


def bibtex(cited: Citation) -> str:
    """An entry of BibTeX and BibLaTeX, in UTF-8."""
    year, month, day = (*cited.day, 0, 0, 0)[:3]
    fields = {
        "title": f"{{{escaped(cited.title)}}}",  # a second pair of braces keeps capitals
        "author": " and ".join(map(name, cited.authors)),
        "journal": escaped(cited.source),
        "year": str(year or ""),
        "day": str(day or ""),
        "url": cited.address,
        "note": f"Original: \\url{{{literal(cited.original)}}}" if cited.original else "",
        "langid": {"en": "english", "zh": "chinese"}.get(cited.language[:2], ""),
        "abstract": escaped(cited.abstract),
    }
    lines = [f"  {key} = {{{value}}}," for key, value in fields.items() if value]
    if month:
        lines.append(f"  month = {SHORT_MONTHS[month - 1]},")
    return f"@article{{{cited.key},\n" + "\n".join(lines) + "\n}\n"


def ris(cited: Citation) -> str:
    """A record of RIS, in UTF-8."""
    day = [f"{part:02}" for part in cited.day]
    lines = [
        ("TY", "NEWS"),
        ("TI", cited.title),
        *(("AU", author) for author in cited.authors),
        ("T2", cited.source),
        ("PY", day[0] if day else ""),
        ("DA", "/".join([*day, "", "", ""][:3]) + "/" if day else ""),
        ("LA", cited.language),
        ("AB", cited.abstract),
        ("UR", cited.address),
        ("N1", f"Original: {cited.original}" if cited.original else ""),
        ("DP", cited.archive),
        ("ID", cited.key),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def csl(cited: Citation) -> str:
    """An item of CSL-JSON, in a list of one."""
    item: dict[str, object] = {
        "id": cited.key,
        "type": "article-newspaper",
        "title": cited.title,
        "author": [{"literal": author} for author in cited.authors],
        "container-title": cited.source,
        "issued": {"date-parts": [list(cited.day)]} if cited.day else None,
        "URL": cited.address,
        "language": cited.language,
        "abstract": cited.abstract,
        "archive": cited.archive,
        "note": f"Original: {cited.original}" if cited.original else "",
    }
    return json.dumps([{key: value for key, value in item.items() if value}], ensure_ascii=False, indent=1)


CITED: Mapping[str, tuple[str, Callable[[Citation], str]]] = {
    ".bib": ("application/x-bibtex", bibtex),
    ".ris": ("application/x-research-info-systems", ris),
    ".csl.json": ("application/vnd.citationstyles.csl+json", csl),
}


def apa(cited: Citation) -> str:
    """A reference as APA (7th edition) writes it."""
    year, month, day = (*cited.day, 0, 0, 0)[:3]
    when = f"{year}{f', {MONTHS[month - 1]}' if month else ''}{f' {day}' if day else ''}" if year else "n.d."
    authors = cited.authors or (cited.source,)
    *others, last = authors
    named = f"{', '.join(others)}{', ' if len(others) > 1 else ' '}& {last}" if others else last
    ending = f" {cited.source}." if cited.authors else ""
    return f"{named.rstrip('.')}. ({when}). {ended(cited.title, '.')}{ending} {cited.address}"


def gbt(cited: Citation) -> str:
    """A reference as GB/T 7714-2015 writes one of a newspaper on the web; three authors are named at most."""
    zh = cited.language.startswith("zh")
    authors = ", ".join(cited.authors[:3])
    if len(cited.authors) > 3:
        authors += ", 等" if zh else ", et al"
    when = "-".join(f"{part:02}" for part in cited.day)
    retrieved = f"[{cited.retrieved.isoformat()}]" if cited.retrieved else ""
    beginning = f"{authors}. " if authors else ""
    place = f"{cited.source}, {when}" if when else cited.source
    return f"{beginning}{cited.title}[N/OL]. {place}{retrieved}. {cited.address}."


def ended(text: str, mark: str) -> str:
    """A text that ends with a mark, unless it has one of its own."""
    return text if text.endswith((".", "?", "!", "。", "？", "！")) else text + mark


def escaped(text: str) -> str:
    """Text for a field of BibTeX."""
    return "".join(BIBTEX.get(letter, letter) for letter in text)


def literal(address: str) -> str:
    """An address inside braces, where nothing is escaped."""
    return address.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def name(author: str) -> str:
    """An author's name for BibTeX; one that it would take apart wrongly is kept whole by braces."""
    whole = escaped(author)
    return f"{{{whole}}}" if SEVERAL_WORDS.search(author) else whole
