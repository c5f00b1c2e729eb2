"""The recipes of ``docs/pull.md``: their addresses are answered, and their script runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from factories import article
from web_client import application, ask

from archive.database import Database

TEXT = (Path(__file__).parents[1] / "docs" / "pull.md").read_text(encoding="utf-8")
# What rich-text renders, by WeChat's documents; all else is dropped with what it holds.
TRUSTED = """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del
    div dl dt em fieldset font footer h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark nav ol p pre
    q rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul
"""
STORY = article(
    guid="1",
    title="奥运场馆开放",
    language="zh",
    html=(
        '<div><figure><img src="https://e.example/a.jpg" alt="雪"><figcaption>雪景</figcaption></figure>'
        "<h2>场馆</h2>"
        "<p>北京的<ruby>奥<rp>(</rp><rt>ao</rt></ruby>运<kbd>1</kbd></p><table><caption>表</caption><tr>"
        '<td>1</td></tr></table><details><summary>更多</summary>话</details><video src="https://e.example/v">no</video></div>'
    ),
)
WX = """
const answers = JSON.parse(process.argv[1]);
let page;
globalThis.Page = (made) => { page = { ...made, setData(more) { Object.assign(this.data, more); } }; };
globalThis.wx = { request: ({ url, success, fail }) =>
  url in answers
    ? success({ statusCode: 200, data: JSON.parse(answers[url]) })
    : fail({ errMsg: "no " + url }) };
%s
page.onLoad();
console.log(JSON.stringify(page.data));
"""


def addresses() -> list[str]:
    """The addresses of the archive that the recipes name."""
    found = re.findall(r"https://news\.example(/[^\s`\"]+)", TEXT)
    return sorted({*found, "/topic/olympics.json?lang=zh&content=simple"})


@pytest.mark.parametrize("address", addresses())
def test_every_address_is_answered_as_it_stands(database: Database, tmp_path: Path, address: str) -> None:
    reply = ask(application(database, tmp_path, STORY), address)
    assert reply.status == 200 and ("奥运场馆开放" in reply.text or "lang=en" in address)


def test_parameters_that_are_told_of_are_known(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, STORY)
    for parameter in re.findall(r"^\|.*?`(\w+=\w+)`", TEXT, re.MULTILINE):
        reply = ask(app, f"/latest.json?{parameter}")
        assert reply.status == 200 and f'/latest.json?{parameter}"' in reply.text


def test_simple_content_has_only_elements_that_wechat_renders(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path, STORY)
    (item,) = json.loads(ask(app, "/latest.json?content=simple").text)["items"]
    body = item["content_html"]
    assert set(re.findall(r"</?([a-z0-9]+)", body)) <= set(TRUSTED.split())
    assert all(words in body for words in ("雪景", "场馆", "北京的", "表", "更多", "话"))
    assert '<img src="https://e.example/a.jpg" alt="雪">' in body and "e.example/v" not in body
    for format in ("atom", "rss"):
        assert "figure" not in ask(app, f"/latest.{format}?content=simple").text
        assert "figure" in ask(app, f"/latest.{format}").text


def test_the_script_of_the_mini_program_runs(database: Database, tmp_path: Path) -> None:
    if not (node := shutil.which("node")):
        pytest.skip("node is not installed")
    app = application(database, tmp_path, STORY)
    (script,) = re.findall(r"```js\n(.*?)```", TEXT, re.DOTALL)
    address = "/topic/olympics.json?lang=zh&content=simple"
    for answers, failed in (({f"https://news.example{address}": ask(app, address).text}, False), ({}, True)):
        asked = [node, "-e", WX % script, json.dumps(answers)]
        shown = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
        assert bool(shown["failed"]) is failed
        assert [item["title"] for item in shown["items"]] == ([] if failed else ["奥运场馆开放"])
        assert all("<figure" not in item["nodes"] and "雪景" in item["nodes"] for item in shown["items"])
