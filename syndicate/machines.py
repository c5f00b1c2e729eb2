"""What is served to machines alone: our files under names that hold their hash, OpenSearch, robots.txt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archive.errors import NotFound
from archive.model import sha256

FOLDER = Path(__file__).with_name("static")
MIMES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{name}</ShortName>
<Description>News in English and Chinese, searched in both languages</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{base}/search?q={{searchTerms}}"/>
<Url type="application/atom+xml" template="{base}/search.atom?q={{searchTerms}}"/>
</OpenSearchDescription>
"""
ROBOTS = "User-agent: *\nDisallow: /search\n"


def edition(*settings: object) -> str:
    """What pages are made with: our code, templates and words, and these settings."""
    files = (path for path in sorted(FOLDER.parent.rglob("*")) if path.suffix in (".py", ".tpl", ".toml"))
    return sha256(b"".join([*(path.read_bytes() for path in files), repr(settings).encode()]))


class Static:
    """The files of ``static/``, read once."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        for path in sorted(FOLDER.iterdir()):
            body = path.read_bytes()
            name = f"{path.stem}.{sha256(body)[:12]}{path.suffix}"
            self._bodies[name], self._names[path.name] = body, name

    def address(self, name: str) -> str:
        """Where a file is served."""
        return f"/static/{self._names[name]}"

    def file(self, name: str) -> tuple[bytes, str]:
        """The bytes and type of a file under its full name. Raises NotFound."""
        if name not in self._bodies:
            raise NotFound(f"/static/{name}: no such file")
        return self._bodies[name], MIMES[Path(name).suffix]

    @property
    def names(self) -> Mapping[str, str]:
        """The full name of each file."""
        return self._names
