"""One folding for stored text, rules and queries: width, case, script, quotes and hyphens. Pure."""

from __future__ import annotations

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


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case folded, simplified characters, plain quotes and hyphens."""
    return zhconv(unscripted(text), "zh-hans")


def unscripted(text: str) -> str:
    """The same but for the script, which alone looks at whole words."""
    return unicodedata.normalize("NFKC", text).translate(VARIANTS).casefold()
