"""What people type into the search box, as a tree. Pure.

Words are looked for all together; ``"a phrase"``, ``-without``, ``OR``, ``( )``, ``inter*`` and the fields of
FIELDS change that, in English or Chinese and with the punctuation of either. Whatever does not make sense as
an operator is plain text, so that no plain words are ever an error; only going over a limit is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from archive.fold import fold
from archive.mistakes import over_limit
from index.analysis import LITERAL, cut, flat, is_unspaced, runs
from index.literal import trimmed

LONGEST = 1000
MOST_OPERATORS = 16
MOST_PHRASES = 4
LONGEST_PHRASE = 64
DEEPEST = 4
SHORTEST_PREFIX = 3

FIELDS = {
    "title": "title", "标题": "title", "標題": "title",
    "by": "by", "author": "by", "作者": "by", "记者": "by", "記者": "by",
    "source": "source", "来源": "source", "來源": "source",
    "topic": "topic", "专题": "topic", "專題": "topic", "主题": "topic", "主題": "topic",
    "lang": "lang", "language": "lang", "语言": "lang", "語言": "lang",
    "date": "date", "日期": "date", "时间": "date", "時間": "date",
}  # fmt: skip
OPERATORS = {
    "OR": "OR", "|": "OR", "||": "OR", "或": "OR", "或者": "OR",
    "AND": "AND", "&": "AND", "&&": "AND", "且": "AND", "并且": "AND",
    "NOT": "NOT", "非": "NOT",
}  # fmt: skip
LANGUAGES = {
    "中文": "zh", "汉语": "zh", "漢語": "zh", "chinese": "zh",
    "英文": "en", "英语": "en", "english": "en",
}  # fmt: skip
PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("“”„‟″«»「」『』〝〞＂", '"'),
        **dict.fromkeys("（", "("),
        **dict.fromkeys("）", ")"),
        **dict.fromkeys("：", ":"),
        **dict.fromkeys("－−", "-"),
        **dict.fromkeys("｜", "|"),
        **dict.fromkeys("＊", "*"),
        **dict.fromkeys("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x7f", " "),
    }
)
TOKEN = re.compile(
    r"""(?P<paren>[()])
      | (?P<minus>(?<![^\s(])-(?=[^\s\-)]))
      | (?P<field>(?P<name>[^\W\d_]+):(?="[^"]|[^\s"():]))
      | "(?P<phrase>[^"]*)"
      | (?P<word>[^\s"()]+)""",
    re.VERBOSE,
)
DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[年月日]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A plain word, as typed: English by its stem, Chinese wherever it stands, cut from ``within``."""

    text: str
    within: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words literally, in this order."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """All words that begin so."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A word, phrase or prefix in the title alone."""

    node: Word | Phrase | Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """``by``, ``source``, ``topic`` or ``lang`` with its value; ``ids`` are of what is called so."""

    name: str
    value: str
    ids: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Days from ``since`` to ``until``, both included; None is open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Everything but this."""

    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """All of these; of nothing is everything."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """At least one of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Typed text without anything to look for, such as ``:-)``."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinyin:
    """A word in Latin letters that no article has, read as pinyin: the terms (index.pinyin) it stands for."""

    text: str
    terms: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words in hanzi, each once."""
        return tuple(dict.fromkeys(term.rpartition(" ")[2] for term in self.terms))


Leaf = Word | Phrase | Prefix | Title | Keyword | Dates | Nothing | Pinyin
Node = Leaf | Not | All | Any


@dataclass(frozen=True, slots=True)
class Mark:
    """A parenthesis, ``-``, OR, AND or NOT between the parts of a query; ``text`` as typed."""

    kind: str
    text: str


OPEN, CLOSE = Mark("paren", "("), Mark("paren", ")")


def parse_query(text: str) -> Node:
    """The query as understood; QueryError with the limit it goes over."""
    if len(text) > LONGEST:
        raise over_limit("query_too_long", characters=len(text), most=LONGEST)
    clean = text.encode("utf-8", "replace").decode().translate(PUNCTUATION)
    items = lex(clean)
    check_limits(items)
    node = alternatives(balanced(items))
    if node == All() and text.strip():
        words = [Word(text=run) for run in runs(flat(fold(clean)))]
        return joined(words) if words else Nothing(text=text.strip())
    return node


def read_as(node: Node) -> str:  # noqa: PLR0911 (one for each kind of node)
    """The query in the words of its own grammar, to show how it was understood."""
    match node:
        case Word(text=text) | Nothing(text=text) | Pinyin(text=text):
            return text
        case Phrase(text=text):
            return f'"{text}"'
        case Prefix(text=text):
            return f"{text}*"
        case Title(node=inner):
            return f"title:{read_as(inner)}"
        case Keyword(name=name, value=value):
            return f'{name}:"{value}"' if re.search(r"\s", value) else f"{name}:{value}"
        case Dates(since=since, until=until):
            return f"date:{since}" if since == until else f"date:{since or ''}..{until or ''}"
        case Not(node=inner):
            return f"-({read_as(inner)})" if isinstance(inner, All) else f"-{read_as(inner)}"
        case All(parts=parts):
            return " ".join(f"({read_as(p)})" if isinstance(p, All) else read_as(p) for p in parts)
        case Any(parts=parts):
            return (
                "("
                + " OR ".join(f"({read_as(p)})" if isinstance(p, All) else read_as(p) for p in parts)
                + ")"
            )


def with_others(query: str, words: Iterable[str], *, exact: bool = False) -> Node:
    """A query together with words that were also searched for it: what is to be marked in the answers."""
    node = parse_query(query)
    if exact:
        found = (Phrase(text=each.text) if isinstance(each, Word) else each for each in positive(node))
        return Any(parts=tuple(found))
    leaves = ((Phrase if is_unspaced(word) or " " in word else Word)(text=word) for word in words)
    return Any(parts=(node, *leaves))


def positive(node: Node) -> Iterator[Word | Phrase | Prefix]:
    """The words, phrases and prefixes that are asked for."""
    match node:
        case Word() | Phrase() | Prefix():
            yield node
        case Title(node=inner):
            yield inner
        case Pinyin():
            yield from (Phrase(text=word) for word in node.words)
        case All(parts=parts) | Any(parts=parts):
            for inner_part in parts:
                yield from positive(inner_part)


def lex(text: str) -> list[Leaf | Mark]:
    """Parts and marks in the order typed; what is neither is left out."""
    items: list[Leaf | Mark] = []
    field = ""
    for token in TOKEN.finditer(text):
        kind = token.lastgroup or ""
        if kind == "field":
            field = FIELDS.get(token["name"].lower(), "")
            if not field:
                items += plain(token["name"])
        elif kind in ("phrase", "word"):
            items += value(field, token[kind], quoted=kind == "phrase")
            field = ""
        else:
            items.append(Mark(kind, token[0]))
    return items


def value(field: str, text: str, *, quoted: bool) -> list[Leaf | Mark]:
    """What a word or phrase means, after the name of a field or without one."""
    if not field and text in OPERATORS and not quoted:
        return [Mark(OPERATORS[text], text)]
    if field == "date":
        dates = read_dates(text)
        return [dates] if dates else [*plain("date"), *plain(text)]
    if field in ("by", "source", "topic", "lang") and text.strip():
        return [
            Keyword(name=field, value=LANGUAGES.get(text.lower(), text) if field == "lang" else text.strip())
        ]
    found = (
        [Phrase(text=text.strip())] if quoted and runs(flat(fold(text))) else [] if quoted else plain(text)
    )
    if field == "title":
        return [Title(node=leaf) for leaf in found if isinstance(leaf, Word | Phrase | Prefix)]
    return list(found)


def plain(text: str) -> list[Leaf | Mark]:
    """The words of a piece of text without spaces; usually it is one."""
    folded = fold(text)
    pieces = runs(flat(folded))
    if not pieces:
        return []
    stars = folded.rstrip("\"',;.!?").endswith("*")
    if stars and len(pieces) == 1 and len(pieces[0]) >= SHORTEST_PREFIX and not is_unspaced(pieces[0]):
        return [Prefix(text=pieces[0])]
    if all(len(piece) <= LITERAL or not is_unspaced(piece) for piece in pieces):
        return [Word(text=trimmed(text) or text)]
    cuts = [(piece, cut(piece) if is_unspaced(piece) else [piece]) for piece in pieces]
    return [Word(text=word, within=piece) for piece, words in cuts for word in words]


def check_limits(items: Sequence[Leaf | Mark]) -> None:
    """Raise QueryError when there are more operators, fields or phrases than can be answered in time."""
    operators = sum(
        item.kind != "paren" if isinstance(item, Mark) else isinstance(item, Title | Keyword | Dates | Prefix)
        for item in items
    )
    if operators > MOST_OPERATORS:
        raise over_limit("too_many_operators", count=operators, most=MOST_OPERATORS)
    inner = [item.node if isinstance(item, Title) else item for item in items]
    phrases = [item.text for item in inner if isinstance(item, Phrase)]
    if len(phrases) > MOST_PHRASES:
        raise over_limit("too_many_phrases", count=len(phrases), most=MOST_PHRASES)
    longest = max(map(len, phrases), default=0)
    if longest > LONGEST_PHRASE:
        raise over_limit("phrase_too_long", characters=longest, most=LONGEST_PHRASE)


def balanced(items: Sequence[Leaf | Mark]) -> list[Leaf | Mark]:
    """Without the parentheses that have no partner; QueryError when they are nested too deeply."""
    opened: list[int] = []
    kept = set()
    for place, item in enumerate(items):
        if item == OPEN:
            opened.append(place)
        elif item == CLOSE and opened:
            kept |= {opened.pop(), place}
    depth = deepest = 0
    for place in sorted(kept):
        depth += 1 if items[place] == OPEN else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise over_limit("nested_too_deeply", deep=deepest, most=DEEPEST)
    return [item for place, item in enumerate(items) if item not in (OPEN, CLOSE) or place in kept]


def alternatives(items: Sequence[Leaf | Mark]) -> Node:
    """A balanced sequence as a tree: OR binds its two neighbours, all else is asked for together."""
    parts: list[Node] = []
    place, joins, negates = 0, False, False
    while place < len(items):
        node, after = operand(items, place)
        mark = items[place]
        if node is None and isinstance(mark, Mark):
            following = operand(items, after)[0] if after < len(items) else None
            if mark.kind == "OR" and parts and following is not None and not joins and not negates:
                joins = True
            elif mark.kind in ("NOT", "minus") and following is not None and not negates:
                negates = True
            elif mark.kind in ("OR", "NOT") and runs(mark.text.lower()):
                node = Word(text=mark.text)
        if node is not None:
            node = Not(node=node) if negates else node
            if joins:
                node = either(parts.pop(), node)
            parts.append(node)
            joins = negates = False
        place = after
    return joined([part for part in parts if part != All()])


def operand(items: Sequence[Leaf | Mark], place: int) -> tuple[Node | None, int]:
    """The part that starts here, or None for a mark, and where the next one starts."""
    item = items[place]
    if not isinstance(item, Mark):
        return item, place + 1
    if item != OPEN:
        return None, place + 1
    depth = 0
    for end in range(place, len(items)):
        depth += (items[end] == OPEN) - (items[end] == CLOSE)
        if depth == 0:
            break
    return alternatives(items[place + 1 : end]), end + 1


def either(one: Node, other: Node) -> Node:
    """One or the other; a chain of ORs is one list."""
    return Any(parts=(*one.parts, other) if isinstance(one, Any) else (one, other))


def joined(parts: Sequence[Node]) -> Node:
    """All parts; groups within are no groups, and one part is itself."""
    flat_parts = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    unique = tuple(dict.fromkeys(flat_parts))
    return unique[0] if len(unique) == 1 else All(parts=unique)


def read_dates(text: str) -> Dates | None:
    """A year, month or day, or two of them with ``..`` between, either of which may be left out."""
    if ".." not in text:
        whole = span(text)
        return Dates(since=whole[0], until=whole[1]) if whole else None
    first, _, last = text.partition("..")
    since, until = span(first), span(last)
    if not (since or until) or (first and not since) or (last and not until):
        return None
    return Dates(since=since[0] if since else None, until=until[1] if until else None)


def span(text: str) -> tuple[date, date] | None:
    """The first and last day of a year, month or day; None when it is none."""
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        after = date(first.year + (month in (None, 12)), (month or 12) % 12 + 1, 1)
    except ValueError:
        return (date(9999, month or 1, 1), date.max) if year == 9999 and month in (None, 12) else None
    return first, after - timedelta(days=1)
