"""A mail as a document: its subject, sender, date and best text, and the pictures inside it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import Any

import lxml.html

from archive.model import Picture, sha256, squeezed
from archive.reading.clean import FORBIDDEN
from archive.reading.decode import decode
from archive.reading.figures import MOST, picture
from archive.reading.layout import cut, read_blocks
from archive.reading.markup import take_head
from archive.reading.stated import Content, Stated

# What stands below is about the list or the sender, no part of the text (RFC 3676, section 4.3; mailman).
FOOTER = re.compile(r"^(?:-- ?|_{20,}|-{20,})\s*$", re.MULTILINE)
COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
PREFIX = re.compile(r"^(?:\s*(?:fwd?|fw|转发|轉寄|转)\s*[:：])+\s*", re.IGNORECASE)
Element = Any


def read_mail(body: bytes) -> Content:
    """A mail taken apart; raises ValueError when it is none."""
    mail = message_from_bytes(body, policy=policy.default)
    if not isinstance(mail, EmailMessage) or not (mail["from"] or mail["subject"] or mail["date"]):
        raise ValueError("holds no mail: it has neither a sender nor a subject nor a date")
    stated = head(mail)
    pictures = dict(inside(mail))
    kept = {name: sha256(each.body) for name, each in pictures.items()}
    best = best_part(mail)
    if best is None:
        content = Content(stated={}, html="", text="")
    elif best.get_content_type() == "text/html":
        content = take_head(flat(text_of(best), names(mail)), stated, is_alone=True, kept=kept)
    else:
        content = read_blocks(list(cut(plain_lines(best))), {}, kept)
    used = {image.file for image in content.images}
    left_out = [
        name
        for part in mail.walk()
        if part.is_attachment() and (name := file_name(part)) not in used and name
    ]
    return replace(
        content,
        stated={**content.stated, **stated},
        pictures=tuple(each for name, each in pictures.items() if name in used),
        detail=f"attachments left out: {', '.join(left_out)}" if left_out else None,
    )


def best_part(mail: EmailMessage) -> MIMEPart | None:
    """The part to read: HTML, else plain text; of a mail that is not whole the first that there is."""
    with suppress(AttributeError):  # raised for parts that were cut off
        return mail.get_body(preferencelist=("html", "plain"))
    texts = {part.get_content_type(): part for part in reversed(list(mail.walk()))}
    return texts.get("text/html") or texts.get("text/plain")


def head(mail: EmailMessage) -> Stated:
    """What the head of a mail states; its source is the list or organisation, else the sender's domain."""
    name, address = parseaddr(header(mail, "from").replace("\n", " "))
    listed = header(mail, "list-id").partition("<")[0].strip().strip('"')
    source = listed or header(mail, "organization") or address.rpartition("@")[2]
    found = {
        "title": PREFIX.sub("", header(mail, "subject")),
        "authors": name.strip("\"' "),
        "date": COMMENT.sub("", header(mail, "date")),
        "source": source,
        "guid": header(mail, "message-id"),
        "language": header(mail, "content-language"),
    }
    return {key: [value] for key, value in found.items() if value}


def header(mail: EmailMessage, name: str) -> str:
    """A line of the head in words, also where its letters are encoded wrongly or not at all."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name), "")
    parts = []
    line = re.sub(r"\r?\n\s", " ", raw)
    try:
        words = decode_header(line)
    except HeaderParseError:  # letters that only claim to be encoded
        words = [(line, None)]
    for part, charset in words:
        encoded = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        parts.append(decode(encoded, content_type=f"text/plain; charset={charset}" if charset else None))
    return squeezed("".join(parts))


def text_of(part: MIMEPart) -> str:
    """The text of a part in its stated encoding, or in the one that it is in."""
    payload = part.get_payload(decode=True)
    charset = part.get_param("charset")
    stated = f"text/plain; charset={charset}" if isinstance(charset, str) else None
    return FORBIDDEN.sub("", decode(payload if isinstance(payload, bytes) else b"", content_type=stated))


def plain_lines(part: MIMEPart) -> list[str]:
    """The lines of a plain text above its footer; lines that were only wrapped are one (RFC 3676)."""
    text = FOOTER.split(text_of(part).replace("\r\n", "\n"))[0]
    if str(part.get_param("format") or "").lower() == "flowed":
        text = re.sub(r"(?<=\S) \n(?=\S)", " ", text)
    return [line.strip() for line in text.split("\n")]


def inside(mail: EmailMessage) -> Iterator[tuple[str, Picture]]:
    """The pictures that a mail holds, by their names."""
    for count, part in enumerate(mail.walk()):
        if part.get_content_maintype() == "image" and count < MOST:
            payload = part.get_payload(decode=True)
            name = file_name(part) or part_name(part)
            kept = picture(name, payload) if isinstance(payload, bytes) else None
            if kept:
                yield name, kept


def names(mail: EmailMessage) -> dict[str, str]:
    """The names of the pictures by the addresses that the text has for them (RFC 2392)."""
    return {
        f"cid:{part_name(part)}": file_name(part) or part_name(part)
        for part in mail.walk()
        if part.get_content_maintype() == "image" and part["content-id"]
    }


def part_name(part: Any) -> str:
    """What the text calls a part."""
    return str(part["content-id"] or "picture").strip("<> ")


def file_name(part: Any) -> str:
    """The name of an attached file in words."""
    return squeezed(str(part.get_filename() or "")).replace("/", "_")


def flat(html: str, pictures: dict[str, str]) -> str:
    """HTML with what mail programs wrap around it taken off: its lines as paragraphs, without the footer."""
    tree: Element = lxml.html.document_fromstring(f"<body>{html}")
    for element in [*tree.iter("script", "style", "title")]:
        element.drop_tree()
    for element in [*tree.iter("img")]:
        source = str(element.get("src") or "")
        element.set("src", pictures.get(source, source))
    cut_footer(tree)
    for element in [*tree.iter("div", "center", "section", "article")]:
        if (
            element.find(".//div") is None
            and element.find(".//p") is None
            and element.find(".//table") is None
        ):
            element.tag = "p"
        else:
            element.drop_tag()
    body = tree.find("body")
    return (body.text or "") + "".join(lxml.html.tostring(part, encoding="unicode") for part in body)


def cut_footer(tree: Element) -> None:
    """Take off a signature and all that follows it."""
    for element in [*tree.iter()]:
        is_named = "signature" in str(element.get("class") or "")
        if is_named or FOOTER.fullmatch(str(element.text or "").strip("\r\n\t")):
            for later in [*element.itersiblings()]:
                later.drop_tree()
            if element.tag != "body":
                element.drop_tree()
            return
