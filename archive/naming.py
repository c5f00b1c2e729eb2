"""What a source is called: its id, its title, the names of its family. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from archive.model import Document, Source, sha256, squeezed

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LONGEST_ID = 64
# Publishers known by a name in each language: their sources form one family.
FAMILIES: Mapping[str, tuple[str, str]] = {
    "beijing-daily": ("Beijing Daily", "北京日报"),
    "beijing-foreign-affairs-office": ("Beijing Foreign Affairs Office", "北京市人民政府外事办公室"),
    "bbc-news": ("BBC News", "BBC中文"),
    "caixin": ("Caixin", "财新"),
    "cctv": ("CCTV", "央视"),
    "cctv-news": ("CCTV News", "央视新闻"),
    "cgtn": ("CGTN", "中国国际电视台"),
    "china-daily": ("China Daily", "中国日报"),
    "china-news-service": ("China News Service", "中国新闻社"),
    "economic-daily": ("Economic Daily", "经济日报"),
    "financial-times": ("Financial Times", "FT中文网"),
    "global-times": ("Global Times", "环球时报"),
    "guangming-daily": ("Guangming Daily", "光明日报"),
    "new-york-times": ("The New York Times", "纽约时报"),
    "peoples-daily": ("People's Daily", "人民日报"),
    "reuters": ("Reuters", "路透社"),
    "south-china-morning-post": ("South China Morning Post", "南华早报"),
    "syndicate-samples": ("Syndicate samples", "新闻档案样例"),
    "the-paper": ("The Paper", "澎湃新闻"),
    "xinhua": ("Xinhua", "新华社"),
    "xinhua-net": ("Xinhuanet", "新华网"),
}
FAMILY_OF = {name.casefold(): family for family, names in FAMILIES.items() for name in names}


def slug(text: str) -> str:
    """Text as an id: lower-case letters, digits and hyphens, Chinese by its pinyin; may be empty."""
    if re.search(r"[\u3400-\u9fff]", text):
        from pypinyin import lazy_pinyin

        text = " ".join(lazy_pinyin(text))
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def source_id(text: str, identity: str) -> str:
    """A readable id; what does not fit, or leaves nothing readable, is told apart by a hash."""
    readable = slug(text)
    if readable and len(readable) <= LONGEST_ID:
        return readable
    digest = sha256(identity.encode())[:12]
    return f"{readable[: LONGEST_ID - 13].rstrip('-')}-{digest}".lstrip("-")


def identify(document: Document, *, stated: str | None, name: str) -> Source:
    """The source of an input: as a person says, else its address, else site and title, else its name."""
    if stated is not None:
        id = stated if ID.fullmatch(stated) else source_id(stated, stated)
        title = document.title or document.source_name or stated
        source = Source(id=id, identity=f"id {id}", title=title)
    elif document.source_name:
        family = FAMILY_OF.get(document.source_name.casefold())
        id = source_id(document.source_name, document.source_name)
        if family and document.source_name == FAMILIES[family][0]:
            id = family
        source = Source(id=id, identity=f"name {id}", title=document.source_name)
    elif document.self_url:
        source = Source(
            id=source_id(without_scheme(document.self_url), document.self_url),
            identity=f"url {without_scheme(document.self_url)}",
            title=document.title or urlsplit(document.self_url).netloc,
            url=document.self_url,
        )
    elif document.site_url or document.title:
        identity = f"{without_scheme(document.site_url or '')} {document.title or ''}".strip()
        source = Source(
            id=source_id(identity, identity), identity=f"site {identity}", title=document.title or identity
        )
    else:
        source = Source(id=source_id(name, name), identity=f"file {name}", title=name)
    return described(source, document)


def described(source: Source, document: Document) -> Source:
    """A source with what its document says about it, and the names of its family."""
    title = squeezed(source.title)
    family = FAMILY_OF.get(title.casefold())
    names = FAMILIES[family] if family else (None, None)
    return replace(
        source,
        title=title,
        site_url=document.site_url,
        language=document.language,
        rights=document.rights,
        family=family,
        name_en=names[0],
        name_zh=names[1],
    )


def without_scheme(url: str) -> str:
    """An address without its scheme and password: a feed that moves to https stays the same source."""
    return re.sub(r"^https?://", "", without_password(url), flags=re.IGNORECASE)


def without_password(url: str) -> str:
    """An address as it may be shown: the name and password to read it with are between us and its server."""
    return re.sub(r"^(https?://)[^/?#@]*@", r"\1", url.strip(), flags=re.IGNORECASE)
