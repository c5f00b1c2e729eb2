"""The settings: flag, then environment, then ``site.toml``, then default, in one frozen object."""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.errors import SettingsError
from archive.model import Topic

DEFAULT_TOPICS = Path(__file__).with_name("topics.toml")
PREFIX = "SYNDICATE_"
# In the characters of RFC 3986, without name, query or fragment: it stands in every address as it is.
BASE_URL = re.compile(r"https?://[^\s/?#@\"<>\\]+(?:/[\w.~!$&'()*+,;=:@%-]+)*/?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``[site]``: what the service calls itself and where it stands."""

    title: str = "Syndicate"
    title_zh: str = "新闻档案"
    base_url: str = ""
    timezone: str = "UTC"
    ui: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """``[server]``: where the web process listens; ``rate`` is requests a second of one client, 0 for any."""

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 4
    trusted_proxies: tuple[str, ...] = ()
    rate: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """``[fetch]``: how we read from others. Times in seconds, ``interval`` in minutes."""

    allow: tuple[str, ...] = ()
    interval: int = 30
    timeout: int = 30
    user_agent: str = "Syndicate/0.1 (news archive)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """``[search]``: ``vectors`` finds what means the same as a sentence, where the package is there."""

    vectors: bool = True


Section = Site | Server | Fetch | SearchSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings in force; ``origins`` says where each value that is not a default came from."""

    data: Path
    site: Site = field(default_factory=Site)
    server: Server = field(default_factory=Server)
    fetch: Fetch = field(default_factory=Fetch)
    search: SearchSettings = field(default_factory=SearchSettings)
    topics: tuple[Topic, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The public address without a slash at the end: the configured one, else the one served."""
        return self.site.base_url.rstrip("/") or f"http://{self.server.host}:{self.server.port}"


SECTIONS: Mapping[str, type[Section]] = {
    "site": Site,
    "server": Server,
    "fetch": Fetch,
    "search": SearchSettings,
}


def read_settings(
    data: Path, *, config: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    """The settings in force. ``flags`` are ``section.key`` from the command line, None when not given.

    Raises SettingsError for a named file that is missing, an unknown key, or a value of the wrong kind.
    """
    if config is None and (data / "site.toml").is_file():
        config = data / "site.toml"
    stated = read_toml(config) if config else {}
    unknown(str(config), stated, [*SECTIONS, "topic"])
    origins: dict[str, str] = {}
    sections: dict[str, Any] = {}
    for name, kind in SECTIONS.items():
        sections[name] = section(name, kind, stated.get(name, {}), str(config), environ, flags, origins)
    unknown_environ(environ)
    rules = stated["topic"] if "topic" in stated else read_toml(DEFAULT_TOPICS)["topic"]
    origins["topic"] = str(config) if "topic" in stated else "built in"
    settings = Settings(data=data, **sections, topics=read_topics(rules, origins["topic"]), origins=origins)
    check(settings)
    return settings


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: no such settings file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from error


def section(
    name: str,
    kind: type[Section],
    stated: object,
    config: str,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    origins: dict[str, str],
) -> Section:
    """One section with each key from the first place that states it."""
    if not isinstance(stated, dict):
        raise SettingsError(f"{config}: [{name}] must be a section of keys")
    unknown(f"{config} [{name}]", stated, [item.name for item in fields(kind)])
    values: dict[str, Any] = {}
    for item in fields(kind):
        key = f"{name}.{item.name}"
        variable = f"{PREFIX}{name}_{item.name}".upper()
        default = item.default if item.default is not MISSING else ()
        if flags.get(key) is not None:
            values[item.name], origins[key] = flags[key], "flag"
        elif variable in environ:
            values[item.name], origins[key] = typed(environ[variable], default, variable), variable
        elif variable + "_FILE" in environ:
            text = secret(environ[variable + "_FILE"], variable + "_FILE")
            values[item.name], origins[key] = typed(text, default, variable + "_FILE"), variable + "_FILE"
        elif item.name in stated:
            values[item.name], origins[key] = typed(stated[item.name], default, f"{config}: {key}"), config
    return kind(**values)


def typed(value: object, default: object, where: str) -> object:
    """A stated value as the kind its default has."""
    if isinstance(default, tuple):
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise SettingsError(f"{where}: expected a list of texts, got {value!r}")
        return tuple(item.strip() for item in items if item.strip())
    if isinstance(default, bool):
        if str(value).lower() not in ("true", "false"):
            raise SettingsError(f"{where}: expected true or false, got {value!r}")
        return str(value).lower() == "true"
    if isinstance(default, int):
        try:
            return int(str(value))
        except ValueError as error:
            raise SettingsError(f"{where}: expected a whole number, got {value!r}") from error
    if not isinstance(value, str):
        raise SettingsError(f"{where}: expected a text, got {value!r}")
    return value.strip()


def secret(path: str, variable: str) -> str:
    """The text of a file that holds a secret."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}: cannot read {path}: {error}") from error


def unknown(where: str, stated: Mapping[str, object], known: list[str]) -> None:
    """Raise for the first key that does not exist, naming the nearest that does."""
    for key in stated:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            raise SettingsError(f"{where}: unknown key {key!r}; did you mean {near[0]!r}?")


def unknown_environ(environ: Mapping[str, str]) -> None:
    """Raise for a variable of ours that means nothing."""
    known = [
        f"{PREFIX}{name}_{item.name}".upper() for name, kind in SECTIONS.items() for item in fields(kind)
    ]
    ours = {name.removesuffix("_FILE"): "" for name in environ if name.startswith(PREFIX)}
    unknown("environment", ours, known)


def read_topics(rules: object, where: str) -> tuple[Topic, ...]:
    """The rules of ``[[topic]]`` in the order given."""
    if not isinstance(rules, list):
        raise SettingsError(f"{where}: write each topic as [[topic]]")
    topics = tuple(read_topic(rule, where) for rule in rules)
    ids = [topic.id for topic in topics]
    for topic in topics:
        if ids.count(topic.id) > 1:
            raise SettingsError(f"{where}: two topics have the id {topic.id!r}")
        unknown(f"{where}: topic {topic.id!r} names another", dict.fromkeys(topic.topics), ids)
    return topics


def read_topic(rule: object, where: str) -> Topic:
    """One ``[[topic]]``."""
    if not isinstance(rule, dict) or not isinstance(rule.get("id"), str):
        raise SettingsError(f"{where}: a [[topic]] needs an id")
    at = f"{where}: topic {rule['id']!r}"
    unknown(at, rule, [item.name for item in fields(Topic)])
    values = {
        item.name: typed(rule[item.name], () if item.default == () else "", f"{at}: {item.name}")
        for item in fields(Topic)
        if item.name in rule
    }
    names = {"en": rule["id"], "zh": rule.get("en", rule["id"])}
    return Topic(**{**names, **values})


def check(settings: Settings) -> None:
    """Raise for values that cannot work."""
    base = settings.site.base_url
    if base and not BASE_URL.fullmatch(base):
        raise SettingsError(
            f"site.base_url: expected http:// or https://, a host and at most a path, got {base!r}"
        )
    try:
        ZoneInfo(settings.site.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"site.timezone: no zone {settings.site.timezone!r}; write e.g. Asia/Shanghai"
        ) from error
    if settings.site.ui not in ("en", "zh"):
        raise SettingsError(f"site.ui: expected en or zh, got {settings.site.ui!r}")
    if not 0 <= settings.server.port <= 65535:
        raise SettingsError(f"server.port: expected 0 to 65535, got {settings.server.port}")
    for entry in settings.server.trusted_proxies:
        try:
            ipaddress.ip_network(entry, strict=False)
        except ValueError as error:
            raise SettingsError(
                f"server.trusted_proxies: expected addresses or networks such as 10.0.0.0/8, got {entry!r}"
            ) from error
    if settings.server.rate < 0:
        raise SettingsError(f"server.rate: expected 0 (no limit) or more, got {settings.server.rate}")
    for entry in settings.fetch.allow:
        host, _, port = entry.rpartition(":")
        try:
            ipaddress.ip_address(host.strip("[]"))
            int(port)
        except ValueError as error:
            raise SettingsError(f"fetch.allow: expected ADDRESS:PORT, got {entry!r}") from error
