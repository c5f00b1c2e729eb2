"""Which form of a page a program wants at an address without a suffix (RFC 9110 section 12.5.1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syndicate.reply import Environ, Reply

PAGE = ("text/html", "application/xhtml+xml")
# In the order of our choice where a program likes several equally well.
FORMS = {
    "application/atom+xml": ".atom",
    "application/rss+xml": ".rss",
    "application/feed+json": ".json",
    "application/json": ".json",
    "text/csv": ".csv",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
}
JSON_ALONE = {"application/json": ".json"}
JSON_OR_TABLE = {**JSON_ALONE, "text/csv": ".csv"}
MOST_STATED = 50


def wanted(accept: str, forms: Mapping[str, str] = FORMS) -> tuple[str, str]:
    """The suffix and media type of the form that is liked best; both empty for the page.

    A form is chosen only by its name, since wildcards are what browsers and careless programs send. Liked as
    well as the page it is chosen where the page is not named.
    """
    weights = stated(accept)
    liked = max((weights.get(type, 0.0) for type in forms), default=0.0)
    named = [weights[type] for type in PAGE if type in weights]
    page = max(named) if named else weights.get("text/*", weights.get("*/*", 0.0))
    if liked <= 0 or liked < page or (named and liked == page):
        return "", ""
    type = next(type for type in forms if weights.get(type) == liked)
    return forms[type], type


def negotiated(
    answer: Callable[..., Reply], base_url: str, forms: Mapping[str, str] = JSON_ALONE
) -> Callable[..., Reply]:
    """A route that answers with the page, or with the form that a program likes better, under its address."""

    def liked(environ: Environ, **named: str) -> Reply:
        suffix, _ = wanted(str(environ.get("HTTP_ACCEPT", "")), forms)
        found = answer(environ, **named, suffix=suffix)
        if not suffix:
            return found
        return found.having(Content_Location=f"{base_url}{environ['PATH_INFO']}{suffix}", Vary="Accept")

    return liked


def stated(accept: str) -> dict[str, float]:
    """The weight of each media type that a request names."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(",")[:MOST_STATED]:
        type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            given = min(1.0, max(0.0, float(weight)))
        except ValueError:
            given = 0.0
        weights[type] = max(given, weights.get(type, 0.0))
    return weights
