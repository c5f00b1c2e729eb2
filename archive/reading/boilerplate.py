"""Lines that stand in or around articles and are not theirs, by the patterns of boilerplate.toml. Pure."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

LONGEST = 300
LONGEST_HEADING = 60
# What an arrow, a bullet or a bracket around the words does not change.
AROUND = re.compile(r"^[\s\-–—*•·▶►»›>→|#↓▼_【\[（(]+|[\s»›>→|_】\]）)]+$")

# A note on the writer below the text, and a line with a date or a byline above it.
WRITER = re.compile(
    r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3},?"
    r" (?:is|was|covers|writes|has (?:been|covered|written)|joined)\b.{0,60}"
    r"\b(?:reporter|writer|editor|correspondent|journalist|columnist|contributor|author|producer|curator"
    r"|freelancer?|politics|professor|fellow|founder|director|analyst|blogger)\b.{0,300}"
)
ABOVE = re.compile(
    r"(?:by|von|por|par|di|写|written by|posted by)\b.{1,80}"
    r"|.{0,60}\d{1,2}:\d\d.{0,40}|.{0,40}(?:19|20)\d\d.{0,40}",
    re.IGNORECASE,
)


def joined(*tables: str) -> re.Pattern[str]:
    """The patterns of some tables, one or several a line, as one."""
    lines = [line for table in tables for line in table.split("\n") if line]
    return re.compile("|".join(f"(?:{line})" for line in lines), re.IGNORECASE | re.DOTALL)


TABLES = tomllib.loads(Path(__file__).with_name("boilerplate.toml").read_text(encoding="utf-8"))
OPENING = joined(TABLES["opens_links"])
WHOLE = joined(TABLES["english"], TABLES["chinese"])


def opens_links(line: str) -> bool:
    """Whether a line is the heading over links to other articles, or over comments."""
    if len(line) > LONGEST_HEADING:
        return False
    return OPENING.fullmatch(AROUND.sub("", line).rstrip(":： ")) is not None


def is_boilerplate(line: str) -> bool:
    """Whether a line is none of the article's, wherever it stands."""
    return len(line) <= LONGEST and WHOLE.fullmatch(AROUND.sub("", line)) is not None
