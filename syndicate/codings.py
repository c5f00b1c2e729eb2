"""Codings of content (RFC 9110 section 12.5.3): which one a client gets, and bodies in it. Pure.

The only module that knows brotli and zstandard.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

import brotli
import zstandard

Coding = Literal["identity", "gzip", "br", "zstd"]
# The cheapest to make first; of the same cost the one that is smaller.
PREFERRED: tuple[Coding, ...] = ("zstd", "br", "gzip")
SUFFIXES: Mapping[Coding, str] = {"identity": "", "gzip": "-gz", "br": "-br", "zstd": "-zst"}
# A feed of 103 kB, in ms and kB: zstd 3 .24, 30.5; br 5 1.7, 26.8; gzip 4 1.3, 31.1; gzip 6 2.5, 29.8.
ZSTD_LEVEL, BROTLI_QUALITY, GZIP_LEVEL = 3, 5, 4
WEIGHT = re.compile(r"q\s*=\s*([01](?:\.[0-9]*)?)")
MOST_CODINGS = 20  # that a client may name; what follows is not read
LONGEST_KNOWN = 200  # characters of an Accept-Encoding whose meaning is remembered


def pack_zstd(body: bytes) -> bytes:
    """A body as Zstandard (RFC 8878), with its size at the front."""
    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)


def pack_brotli(body: bytes) -> bytes:
    """A body as Brotli (RFC 7932)."""
    packed: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
    return packed


def pack_gzip(body: bytes) -> bytes:
    """A body as gzip (RFC 1952), without a time in it: the same bytes always."""
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


PACKERS: Mapping[Coding, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": pack_gzip,
    "br": pack_brotli,
    "zstd": pack_zstd,
}


def pack(body: bytes, coding: Coding) -> bytes:
    """A body in a coding."""
    return PACKERS[coding](body)


def best(accepted: str | None) -> Coding:
    """The coding that a client likes best; of those it likes equally, the one that costs us least.

    What is named goes before ``*``, which stands for gzip: everything reads that.
    """
    if not accepted:
        return "identity"
    return known_best(accepted) if len(accepted) <= LONGEST_KNOWN else chosen(accepted)


def chosen(accepted: str) -> Coding:
    """The best of what an Accept-Encoding says; the body as it is when nothing of ours is taken."""
    weights = weighed(accepted)
    weights.setdefault("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    found: Coding = "identity"
    most = 0.0
    for coding in PREFERRED:
        weight = weights.get(coding, 0.0)
        if weight > most and weight >= weights.get("identity", 0.0):
            found, most = coding, weight
    return found


known_best = lru_cache(maxsize=256)(chosen)  # readers say this in a few dozen ways


def weighed(accepted: str) -> dict[str, float]:
    """The weights of an Accept-Encoding; 0 refuses, and so does what is no weight."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(",", MOST_CODINGS)[:MOST_CODINGS]:
        coding, _, rest = part.partition(";")
        stated = WEIGHT.fullmatch(rest.strip()) if rest else None
        weights[coding.strip()] = min(float(stated[1]), 1.0) if stated else 0.0 if rest else 1.0
    return weights
