"""A folder of documents as articles: how many need no hand, and that a sheet puts the others right."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path

from archive.articles import articles
from archive.database import Database, open_database
from archive.ingest import ingest
from archive.model import Article, sha256, squeezed
from archive.proposal import propose
from archive.rules import compile_rules
from archive.sandbox import Sandbox
from archive.settings import Settings
from archive.sheet_cells import Terms
from archive.sheet_file import read_rows, written
from archive.take import EntryLine, Taking
from bench.corpus import DATA, repeated, sample_articles
from bench.document_maker import FORMS, Story, png
from bench.measure import Figure, timed

GOAL = 95
FIRST = date(2022, 4, 2)
EN = (
    ("Fan Junsheng", "Beijing Daily"),
    ("Mary O'Neil", "China Daily"),
    ("Li Si", "Xinhua"),
    ("Anna Berg", "City News"),
)
ZH = (
    ("范俊生", "北京日报"),
    ("张三", "新华社"),
    ("欧阳修文", "北京市人民政府外事办公室"),
    ("李四", "人民网"),
)
PARTS = ("title", "date", "language", "body", "pictures", "pair", "author", "source")
WANTED = PARTS[:6]
Texts = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document as it was written to the folder, and what is right about it."""

    story: Story
    path: Path
    pair: Path | None = None


def run(folder: Path, documents: int) -> list[Figure]:
    """How many documents are read right without a hand; what the sheet puts right; what it costs."""
    place = folder / "documents"
    made = make(place, documents)
    with Sandbox() as sandbox, timed() as clock:
        settings = Settings(data=folder)
        database = open_database(f"sqlite:///{folder}/documents.db")
        taking = Taking(database=database, parsing=sandbox, rules=compile_rules(()), config=settings)
        before = taken(taking, [str(place)], made, database)
        sheet = corrected(taking, place, made)
        after = taken(taking, [str(sheet)], made, database)
        again = Counter(line.outcome for line in ingest(taking, [str(sheet)]) if isinstance(line, EntryLine))
        database.close()
    wrong = Counter(part for each in before.values() for part in each)
    figures = [
        Figure(what=f"{part} right", value=100 * (1 - wrong[part] / len(made)), unit="%") for part in PARTS
    ]
    by_hand = sum(bool({*each} & {*WANTED}) for each in before.values())
    return [
        Figure(
            what=f"of {len(made)} documents need no hand",
            value=100 * (1 - by_hand / len(made)),
            unit="%",
            peer="wanted",
            peer_value=GOAL,
        ),
        *figures,
        Figure(
            what="right after the sheet",
            value=100 * sum(not each for each in after.values()) / len(made),
            unit="%",
        ),
        Figure(
            what="changed by the sheet a second time",
            value=len(made) - again["unchanged"],
            unit="",
            more=False,
        ),
        Figure(what="documents, read four times and stored", value=len(made) / clock.wall, unit="a second"),
    ]


def make(folder: Path, documents: int) -> list[Made]:
    """Write the documents: half of them in pairs by name, every form in turn."""
    texts, numbers = list(texts_of_pairs(documents)), count()
    made: list[Made] = []
    for number, (english, chinese) in enumerate(texts[: documents // 4]):
        day = FIRST + timedelta(days=number)
        stem = f"story-{number:03}-{day:%Y%m%d}" if number % 3 == 0 else f"story-{number:03}"
        pair = [
            one(folder / f"{stem}.{language}", text, language, next(numbers), day)
            for language, text in (("en", english), ("zh", chinese))
        ]
        made += [replace(each, pair=other.path) for each, other in zip(pair, reversed(pair), strict=True)]
    for number, (english, chinese) in enumerate(texts[documents // 4 :]):
        text, language = ((english, "en"), (chinese, "zh"))[number % 2]
        made.append(
            one(
                folder / f"single-{number:03}",
                text,
                language,
                at := next(numbers),
                FIRST + timedelta(days=at),
            )
        )
    return made[:documents]


def one(place: Path, text: Texts, language: str, number: int, day: date) -> Made:
    """One document at a place."""
    author, source = (ZH if language == "zh" else EN)[number // 3 % 4]
    write, where = FORMS[number * 7 % len(FORMS)]
    if where == "name" and f"{day:%Y%m%d}" not in place.name:
        place = place.with_name(f"{place.name}-{day:%Y%m%d}") if "story" not in place.name else place
        where = where if f"{day:%Y%m%d}" in place.name else "label"
    story = Story(
        title=text[0],
        paragraphs=text[1],
        language=language,
        day=day,
        author=author,
        source=source,
        pictures=tuple(png(number * 10 + each) for each in range(number % 3)),
        number=number,
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    return Made(story=story, path=write(story, place, where))


def texts_of_pairs(documents: int) -> Iterator[tuple[Texts, Texts]]:
    """News in both languages, as many as the documents take: whole, then their second halves."""
    path = DATA / "parallel" / "ntrex_newstest2019_docs.jsonl"
    wanted = documents // 4 + (documents - documents // 4 * 2)
    if path.is_file():
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        whole = [(cut(each["en"]), cut(each["zh-Hans"])) for each in records]
        half = [(cut(each["en"], second=True), cut(each["zh-Hans"], second=True)) for each in records]
        yield from [pair for pair in (*whole, *half) if min(len(pair[0][1]), len(pair[1][1])) >= 3][:wanted]
        return
    samples = sample_articles()
    both = zip(
        *(repeated([each for each in samples if each.language == tag]) for tag in ("en", "zh")), strict=False
    )
    for english, chinese in islice(both, wanted):
        yield from [(of(english), of(chinese))]


def of(article: Article) -> Texts:
    """An article's title and paragraphs."""
    return squeezed(article.title), tuple(
        squeezed(part) for part in article.text.split("\n") if len(part) > 40
    )[:8]


def cut(lines: Sequence[str], *, second: bool = False) -> Texts:
    """A title and paragraphs out of the lines of a document: its own, or from its middle on."""
    found = [squeezed(line) for line in lines]
    if second:
        found = found[len(found) // 2 :]
    return found[0].rstrip("。."), tuple(found[1:13])


def taken(taking: Taking, names: list[str], made: list[Made], database: Database) -> dict[Path, list[str]]:
    """Take in, and tell for each document which parts are wrong."""
    ids = {
        Path(line.input).resolve(): line.id or ""
        for line in ingest(taking, names)
        if isinstance(line, EntryLine)
    }
    found = {each.id: each for each in articles(database, ids.values())}
    sources = {row["id"]: row["title"] for row in database.read("SELECT id, title FROM source")}
    kept: dict[str, set[str]] = {}
    for row in database.read("SELECT article, sha FROM picture"):
        kept.setdefault(row["article"], set()).add(row["sha"])
    result: dict[Path, list[str]] = {}
    for each in made:
        article = found.get(ids.get(each.path.resolve(), ""))
        other = ids.get(each.pair.resolve()) if each.pair else None
        if article is None:
            result[each.path] = list(PARTS)
            continue
        right = {
            "title": article.title == each.story.title,
            "date": article.published is not None and article.day == each.story.day,
            "language": article.language == each.story.language,
            "body": article.text.split() == "\n".join(each.story.paragraphs).split(),
            "pictures": kept.get(article.id, set()) == set(map(sha256, each.story.pictures)),
            "pair": {each.id for each in article.translations} == ({other} if other else set()),
            "author": article.authors == (each.story.author,),
            "source": sources.get(article.source) == each.story.source,
        }
        result[each.path] = [part for part in PARTS if not right[part]]
    return result


def corrected(taking: Taking, folder: Path, made: list[Made]) -> Path:
    """The sheet of a folder, put right as a person would."""
    sheet = folder.with_suffix(".csv")
    config = taking.config
    terms = Terms(zone=taking.terms().zone, topics=config.topics)
    list(propose([str(folder)], sheet, taking.parsing, config.fetch, taking.rules, terms))
    by_name = {each.path.resolve(): each for each in made}
    rows = [dict(row.cells) for row in read_rows(sheet.read_bytes())]
    for row in rows:
        each = by_name[(sheet.parent / row["file"]).resolve()]
        story = each.story
        row |= {
            "title": story.title,
            "language": story.language,
            "author": story.author,
            "source": story.source,
        }
        row["date"] = (
            row["date"] if row.get("date", "").startswith(str(story.day)) else f"{story.day:%Y/%-m/%-d}"
        )
        row["pair"] = f"{folder.name}/{each.pair.name}" if each.pair else ""
    sheet.write_bytes(written(rows))
    return sheet
