"""Documents as newsrooms have them: Word files, saved pages, texts, Markdown and mails, in many forms."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from html import escape
from pathlib import Path

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MARKS = re.compile(r"[\\`*_<>&\[\]#~|-]|(?<=^\d)[.)]")
KIND = "http://schemas.openxmlformats.org"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a document is to say, and in which form: what is right when it is read."""

    title: str
    paragraphs: tuple[str, ...]
    language: str
    day: date
    author: str
    source: str
    pictures: tuple[bytes, ...]
    number: int

    @property
    def is_chinese(self) -> bool:
        """Whether it is written in Chinese."""
        return self.language == "zh"

    def date(self) -> str:
        """Its date, in one of the forms of its language."""
        day = self.day
        month = MONTHS[day.month - 1]
        english = (f"{month} {day.day}, {day.year}", f"{day.day} {month} {day.year}", f"{day:%Y-%m-%d}",
                   f"{month[:3]} {day.day}, {day.year}", f"{day:%Y/%m/%d} 08:30")  # fmt: skip
        chinese = (f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d} 08:30",
                   f"{day:%Y年%m月%d日} 09:15", f"{day:%Y/%m/%d}")  # fmt: skip
        return (chinese if self.is_chinese else english)[self.number % 5]


def labelled(story: Story) -> list[str]:
    """Lines with labels, all on one line or one on each."""
    if story.is_chinese:
        lines = [f"来源：{story.source}", f"作者：{story.author}", f"日期：{story.date()}"]
        return ["　".join(lines)] if story.number % 2 else lines
    lines = [f"Date: {story.date()}", f"Source: {story.source}", f"Author: {story.author}"]
    return lines if story.number % 2 else [" | ".join(lines)]


def in_brackets(story: Story) -> list[str]:
    """Labels in the brackets that Chinese forms have; in English the names of a form."""
    if story.is_chinese:
        return [
            f"【来源】{story.source}",
            f"【作者】{story.author}",
            f"【发布时间】{story.date()}",
            "【正文】",
        ]
    return [f"Byline: {story.author}", f"Published: {story.date()}", f"Source: {story.source}", "Body:"]


def with_byline(story: Story) -> list[str]:
    """A line or two as newspapers set them."""
    if story.is_chinese:
        forms = (
            [f"{story.date()} 来源：{story.source} 作者：{story.author}"],
            [f"{story.source} {story.date()}", f"本报记者 {story.author}"],
            [f"发布时间：{story.date()} 来源：{story.source}", f"文/{story.author}"],
        )
    else:
        forms = (
            [f"By {story.author} | {story.source} | {story.date()}"],
            [f"By {story.author}, {story.source}", story.date()],
            [f"Published on {story.date()} | Source: {story.source}", f"By {story.author}"],
        )
    return forms[story.number % 3]


HEADS: Mapping[str, Callable[[Story], list[str]]] = {
    "label": labelled,
    "byline": with_byline,
    "brackets": in_brackets,
    "matter": lambda story: [],
}


def head_lines(story: Story, where: str) -> list[str]:
    """The lines below a title; where they do not state all, the source alone."""
    return HEADS[where](story) if where in HEADS else [source_line(story)]


def credit(story: Story) -> str:
    """The author in brackets at the end."""
    return f"（作者：{story.author}）" if story.is_chinese else f"(Article: {story.author})"


def source_line(story: Story) -> str:
    """The source alone."""
    return f"来源：{story.source}" if story.is_chinese else f"Source: {story.source}"


def write_text(story: Story, place: Path, where: str) -> Path:
    """A plain text; dates in ``label``, ``byline``, ``foot`` or ``name``."""
    head = head_lines(story, where)
    body = list(story.paragraphs)
    for number in range(len(story.pictures)):
        body.insert(min(number + 1, len(body)), f"{place.name}-{number}.png")
    tail = [] if where in HEADS else [credit(story)]
    tail += [story.date()] if where == "foot" else []
    path = place.with_name(place.name + ".txt")
    lines = [story.title, *head, "", *(line for part in [*body, *tail] for line in (part, ""))]
    encoding = "gb18030" if story.is_chinese and story.number % 4 == 1 else "utf-8"
    path.write_bytes("\n".join(lines).encode(encoding))
    for number, body_of_picture in enumerate(story.pictures):
        path.with_name(f"{place.name}-{number}.png").write_bytes(body_of_picture)
    return path


def write_markdown(story: Story, place: Path, where: str) -> Path:
    """Markdown with front matter, its pictures in a folder."""
    body = list(story.paragraphs)
    folder = place.with_name("pictures")
    for number, picture in enumerate(story.pictures):
        folder.mkdir(exist_ok=True)
        (folder / f"{place.name} {number}.png").write_bytes(picture)
        body.insert(number + 1, f"![](pictures/{place.name}%20{number}.png)")
    matter = (
        f"title: {quoted(story.title)}\ndate: {story.day}\nauthor: {story.author}\nsource: {story.source}"
    )
    path = place.with_name(place.name + ".md")
    text = "\n\n".join(part if part.startswith("![") else MARKS.sub(r"\\\g<0>", part) for part in body)
    path.write_text(f"---\n{matter}\nlang: {story.language}\n---\n\n{text}\n", encoding="utf-8")
    return path


def quoted(text: str) -> str:
    """A value of front matter in quotes."""
    return '"' + text.replace('"', '\\"') + '"'


def write_page(story: Story, place: Path, where: str) -> Path:
    """A page as a browser saves it; its date where ``where`` says."""
    path = place.with_name(place.name + ".html")
    folder = place.with_name(place.name + "_files")
    for number, picture in enumerate(story.pictures):
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.png").write_bytes(picture)
    if story.pictures:
        (folder / "site.css").write_text("p{}")
    blocks = [f"<p>{escape(part, quote=False)}</p>" for part in story.paragraphs]
    for number in range(len(story.pictures)):
        shown = f'<img src="./{place.name}_files/{number}.png" alt="">'
        blocks.insert(number + 1, f"<p>{shown}</p>" if story.is_chinese else f"<figure>{shown}</figure>")
    path.write_text(page(story, blocks, where, place.name), encoding="utf-8")
    return path


def page(story: Story, blocks: Sequence[str], where: str, name: str) -> str:
    """The markup of a page, in the manner of sites of its language."""
    lines = head_lines(story, where)
    facts = "".join(f"<span>{escape(line)}</span> " for line in lines)
    if where == "time":
        facts += f'<time datetime="{story.day}T08:30:00+08:00">{story.date()}</time>'
    head = head_of(story, where, name)
    title, text = escape(story.title, quote=False), "\n".join(blocks)
    if story.is_chinese:
        links = "".join(f"<li><a href='/{n}'>{n}频道</a></li>" for n in ("时政", "国际", "社会", "文化"))
        return (
            f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">{head}</head><body>'
            '<div class="nav"><ul>'
            f"{links}</ul></div><div class='wrap'><h1 class='title'>{title}</h1>"
            f"<div class='info'>{facts}</div>"
            f"<div class='TRS_Editor'>{text}</div><div class='share'>分享到 微信 微博</div></div>"
            "<div class='footer'>主办单位：北京市人民政府 京ICP备05060933号 联系我们</div></body></html>"
        )
    author = (
        ""
        if where in ("label", "byline", "jsonld", "meta", "gov")
        else f"<p class='byline'>By {story.author}</p>"
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body><header><nav>'
        "<a href='/'>Home</a> <a href='/world'>World</a> <a href='/sport'>Sport</a></nav></header>"
        "<main><article>"
        f"<h1>{title}</h1>{author}<div class='meta'>{facts}</div>{text}</article>"
        "<aside><h3>Most read</h3><ul><li><a href='/1'>Ten things to know today</a></li>"
        "<li><a href='/2'>Weather for the week</a></li></ul></aside>"
        "</main><footer>Contact us. All rights reserved.</footer></body></html>"
    )


def head_of(story: Story, where: str, name: str) -> str:
    """The head of a page."""
    lines = [
        f"<title>{escape(story.title)}{'_' if story.is_chinese else ' | '}{escape(story.source)}</title>"
    ]
    if where in ("meta", "url", "time", "jsonld"):
        lines.append(f'<meta name="author" content="{escape(story.author)}">')
        lines.append(f'<meta property="og:site_name" content="{escape(story.source)}">')
    if where == "meta":
        lines.append(f'<meta property="article:published_time" content="{story.day}T08:30:00+08:00">')
    if where == "url":
        lines.append(f'<link rel="canonical" href="https://news.example/{story.day:%Y/%m/%d}/{name}.html">')
    if where == "gov":
        for name_of_meta, value in (
            ("ArticleTitle", story.title), ("PubDate", f"{story.day} 08:30"), ("ContentSource", story.source),
            ("Author", story.author),
        ):  # fmt: skip
            lines.append(f'<meta name="{name_of_meta}" content="{escape(value)}">')
    if where == "jsonld":
        lines.append(
            '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
            f'"headline":"{escape(story.title)}","datePublished":"{story.day}T08:30:00+08:00"}}</script>'
        )
    return "".join(lines)


def write_word(story: Story, place: Path, where: str) -> Path:
    """A Word file; its date where ``where`` says, its title in five manners."""
    manner = ("style", "heading", "centred", "large", "plain")[story.number % 5]
    head = head_lines(story, where)
    parts = [title_paragraph(story.title, manner), *map(paragraph, head)]
    for number, text in enumerate(story.paragraphs):
        parts.append(paragraph(text))
        if number < len(story.pictures):
            parts.append(picture_paragraph(number))
    parts += [paragraph(credit(story))] if where not in HEADS else []
    parts += [paragraph(story.date())] if where == "foot" else []
    core_title = ("", "Microsoft Word - 新建文档.doc", story.title, "文档1")[story.number % 4]
    created = story.day if where == "core" else date(2026, 1, 5)
    path = place.with_name(place.name + ".docx")
    path.write_bytes(word_file("".join(parts), core(core_title, created), story.pictures))
    return path


def title_paragraph(title: str, manner: str) -> str:
    """A title in one of the manners in which people set them."""
    style = {"style": '<w:pStyle w:val="Title"/>', "heading": '<w:pStyle w:val="Heading1"/>'}.get(manner, "")
    middle = '<w:jc w:val="center"/>' if manner == "centred" else ""
    run = {"centred": '<w:rPr><w:b/><w:sz w:val="44"/></w:rPr>', "large": '<w:rPr><w:sz w:val="44"/></w:rPr>'}
    return (
        f"<w:p><w:pPr>{style}{middle}</w:pPr><w:r>{run.get(manner, '')}<w:t xml:space='preserve'>"
        f"{escape(title, quote=False)}</w:t></w:r></w:p>"
    )


def paragraph(text: str) -> str:
    """A paragraph of a Word file."""
    words = f'<w:t xml:space="preserve">{escape(text, quote=False)}</w:t>'
    return f'<w:p><w:r><w:rPr><w:sz w:val="24"/></w:rPr>{words}</w:r></w:p>'


def picture_paragraph(number: int) -> str:
    """A paragraph with a picture."""
    drawing, wp = f"{KIND}/drawingml/2006/main", f"{KIND}/drawingml/2006/wordprocessingDrawing"
    return (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{wp}">'
        f'<wp:docPr id="{number + 1}" name="Picture {number}" descr=""/>'
        f'<a:graphic xmlns:a="{drawing}"><a:graphicData>'
        f'<pic:pic xmlns:pic="{KIND}/drawingml/2006/picture"><pic:blipFill>'
        f'<a:blip xmlns:r="{KIND}/officeDocument/2006/relationships" r:embed="rId{number + 10}"/>'
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def core(title: str, created: date) -> str:
    """The properties of a Word file, of which only the date may say something."""
    return (
        f'<c:coreProperties xmlns:c="{KIND}/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>Administrator</dc:creator>"
        f"<t:created>{created}T08:30:00Z</t:created></c:coreProperties>"
    )


def word_file(body: str, properties: str, pictures: Sequence[bytes] = ()) -> bytes:
    """A small Word file: the parts that the format demands, and the pictures."""
    relations, space = f"{KIND}/officeDocument/2006/relationships", f"{KIND}/wordprocessingml/2006/main"
    links = "".join(
        f'<Relationship Id="rId{number + 10}" Type="{relations}/image" Target="media/{number}.png"/>'
        for number in range(len(pictures))
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/></w:style>'
        for id, name in (("Title", "Title"), ("Heading1", "heading 1"))
    )
    parts: Mapping[str, str] = {
        "[Content_Types].xml": f'<Types xmlns="{KIND}/package/2006/content-types"><Default Extension="xml"'
        f' ContentType="{MAIN}"/><Default Extension="png" ContentType="image/png"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{KIND}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{KIND}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/styles" Target="styles.xml"/>{links}</Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{space}">{styles}</w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
        "docProps/core.xml": properties,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for number, picture in enumerate(pictures):
            archive.writestr(f"word/media/{number}.png", picture)
    return file.getvalue()


def png(number: int) -> bytes:
    """A picture of one dot, each number another."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" + number.to_bytes(3, "big"))),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def write_mail(story: Story, place: Path, where: str) -> Path:
    """A mail with its pictures inside, and a signature."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Organization"] = (
        f'"{story.author}" <a@b.example>',
        story.title,
        story.source,
    )
    mail["Date"] = f"{story.day:%d} {MONTHS[story.day.month - 1][:3]} {story.day.year} 09:30:00 +0800"
    blocks = [f"<div>{escape(part)}</div>" for part in story.paragraphs]
    for number in range(len(story.pictures)):
        blocks.insert(number + 1, f'<div><img src="cid:{number}@a"></div>')
    mail.set_content("\n\n".join(story.paragraphs))
    mail.add_alternative(
        f"<html><body>{''.join(blocks)}<div>-- <br>{story.author}</div></body></html>", subtype="html"
    )
    for number, picture in enumerate(story.pictures):
        html = list(mail.iter_parts())[1]
        html.add_related(picture, "image", "png", cid=f"<{number}@a>", filename=f"{number}.png")
    path = place.with_name(place.name + ".eml")
    path.write_bytes(bytes(mail))
    return path


Writer = Callable[[Story, Path, str], Path]
# Every kind of document with every place where its date may stand.
FORMS: Sequence[tuple[Writer, str]] = (
    *((write_word, where) for where in ("label", "byline", "foot", "core", "name")),
    *((write_page, where) for where in ("meta", "jsonld", "time", "label", "byline", "url", "gov")),
    *((write_text, where) for where in ("label", "byline", "foot", "name", "brackets")),
    (write_markdown, "matter"),
    (write_mail, "head"),
)
