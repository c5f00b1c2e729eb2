"""What is served to machines alone: our files under names that hold their hash, OpenSearch, and
numbers for whoever watches over the service. The only module that knows prometheus_client.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive import changes, subscriptions
from archive.database import Database
from archive.errors import IndexUnavailable, NotFound, UsageError
from archive.model import sha256
from archive.polls import Poll, pauses, polls
from index import Index
from syndicate.subscribers import Count

if TYPE_CHECKING:
    from prometheus_client.metrics_core import GaugeMetricFamily

FOLDER = Path(__file__).with_name("static")
MIMES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{name}</ShortName>
<LongName>{long_name}</LongName>
<Description>News in English and Chinese, searched in both languages. 中英文新闻，双语检索。</Description>
<Url type="text/html" template="{base}/search?q={{searchTerms}}&amp;n={{count?}}&amp;page={{startPage?}}"/>
<Url type="application/atom+xml" template="{base}/search.atom?q={{searchTerms}}&amp;n={{count?}}"/>
<Url type="application/rss+xml" template="{base}/search.rss?q={{searchTerms}}&amp;n={{count?}}"/>
<Url type="application/feed+json" template="{base}/search.json?q={{searchTerms}}&amp;n={{count?}}"/>
<Url type="application/opensearchdescription+xml" rel="self" template="{base}/opensearch.xml"/>
<Query role="example" searchTerms="国际交往"/>
<SyndicationRight>open</SyndicationRight>
<AdultContent>false</AdultContent>
<Language>en</Language>
<Language>zh</Language>
<OutputEncoding>UTF-8</OutputEncoding>
<InputEncoding>UTF-8</InputEncoding>
</OpenSearchDescription>
"""
MOST_FEEDS = 50  # that are told of one by one
METRICS = "text/plain; version=0.0.4"


def readiness(database: Database, index: Index, most: str) -> tuple[dict[str, object], bool]:
    """Whether archive and index open, how far the index is behind, and whether that is little enough."""
    if most and not (most.isascii() and most.isdigit() and len(most) < 16):
        raise UsageError(f"max_behind: expected a whole number, got {most[:40]!r}")
    last = changes.last(database)
    try:
        index.refresh()
        behind = last - index.checkpoint
    except IndexUnavailable as error:
        return {"ready": False, "log": last, "behind": last, "index": str(error)}, False
    return {"ready": True, "log": last, "behind": behind}, not most or behind <= int(most)


def metrics(
    database: Database, index: Index, articles: int, subscribers: Sequence[Count], vectors: Path
) -> str:
    """How the service does, in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest

    from index.sentence_follow import behind

    now, last = datetime.now(UTC), changes.last(database)
    said, _ = readiness(database, index, "")
    told = subscriptions.counts(database, now)
    totals = {
        "articles": ("Articles in publication", articles),
        "log_length": ("The last number of the change log", last),
        "index_behind": ("Changes that the index has not taken in yet", int(str(said["behind"]))),
        "vectors_behind": (
            "Changes that the vectors of sentences have not taken in yet, where there are such",
            behind(database, vectors) if vectors.exists() else 0,
        ),
        "domains_paused": ("Domains that asked to be left alone", len(pauses(database, now))),
        "subscriptions": ("Callbacks that are told of news in a feed", told.active),
        "subscriptions_unconfirmed": ("Requests that callbacks have not confirmed yet", told.unconfirmed),
        "deliveries_waiting": ("Subscriptions whose callback has yet to take the newest", told.waiting),
    }
    registry = CollectorRegistry()
    registry.register(Reading(polls(database), now, totals, subscribers[:MOST_FEEDS]))
    return generate_latest(registry).decode()


class Reading:
    """The state of the sources, who reads which feed, and some totals, as the library collects it."""

    def __init__(
        self,
        polls: list[Poll],
        now: datetime,
        totals: Mapping[str, tuple[str, int]],
        subscribers: Sequence[Count],
    ) -> None:
        self.polls, self.now, self.totals, self.subscribers = polls, now, totals, subscribers

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing in advance."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All families, sources by their ids."""
        active = [poll for poll in self.polls if poll.state == "active"]
        states: Counter[str] = Counter(poll.state for poll in self.polls)
        results: Counter[str] = Counter(poll.result or "none" for poll in active)
        failures = {poll.source: float(poll.failures) for poll in active}
        age = {p.source: (self.now - p.succeeded).total_seconds() for p in active if p.succeeded}
        yield family("sources", "Sources by state", "state", states)
        yield family("sources_by_result", "Active sources by what their last poll brought", "result", results)
        yield family("source_failures", "Failed polls since the last success", "source", failures)
        yield family("source_seconds_since_success", "Seconds since the last good poll", "source", age)
        readers = {each.feed: each.readers for each in self.subscribers}
        through = {each.feed: each.through_aggregators for each in self.subscribers}
        yield family("feed_readers", "Readers that poll a feed, in a day", "feed", readers)
        yield family("feed_subscribers_through_aggregators", "Readers as aggregators tell", "feed", through)
        for name, (text, value) in self.totals.items():
            yield family(name, text, "", {"": value})


def family(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    """One number, or one for each value of a label."""
    from prometheus_client.metrics_core import GaugeMetricFamily

    made = GaugeMetricFamily(f"syndicate_{name}", text, labels=[label] if label else [])
    for key, value in sorted(values.items()):
        made.add_metric([key] if label else [], value)
    return made


def edition(*settings: object) -> str:
    """What pages are made with: our code, templates and words, and these settings."""
    files = (path for path in sorted(FOLDER.parent.rglob("*")) if path.suffix in (".py", ".tpl", ".toml"))
    return sha256(b"".join([*(path.read_bytes() for path in files), repr(settings).encode()]))


class Static:
    """The files of ``static/``, read once."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        for path in sorted(FOLDER.iterdir()):
            body = path.read_bytes()
            name = f"{path.stem}.{sha256(body)[:12]}{path.suffix}"
            self._bodies[name], self._names[path.name] = body, name

    def address(self, name: str) -> str:
        """Where a file is served."""
        return f"/static/{self._names[name]}"

    def file(self, name: str) -> tuple[bytes, str]:
        """The bytes and type of a file under its full name. Raises NotFound."""
        if name not in self._bodies:
            raise NotFound(f"/static/{name}: no such file")
        return self._bodies[name], MIMES[Path(name).suffix]

    @property
    def names(self) -> Mapping[str, str]:
        """The full name of each file."""
        return self._names
