"""What may be shown of an article, and how much of it a document has room for. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from urllib.parse import quote

from archive.model import Article
from archive.reading.clean import as_html, simple_html
from syndicate.formats.texts import LONGEST_TITLE

LARGEST = 450_000  # characters of text in one document; the whole stays under 500 KB
Size = Callable[[str], int]  # how many bytes a text takes
SUMMARY = 300  # characters taken from a text that has no summary
LONGEST_SUMMARY = 500


def as_allowed(article: Article, content: str) -> Article:
    """An article cut to what may be republished, and to what was asked for."""
    if article.republish == "title":
        return replace(article, html="", text="", summary="", enclosures=(), images=())
    if article.republish == "summary" or content == "summary":
        return shortened(article)
    return replace(article, html=simple_html(article.html)) if content == "simple" else article


def shortened(article: Article) -> Article:
    """An article with a summary in place of its text."""
    stated = clipped(article.summary, LONGEST_SUMMARY)
    return replace(article, html="", text="", summary=stated or clipped(article.text, SUMMARY))


def clipped(text: str, length: int) -> str:
    """The beginning of a text, cut between sentences or words, with an ellipsis."""
    whole = " ".join(text.split())
    if len(whole) <= length:
        return whole
    start = whole[:length]
    for end in ("。", "！", "？", ". ", "! ", "? ", " "):
        if (place := start.rfind(end)) > length // 2:
            return start[: place + 1].rstrip() + "…"
    return start + "…"


def fitted(found: list[Article]) -> list[Article]:
    """The same articles within the size of a document: the longest texts give way to summaries."""
    if sum(weight(article, text=most_of_text, address=most_of_address) for article in found) <= LARGEST:
        return found  # as usual; to weigh all that exactly takes a seventh of the time of the whole document
    sizes = [weight(article) for article in found]
    for place in sorted(range(len(found)), key=lambda place: -sizes[place]):
        if sum(sizes) <= LARGEST:
            break
        found[place] = shortened(found[place])
        sizes[place] = weight(found[place])
    return found


def weight(article: Article, *, text: Size | None = None, address: Size | None = None) -> int:
    """About how many bytes an article takes in the document that needs the most, as its parts are sized."""
    text, address = text or written, address or escaped
    if article.withdrawn:
        return text(article.withdrawn.reason) + 300
    files, others = article.enclosures, article.translations
    # A summary is HTML in Atom and RSS, and stands in JSON a second time where there is no text.
    words = (article.title[:LONGEST_TITLE], 2 * escape(article.summary), article.rights, article.guid)
    names = (*article.authors, *article.categories)
    pictures = [image.url for image in article.images[:1]]
    addresses = (article.url, article.licence, *(each.url for each in files), *3 * pictures)
    size = text(article.html or as_html(article.text)) + sum(text(each) for each in words if each)
    size += sum(text(name) + 50 for name in names) + sum(address(each) for each in addresses if each)
    size += sum(text(each.title[:LONGEST_TITLE]) + 400 for each in others)
    return size + 250 * len(files) + 1200


def escaped(address: str) -> int:
    """The bytes of an address in XML; what is not ASCII is escaped."""
    return len(address if address.isascii() else quote(address)) + 4 * address.count("&")


def written(text: str) -> int:
    """The bytes of a text in XML, where markup is escaped, or in JSON, where quotes and line ends are."""
    in_xml = 3 * (text.count("<") + text.count(">")) + 4 * text.count("&")
    return len(text.encode()) + max(in_xml, text.count('"') + text.count("\\") + text.count("\n"))


def most_of_text(text: str) -> int:
    """No fewer bytes than ``written`` says: four for a character, or five for an escaped one."""
    return 5 * len(text)


def most_of_address(address: str) -> int:
    """No fewer bytes than ``escaped`` says: of four bytes each may be written as three."""
    return 12 * len(address)
