"""Pairs and stories: how many are found, and how many of those are right, through the follower itself.

Both sides of half of the pairs of opensource.com and of NTREX, the English sides of the other half, and 5,000
Chinese news items, in one archive, without links. English articles of opensource.com state a day, their
translations a month, which is none; NTREX has no dates. The weights were fitted to the other half.
"""

from __future__ import annotations

import gc
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from archive.articles import every
from archive.database import Database
from archive.model import Alternate, Article
from archive.pairs import listing, members, stories
from archive.rows import SURE
from bench.corpus import DATA, NOW, filled, lines, made
from bench.measure import Figure, timed
from index.stories import Finding, follow_pairs

SEED = 1
# Pictures and links of Markdown: the two sides have the same, and links are to be left out.
MARKS = re.compile(r"!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|\[\d+\]|https?://\S+")
SENTENCES = {"zh": re.compile(r"(?<=[。！？\n])"), "en": re.compile(r"(?<=[.!?])\s+|\n")}
BETWEEN = {"zh": "", "en": " "}
LEADS = {
    "zh": ("据本台记者报道，近日有关方面介绍了最新情况。", "本报讯（记者 王小明）"),
    "en": ("According to our correspondent, new details emerged this week.", "By our own reporter."),
}
ENDS = {"zh": "这一消息引发了社会各界", "en": " The announcement was met with"}
TITLES = {"zh": "一则报道", "en": "A report"}
RUBRIC = "国内联播快讯"
MOST = 1_000_000
SHORTEST = 150  # characters of an article worth reprinting
REPRINTS = 1000
FULL = 5000

Pair = tuple[Article, Article]


def run(folder: Path, articles: int, finding: Finding | None = None) -> Iterable[Figure | str]:
    """Find pairs and reprints among so many news items and count the right ones."""
    if not DATA.is_dir():
        yield "  ../shared/data is not there: nothing to find pairs in"
        return
    news = min(articles, FULL)
    yield from found(folder / "found", news, finding or Finding())
    yield from linked(folder / "stated", news)
    yield from reprinted(folder / "reprints", news)


def found(folder: Path, count: int, finding: Finding) -> Iterator[Figure | str]:
    """Pairs found by evidence alone."""
    pairs, others = mixed(count)
    database = archive(folder, [*(each for pair in pairs for each in pair), *others])
    with timed() as clock:
        follow_pairs(database, folder / "pairs", lambda: NOW, finding)
    names = guids(database)
    rows = listing(database, ("found",), MOST)
    sure = {(names[row["one"]], names[row["other"]]) for row in rows if row["sure"] >= SURE}
    every_one = {(names[row["one"]], names[row["other"]]) for row in rows}
    true = {(one.guid or "", other.guid or "") for one, other in pairs}
    yield from scores("pairs that are sure", sure, true)
    yield from scores("pairs that are likely", every_one, true)
    yield from scores("pairs that are sure, NTREX", only(sure, "ntrex"), only(true, "ntrex"))
    yield Figure(what="articles compared", value=len(names) / clock.cpu, unit="a second")
    database.close()


def linked(folder: Path, count: int) -> Iterator[Figure | str]:
    """The same where one side of each pair links to the other."""
    pairs, others = mixed(count)
    stating = [
        (replace(one, alternates=(Alternate(language="zh", url=other.url),)), other) for one, other in pairs
    ]
    database = archive(folder, [*(each for pair in stating for each in pair), *others])
    follow_pairs(database, folder / "pairs", lambda: NOW)
    names = guids(database)
    rows = listing(database, ("stated", "found"), MOST)
    together = {(names[row["one"]], names[row["other"]]) for row in rows if (row["sure"] or 1) >= SURE}
    yield from scores(
        "pairs, with links", together, {(one.guid or "", other.guid or "") for one, other in pairs}
    )
    database.close()


def reprinted(folder: Path, count: int) -> Iterator[Figure | str]:
    """Copies with cuts, another lead, another title and half a sentence more, by another source."""
    chance = random.Random(SEED)
    news, bulletins = items()
    bulletins = bulletins if count >= FULL else bulletins[:count]
    originals = [*chance.sample(news, min(count, len(news))), *(one for one, _ in software())]
    copied = [each for each in chance.sample(originals, len(originals)) if len(each.text) >= SHORTEST]
    copied = copied[: min(REPRINTS, count)]
    copies = [copy(each, chance) for each in copied]
    with timed() as storing:
        database = archive(folder, [*originals, *bulletins, *copies])
    with timed() as clock:
        follow_pairs(database, folder / "pairs", lambda: NOW)
    names = guids(database)
    told = members(database, stories(database, names).values()).values()
    together = {(names[one], names[other]) for some in told for one, other in combinations(some, 2)}
    texts = {each.guid: re.sub(r"\s", "", each.text) for each in (*originals, *bulletins)}
    # The corpora have some articles twice.
    together = {pair for pair in together if texts.get(pair[0], 0) != texts.get(pair[1], 1)}
    yield from scores("reprints", together, {(each.guid or "", f"{each.guid}-copy") for each in copied})
    rubric = {each.guid for each in bulletins}
    joined = {each for pair in together for each in pair if each in rubric}
    yield Figure(what=f"of {len(rubric)} {RUBRIC} joined", value=len(joined), unit="", more=False)
    yield Figure(
        what="articles compared",
        value=len(names) / clock.cpu,
        unit="a second",
        peer="put into the archive",
        peer_value=len(names) / storing.cpu,
    )
    database.close()


def scores(what: str, found: set[tuple[str, str]], true: set[tuple[str, str]]) -> Iterator[Figure]:
    """Precision and recall of unordered pairs."""
    some, all_true = {tuple(sorted(pair)) for pair in found}, {tuple(sorted(pair)) for pair in true}
    right = len(some & all_true)
    yield Figure(what=f"{what}: precision", value=right / max(1, len(some)), unit=f"of {len(some)}")
    yield Figure(what=f"{what}: recall", value=right / max(1, len(all_true)), unit=f"of {len(all_true)}")


def only(pairs: set[tuple[str, str]], name: str) -> set[tuple[str, str]]:
    """The pairs of one corpus."""
    return {pair for pair in pairs if any(each.startswith(name) for each in pair)}


def mixed(count: int) -> tuple[list[Pair], list[Article]]:
    """Half of the pairs, in proportion to the news, and what they are mixed with."""
    pairs: list[Pair] = []
    others: list[Article] = []
    for corpus in (software(), translated()):
        random.Random(SEED).shuffle(corpus)
        half = len(corpus) // 2
        few = max(4, half * count // FULL)
        others += [one for one, _ in corpus[:half][:few]]
        pairs += corpus[half:][:few]
    news, _ = items()
    return pairs, [*others, *random.Random(SEED).sample(news, min(count, len(news)))]


def software() -> list[Pair]:
    """Articles of opensource.com with their translations."""
    found = []
    for record in lines(DATA / "parallel" / "lctt_opensourcecom_docpairs.jsonl.gz"):
        month = datetime.fromisoformat(f"{record['date_zh_month']}-01").replace(tzinfo=UTC)
        day = datetime.fromisoformat(record["date_en"]).replace(tzinfo=UTC) if record["date_en"] else None
        one, other = (
            made(f"{record['pair']}-{language}", record[f"title_{language}"], body, language, "lctt", month)
            for language in ("en", "zh")
            for body in [MARKS.sub("", record[f"body_{language}"])]
        )
        one = replace(one, published=day, published_precision="day" if day else None)
        found.append((one, replace(other, published_precision="month", source="linux-cn")))
    return found


def translated() -> list[Pair]:
    """News in English with translations, without dates."""
    found = []
    for record in lines(DATA / "parallel" / "ntrex_newstest2019_docs.jsonl"):
        one, other = (
            made(f"ntrex-{record['doc']}-{language}", texts[0], "\n".join(texts[1:]), language, source, NOW)
            for language, source, texts in (
                ("en", "ntrex-en", record["en"]),
                ("zh", "ntrex-zh", record["zh-Hans"]),
            )
        )
        found.append((undated(one), undated(other)))
    return found


def undated(article: Article) -> Article:
    """An article that states no date."""
    return replace(article, published=None, published_raw=None, published_precision=None)


def items() -> tuple[list[Article], list[Article]]:
    """Chinese news items, and those of the daily round-up of short ones."""
    news: list[Article] = []
    rubric: list[Article] = []
    for record in lines(DATA / "news_zh" / "xwlb_cctv_2022-2026.jsonl.gz"):
        day = datetime.fromisoformat(record["date"]).replace(tzinfo=UTC)
        item = made(record["id"], record["title"], record["body"], "zh", "xwlb", day)
        (rubric if item.title == RUBRIC else news).append(item)
    return news, rubric


def copy(article: Article, chance: random.Random) -> Article:
    """An article as another paper prints it: cut, with another lead, or with half a sentence more."""
    told = [each for each in SENTENCES[article.language].split(article.text) if each.strip()]
    most = max(2, int(len(told) * chance.uniform(0.5, 1)))
    kept = (
        told[:most]
        if chance.random() < 0.5
        else [told[place] for place in sorted(chance.sample(range(len(told)), min(most, len(told))))]
    )
    if chance.random() < 0.5:
        kept[0] = chance.choice(LEADS[article.language])
    if chance.random() < 0.5:
        kept[-1] += ENDS[article.language]
    guid, text = f"{article.guid}-copy", BETWEEN[article.language].join(kept)
    return replace(article, guid=guid, url=None, title=TITLES[article.language], text=text, source="agency")


def archive(folder: Path, articles: Sequence[Article]) -> Database:
    """An archive of articles in any order."""
    mixed_up = list(articles)
    random.Random(SEED).shuffle(mixed_up)
    folder.mkdir(parents=True)
    database = filled(folder, tuple(mixed_up))
    gc.collect()
    return database


def guids(database: Database) -> dict[str, str]:
    """The guid of each article by its id."""
    return {article.id: article.guid or "" for article in every(database)}
