"""Run the web server and the worker beside it, and end both cleanly. The only module that knows servers."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FrameType
from typing import Any

from archive.errors import UsageError
from syndicate.door import Door

MOST_HEAPS, SMALLEST_ALONE = -8, -3  # mallopt(3): M_ARENA_MAX, M_MMAP_THRESHOLD
OF_THE_PARENT = 7  # of granian's options: those that say what this process is
SENDERS = 8  # for each thread that answers aside, so many that wait for what clients send
EVER = 1 << 32  # seconds that a thread of the server may have nothing to do
LONGEST_TURN = 0.001  # seconds that a search may keep a poll from the interpreter
LONGEST_STOP = 4  # seconds; the whole service ends within five
Wsgi = Callable[..., Any]


def serve(
    load: Callable[[], Wsgi],
    *,
    host: str,
    port: int,
    threads: int,
    server: str,
    companion: Sequence[str] | None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; ``load`` makes the application in the process that serves it.

    ``companion`` is the command line of the worker. Raises UsageError when the port is taken.
    """
    ask_for(host, port)
    with beside(companion):
        if server == "waitress":
            serve_waitress(load, host, port, threads)
        else:
            serve_granian(load, host, port, threads)


def serve_granian(load: Callable[[], Wsgi], host: str, port: int, threads: int) -> None:
    """One process, one thread at its door: outlasts slow clients, finishes requests in flight."""
    from granian.constants import Interfaces, RuntimeModes
    from granian.server import MPServer

    server = MPServer(
        "syndicate",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads * SENDERS + 1,
        runtime_mode=RuntimeModes.st,
        websockets=False,
        workers_kill_timeout=LONGEST_STOP,
        respawn_failed_workers=True,  # once; one that cannot start ends the service
        log_enabled=False,
    )
    server.serve(
        spawn_target=answer_requests,
        target_loader=partial(at_the_door, load, os.getpid(), threads),
        wrap_loader=False,
    )


def answer_requests(number: int, name: str, load: Callable[[], Door], sockets: Any, *options: Any) -> None:
    """What granian does for WSGI in a process of its own, but for its own way to call an application."""
    from granian import _granian
    from granian._futures import _new_cbscheduler
    from granian._signals import set_sync_signals

    native: Any = _granian  # whose types are not told in full
    *threads, _, most, _, http, http1, http2, _, files, _, tls, _, metrics = options[OF_THE_PARENT:]
    loop, door = asyncio.new_event_loop(), load()
    stop, stopped = set_sync_signals(), threading.Event()
    stop.add_cb(stopped.set)
    sizes = (*threads, EVER, most)
    worker = native.WSGIWorker(number, sockets[0], None, *sizes, http, http1, http2, files, *tls, metrics)
    worker.serve_str(_new_cbscheduler(loop, door, impl_asyncio=True), loop, stop)
    stopped.wait()


def at_the_door(load: Callable[[], Wsgi], parent: int, threads: int) -> Door:
    """The application as one thread calls it, with others to do what takes longer."""
    sys.setswitchinterval(LONGEST_TURN)
    return Door(loaded(load, parent), threads=threads, senders=threads * SENDERS)


def loaded(load: Callable[[], Wsgi], parent: int) -> Wsgi:
    """The application in a process of its own, which ends when its parent does, however that ends."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    one_heap()
    threading.Thread(target=watch, daemon=True, name="parent").start()
    return settled(load())


def settled(application: Wsgi) -> Wsgi:
    """The application, with all that was loaded for it out of the collector's sight.

    It lives as long as the process, and looking through it would make a reader wait some forty milliseconds.
    """
    gc.collect()
    gc.freeze()
    return application


def serve_waitress(load: Callable[[], Wsgi], host: str, port: int, threads: int) -> None:
    """The same in pure Python; its limits are set so that half-open connections cannot stop it."""
    import waitress

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    waitress.serve(
        settled(load()),
        host=host,
        port=port,
        threads=threads,
        ident=None,
        connection_limit=2000,
        channel_timeout=20,
        max_request_body_size=6 << 20,  # it keeps bodies on the disk before we see whose they are
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # whom to believe is a setting of ours, for either server
    )


def ask_for(host: str, port: int) -> None:
    """Raise UsageError when nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"{host}:{port}: cannot listen there ({error.strerror}); choose another port with"
                f" --port {port + 1}, or: make run PORT={port + 1}"
            ) from error


@contextlib.contextmanager
def beside(command: Sequence[str] | None) -> Iterator[None]:
    """Keep the worker running beside us. It ends when we do, even if we are killed: its input closes."""
    if command is None:
        yield
        return
    worker = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        yield
    finally:
        if worker.stdin:
            worker.stdin.close()
        worker.terminate()
        try:
            worker.wait(LONGEST_STOP)
        except subprocess.TimeoutExpired:
            worker.kill()


def one_heap(alone: int = 0) -> None:
    """Let all threads of this process share one heap, where that can be said: each would keep free memory.

    What is larger than ``alone`` bytes stands outside it, and is given back as soon as it is free.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        set_option(MOST_HEAPS, 1)
        if alone:
            set_option(SMALLEST_ALONE, alone)


def stop_event(*, with_input: bool) -> threading.Event:
    """An event set by SIGTERM or Ctrl-C and, for a worker beside a server, by the end of its input."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if with_input:

        def watch() -> None:
            sys.stdin.buffer.read()
            stop.set()

        threading.Thread(target=watch, daemon=True, name="parent").start()
    return stop
