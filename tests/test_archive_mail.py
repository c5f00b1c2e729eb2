"""Mails as documents: subject, sender, date, the best text, the pictures inside."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from email.message import EmailMessage

from factories import NOW

from archive.model import Article, Document, sha256
from archive.reading.documents import read_document
from bench.document_maker import png

HEAD = (
    b"From: Fan Junsheng <fan@news.example>\r\nSubject: Snow\r\n"
    b"Date: Sat, 02 Apr 2022 08:30:00 +0800 (CST)\r\nMessage-ID: <1@news.example>\r\n"
)


def read(body: bytes) -> tuple[Document, Article]:
    """A mail as a document, and its article."""
    document = read_document(body, name="a.eml", content_type=None, url=None, now=NOW)
    assert document.result == "ok", document.detail
    return document, document.articles[0]


def test_a_plain_mail() -> None:
    document, mail = read(
        HEAD + b"\r\nSnow fell on the city\r\nin the night.\r\n\r\nIt melted.\r\n-- \r\nFan\r\nNews\r\n"
    )
    assert (mail.title, mail.authors, mail.guid) == ("Snow", ("Fan Junsheng",), "<1@news.example>")
    assert mail.published == datetime(2022, 4, 2, 0, 30, tzinfo=UTC)
    assert mail.text == "Snow fell on the city in the night.\n\nIt melted."
    assert (document.source_name, document.kind) == ("news.example", "mail")


def test_the_html_part_with_its_picture_and_an_attachment_named() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["List-Id"] = (
        "A B <a@b.example>",
        "Fwd: Snow",
        '"City news" <city.b.example>',
    )
    mail.set_content("Plain words.")
    mail.add_alternative(
        "<html><head><style>p{}</style></head><body><div>Snow <b>fell</b>.</div>"
        '<div><img src="cid:one" alt="A hill"></div>'
        '<div>It melted.</div><div class="gmail_signature">A B</div></body></html>',
        subtype="html",
    )
    mail.get_payload()[1].add_related(png(1), "image", "png", cid="<one>", filename="hill.png")  # type: ignore[index,union-attr]
    mail.add_attachment(b"PK", maintype="application", subtype="zip", filename="附件.docx")
    document, article = read(bytes(mail))
    assert (article.title, document.source_name) == ("Snow", "City news")
    assert article.text == "Snow fell.\n\nIt melted."
    assert f'<figure><img src="urn:sha256:{sha256(png(1))}" alt="A hill"><figcaption' in article.html
    assert [(each.name, each.type) for each in document.pictures] == [("hill.png", "image/png")]
    assert document.detail == "attachments left out: 附件.docx"


def test_chinese_mails_in_old_encodings() -> None:
    subject = b64encode("雪落北京，孩子们很高兴".encode("gb18030")).decode()
    cut = 12  # in the middle of a character, as some mailers do
    words = f"=?gb2312?B?{subject[:cut]}?=\r\n =?gb2312?B?{subject[cut:]}?="
    head = (
        f"From: =?GBK?B?{b64encode('范俊生'.encode('gbk')).decode()}?= <a@b.example>\r\nSubject: {words}\r\n"
    )
    text = "北京下了一场雪，镕镕。".encode("gbk")
    body = (
        head.encode()
        + b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + text
    )
    _, article = read(body)
    assert (article.title, article.authors) == ("雪落北京，孩子们很高兴", ("范俊生",))
    assert (article.text, article.language) == ("北京下了一场雪，镕镕。", "zh")


def test_a_head_whose_letters_are_not_encoded_at_all() -> None:
    body = "From: 范俊生 <a@b.example>\r\nSubject: 雪落北京城，孩子们很高兴\r\n\r\n北京下了一场雪。".encode(
        "gb18030"
    )
    _, article = read(body)
    assert (article.title, article.authors) == ("雪落北京城，孩子们很高兴", ("范俊生",))


def test_what_is_no_mail_says_so() -> None:
    document = read_document(b"just words\n", name="a.eml", content_type=None, url=None, now=NOW)
    assert document.result == "failed"
    assert document.detail is not None and "holds no mail" in document.detail
