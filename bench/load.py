"""Asking a server over loopback: once, or again and again on some connections, with wrk where it is."""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; headers by their names in small letters."""

    code: int
    headers: Mapping[str, str]
    body: bytes


def ask(port: int, path: str, headers: Mapping[str, str]) -> Answer:
    """One request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    said = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(code=response.status, headers=said, body=response.read())
    connection.close()
    return answer


def generator(seconds: float) -> str:
    """What asks: wrk, which takes whole seconds, or we ourselves, who are slower than nginx."""
    return "wrk" if seconds >= 1 and shutil.which("wrk") else "sockets"


def bombard(port: int, path: str, headers: Mapping[str, str], seconds: float) -> int:
    """Ask for some time; how many answers came."""
    if generator(seconds) == "sockets":
        return by_sockets(port, path, headers, seconds)
    stated = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:.0f}s",
        *stated,
        f"http://127.0.0.1:{port}{path}",
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in ", said)
    assert found and "Socket errors" not in said, said
    return int(found[1])


def by_sockets(port: int, path: str, headers: Mapping[str, str], seconds: float) -> int:
    """The same without wrk."""
    stated = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{stated}\r\n".encode()
    answers = 0
    with selectors.DefaultSelector() as waiting:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            waiting.register(connection, selectors.EVENT_READ)
            connection.sendall(request)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in waiting.select(1):
                assert isinstance(key.fileobj, socket.socket)
                receive(key.fileobj)
                key.fileobj.sendall(request)
                answers += 1
        for key in list(waiting.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return answers


def receive(connection: socket.socket) -> None:
    """Read one whole answer."""
    received = connection.recv(1 << 18)
    while received and b"\r\n\r\n" not in received:
        received += connection.recv(1 << 18)
    head, _, body = received.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    left = int(length[1]) - len(body) if length and b" 304 " not in head[:20] else 0
    while left > 0:
        piece = connection.recv(1 << 18)
        assert piece, "the server closed a connection"
        left -= len(piece)
