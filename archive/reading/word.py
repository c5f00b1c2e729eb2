"""Word files. The only module that knows mammoth."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from statistics import median
from typing import Any

import lxml.etree

from archive.model import Picture, sha256, squeezed
from archive.reading.figures import MOST, picture
from archive.reading.heads import FURNITURE, facts
from archive.reading.layout import END_OF_SENTENCE
from archive.reading.markup import take_head
from archive.reading.stated import Content, Stated

LARGEST_UNPACKED = 200 << 20
CORE = "docProps/core.xml"
# Those of the dates only the first that is there is looked at, and only when nothing else says the date.
PROPERTIES: Mapping[str, str] = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "authors",
    "{http://purl.org/dc/elements/1.1/}language": "language",
    "{http://purl.org/dc/terms/}created": "created",
    "{http://purl.org/dc/terms/}modified": "created",
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords": "categories",
}
STYLES = "\n".join(
    f"p[style-name='{name}'] => {tag}:fresh"
    for name, tag in (
        *(("Title", "h1"), ("标题", "h1"), ("Subtitle", "p"), ("副标题", "p")),
        *((f"标题 {level}", f"h{level}") for level in (1, 2, 3)),
    )
)
TITLE_STYLES = frozenset({"title", "标题", "heading 1", "标题 1", "heading 2", "标题 2"})
# What programs write into the properties of a file that nobody gave a title or an author.
NO_TITLE = re.compile(
    r"microsoft word\s*-.*|.*\.(docx?|wps|rtf|odt|dotx?|txt)"
    r"|((word )?document|文档|文件|新建.*文档|未命名|无标题|untitled)\s*\d*"
    r"|.*(模板|template|范文|word\s*文档).*|powerpoint.*|\W*|标题|title",
    re.IGNORECASE,
)
NO_AUTHOR = re.compile(
    r"(microsoft|微软|windows|office|lenovo|联想|admin\w*|user\w*|用户|dell|hp|acer|asus|thinkpad|guest|author|作者|unknown"
    r"|python-docx|apache poi|un-named|wps\w*|pc|apple|mac|home|\W)[\w\s.-]*|\d+",
    re.IGNORECASE,
)
# What the template of a library says that writes Word files, and all files made with it.
OF_TEMPLATE = re.compile(r"2013-12-23T23:15:00Z")
LARGE = 18  # points, where nothing says how large the rest is
LONGEST_TITLE = 300
LONGEST_PLAIN = 120
Part = Any


def read_word(body: bytes) -> Content:
    """A Word file with its pictures. Raises ValueError when it is none."""
    import mammoth

    properties = read_properties(body)
    pictures: dict[str, Picture] = {}
    numbers = iter(range(1, 1 << 20))

    def name(image: Any) -> dict[str, str]:
        kind = str(image.content_type or "image/png").partition("/")[2].removeprefix("x-")
        called = f"picture-{next(numbers)}.{kind}"
        if len(pictures) < MOST and (kept := picture(called, content(image))):
            pictures[called] = kept
        return {"src": called}

    found = mammoth.convert_to_html(
        BytesIO(body),
        style_map=STYLES,
        convert_image=mammoth.images.img_element(name),
        transform_document=with_title,
    )
    kept = {called: sha256(each.body) for called, each in pictures.items()}
    text = take_head(str(found.value), {}, is_alone=True, kept=kept)
    return stated(text, properties, tuple(pictures.values()))


def content(image: Any) -> bytes:
    """The bytes of a picture inside the file; none of one that lies elsewhere."""
    with suppress(ValueError, KeyError, OSError, zipfile.BadZipFile, zlib.error), image.open() as file:
        return bytes(file.read())
    return b""


def stated(text: Content, properties: Stated, pictures: tuple[Picture, ...]) -> Content:
    """What a file states in its text, and where that says nothing, in its properties."""
    doubts = []
    by_people = {
        key: [each for each in values if not is_made_up(key, each)] for key, values in properties.items()
    }
    known = {key: values for key, values in by_people.items() if values}
    if (
        known.get("title")
        and text.stated.get("title")
        and not same(known["title"][0], text.stated["title"][0])
    ):
        doubts.append(f"two titles: the file's properties say {known['title'][0]!r}")
    elif known.get("title") and not text.stated.get("title"):
        doubts.append("title from the file's properties only")
    if known.get("authors") and not text.stated.get("authors"):
        doubts.append("author from the file's properties only")
    return replace(text, stated={**known, **text.stated}, pictures=pictures, doubts=(*text.doubts, *doubts))


def is_made_up(key: str, value: str) -> bool:
    """Whether a program rather than a person wrote a property."""
    pattern = {"title": NO_TITLE, "authors": NO_AUTHOR, "created": OF_TEMPLATE}.get(key)
    return pattern is not None and pattern.fullmatch(value) is not None


def same(one: str, other: str) -> bool:
    """Whether two titles are one, the marks in them apart."""
    plain = [re.sub(r"\W", "", title).casefold() for title in (one, other)]
    return plain[0] in plain[1] or plain[1] in plain[0]


def read_properties(body: bytes) -> Stated:
    """What the file's core properties state; raises ValueError for what is no such file or is too large."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as file:
            if sum(part.file_size for part in file.infolist()) > LARGEST_UNPACKED:
                raise ValueError(f"unpacks to more than {LARGEST_UNPACKED >> 20} MiB")
            core = file.read(CORE) if CORE in file.namelist() else b"<none/>"
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError) as error:
        raise ValueError("is not a Word file (.docx)") from error
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = lxml.etree.fromstring(core, parser)
    found: dict[str, list[str]] = {}
    for part in tree if tree is not None else ():
        key, value = PROPERTIES.get(str(part.tag), ""), squeezed(part.text or "")
        if key and value:
            found.setdefault(key, []).append(value)
    return found


def with_title(document: Part) -> Part:
    """A document in which the paragraph that looks like a title has that style, where none has it."""
    paragraphs = [part for part in document.children if is_paragraph(part) and words(part)]
    if any((part.style_name or "").lower() in TITLE_STYLES for part in paragraphs[:8]):
        return document
    usual = usual_size(paragraphs[1:])
    above = [part for part in paragraphs[:6] if not is_above(words(part))][:2]
    if (
        not above
        or len(words(above[0])) > LONGEST_TITLE
        or not (stands_out(above[0], usual) or is_headline(above[0], paragraphs))
    ):
        return document
    title, second = above[0], above[1] if len(above) > 1 else None
    new = {id(title): title.copy(style_id="Title", style_name="Title")}
    if second is not None and is_second_line(title, second, usual):
        new[id(second)] = second.copy(children=[])
        new[id(title)] = title.copy(
            style_id="Title", style_name="Title", children=[*title.children, *space(title), *second.children]
        )
    return document.copy(children=[new.get(id(part), part) for part in document.children])


def is_above(text: str) -> bool:
    """Whether a line may stand above the title."""
    return bool(facts(text, below_title=False)) or FURNITURE.fullmatch(text) is not None


def is_headline(paragraph: Part, paragraphs: list[Part]) -> bool:
    """Whether a plain paragraph can only be a title: it ends no sentence, and facts or more text follow."""
    text = words(paragraph)
    place = next(at for at, part in enumerate(paragraphs) if part is paragraph)
    below = words(paragraphs[place + 1]) if place + 1 < len(paragraphs) else ""
    if facts(below, below_title=True):
        return not END_OF_SENTENCE.search(text)
    return len(text) <= LONGEST_PLAIN and len(below) > 2 * len(text) and not END_OF_SENTENCE.search(text)


def is_second_line(title: Part, second: Part, usual: float | None) -> bool:
    """Whether a title goes on in the paragraph below it: in the middle, of its size, and no subtitle."""
    text = words(second)
    return (
        title.alignment == second.alignment == "center"
        and stands_out(second, usual)
        and size(title) == size(second)
        and is_bold(title) == is_bold(second)
        and len(words(title) + text) <= LONGEST_TITLE
        and not text.startswith(("—", "－", "-", "（", "("))
        and not facts(text, below_title=True)
    )


def space(paragraph: Part) -> list[Part]:
    """A space, made of what a paragraph is made of."""
    run = next((part for part in paragraph.children if texts(part)), None)
    return [] if run is None or not hasattr(run, "children") else [run.copy(children=[blank(run)])]


def blank(run: Part) -> Part:
    """A text with nothing but a space in it."""
    import mammoth.documents

    return mammoth.documents.text(" ")


def stands_out(paragraph: Part, usual: float | None) -> bool:
    """Whether a paragraph is in the middle, or all bold, or larger than the others."""
    own = size(paragraph)
    is_large = own is not None and (own > usual if usual else own >= LARGE)
    return paragraph.alignment == "center" or is_bold(paragraph) or is_large


def usual_size(paragraphs: list[Part]) -> float | None:
    """The size that most of the other paragraphs have, in points."""
    sizes = [own for part in paragraphs if (own := size(part))]
    return median(sizes) if sizes else None


def size(paragraph: Part) -> float | None:
    """The size of a paragraph's first words, where it is stated."""
    return next((run.font_size for run in runs(paragraph) if words(run)), None)


def is_bold(paragraph: Part) -> bool:
    """Whether all words of a paragraph are bold."""
    with_words = [run for run in runs(paragraph) if words(run)]
    return bool(with_words) and all(run.is_bold for run in with_words)


def is_paragraph(part: Part) -> bool:
    """Whether a part of a document is a paragraph."""
    return hasattr(part, "alignment") and hasattr(part, "style_name")


def runs(part: Part) -> Iterator[Part]:
    """The runs of a part, wherever in it."""
    if hasattr(part, "is_bold"):
        yield part
    for child in getattr(part, "children", ()):
        yield from runs(child)


def words(part: Part) -> str:
    """The words of a part."""
    return squeezed("".join(texts(part)))


def texts(part: Part) -> list[str]:
    """The texts of a part, wherever in it."""
    own = [part.value] if isinstance(getattr(part, "value", None), str) else []
    return own + [text for child in getattr(part, "children", ()) for text in texts(child)]
