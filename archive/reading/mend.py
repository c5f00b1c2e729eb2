"""Mend the commonest faults of XML that feeds are published with, so that it can be read strictly. Pure.

References to characters that only HTML names, ampersands that are none, prefixes that nobody declared: each
has one meaning only. What is broken otherwise is left for the forgiving reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)(?:([a-zA-Z][a-zA-Z0-9]{1,31});)?"
)
TAG = re.compile(r"<([^\s<>/!?][^\s<>/]*)((?:[\s/][^<>]*)?)>")
PREFIX = re.compile(r"^([\w.-]{1,50}):|\s([\w.-]{1,50}):[\w.-]+\s*=")
DECLARED = re.compile(r"\sxmlns:([\w.-]{1,50})\s*=")
UNBOUND = "urn:unbound:"


def mended(text: str) -> str:
    """A document with those faults mended; CDATA sections are left alone, where all this is allowed."""
    parts = CDATA.split(text)
    parts[::2] = [AMPERSAND.sub(as_character, part) for part in parts[::2]]
    missing = sorted(set(prefixes("".join(parts[::2]))) - {"xml", "xmlns"})
    root = next((place for place, part in enumerate(parts) if TAG.search(part)), None)
    if not missing or root is None:
        return "".join(parts)
    declared = "".join(f' xmlns:{prefix}="{UNBOUND}{prefix}"' for prefix in missing)
    parts[root] = TAG.sub(lambda tag: f"<{tag[1]}{declared}{tag[2]}>", parts[root], count=1)
    return "".join(parts)


def as_character(reference: re.Match[str]) -> str:
    """The character that a reference means in HTML; an ampersand, where it means none."""
    character = html5.get(f"{reference[1]};") if reference[1] else None
    if character is None:
        return f"&amp;{reference[0][1:]}"
    return character if character not in "&<>" else f"&#{ord(character)};"


def prefixes(text: str) -> Iterator[str]:
    """The prefixes that the tags of a document use and its root does not declare."""
    declared: set[str] | None = None
    for name, attributes in TAG.findall(text):
        if declared is None:
            declared = {*DECLARED.findall(attributes)}
        for of_tag, of_attribute in PREFIX.findall(f"{name}{attributes}"):
            if (prefix := of_tag or of_attribute) not in declared:
                yield prefix
