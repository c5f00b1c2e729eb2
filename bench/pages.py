"""Pages of news: how much of what is true of them is found, beside trafilatura as it comes."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

import trafilatura

from archive.fold import fold
from archive.reading.decode import decode
from archive.reading.documents import read_document
from archive.reading.page_blocks import WHITE
from bench.corpus import DATA, NOW, SAMPLES
from bench.measure import Figure
from bench.page_truth import Page, real_pages, sample_pages

PEER = f"trafilatura {version('trafilatura')}"
PAGES = DATA / "articles_html"
SHINGLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found on a page, and how long it took."""

    text: str
    title: str
    day: str
    authors: tuple[str, ...]
    seconds: float


Extract = Callable[[Page], Found]


def run(most: int) -> list[Figure]:
    """The figures for so many pages of the corpus beside the project, else for the samples."""
    pages = list(real_pages(PAGES) if PAGES.is_dir() else sample_pages(SAMPLES))[:most]
    groups: defaultdict[str, list[Page]] = defaultdict(list)
    for page in pages:
        groups[page.group].append(page)
    for extract in (ours, theirs):
        extract(pages[0])  # what a process loads once
    return [figure for name in sorted(groups) for figure in compared(name, groups[name])]


def compared(name: str, pages: Sequence[Page]) -> Iterator[Figure]:
    """The figures of one language, ours beside the peer's."""
    mine, others = scored(pages, ours), scored(pages, theirs)
    for what, values in sorted(mine.shares.items()):
        yield Figure(
            what=f"{name}: {what} ({len(values)})",
            value=mean(values),
            unit="",
            peer=PEER,
            peer_value=mean(others.shares[what]),
        )
    yield Figure(
        what=f"{name}: time a page ({len(pages)})",
        value=mean(mine.seconds) * 1000,
        unit="ms",
        more=False,
        peer=PEER,
        peer_value=mean(others.seconds) * 1000,
    )


@dataclass(slots=True)
class Score:
    """How right some answers were, by what was asked, each between 0 and 1."""

    shares: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)


def scored(pages: Sequence[Page], extract: Extract) -> Score:
    """What an extractor finds on pages, held against what is true of them."""
    score = Score()
    for page in pages:
        found = extract(page)
        score.seconds.append(found.seconds)
        words = WHITE.sub("", found.text)
        if page.text:
            score.shares[f"text F1, half {page.half}"].append(f1(found.text, page.text, page.group))
        for phrase in page.wanted:
            score.shares["wanted phrases found"].append(WHITE.sub("", phrase) in words)
        for phrase in page.unwanted:
            score.shares["unwanted phrases kept out"].append(WHITE.sub("", phrase) not in words)
        if page.title:
            score.shares["titles"].append(fold(found.title) == fold(page.title))
        if page.day:
            score.shares["dates"].append(found.day == page.day)
        if page.authors:
            score.shares["bylines"].append(set(page.authors) <= set(found.authors))
    return score


def ours(page: Page) -> Found:
    """A page as the product reads it."""
    started = time.process_time()
    document = read_document(page.body, name="page.html", content_type=None, url=page.url, now=NOW)
    seconds = time.process_time() - started
    if not document.articles:
        return Found(text="", title="", day="", authors=(), seconds=seconds)
    (article,) = document.articles
    return Found(
        text=article.text,
        title=article.title,
        day=local_day(article.published, article.published_raw),
        authors=article.authors,
        seconds=seconds,
    )


def local_day(moment: datetime | None, raw: str | None) -> str:
    """The day of a time where it was written, as the truth has it."""
    written = re.match(r"\d{4}-\d\d-\d\d", raw or "")
    return written[0] if written else moment.astimezone(UTC).date().isoformat() if moment else ""


def theirs(page: Page) -> Found:
    """A page as trafilatura reads it."""
    started = time.process_time()
    found = trafilatura.bare_extraction(
        decode(page.body, content_type=None), url=page.url, with_metadata=True, include_comments=False
    )
    seconds = time.process_time() - started
    return Found(
        text=(found.text if found else None) or "",
        title=(found.title if found else None) or "",
        day=(found.date if found else None) or "",
        authors=tuple(((found.author if found else None) or "").split("; ")),
        seconds=seconds,
    )


def f1(found: str, true: str, group: str) -> float:
    """How alike two texts are: by words, where there are none by pieces of four characters."""
    mine, truth = pieces(found, group), pieces(true, group)
    both = 2 * (mine & truth).total()
    return both / ((mine.total() + truth.total()) or 1)


def pieces(text: str, group: str) -> Counter[str]:
    """What a text consists of."""
    if group not in ("Chinese", "Japanese"):
        return Counter(re.findall(r"\w+", text.casefold()))
    whole = WHITE.sub("", text)
    return Counter(whole[at : at + SHINGLE] for at in range(max(1, len(whole) - SHINGLE + 1)))


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / max(1, len(values))
