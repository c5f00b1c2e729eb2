"""Parse what comes from outside in a child process that can be killed: what harms it harms nobody else.

The child starts at the first use and stays. It ends when our end of its pipe closes, however we end, and a
timer of its own ends it inside a task that nobody waits for any more. It sends values, never code.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

from archive import model
from archive.errors import ArchiveError
from archive.model import Document, PageRules

# What the child can be asked to do, and where it is.
Task = Literal[
    "parse",
    "read_document",
    "read_records",
    "read_pushed",
    "read_opml",
    "read_page",
    "read_index",
    "read_sitemap",
]
TASKS: Mapping[Task, str] = {
    "parse": "archive.reading.parse",
    "read_document": "archive.reading.documents",
    "read_records": "archive.reading.record_reader",
    "read_pushed": "archive.reading.pushed",
    "read_opml": "archive.reading.opml_reader",
    "read_page": "archive.reading.sites",
    "read_index": "archive.reading.sites",
    "read_sitemap": "archive.reading.sites",
}

SECONDS = 5.0
SECONDS_TO_START = 60.0
MEMORY = 1 << 30
# A child that has grown beyond this gives the memory back by making room for a new one.
GROWN = 120 << 20
LARGEST_ANSWER = 256 << 20
HEADER = struct.Struct(">Q")
READY = b"ready"
ROOT = Path(__file__).parents[1]
VALUES = frozenset(
    {
        *(
            ("archive.model", kind.__name__)
            for kind in vars(model).values()
            if hasattr(kind, "__dataclass_fields__")
        ),
        *(("datetime", name) for name in ("datetime", "timedelta", "timezone")),
    }
)


class Sandbox:
    """The killable child, used by one thread at a time; threads take turns."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def parse(
        self, body: bytes, *, url: str | None, content_type: str | None, name: str, now: datetime
    ) -> Document:
        """A feed as a document (``archive.reading.parse.parse``)."""
        return self.run("parse", body, url=url, content_type=content_type, name=name, now=now)

    def read_document(
        self,
        body: bytes,
        *,
        name: str,
        content_type: str | None,
        url: str | None,
        now: datetime,
        kept: Mapping[str, str] | None = None,
    ) -> Document:
        """A text, page, mail or Word file as a document (``archive.reading.documents.read_document``)."""
        return self.run(
            "read_document", body, url=url, content_type=content_type, name=name, now=now, kept=kept
        )

    def read_records(self, body: bytes, *, first: int) -> Document:
        """Lines of JSON as a document of articles (``archive.reading.record_reader.read_records``)."""
        return self.run("read_records", body, first=first)

    def read_pushed(self, body: bytes, *, is_lines: bool) -> Document:
        """JSON that a program pushes as a document of articles (``archive.reading.pushed.read_pushed``)."""
        return self.run("read_pushed", body, is_lines=is_lines)

    def read_opml(self, body: bytes) -> Document:
        """A subscription list as a document of sources (``archive.reading.opml_reader.read_opml``)."""
        return self.run("read_opml", body)

    def read_page(self, body: bytes, *, url: str, content_type: str | None, rules: PageRules) -> Document:
        """The article of a page (``archive.reading.sites.read_page``)."""
        return self.run("read_page", body, url=url, content_type=content_type, rules=rules)

    def read_index(
        self, body: bytes, *, url: str, content_type: str | None, links: str, most: int
    ) -> Document:
        """The articles that a page links to (``archive.reading.sites.read_index``)."""
        return self.run("read_index", body, url=url, content_type=content_type, links=links, most=most)

    def read_sitemap(self, body: bytes, *, url: str, content_type: str | None, most: int) -> Document:
        """The articles or sitemaps that a sitemap lists (``archive.reading.sites.read_sitemap``)."""
        return self.run("read_sitemap", body, url=url, content_type=content_type, most=most)

    def run(self, task: Task, body: bytes, **stated: object) -> Document:
        """The document that a task makes of some bytes; of what kills the child, one that says so."""
        request = framed(pickle.dumps((task, body, stated, self._seconds), protocol=5))
        with self._lock:
            try:
                return self._answer(request)
            except TimeoutError:
                self._replace()
                return refused(f"takes longer than {self._seconds:g} s to parse")
            except (OSError, EOFError, pickle.UnpicklingError):
                self._replace()
                return refused("needs more memory to parse than any document may")

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._kill()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, request: bytes) -> Document:
        """Hand over a request and wait for what comes of it."""
        child = self._living()
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(request)
        child.stdin.flush()
        document, is_last = Values(io.BytesIO(received(child.stdout, self._seconds))).load()
        if is_last:
            self._replace()
        if not isinstance(document, Document):
            raise pickle.UnpicklingError("the answer is no document")
        return document

    def _living(self) -> subprocess.Popen[bytes]:
        """The child, started if it is not there or has died between two tasks."""
        child = self._child
        if child is None or child.poll() is not None:
            child = self._replace()
        assert child.stdout is not None
        with contextlib.suppress(OSError, EOFError):
            self._is_ready = self._is_ready or received(child.stdout, SECONDS_TO_START) == READY
        if self._is_ready:
            return child
        self._kill()
        raise ArchiveError("the process that parses does not start; its own message stands above")

    def _replace(self) -> subprocess.Popen[bytes]:
        """A new child instead of the one there was; it gets ready while we do something else."""
        self._kill()
        self._child, self._is_ready = start(), False
        return self._child

    def _kill(self) -> None:
        """End the child without asking it."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class Values(pickle.Unpickler):
    """Reads the values of archive.model and nothing else, whoever wrote them."""

    def find_class(self, module_name: str, global_name: str) -> object:
        """A class that an answer may hold."""
        if (module_name, global_name) not in VALUES:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no value")
        return super().find_class(module_name, global_name)


def start() -> subprocess.Popen[bytes]:
    """A new child, in a process group of its own so that Ctrl-C does not reach it."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "archive.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        process_group=0,
    )


def refused(detail: str) -> Document:
    """The document for one that was given up."""
    return Document(result="too_complex", detail=detail)


def framed(content: bytes) -> bytes:
    """A message with its length in front."""
    return HEADER.pack(len(content)) + content


def received(pipe: IO[bytes], seconds: float) -> bytes:
    """The next message; raises TimeoutError when it is late and EOFError when the other side is gone."""
    end = time.monotonic() + seconds
    message = bytearray()
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(message) < HEADER.size or len(message) < HEADER.size + HEADER.unpack_from(message)[0]:
        left = end - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1_000):
            raise TimeoutError
        part = os.read(pipe.fileno(), 1 << 20)
        if not part or len(message) > LARGEST_ANSWER:
            raise EOFError
        message += part
    return bytes(message[HEADER.size :])


def serve() -> None:
    """What the child does: one task after the other, until the pipe closes."""
    with contextlib.suppress(ValueError, OSError):  # macOS knows the limit, but does not let it be set.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    importlib.import_module(TASKS["parse"])
    # From here on nothing but answers leaves this process: libraries print, and a dying one complains.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    send(answers, READY)
    while header := requests.read(HEADER.size):
        task, body, stated, seconds = pickle.loads(requests.read(HEADER.unpack(header)[0]))  # noqa: S301 - ours
        # The parent kills us when we are late. Without one, the timer does.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        document = attempt(task, body, stated)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(answers, pickle.dumps((document, resident() > GROWN), protocol=5))


def resident() -> int:
    """The memory this process holds, where the system tells; ``ru_maxrss`` counts the parent's as well."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def attempt(task: Task, body: bytes, stated: Mapping[str, object]) -> Document:
    """Do a task, whatever happens."""
    try:
        document = getattr(importlib.import_module(TASKS[task]), task)(body, **stated)
        assert isinstance(document, Document)
    except MemoryError:
        return refused("needs more memory to parse than any document may")
    except RecursionError:
        return refused("is nested too deeply")
    except Exception as error:  # The caller is in another process; this is the only way to tell.
        return Document(result="failed", detail=f"cannot be read: {error or type(error).__name__}")
    return document


def send(pipe: IO[bytes], content: bytes) -> None:
    """Write a message; a reader that is gone ends us quietly."""
    try:
        pipe.write(framed(content))
        pipe.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    serve()
