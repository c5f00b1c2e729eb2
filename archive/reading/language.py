"""The language and script of a text, by its own letters; what is declared decides only the rest. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

SAMPLE = 2_000
UNKNOWN = "und"
ADDRESSES = re.compile(r"(?:https?://|www\.)\S+")
NON_ASCII = re.compile("[^\x00-\x7f]+")
HANZI = re.compile("[\u3400-\u9fff]+")
MOST_HANZI = re.compile("[\u4e00-\u9fff]+")
NOT_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
WORDS = re.compile("[a-z']+")
# ISO 639-1. A feed that says "xx" or "us" has said nothing.
CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz "
    "ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln "
    "lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi "
    "pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti "
    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
TWO_LETTERS = frozenset(CODES.split())
# Countries and varieties said for languages.
MEANT = {
    "yue": "zh",
    "cmn": "zh",
    "wuu": "zh",
    "cn": "zh",
    "jp": "ja",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "ua": "uk",
}
NO_LANGUAGE = frozenset(("", "und", "mul", "zxx", "euc", "utf", "iso", "gbk", "big"))
TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
HANT_REGIONS = frozenset({"tw", "hk", "mo", "hant"})
HANS_REGIONS = frozenset({"cn", "sg", "my", "hans"})

# Where each script begins; letters of no script here count as nothing.
BLOCKS: tuple[tuple[int, str], ...] = (
    *((0x00, ""), (0xC0, "Latn"), (0x250, ""), (0x370, "Grek"), (0x400, "Cyrl"), (0x530, "Armn")),
    *((0x590, "Hebr"), (0x600, "Arab"), (0x700, ""), (0x750, "Arab"), (0x780, ""), (0x900, "Deva")),
    *((0x980, "Beng"), (0xA00, "Guru"), (0xA80, "Gujr"), (0xB00, "Orya"), (0xB80, "Taml")),
    *((0xC00, "Telu"), (0xC80, "Knda"), (0xD00, "Mlym"), (0xD80, "Sinh"), (0xE00, "Thai")),
    *((0xE80, "Laoo"), (0xF00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang")),
    *((0x1200, "Ethi"), (0x13A0, ""), (0x1780, "Khmr"), (0x1800, ""), (0x1E00, "Latn"), (0x1F00, "Grek")),
    *((0x2000, ""), (0x3041, "Kana"), (0x3100, ""), (0x3130, "Hang"), (0x3190, ""), (0x31F0, "Kana")),
    *((0x3200, ""), (0x3400, "Hani"), (0x4DC0, ""), (0x4E00, "Hani"), (0xA000, ""), (0xAC00, "Hang")),
    *((0xD7B0, ""), (0xF900, "Hani"), (0xFB00, ""), (0xFF66, "Kana"), (0xFFA0, ""), (0x20000, "Hani")),
    (0x323B0, ""),
)
STARTS = [start for start, _ in BLOCKS]
# The languages written in a script; the first is proven by the script alone, unless it is "und". A good
# part of the text is enough where one of them is declared: names of products are Latin everywhere.
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "Grek": ("el",),
    "Cyrl": ("und", "ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "uz", "tt", "ba", "cv", "os"),
    "Armn": ("hy",),
    "Hebr": ("he", "yi"),
    "Arab": ("und", "ar", "fa", "ur", "ps", "ug", "ckb", "sd", "ku"),
    "Deva": ("und", "hi", "mr", "ne", "sa", "mai", "kok"),
    "Beng": ("bn", "as"),
    "Guru": ("pa",),
    "Gujr": ("gu",),
    "Orya": ("or",),
    "Taml": ("ta",),
    "Telu": ("te",),
    "Knda": ("kn",),
    "Mlym": ("ml",),
    "Sinh": ("si",),
    "Thai": ("th",),
    "Laoo": ("lo",),
    "Tibt": ("bo", "dz"),
    "Mymr": ("my",),
    "Geor": ("ka",),
    "Ethi": ("am", "ti"),
    "Khmr": ("km",),
    "Hang": ("ko",),
    "Kana": ("ja",),
    "Hani": ("zh",),
}
# The other way round: the scripts that a language is written in, where they are not Latin.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    tag: tuple(script for script, tags in WRITTEN.items() if tag in tags)
    for tag in {tag for tags in WRITTEN.values() for tag in tags}
}
# The alphabets that share the Cyrillic script, each after the letters of it that tell it from its neighbours.
CYRILLIC = re.compile("[\u0400-\u052f]+")
ALPHABETS: Mapping[str, tuple[str, str]] = {
    "ru": ("ыэё", "абвгдежзийклмнопрстуфхцчшщъьюя"),
    "uk": ("їєґ", "абвгдежзиійклмнопрстуфхцчшщьюя"),
    "be": ("ў", "абвгдеёжзійклмнопрстуфхцчшыьэюя"),
    "bg": ("ъ", "абвгдежзийклмнопрстуфхцчшщьюя"),
    "sr": ("ђћ", "абвгдежзијклљмнњопрстуфхцчџш"),
    "mk": ("ѓќѕ", "абвгдежзијклљмнњопрстуфхцчџш"),
}
ENOUGH_CYRILLIC = 60
NOT_LATIN = frozenset(tag for tags in WRITTEN.values() for tag in tags) - {"sr", "uz", "ku", "tt", "kk"}
# Words that make a text English: frequent there, and not words of another language we meet.
ENGLISH_WORDS = """
    the of and to that with from this which their they there these have has been were would could should will
    you your what when where who how why about into than then our his her its it's don't can't after before
    because through between while being does did not but just more most some such other first only over out
"""
ENGLISH = frozenset(ENGLISH_WORDS.split())
# Words as frequent there that others have as well: they only add to what some of the above prove.
SHARED_WORDS = """
    a all an are as at be by for get he if in is it may my new no on one or she so two up we
"""
SHARED = frozenset(SHARED_WORDS.split())


def language_of(text: str, *, declared: str | None = None) -> str:
    """The BCP 47 primary tag of a text, or ``und``; never English without proof or declaration."""
    stated = primary(declared)
    sample = text[:SAMPLE]
    if "://" in sample or "www." in sample:
        sample = ADDRESSES.sub(" ", sample)
    scripts = scripts_of(sample)
    total = scripts.total()
    if not total:
        return stated or UNKNOWN
    east_asian = of_east_asia(scripts, total, stated)
    if east_asian:
        return east_asian
    if any(scripts[script] >= 0.1 * total for script in SCRIPTS.get(stated or "", ())):
        return stated or UNKNOWN
    script, _ = scripts.most_common(1)[0]
    if script == "Latn":
        return of_latin(sample, stated)
    if script not in WRITTEN:
        return stated or UNKNOWN
    return of_cyrillic(sample) if script == "Cyrl" else WRITTEN[script][0]


@lru_cache(64)
def primary(declared: str | None) -> str | None:
    """The primary tag that is declared, such as ``zh`` of ``zh_CN.UTF-8``; None for none, or for ``und``."""
    match = TAG.match((declared or "").strip())
    tag = match[1].lower() if match else ""
    tag = MEANT.get(tag, tag)
    # Two letters must be a language; three mostly are, but for words such as the EUC of EUC-JP.
    return None if tag in NO_LANGUAGE or (len(tag) == 2 and tag not in TWO_LETTERS) else tag


def scripts_of(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    found: Counter[str] = Counter()
    if not text.isascii():
        others = "".join(NON_ASCII.findall(text))
        letters = MOST_HANZI.sub("", others)
        for letter, count in Counter(letters).items():
            found[script_of_letter(letter)] += count
        found["Hani"] += len(others) - len(letters)
        found = +found
        del found[""]
    if latin := len(text.encode("ascii", "ignore").translate(None, NOT_LETTERS)):
        found["Latn"] += latin
    return found


@lru_cache(8_192)
def script_of_letter(letter: str) -> str:
    """The script of a letter; empty for what counts as none."""
    return BLOCKS[bisect_right(STARTS, ord(letter)) - 1][1]


def of_east_asia(scripts: Mapping[str, int], total: int, stated: str | None) -> str | None:
    """Chinese, Japanese or Korean, if a text is mostly that, or a good part of it and declared to be."""
    hanzi, kana, hangul = (scripts.get(name, 0) for name in ("Hani", "Kana", "Hang"))
    least = 0.1 if stated in ("zh", "ja", "ko") else 0.3
    if hanzi + kana + hangul <= least * total:
        return None
    if hangul > hanzi + kana:
        return "ko"
    if kana > 0.1 * (hanzi + kana):
        return "ja"
    # A title of Japanese may have no kana; a text always has.
    return "ja" if stated == "ja" and hanzi < 30 and not kana else "zh"


def of_latin(text: str, stated: str | None) -> str:
    """A language in Latin letters: English by its words, else what is declared, if it can be."""
    words = WORDS.findall(text.lower())
    proven = list(filter(ENGLISH.__contains__, words))
    share = len(proven) / max(1, len(words))
    if stated is None or stated in NOT_LATIN:
        return "en" if share >= 0.1 or is_likely_english(words, proven) else UNKNOWN
    if stated != "en":
        return "en" if len(words) >= 12 and share >= 0.2 else stated
    return UNKNOWN if len(words) >= 60 and share < 0.03 else "en"


def is_likely_english(words: Sequence[str], proven: Sequence[str]) -> bool:
    """Whether few words of English alone, but several, stand among many that it shares with others."""
    shared = list(filter(SHARED.__contains__, words))
    several = len(set(proven)) >= 2 and len(set(shared)) >= 3
    return several and len(proven) >= 0.05 * len(words) and len(proven) + len(shared) >= 0.2 * len(words)


def of_cyrillic(text: str) -> str:
    """The language in Cyrillic letters whose alphabet, and no other, the letters of a text are."""
    letters = Counter("".join(CYRILLIC.findall(text.lower())))
    total = letters.total()
    if total < ENOUGH_CYRILLIC:
        return UNKNOWN
    proven = [
        tag
        for tag, (own, shared) in ALPHABETS.items()
        if sum(letters[each] for each in own) >= 0.003 * total
        and sum(letters[each] for each in own + shared) >= 0.99 * total
    ]
    return proven[0] if len(proven) == 1 else UNKNOWN


def script_of(text: str, *, declared: str | None = None) -> str | None:
    """``Hans`` or ``Hant``, by the characters that only one of the two standards has; else as declared."""
    sample = "".join(HANZI.findall(text[:SAMPLE]))
    simplified = in_charset(sample, "gb2312")
    traditional = in_charset(sample, "big5")
    only_simplified = len(simplified) - len(in_charset(simplified, "big5"))
    only_traditional = len(traditional) - len(in_charset(traditional, "gb2312"))
    if only_simplified != only_traditional:
        return "Hans" if only_simplified > only_traditional else "Hant"
    parts = {*re.split("[-_]", (declared or "").lower())}
    if parts & HANT_REGIONS:
        return "Hant"
    return "Hans" if parts & HANS_REGIONS else None


def in_charset(text: str, charset: str) -> str:
    """The characters of a text that a charset has."""
    return text.encode(charset, "ignore").decode(charset)
