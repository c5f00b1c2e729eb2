"""What sites let robots read (RFC 9309), kept for a day.

Feeds are made to be polled and are not asked about; pages are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from archive.articles import batches, listed
from archive.database import Database
from archive.fetch import NOBODY, Request, fetch_many
from archive.model import moment, timestamp
from archive.settings import Fetch

FRESH, SOON = timedelta(hours=24), timedelta(minutes=10)
LARGEST = 500 << 10
LONGEST_DELAY = 30.0
UNREACHABLE = 0
TOKEN = re.compile(r"[a-zA-Z_-]+")
COMPATIBLE = re.compile(r"^Mozilla/.*?\(compatible;\s*(\S+)")
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
ASCII = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern for paths, and whether those it fits may be read."""

    pattern: str
    allows: bool

    def fits(self, path: str) -> bool:
        """Whether a path begins as the pattern says; ``*`` stands for anything and ``$`` for the end."""
        first, *rest = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        is_whole = self.pattern.endswith("$")
        last = rest.pop() if rest and is_whole else None
        for piece in rest:  # the earliest place is never a worse one, so that nothing is tried twice
            if (at := path.find(piece, at) + len(piece)) < len(piece):
                return False
        if last is not None:
            return path.endswith(last) and len(path) - len(last) >= at
        return not is_whole or at == len(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a robots.txt says to us: its rules, and how many seconds apart it wants us to ask."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether an address may be read: the longest pattern that fits decides, of equal ones the kinder."""
        parts = urlsplit(url)
        path = normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        fitting = [rule for rule in self.rules if rule.fits(path)]
        return max(fitting, key=lambda rule: (len(rule.pattern), rule.allows)).allows if fitting else True


# Without an answer nothing may be read.
NOTHING = Robots(rules=(Rule(pattern="/", allows=False),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Whether a page may be read: why not, or how many seconds after another of its site."""

    refusal: str | None = None
    delay: float = 0.0


def permits(
    database: Database, urls: Iterable[str], settings: Fetch, paused: Mapping[str, datetime] = NOBODY
) -> dict[str, Permit]:
    """Whether each of these pages may be read; asks those sites whose robots.txt is not known of today.

    Of sites that are ``paused`` nothing is said: whoever asks them is stopped there.
    """
    origins = {url: origin(url) for url in urls}
    now = datetime.now(UTC)
    known = recent(database, sorted(set(origins.values())), now)
    missing = sorted(set(origins.values()) - known.keys())
    for request, answer in fetch_many(
        [Request(url=f"{site}/robots.txt") for site in missing], settings=settings
    ):
        # An address that cannot be asked at all has no status.
        status = getattr(answer, "status", UNREACHABLE)
        body = getattr(answer, "body", b"") if 200 <= status < 300 else b""
        text = body[:LARGEST].decode("utf-8", "replace").replace("\0", "")
        site = request.url.removesuffix("/robots.txt")
        known[site] = (status, text)
    keep(database, {site: known[site] for site in missing if site in known}, now)
    token = product(settings.user_agent)
    read = {site: of_answer(status, text, token) for site, (status, text) in known.items()}
    return {url: permit(url, known[site][0], read[site]) for url, site in origins.items() if site in known}


def permit(url: str, status: int, robots: Robots) -> Permit:
    """Whether one page may be read."""
    site = origin(url)
    if robots is NOTHING:
        why = "cannot be reached" if status == UNREACHABLE else f"answers {status}"
        return Permit(
            refusal=f"not read: {site}/robots.txt {why}; until that changes, nothing may be read there"
        )
    if not robots.allows(url):
        return Permit(refusal=f"not read: {site}/robots.txt does not let robots read it")
    return Permit(delay=robots.delay)


def of_answer(status: int, text: str, token: str) -> Robots:
    """What an answer means: without the file all may be read, without an answer nothing (section 2.3.1)."""
    if 400 <= status < 500:
        return Robots()
    return parse(text, token) if 200 <= status < 300 else NOTHING


def recent(database: Database, sites: list[str], now: datetime) -> dict[str, tuple[int, str]]:
    """Status and text of the sites asked lately; what went wrong is asked again sooner."""
    found: dict[str, tuple[int, str]] = {}
    for batch in batches(sites):
        names, values = listed(batch)
        for row in database.read(f"SELECT * FROM robots WHERE host IN ({names})", **values):
            is_answer = 200 <= row["status"] < 500
            if now < moment(row["at"]) + (FRESH if is_answer else SOON):
                found[row["host"]] = (row["status"], row["body"])
    return found


def keep(database: Database, answers: Mapping[str, tuple[int, str]], now: datetime) -> None:
    """Remember what sites answered."""
    if not answers:
        return
    with database.writing() as transaction:
        transaction.run_many(
            "INSERT INTO robots (host, status, body, at) VALUES (:host, :status, :body, :at)"
            " ON CONFLICT (host) DO UPDATE"
            " SET status = excluded.status, body = excluded.body, at = excluded.at",
            [
                {"host": site, "status": status, "body": text, "at": timestamp(now)}
                for site, (status, text) in answers.items()
            ],
        )


def parse(text: str, token: str) -> Robots:
    """The rules of the groups for a product token, else of those for everybody (section 2.2.1)."""
    groups: dict[str, list[Rule]] = {}
    delays: dict[str, float] = {}
    ours: set[str] = set()
    is_open = False  # whether the lines before named robots, so that this one may name another
    for key, value in lines(text):
        if key == "user-agent":
            ours = {*(ours if is_open else ()), *({agent(value)} & {token, "*"})}
            is_open = True
            for name in ours:
                groups.setdefault(name, [])
        elif key in ("allow", "disallow", "crawl-delay"):
            is_open = False
            for name in ours:
                if key == "crawl-delay":
                    delays[name] = seconds(value)
                elif value:
                    groups[name].append(Rule(pattern=normal(value), allows=key == "allow"))
    name = token if token in groups else "*"
    return Robots(rules=tuple(groups.get(name, ())), delay=delays.get(name, 0.0))


def lines(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values; whatever else stands there is passed over."""
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def agent(value: str) -> str:
    """The robot that a line names: ``*``, or its product token without a version."""
    found = TOKEN.match(value)
    return "*" if value.startswith("*") else found[0].lower() if found else ""


def product(user_agent: str) -> str:
    """Our own product token, by which robots.txt calls us: ``Syndicate/0.1 (news archive)`` is syndicate.

    One that begins like all browsers is called by the name behind that.
    """
    found = COMPATIBLE.search(user_agent)
    return agent(found[1] if found else user_agent)


def seconds(value: str) -> float:
    """A stated delay, within reason."""
    try:
        stated = float(value)
    except ValueError:
        return 0.0
    return min(stated, LONGEST_DELAY) if stated > 0 else 0.0


def normal(path: str) -> str:
    """A path or pattern in one spelling: what need not be escaped is not, all else is (section 2.2.2)."""

    def unescaped(match: re.Match[str]) -> str:
        letter = chr(int(match[1], 16))
        return letter if letter in UNRESERVED else match[0].upper()

    return ESCAPE.sub(unescaped, quote(path, safe=ASCII))


def origin(url: str) -> str:
    """The scheme, host and port that a robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()
