"""The description of all addresses for programs (OpenAPI 3.1), made from ``openapi.toml``; and its page."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from archive import lists
from archive.model import Selection
from syndicate import VERSION, tables
from syndicate.browsing import WHOLE
from syndicate.pages import Pages
from syndicate.reply import Environ, Reply, Route, machine
from syndicate.speaking import Speaking

TOKEN = "token"  # noqa: S105 - the name of the scheme
IN_PATH = re.compile(r"\{(\w+)\}")
Named = dict[str, Any]


class Interface:
    """The answers to programmers."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking
        self._pages = speaking.pages

    def routes(self) -> tuple[Route, ...]:
        """What is answered here: method, path, and the method that answers."""
        return (("GET", "/openapi.json", self.document), ("GET", "/api", self.page))

    def document(self, environ: Environ) -> Reply:
        """The description, with an article that there is as its example."""
        site = self._pages.settings.site
        made = document(
            title=f"{site.title} {site.title_zh}".strip(),
            base_url=self._pages.settings.base_url,
            examples=examples(self._pages),
        )
        return machine(json.dumps(made, ensure_ascii=False, indent=1), "application/json")

    def page(self, environ: Environ) -> Reply:
        """How programs use this, in words."""
        return self._speaking.page(environ, tables.api_page)


@cache
def stated() -> Mapping[str, Any]:
    """What the file says."""
    return tomllib.loads(Path(__file__).with_name("openapi.toml").read_text(encoding="utf-8"))


def examples(pages: Pages) -> dict[str, object]:
    """Values of parameters that lead to something here."""
    found = next(iter(lists.newest(pages.database, Selection(), 1)), None)
    topic = next(iter(pages.topics), None)
    known: dict[str, object] = {"names": topic} if topic else {}
    if found is not None:
        names = ("year", "month", "day", "key")
        known |= dict(zip(names, found.address.removeprefix("/a/").split("/"), strict=True))
        known["id"] = found.source
        known["other"] = found.revision
        known |= {"name": found.authors[0]} if found.authors else {}
    return known


def document(*, title: str, base_url: str, examples: Mapping[str, object]) -> Named:
    """The whole description."""
    paths: dict[str, Named] = {}
    for path, method, operation in operations(base_url, examples):
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": VERSION,
            "description": "Every list and every search is a feed, and its JSON Feed is the interface. "
            "Answers carry an ETag: ask again with If-None-Match. Any site may read them from scripts.",
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": stated()["schemas"],
            "securitySchemes": {TOKEN: {"type": "http", "scheme": "bearer"}},
        },
    }


def operations(base_url: str, examples: Mapping[str, object]) -> Iterator[tuple[str, str, Named]]:
    """Every operation with its path and method, one for each format."""
    for each in stated()["operation"]:
        method = each.get("method", "get")
        for format in each.get("formats", [""]):
            path = f"{each['path']}.{format}" if format else each["path"]
            mime, schema = stated()["types"][format] if format else each["type"]
            operation = {
                "operationId": method + "".join(map(str.title, re.findall(r"\w+", path))),
                "summary": each["summary"],
                "parameters": list(parameters(each, format, base_url, examples)),
                "responses": responses(each, mime, schema),
            }
            if "body" in each:
                operation["requestBody"] = {"required": True, "content": content(*each["body"])}
            if each.get("needs_token"):
                operation["security"] = [{TOKEN: []}]
            yield path, method, operation


def parameters(each: Named, format: str, base_url: str, examples: Mapping[str, object]) -> Iterator[Named]:
    """The parameters of an operation: those of its path, those it needs, and those it takes."""
    for name in IN_PATH.findall(each["path"]):
        known = dict(stated()["parameters"][name])
        yield parameter(name, known, place="path", example=examples.get(name, known.pop("example", None)))
    for name, example in each.get("needs", {}).items():
        value = example.format(base=base_url)
        yield parameter(name, stated()["parameters"][name], place="query", example=value)
    for name in taken(each, format):
        yield parameter(name, stated()["parameters"][name], place="query")


def taken(each: Named, format: str) -> list[str]:
    """The parameters that an operation takes in a format, by name."""
    known: str | Sequence[str] = each.get("parameters", ())
    if not isinstance(known, str):
        return [*known]
    groups = stated()["groups"]
    without = {*each.get("said", ()), *(groups["parts"] if f".{format}" in WHOLE else ())}
    return [name for name in groups[known] if name not in without]


def parameter(name: str, known: Mapping[str, Any], *, place: str, example: object = None) -> Named:
    """One parameter; one with an example is needed."""
    schema = {key: value for key, value in known.items() if key not in ("description", "example")}
    found: Named = {"name": name, "in": place, "description": known["description"], "schema": schema}
    if example is not None:
        right = str(example) if schema["type"] == "string" else int(str(example))
        found |= {"required": True, "example": right}
    return found


def responses(each: Named, mime: str, schema: str) -> Named:
    """What an operation answers."""
    usual = ["400", "404"] if each.get("parameters") in ("list", "search") else []
    codes = sorted({*usual, *each.get("answers", ())})
    return {
        each.get("code", "200"): {"description": each["summary"], "content": content(mime, schema)},
        **{code: {"description": stated()["answers"][code]} for code in codes},
    }


def content(mime: str, schema: str) -> Named:
    """A body of a type."""
    return {mime: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
