"""Take away what stands on a page around an article, by names of elements, words and links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from archive.fold import fold
from archive.reading.boilerplate import ABOVE, WRITER, is_boilerplate, opens_links
from archive.reading.page_blocks import Block

Element = Any

# Elements named so are not the article, unless they hold a good part of the page's text.
NAMED = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|shares|social|related|recommend(?:ed|ation|ations|s)?|newsletters?|promos?|promotion"
    r"|sponsored|advert(?:s|ising|isement)?|ads?|breadcrumbs?|comments?|commentlist|cookies?|consent|popup|modal"
    r"|sign-?up|subscribe|subscription|sidebar|navbar|toolbar|pagination|pager|most-(?:read|popular|viewed)"
    r"|read-(?:more|next|also)|more-(?:from|stories|on|news)|trending|disqus|outbrain|taboola|author-(?:bio|box|card)"
    r"|post-tags|tag-list|tags-list|entry-tags|copyright|qrcode|ewm|fenxiang|pinglun|gentie|sr-only|visually-hidden"
    r"|screen-reader-text|screen-reader|print-?only|noprint|skip-link|post-nav|post-navigation|prev-?next)(?:[\s_-]|$)",
    re.IGNORECASE,
)
COMMENTS = re.compile(
    r"(?:^|\s)(?:(?:user|reader|post|article|entry|disqus|fb|news)?[_-]?comments?(?:[_-]?(?:list|area|section|box|wrap(?:per)?|form"
    r"|container|thread|body|content))?|commentlist|comment-\d+|pinglun|tie-area)(?:\s|$)",
    re.IGNORECASE,
)
# An article beside a sidebar is no sidebar.
NOT_MEANT = re.compile(
    r"\b(?:has|no|with|w|without|and|sticky|img|js)[_-]\S+|\S+[_-](?:embed|con)\b", re.IGNORECASE
)
RUNNING = ".//text()[string-length(normalize-space(.)) > 60][not(ancestor::a)]"
LONG = 300
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
CODE = ("script", "style", "template", "svg")
NEVER_TEXT = ("noscript", "select", "button", "textarea", "iframe")
SWALLOWED = 0.5
NEVER_NAMED = frozenset(("html", "body", "main", "article", "h1"))
SHARE = 0.3
MOSTLY_LINKS = 0.8
SENTENCE_END = re.compile(r"[.!?。！？…:：;；\"'”’』」)）]\s*$")
SHORT = 100
PROSE = 80


def without_furniture(tree: Element) -> None:
    """Take out of a tree what is named as anything but the article, or is not shown."""
    for element in [*tree.iter(*CODE)]:
        element.drop_tree()
    whole = len("".join(tree.itertext()))
    for element in [*tree.iter(*NEVER_TEXT)]:
        # One that is never closed has swallowed the page.
        if len("".join(element.itertext())) > SWALLOWED * whole:
            element.drop_tag()
        else:
            element.drop_tree()
    for element in [*tree.iter("div", "section", "ul", "ol", "aside", "p", "span", "form", "li", "table")]:
        if is_named(element) and len("".join(element.itertext())) < SHARE * whole:
            element.drop_tree()


def is_named(element: Element) -> bool:
    """Whether an element is named as furniture or hidden, and holds no running text that belies it."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if COMMENTS.search(names):
        return True
    is_meant = NAMED.search(names) and NAMED.search(NOT_MEANT.sub("", names))
    if is_meant or HIDDEN.search(element.get("style") or ""):
        return sum(map(len, element.xpath(RUNNING))) < LONG
    return False


def in_article(blocks: Sequence[Block], headline: str) -> list[Block]:
    """The blocks of an article without the headline that opens it; none when they are but a list of links."""
    wanted = fold(headline)
    kept = [block for block in blocks if not (block.text and fold(block.text) == wanted)]
    kept = list(without_links(kept))
    kept = [block for block in kept if not is_boilerplate(block.text)]
    kept = kept[head_of(kept) :]
    end = len(kept)
    while end and is_tail(kept[end - 1]):
        end -= 1
    kept = kept[: end or None]
    in_links = sum(block.in_links * len(block.text) for block in kept)
    return [] if in_links > MOSTLY_LINKS * sum(len(block.text) for block in kept) else kept


def without_links(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks without the lists of other articles and the headings over them."""
    is_dropping = False
    for block in blocks:
        if opens_links(block.text):
            is_dropping = True
        elif is_dropping and not is_prose(block):
            continue
        else:
            is_dropping = False
            if not is_pointer(block):
                yield block


def is_prose(block: Block) -> bool:
    """Whether a block is running text."""
    return len(block.text) > PROSE and block.in_links < 0.5 and SENTENCE_END.search(block.text) is not None


def is_pointer(block: Block) -> bool:
    """Whether a block is but a link to something else."""
    return (
        bool(block.text)
        and block.in_links > 0.9
        and not SENTENCE_END.search(block.text)
        and len(block.text) > 20
    )


def head_of(blocks: Sequence[Block]) -> int:
    """How many blocks at the beginning are the date, the byline and what else stands below a headline."""
    at = 0
    for number, block in enumerate(blocks[:6], 1):
        if len(block.text) > SHORT or (SENTENCE_END.search(block.text) and not ABOVE.fullmatch(block.text)):
            break
        if ABOVE.fullmatch(block.text):
            at = number
    return at


def is_tail(block: Block) -> bool:
    """Whether a block at the end is no text: a heading over nothing, a link, a note on the writer."""
    if not block.text:
        return False
    return (
        block.element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        or block.in_links > MOSTLY_LINKS
        or (WRITER.fullmatch(block.text) is not None)
    )
