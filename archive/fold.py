"""One folding for stored text, rules and queries: width, case, script, quotes and hyphens. Pure."""

from __future__ import annotations

import re
import unicodedata

from zhconv_rs import zhconv

VARIANTS = str.maketrans(
    {
        **dict.fromkeys("‘’‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»「」『』〝〞", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    }
)
# What nearly all news consists of: characters that mean the same whatever stands beside them.
ALONE = "\t\n\r -~·–—‘’“”…\u3000-\u3002\u3008-\u3011\uff01-\uff5e"
COMMON = re.compile(f"[{ALONE}\u4e00-\u9fff]*")


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case folded, simplified characters, plain quotes and hyphens."""
    return zhconv(unscripted(text), "zh-hans")


def unscripted(text: str) -> str:
    """The same but for the script, which alone looks at whole words."""
    if not text.isascii() and COMMON.fullmatch(text):  # the same in a third of the time
        return CHANGING.sub(lambda match: PLAIN[match[0]], text).casefold()
    return one_by_one(text).casefold()


def one_by_one(text: str) -> str:
    """Text in NFKC, with plain quotes and hyphens."""
    return unicodedata.normalize("NFKC", text).translate(VARIANTS)


# Of the common characters those that do not stay as they are, and what becomes of them.
PLAIN = {
    letter: one_by_one(letter)
    for letter in re.findall(f"[{ALONE}]", "".join(map(chr, range(0x10000))))
    if one_by_one(letter) != letter
}
CHANGING = re.compile(f"[{''.join(map(re.escape, PLAIN))}]")
