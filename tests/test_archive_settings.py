"""Settings: where each value comes from, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import SettingsError
from archive.settings import Settings, read_settings


def read(folder: Path, text: str | None = None, **environ: str) -> Settings:
    """The settings of a data folder with this site.toml."""
    if text is not None:
        (folder / "site.toml").write_text(text, encoding="utf-8")
    return read_settings(folder, config=None, environ=environ, flags={"server.port": None})


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.base_url == "http://127.0.0.1:8080"
    assert len(settings.topics) == 13 and settings.origins["topic"] == "built in"


def test_flag_wins_over_environment_over_file(tmp_path: Path) -> None:
    text = '[server]\nport = 1\n[site]\ntitle = "File"'
    assert read(tmp_path, text).server.port == 1
    environ = {"SYNDICATE_SERVER_PORT": "2"}
    assert read(tmp_path, text, **environ).server.port == 2
    settings = read_settings(tmp_path, config=None, environ=environ, flags={"server.port": 3})
    assert (settings.server.port, settings.site.title) == (3, "File")
    assert settings.origins["server.port"] == "flag"


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("https://news.example\n")
    assert (
        read(tmp_path, SYNDICATE_SITE_BASE_URL_FILE=str(tmp_path / "secret")).base_url
        == "https://news.example"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[site]\ntitel = 'x'", r"unknown key 'titel'; did you mean 'title'"),
        ("[sight]\n", r"unknown key 'sight'; did you mean 'site'"),
        ("[server]\nport = 'many'", r"server\.port: expected a whole number, got 'many'"),
        ("[server]\nport = 70000", "expected 0 to 65535"),
        ("[site]\ntimezone = 'Peking'", "no zone 'Peking'"),
        ("[site]\nbase_url = 'news.example'", "expected http"),
        ("[fetch]\nallow = ['localhost']", "expected ADDRESS:PORT"),
        ("[fetch]\nallow = 'x y'", "expected ADDRESS:PORT"),
        ("[search]\nvectors = 'maybe'", r"search\.vectors: expected true or false, got 'maybe'"),
        ("[[topic]]\nen = 'x'", "needs an id"),
        ("[[topic]]\nid = 'a'\nwrods = ['x']", "unknown key 'wrods'; did you mean 'words'"),
        ("[[topic]]\nid = 'a'\n[[topic]]\nid = 'a'", "two topics have the id 'a'"),
        ("[[topic]]\nid = 'a'\ntopics = ['b']", "names another"),
        ("site = 1", "must be a section"),
        ("[site", "cannot be read as TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, text)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean 'SYNDICATE_SERVER_PORT'"):
        read(tmp_path, SYNDICATE_SERVER_PROT="1")


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        read_settings(tmp_path, config=tmp_path / "none.toml", environ={}, flags={})


def test_the_example_holds_the_defaults(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / "site.example.toml"
    settings = read_settings(tmp_path, config=example, environ={}, flags={})
    plain = read(tmp_path)
    assert (settings.site, settings.server, settings.fetch) == (plain.site, plain.server, plain.fetch)
    assert settings.search == plain.search


@pytest.mark.parametrize(("stated", "meant"), [("false", False), ("true", True)])
def test_a_switch_is_true_or_false(tmp_path: Path, stated: str, meant: bool) -> None:
    assert read(tmp_path, f"[search]\nvectors = {stated}").search.vectors is meant
    variable = {"SYNDICATE_SEARCH_VECTORS": stated.title()}
    assert read_settings(tmp_path / "none", config=None, environ=variable, flags={}).search.vectors is meant
