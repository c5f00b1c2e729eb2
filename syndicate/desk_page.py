"""The pages of the desk: signing in, and pairs of articles with what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from archive import pairs
from archive.articles import articles
from archive.database import Row as Stored
from archive.model import moment
from syndicate.allowed import clipped
from syndicate.pages import Pages, Row, other_ui, shown_title
from syndicate.strings import Words

PAGE = 20
TEXT = 300  # characters of each article


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Pairs that an editor may look at: their state, whether they are sure, and the words for them."""

    state: pairs.State
    is_sure: bool | None = None
    name: str
    text: str


# What waits for a person comes first: pairs that were found, but are too unsure to be shown.
CHOICES: Mapping[str, Choice] = {
    "unsure": Choice(state="found", is_sure=False, name="desk_unsure", text="desk_unsure_text"),
    "found": Choice(state="found", is_sure=True, name="desk_found", text="desk_found_text"),
    "stated": Choice(state="stated", name="desk_stated", text="desk_stated_text"),
    "confirmed": Choice(state="confirmed", name="desk_confirmed", text="desk_confirmed_text"),
    "refused": Choice(state="refused", name="desk_refused", text="desk_refused_text"),
}
SAID = {"confirmed": "desk_said_confirmed", "refused": "desk_said_refused"}
REASONS = {
    "picture": "reason_picture",
    "byline": "reason_byline",
    "names": "reason_names",
    "numbers": "reason_numbers",
    "words": "reason_words",
    "day": "reason_day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair as an editor sees it: both articles, and the last word on them."""

    rows: tuple[Row, Row]
    ids: tuple[str, str]
    said: str
    state: pairs.State


def sign_in_page(pages: Pages, t: Words, *, was_wrong: bool = False) -> str:
    """What asks an editor for a token."""
    return pages.page(
        "desk_sign_in",
        t,
        title=t["desk"],
        place="",
        switch=other_ui("/desk", t),
        find=False,
        was_wrong=was_wrong,
    )


def desk_page(pages: Pages, t: Words, *, editor: str, choice: str, before: int, said: str) -> str:
    """The pairs in one state, those newest spoken of first."""
    chosen = CHOICES[choice]
    found = pairs.listing(pages.database, (chosen.state,), PAGE + 1, is_sure=chosen.is_sure, before=before)
    shown = found[:PAGE]
    return pages.page(
        "desk",
        t,
        title=t["desk"],
        place="",
        switch=other_ui("/desk", t),
        find=False,
        editor=editor,
        said=t[SAID[said]] if said in SAID else "",
        choices=[(each, t[its.name], f"/desk?state={each}") for each, its in CHOICES.items()],
        choice=choice,
        about_choice=t[chosen.text],
        before=before,
        judged=judged(pages, shown, t),
        more=f"/desk?{urlencode({'state': choice, 'before': shown[-1]['id']})}" if len(found) > PAGE else "",
    )


def judged(pages: Pages, found: list[Stored], t: Words) -> list[Judged]:
    """Pairs with the titles and beginnings of both articles, English first, also of those not public."""
    ids = [row[side] for row in found for side in ("one", "other")]
    known = {article.id: article for article in articles(pages.database, dict.fromkeys(ids))}
    ordered = list(known.values())
    rows = dict(
        zip(
            known,
            pages.rows(
                ordered,
                t,
                titles={each.id: ((shown_title(each), False),) for each in ordered},
                snippets={each.id: ((clipped(each.text, TEXT), False),) for each in ordered},
            ),
            strict=True,
        )
    )
    found_ids = [sorted((row["one"], row["other"]), key=lambda id: known[id].language) for row in found]
    return [
        Judged(rows=(rows[one], rows[other]), ids=(one, other), said=last_word(row, t), state=row["state"])
        for row, (one, other) in zip(found, found_ids, strict=True)
    ]


def last_word(row: Stored, t: Words) -> str:
    """Who says what of a pair, when, and by what."""
    day = t.day(moment(row["at"]).astimezone(t.zone).date())
    if row["person"]:
        return t.said("desk_by", row["person"], day)
    if row["state"] != "found":
        return t.said("desk_stated_by", row["how"], day)
    reasons = [t[REASONS[each]] if each in REASONS else each for each in row["how"].split(", ")]
    sure = "" if row["sure"] is None else t.said("desk_sure", round(100 * row["sure"]))
    return t.said("desk_found_by", t["comma"].join(reasons), day) + sure
