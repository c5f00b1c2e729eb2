"""Where a person says that things stand on a source's pages. The only module that knows CSS selectors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import lxml.etree
from lxml.cssselect import CSSSelector, SelectorError

from archive.errors import UsageError
from archive.model import PageRules, squeezed

Element = Any


def check(rules: PageRules) -> None:
    """Raise UsageError for a rule that cannot be read, naming it and its place."""
    for place in rules.__slots__:
        check_selector(getattr(rules, place), place)


def check_selector(selector: str, place: str) -> None:
    """Raise UsageError for a selector that cannot be read."""
    try:
        if selector:
            finder(selector)
    except (SelectorError, lxml.etree.XPathError, ValueError) as error:
        raise UsageError(
            f"{place}={selector}: {squeezed(str(error)) or 'cannot be read'}; write a CSS selector,"
            " or an XPath that begins with / or ("
        ) from error


@lru_cache(maxsize=64)
def finder(selector: str) -> Callable[[Element], object]:
    """A selector as a function of a tree."""
    if selector.startswith(("/", "(")):
        return lxml.etree.XPath(selector)
    return CSSSelector(selector, translator="html")


def elements(tree: Element, selector: str) -> list[Element]:
    """The elements that a selector finds, none of them inside another."""
    found = finder(selector)(tree) if selector else []
    chosen = (
        [each for each in found if isinstance(each, lxml.etree._Element)] if isinstance(found, list) else []
    )
    known = set(chosen)
    return [each for each in chosen if known.isdisjoint(each.iterancestors())]


def texts(tree: Element, selector: str, *names: str) -> list[str]:
    """What a selector finds as texts: of an element, the first attribute of these names, else its words."""
    found = finder(selector)(tree) if selector else []
    values = [value_of(each, names) for each in (found if isinstance(found, list) else [found])]
    return list(filter(None, map(squeezed, values)))


def value_of(found: object, names: tuple[str, ...]) -> str:
    """The text of one thing found: an element, an attribute or what an XPath has computed."""
    if not isinstance(found, lxml.etree._Element):
        return str(found)
    stated = next((found.get(name) for name in (*names, "content") if found.get(name)), None)
    return str(stated or " ".join(map(str, found.itertext("*"))))


def without(tree: Element, selector: str) -> None:
    """Take out of a tree what a selector finds; what is the whole page stays."""
    for each in elements(tree, selector):
        if each.getparent() is not None and each.tag not in ("html", "body"):
            each.drop_tree()


def ruled(tree: Element, rules: PageRules) -> dict[str, list[str]]:
    """What the page states at the places that rules name."""
    found = {
        "title": texts(tree, rules.title),
        "date": texts(tree, rules.date, "datetime"),
        "authors": texts(tree, rules.author),
    }
    return {key: values for key, values in found.items() if values}
