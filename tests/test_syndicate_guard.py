"""What stands before the web framework: requests are numbered, and refused when they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_client import application, ask

from archive.database import Database
from syndicate.guard import Application


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Application:
    return application(database, tmp_path)


def test_a_request_that_means_two_things_is_refused(app: Application) -> None:
    assert ask(app, "/", CONTENT_LENGTH="4", HTTP_TRANSFER_ENCODING="chunked").status == 400


def test_an_address_is_utf_8(app: Application) -> None:
    for path in ("/by/%ff", "/%ed%a0%80", "/a/%c0%ae"):
        reply = ask(app, path)
        assert reply.status == 400 and "UTF-8" in reply.text and reply.headers["X-Request-Id"]
        assert ask(app, path, "HEAD").body == b""


def test_every_request_has_a_number_of_its_own(app: Application) -> None:
    numbers = [ask(app, asked).headers["X-Request-Id"] for asked in ("/", "/nothing", "/latest.atom", "/")]
    assert len(set(numbers)) == 4
