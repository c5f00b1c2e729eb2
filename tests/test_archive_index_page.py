"""Pages that list articles, in the layouts of city sites, blogs and tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model import Document
from archive.reading.index_page import read

CITY = "https://wb.city.example/gzdt/"


def items(*days: str, form: str = '<li><a href="./2022/t{n}.html">{title}</a><span>{day}</span></li>') -> str:
    """The rows of a list."""
    rows = enumerate(days, 1)
    return "".join(
        form.format(n=n, day=day, title=f"北京市推进国际交往中心建设第{n}次会议召开") for n, day in rows
    )


def index(body: str, *, url: str = CITY, links: str = "", most: int = 100) -> Document:
    """A page that is read as a list."""
    menu = '<nav><ul><li><a href="/a/">首页</a></li><li><a href="/zw/">政务公开指南目录</a></li></ul></nav>'
    side = '<div class="footer"><a href="/about">关于我们的网站和联系方式说明</a></div>'
    markup = f"<html lang=zh><head><title>工作动态</title></head><body>{menu}{body}{side}</body></html>"
    return read(markup, url=url, links=links, most=most)


def found(document: Document) -> list[tuple[str, str, str | None]]:
    """Titles, ends of addresses and stated dates."""
    return [
        (each.title, (each.url or "").rpartition("/")[2], each.published_raw) for each in document.articles
    ]


def test_the_list_of_a_city_site() -> None:
    document = index(
        f'<ul class="list">{items("2022-04-02", "2022-04-01", "2022-03-31")}</ul>'
        '<div class="page"><a href="index_1.html">下一页</a></div>'
    )
    assert (document.kind, document.result, document.title) == ("index", "ok", "工作动态")
    assert found(document)[0] == ("北京市推进国际交往中心建设第1次会议召开", "t1.html", "2022-04-02")
    assert [each.published for each in document.articles][1] == datetime(2022, 4, 1, tzinfo=UTC)
    first = document.articles[0]
    assert (first.url, first.guid, first.language) == (f"{CITY}2022/t1.html", None, "zh")
    assert (first.script, first.published_precision) == ("Hans", "day")


def test_only_complete_dates_are_taken() -> None:
    document = index(f"<ul>{items('[04-02]', '[2022-04-01]', '04月02日')}</ul>")
    assert [date for _, _, date in found(document)] == [None, "2022-04-01", None]


def test_a_headline_that_is_cut_off_is_taken_in_full() -> None:
    form = '<li><a href="{n}.html" title="{title}，全文在此">{title}...</a><em>{day}</em></li>'
    document = index(f"<ul>{items('2022-04-02', '2022-04-01', '2022-03-31', form=form)}</ul>")
    assert found(document)[0][0] == "北京市推进国际交往中心建设第1次会议召开，全文在此"


def test_a_date_in_the_link_is_not_of_the_headline() -> None:
    form = '<li><a href="{n}.html"><i>{day}</i> {title}</a></li>'
    document = index(f"<ul>{items('2022-04-02', '2022/4/1', '2022.03.31', form=form)}</ul>")
    assert found(document)[1] == ("北京市推进国际交往中心建设第2次会议召开", "2.html", "2022/4/1")


def test_the_archive_of_a_blog() -> None:
    posts = "".join(
        f'<article id="post-{n}" class="post-{n} post category-c{n}">'
        f'<a href="/2022/story-{n}/"><img src=x.jpg></a>'
        f'<h2 class="entry-title"><a href="/2022/story-{n}/">The city opens park number {n}</a></h2>'
        f'<time datetime="2022-04-0{n}T08:00:00+08:00">April {n}</time>'
        f' by <a href="/author/li">Li Hua of the News</a>'
        f'<p>It is open.</p><a href="/2022/story-{n}/">Read more about it here</a></article>'
        for n in (3, 2, 1)
    )
    side = '<aside><ul><li><a href="/p/1">The most popular story of all</a></li></ul></aside>'
    document = index(f"<main>{posts}</main>{side}", url="https://blog.example/")
    first = document.articles[0]
    assert (first.title, first.published) == (
        "The city opens park number 3",
        datetime(2022, 4, 3, tzinfo=UTC),
    )
    assert [each.language for each in document.articles] == ["en"] * 3


def test_a_table() -> None:
    form = "<tr><td>·</td><td><a href='show.asp?id={n}'>{title}</a></td><td>{day}</td></tr>"
    document = index(f"<table>{items('2022/4/2', '2022/4/1', '2022/3/31', form=form)}</table>")
    assert found(document)[2] == ("北京市推进国际交往中心建设第3次会议召开", "show.asp?id=3", "2022/3/31")


def test_links_elsewhere_are_not_of_the_list() -> None:
    form = '<li><a href="https://other.example/{n}">{title}</a> {day}</li>'
    document = index(f"<ul>{items('2022-04-02', '2022-04-01', '2022-03-31', form=form)}</ul>")
    assert (document.result, document.articles) == ("empty", ())
    assert document.detail == "no list of articles found on this page; say where it is: links=SELECTOR"


@pytest.mark.parametrize("links", ["div.top a", "div.top li", "//div[@class='top']//a"])
def test_a_selector_says_which_links(links: str) -> None:
    body = f"<ul>{items('2022-04-02', '2022-04-01', '2022-03-31')}</ul>"
    rows = '<li><a href="/n/9.html">短讯</a> 2022-04-03</li><li><a href="/n/8.html">又一则</a></li>'
    top = f'<div class="top">{rows}</div>'
    assert found(index(body + top, links=links)) == [
        ("短讯", "9.html", "2022-04-03"),
        ("又一则", "8.html", None),
    ]


def test_a_selector_that_finds_nothing_is_told() -> None:
    document = index("<p>x</p>", links="h9 a")
    assert (document.result, document.detail) == ("empty", "links=h9 a finds no link on this page")


def test_a_list_that_is_too_long_is_cut() -> None:
    document = index(f"<ul>{items(*['2022-04-02'] * 5)}</ul>", most=4)
    assert (document.result, len(document.articles)) == ("warning", 4)
    assert document.detail == "lists 5 articles; the first 4 were taken"
