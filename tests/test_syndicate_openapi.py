"""The description of the addresses is true: each is served as it says, and none is left out."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import bottle
import pytest
from factories import NOW, TERMS, TOPICS, article, put_all
from web_client import SITE, ask

from archive.database import Database
from archive.errors import UsageError
from archive.put import put
from archive.settings import Settings
from index import follow, open_index
from syndicate import openapi
from syndicate.addresses import NAMES, read
from syndicate.guard import Application
from syndicate.subscribers import Subscribers
from syndicate.web import make_app, routed

BASE = SITE.base_url
# What is for people, for hubs that we asked, and for pages and frames of ours; /openapi.json is for programs.
LEFT_OUT = [
    "/", "/latest", "/search", "/topics", "/topic/x", "/sources", "/source/x", "/by/x", "/feeds", "/follow",
    "/about", "/about/search", "/api", "/stats", "/a/2022/04/02/7f3a9c1e", "/a/2022/04/02/7f3a9c1e/versions",
    "/a/2022/04/02/7f3a9c1e/versions/1..2", "/embed/latest", "/embed/search", "/embed/topic/x",
    "/embed/source/x", "/embed/by/x", "/embed/a/2022/04/02/7f3a9c1e", "/websub/x", "/static/x",
    f"/picture/{'0' * 64}", "/calendar", "/calendar/2022", "/calendar/2022/04", "/calendar/2022/04/02",
    "/hub", "/a/2022/04/02/7f3a9c1e/both", "/desk",
]  # fmt: skip
POSTED = ["/websub/x", "/hub", "/desk", "/desk/sign-in", "/desk/sign-out"]


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """An archive whose newest article has all that examples need: an author, a topic, two versions."""
    story = article(guid="1", title="Olympic halls", authors=("Fan 俊生",), source="example", published=NOW)
    with database.writing() as transaction:
        put_all(transaction, story)
        later = replace(TERMS, now=NOW + timedelta(hours=1))
        put(transaction, (replace(story, title="Olympic halls open"),), later)
    follow(database, tmp_path / "index")
    return Settings(data=tmp_path, site=SITE, topics=TOPICS)


@pytest.fixture
def app(database: Database, settings: Settings) -> Application:
    return make_app(database=database, index=open_index(settings.data / "index"), settings=settings)


def document(app: Application) -> Any:
    reply = ask(app, "/openapi.json")
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("application/json")
    return json.loads(reply.text)


def asked(path: str, operation: Mapping[str, Any]) -> str:
    """The address of an operation, with the examples of all it needs."""
    query = {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(parameter["example"])))
        elif parameter.get("required"):
            query[parameter["name"]] = parameter["example"]
    return f"{path}?{urlencode(query)}" if query else path


def operations(found: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), asked(path, operation), operation


def wrong(
    value: object, schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str = ""
) -> Iterator[str]:
    """What does not fit a schema, of the words that ours use."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    stated = schema.get("type", [])
    if not any(isinstance(value, kinds[kind]) for kind in ([stated] if isinstance(stated, str) else stated)):
        yield f"{place}: {value!r} is no {stated}"
    if isinstance(value, dict):
        yield from (f"{place}: no {name}" for name in schema.get("required", ()) if name not in value)
        for name, inside in schema.get("properties", {}).items():
            if name in value:
                yield from wrong(value[name], inside, schemas, f"{place}.{name}")
    if isinstance(value, list) and "items" in schema:
        for each in value:
            yield from wrong(each, schema["items"], schemas, f"{place}[]")


def test_every_address_answers_as_described(app: Application) -> None:
    found = document(app)
    seen = 0
    for method, address, operation in operations(found):
        reply = ask(app, address, method)
        if operation.get("security"):
            assert str(reply.status) == "401" and "401" in operation["responses"], address
            continue
        (stated,) = operation["responses"]["200"]["content"].items()
        assert reply.status == 200, (address, reply.text[:200])
        assert reply.headers["Content-Type"].partition(";")[0] == stated[0], address
        assert reply.headers["Access-Control-Allow-Origin"] == "*", address
        value = json.loads(reply.text) if stated[0].endswith(("/json", "+json")) else reply.text
        assert list(wrong(value, stated[1]["schema"], found["components"]["schemas"])) == [], address
        seen += 1
    assert seen >= 30


def test_what_has_wrong_parts_is_seen() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"b": {"type": "array", "items": {"type": "string"}}},
    }
    assert list(wrong({"b": [1]}, schema, {})) == [": no a", ".b[]: 1 is no string"]


def test_every_parameter_is_taken(app: Application) -> None:
    """One that is known is part of the feed's own address; one that is not would be dropped."""
    values = {"q": "halls", "topic": "olympics", "not": "education", "source": "example", "by": "Fan",
              "lang": "en", "from": "2022-01-01", "to": "2027-01-01", "content": "summary", "sort": "old",
              "n": "3", "exact": "1", "ui": "zh"}  # fmt: skip
    for method, address, operation in operations(document(app)):
        path = address.partition("?")[0]
        if method != "GET" or not path.startswith(("/latest", "/search")):
            continue
        for parameter in operation["parameters"]:
            if (name := parameter["name"]) in values and not (name == "q" and path.startswith("/latest")):
                reply = ask(app, f"{path}?{urlencode({name: values[name]})}")
                if path.endswith((".csv", ".jsonl")) and name == "ui":
                    continue
                assert reply.status == 200, (path, name)
                # Whole lists do not state their own address.
                is_whole = path.endswith((".csv", ".jsonl"))
                assert is_whole or f"{name}={quote(values[name])}" in reply.text, (path, name)


VALUES = {
    "q": "halls", "topic": "olympics", "not": "education", "source": "example", "by": "Fan", "lang": "en",
    "paired": "1", "from": "2022-01-01", "to": "2027-01-01", "content": "simple", "sort": "old", "n": "3",
    "before": f"2026-11-24T08:00:00Z~{'0' * 36}", "archive": "0-32", "page": "2", "exact": "1", "ui": "zh",
    "script": "hant", "size": "big",
}  # fmt: skip


def test_what_a_list_takes_is_what_it_is_said_to_take(app: Application) -> None:
    """What it does not take is left out of its address: whoever asks with it is sent there."""
    assert list(VALUES) == NAMES.split()
    for _, address, operation in operations(document(app)):
        if not re.match(r"/(latest|search|topic|source|by|calendar/\d+/)", address):
            continue
        described = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        taken = [
            name
            for name, value in VALUES.items()
            if ask(app, f"{address}?{urlencode({name: value}, safe='+')}").status != 301
        ]
        if not address.startswith("/search"):
            taken = [name for name in taken if name != "exact"]  # means nothing without words
        assert described == taken, address


def test_every_value_is_described(app: Application) -> None:
    for name, known in openapi.stated()["parameters"].items():
        if name in VALUES and "enum" in known:
            with pytest.raises(UsageError) as told:
                read({name: ["nothing"]})
            taken = str(told.value).partition("expected ")[2].partition(",")[0].split(" or ")
            assert known["enum"] == [value for value in taken if value not in ("0", "True")], name


def test_no_route_is_left_out(app: Application, database: Database, settings: Settings) -> None:
    index = open_index(settings.data / "index")
    _, routes = routed(database=database, index=index, settings=settings, subscribers=Subscribers())
    described = [(method, address.partition("?")[0]) for method, address, _ in operations(document(app))]
    described += [("GET", path) for path in LEFT_OUT] + [("POST", path) for path in POSTED]
    missing = [
        (method, path)
        for method, path, _ in routes
        if not any(fits(method, path, each) for each in described)
    ]
    assert missing == []
    unknown = [each for each in described if not any(fits(method, path, each) for method, path, _ in routes)]
    assert unknown == []


def fits(method: str, path: str, asked: tuple[str, str]) -> bool:
    """Whether a route answers what is asked."""
    router = bottle.Router()
    router.add(path, method, None)
    try:
        router.match({"PATH_INFO": asked[1].replace("%20", " "), "REQUEST_METHOD": asked[0]})
    except bottle.HTTPError:
        return False
    return True


def test_names_of_operations_are_their_own(app: Application) -> None:
    found = [operation["operationId"] for _, _, operation in operations(document(app))]
    assert len(set(found)) == len(found)


def test_other_programs_read_it(app: Application, tmp_path: Path) -> None:
    """By swagger-parser, where it is installed."""
    found = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=False)
    library = Path(found.stdout.strip() or "/nowhere") / "@apidevtools" / "swagger-parser"
    if not library.is_dir():
        pytest.skip("no swagger-parser: npm install --global @apidevtools/swagger-parser")
    (tmp_path / "openapi.json").write_text(json.dumps(document(app)))
    code = (
        f"require({json.dumps(str(library))}).validate(process.argv[1])"
        ".catch(e => {console.error(e.message); process.exit(1)})"
    )
    run = subprocess.run(
        ["node", "-e", code, str(tmp_path / "openapi.json")], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_page_shows_examples_that_work(app: Application) -> None:
    for ui in ("en", "zh"):
        text = ask(app, f"/api?ui={ui}").text
        (examples,) = re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
        found = re.findall(rf"{BASE}(/\S+)", examples)
        assert len(found) == 3
        for each in found:
            assert ask(app, each.replace("&amp;", "&")).status == 200


PREFLIGHT = {"HTTP_ORIGIN": "https://other.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET"}


@pytest.mark.parametrize(
    "path", ["/latest.atom", "/search.json?q=halls", "/stats.json", "/nothing.json", "/embed/latest"]
)
def test_scripts_of_other_sites_may_ask_with_conditions(app: Application, path: str) -> None:
    """If-None-Match is not safelisted: a browser asks first, and sends it only when it is named."""
    reply = ask(app, path, "OPTIONS", **PREFLIGHT, HTTP_ACCESS_CONTROL_REQUEST_HEADERS="if-none-match")
    assert reply.status == 204 and reply.body == b"" and "Content-Type" not in reply.headers
    assert reply.headers["Access-Control-Allow-Origin"] == "*" and reply.headers["X-Request-Id"]
    assert "if-none-match" in reply.headers["Access-Control-Allow-Headers"].lower()
    assert "GET" in reply.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in reply.headers


def test_they_see_what_to_ask_with_also_when_nothing_changed(app: Application) -> None:
    first = ask(app, "/latest.atom", HTTP_ORIGIN="https://other.example")
    assert {"ETag", "Last-Modified", "Link"} <= set(
        first.headers["Access-Control-Expose-Headers"].split(", ")
    )
    again = ask(
        app, "/latest.atom", HTTP_ORIGIN="https://other.example", HTTP_IF_NONE_MATCH=first.headers["Etag"]
    )
    assert again.status == 304 and again.headers["Access-Control-Allow-Origin"] == "*"


def test_they_may_not_read_pages_or_send_anything(app: Application) -> None:
    assert "Access-Control-Allow-Origin" not in ask(app, "/", HTTP_ORIGIN="https://other.example").headers
    for path, method in (("/articles", "POST"), ("/latest.atom", "DELETE"), ("/articles", "GET")):
        asking = {**PREFLIGHT, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": method}
        reply = ask(app, path, "OPTIONS", **asking)
        assert reply.status == 405 and "Access-Control-Allow-Methods" not in reply.headers
    assert ask(app, "/latest.atom", "OPTIONS").status == 405


def templates(document: str) -> Sequence[tuple[str | None, str]]:
    kinds = ET.fromstring(document).findall("{http://a9.com/-/spec/opensearch/1.1/}Url")
    return [(str(each.get("type")), str(each.get("template"))) for each in kinds]


def test_browsers_find_the_search(app: Application) -> None:
    text = ask(app, "/opensearch.xml").text
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert ET.fromstring(text).findtext(f"{space}ShortName") == "Syndicate 新闻档案"
    found = templates(text)
    assert [str(kind).removeprefix("application/") for kind, _ in found] == [
        "text/html", "atom+xml", "rss+xml", "feed+json", "opensearchdescription+xml"]  # fmt: skip
    for kind, template in found:
        address = template.removeprefix(BASE).replace("{searchTerms}", "halls")
        filled = address.replace("{count?}", "5").replace("{startPage?}", "1")
        left = re.sub(r"\{\w+\?\}", "", address)
        for each in (filled, left):
            reply = ask(app, each)
            reply = ask(app, reply.headers["Location"]) if reply.status == 301 else reply
            assert reply.status == 200 and reply.headers["Content-Type"].startswith(str(kind)), each
