"""The killable child: late, dead or wrong, it harms no other document."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.model import Document
from archive.sandbox import ROOT, Sandbox, Values

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
GOOD = (
    b'<rss version="2.0"><channel><title>T</title><item><title>x</title><guid>1</guid></item></channel></rss>'
)
# Broken XML, which feedparser cannot read in the time given here.
SLOW = GOOD.replace(b"x", b"<" * 2_000_000)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that waits only a little."""
    with Sandbox(seconds=1.5) as made:
        yield made


def read(sandbox: Sandbox, body: bytes = GOOD) -> Document:
    """A feed, read in the child."""
    return sandbox.parse(body, url=None, content_type=None, name="feed.xml", now=NOW)


def child_of(sandbox: Sandbox) -> int:
    """The process id of the child."""
    assert sandbox._child is not None
    return sandbox._child.pid


def is_gone(pid: int) -> bool:
    """Whether a process ends within a few seconds."""
    for _ in range(80):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.1)
    return False


def test_a_feed_and_a_document_are_read_in_one_child(sandbox: Sandbox) -> None:
    assert [article.title for article in read(sandbox).articles] == ["x"]
    pid = child_of(sandbox)
    text = sandbox.read_document(b"Title\n\nText.", name="a.txt", content_type=None, url=None, now=NOW)
    assert text.articles[0].title == "Title" and child_of(sandbox) == pid


def test_a_late_child_is_killed_and_the_next_feed_is_read(sandbox: Sandbox) -> None:
    read(sandbox)
    late = read(sandbox, SLOW)
    assert late.result == "too_complex" and "1.5 s" in str(late.detail)
    assert child_of(sandbox)  # the next one, on its way already
    start = time.monotonic()
    assert read(sandbox).result == "ok"
    assert time.monotonic() - start < 3


def test_a_child_that_died_between_two_feeds_is_replaced(sandbox: Sandbox) -> None:
    read(sandbox)
    os.kill(child_of(sandbox), signal.SIGKILL)
    sandbox._child.wait()  # type: ignore[union-attr]
    assert read(sandbox).result == "ok"


def test_threads_take_turns(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda number: read(sandbox, GOOD.replace(b">x<", b">%d<" % number)), range(40))
        )
    assert [document.articles[0].title for document in found] == [str(number) for number in range(40)]


def test_closing_ends_the_child() -> None:
    with Sandbox() as sandbox:
        read(sandbox)
        pid = child_of(sandbox)
    assert is_gone(pid)


def test_the_child_ends_when_its_parent_is_killed_and_not_by_ctrl_c() -> None:
    program = (
        "import sys, time; from datetime import UTC, datetime; from archive.sandbox import Sandbox\n"
        "sandbox, now = Sandbox(), datetime.now(UTC)\n"
        "sandbox.parse(b'<rss/>', url=None, content_type=None, name='x', now=now)\n"
        "print(sandbox._child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert os.getpgid(pid) != parent.pid
        parent.kill()
    assert is_gone(pid)


def test_the_child_sends_values_and_never_code() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("true",)

    import io

    with pytest.raises(pickle.UnpicklingError, match="is no value"):
        Values(io.BytesIO(pickle.dumps(Evil()))).load()
    document = Document(title="双奥之城")
    assert Values(io.BytesIO(pickle.dumps(document))).load() == document
