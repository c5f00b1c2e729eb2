"""Bytes as text, whatever they claim to be. Pure; never raises, and knows no codec but charsets."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

# Charsets that the web knows. Python would also "decode" punycode, zlib or rot13 when a document asks for it.
CHARSETS = frozenset(
    {
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5hkscs", "euc_jp", "cp932"),
        *("iso2022_jp", "iso2022_jp_2", "iso2022_kr", "hz", "cp949", "johab", "koi8-r", "koi8-u", "koi8-t"),
        *("cp437", "cp850", "cp852", "cp855", "cp866", "cp874", "mac-roman", "mac-cyrillic", "ptcp154"),
        *(f"cp{number}" for number in range(1250, 1259)),
        *(f"iso8859-{number}" for number in (*range(2, 12), *range(13, 17))),
    }
)
# What is declared under the first name is in truth written in the second, larger one.
LARGER = {
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "big5": "big5hkscs",
    **dict.fromkeys(("tis-620", "iso8859-11"), "cp874"),
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Any bytes at all are valid here, so that a declaration proves nothing.
LATIN = frozenset({"cp1252", "iso8859-15"})
NAMES = {"gb_2312-80": "gb2312", "windows-874": "cp874", "windows-31j": "cp932", "ks_c_5601-1987": "cp949"}
SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_jp_2", "iso2022_kr", "hz"})
MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
XML_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
NON_ASCII = re.compile("[^\x00-\x7f]+")
HIGH = bytes(range(0x80, 0x100))
LOST = "\ufffd"
# Lost characters to bytes that are not ASCII: one in fifty is damage, more is another charset.
DAMAGE = 0.02
COMMON_HANZI = 0.93
# Windows-1252 with the five bytes that it leaves open, as all who decode it in practice take them.
WINDOWS = codecs.charmap_build(
    "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
)
# What accented letters look like when encoded twice, and what comes out when Chinese was. Where only
# quotes or other scripts would change, a text is left as it is stated, which is how all others show it.
TELLING = re.compile("Ã[\x80-\xbf]")
ENCODED_TWICE = 3  # letters fewer
EASTERN = re.compile("[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
SAMPLE = 512 << 10
SAMPLE_OF_STATISTICS = 64 << 10


def decode(body: bytes, *, content_type: str | None) -> str:
    """The text of a document: by its mark, as UTF-8, as declared, by what it holds, in this order.

    Declarations are believed only as far as the bytes bear them out: servers say Latin-1 about everything,
    and one bad byte must not turn a Chinese page into Latin letters.
    """
    return encoded_once(read(body, content_type))


def read(body: bytes, content_type: str | None) -> str:
    """The text of a document in the charset that fits it best."""
    for mark, charset in MARKS:
        if body.startswith(mark):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    stated = [*declared(body, content_type)]
    if any(charset in SEVEN_BIT for charset in stated) and (text := first_whole(body, stated)) is not None:
        return text
    for text in readings(body, stated):
        if text is not None:
            return text
    return body.decode("cp1252", "replace")


def encoded_once(text: str) -> str:
    """A text that was encoded as UTF-8 twice, from end to end, as it was before the second time."""
    if text.isascii():
        return text
    for table in (None, WINDOWS):
        try:
            plain = codecs.charmap_encode(text, "strict", table)[0].decode()
        except UnicodeError:
            continue
        is_told = TELLING.search(text) or EASTERN.search(plain)
        return plain if is_told and len(text) - len(plain) >= ENCODED_TWICE else text
    return text


def readings(body: bytes, stated: Sequence[str]) -> Iterator[str | None]:
    """The ways of reading some bytes, best first; None where the bytes speak against it."""
    eloquent = [charset for charset in stated if charset not in LATIN]
    yield first_whole(body, ["utf-8"])
    yield first_whole(body, eloquent)
    yield nearly_whole(body, [*eloquent, "utf-8"])
    yield by_hanzi(body)
    yield first_whole(body, stated)
    yield by_statistics(body)


def declared(body: bytes, content_type: str | None) -> Iterator[str]:
    """The charsets that a document and its sender declare, in the larger form of each."""
    found = [XML_DECLARATION.search(body[:400]), META.search(body[:2048])]
    names = [match[1].decode("ascii", "replace") for match in found if match]
    if header := HEADER.search(content_type or ""):
        names.append(header[1])
    yield from filter(None, map(charset_of, names))


def charset_of(name: str) -> str | None:
    """The charset that a name means, if it is one."""
    try:
        plain = codecs.lookup(NAMES.get(name.lower(), name.lower().removeprefix("x-"))).name
    except (LookupError, ValueError):
        return None
    charset = LARGER.get(plain, plain)
    return charset if charset in CHARSETS else None


def first_whole(body: bytes, charsets: Sequence[str]) -> str | None:
    """The bytes in the first charset that reads them without a fault."""
    for charset in charsets:
        try:
            return body.decode(charset)
        except UnicodeError:
            continue
    return None


def nearly_whole(body: bytes, charsets: Sequence[str]) -> str | None:
    """The bytes in the first charset that loses hardly anything."""
    for charset in charsets:
        text = body.decode(charset, "replace")
        if 0 < text.count(LOST) <= max(1, DAMAGE * high(body)) and high(body) > 4 * text.count(LOST):
            return text
    return None


def high(body: bytes) -> int:
    """How many bytes are not ASCII."""
    return len(body) - len(body.translate(None, HIGH))


def by_hanzi(body: bytes) -> str | None:
    """Chinese that says so only by its characters: nearly all of them must be among the common ones."""
    sample = body[:SAMPLE]
    readings = ((charset, sample.decode(charset, "replace")) for charset in ("gb18030", "big5hkscs"))
    scored = [
        (score, charset) for charset, text in readings if (score := oddity(text, high(sample))) is not None
    ]
    return body.decode(min(scored)[1], "replace") if scored else None


def oddity(text: str, size: int) -> float | None:
    """How odd a reading as Chinese looks; None when it is none. ``size`` is that of what is not ASCII."""
    letters = Counter("".join(NON_ASCII.findall(text)))
    hanzi = sum(count for letter, count in letters.items() if "\u4e00" <= letter <= "\u9fff")
    common = sum(count for letter, count in letters.items() if letter in daily_hanzi())
    lost = letters[LOST]
    if hanzi < 4 or common < COMMON_HANZI * hanzi or lost > DAMAGE * size + 1 or 2 * hanzi < 0.55 * size:
        return None
    private = sum(count for letter, count in letters.items() if "\ue000" <= letter <= "\uf8ff")
    return (20 * lost + 5 * private + 3 * (hanzi - common)) / letters.total()


@cache
def daily_hanzi() -> frozenset[str]:
    """The hanzi in daily use, of both scripts: level 1 of GB 2312 and of Big5."""
    simplified = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    traditional = (
        bytes((row, cell)) for row in range(0xA4, 0xC7) for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    )
    return frozenset(
        "".join(pair.decode("gb2312", "ignore") for pair in simplified)
        + "".join(pair.decode("big5", "ignore") for pair in traditional)
    )


def by_statistics(body: bytes) -> str | None:
    """What chardet believes, for undeclared Japanese, Korean and Cyrillic; slow to load, so asked last."""
    import chardet

    guess = chardet.detect(body[:SAMPLE_OF_STATISTICS])["encoding"]
    charset = charset_of(guess) if guess else None
    return first_whole(body, [charset]) if charset else None
