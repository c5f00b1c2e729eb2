"""The sheet: what was read of a folder, corrected in a spreadsheet, and taken in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import RULES, TOPICS

from archive.articles import articles, every
from archive.database import Database
from archive.ingest import ingest
from archive.model import Article
from archive.proposal import propose
from archive.sandbox import Sandbox
from archive.settings import Settings, Site
from archive.sheet_cells import BadCell, Terms, moment_of
from archive.sheet_file import COLUMNS, NoSheet, read_rows, written
from archive.take import EntryLine, InputLine, Line, Taking

ZONE = ZoneInfo("Asia/Shanghai")
SNOW = (
    "Snow closes the school\nDate: 2022-04-02\nSource: Beijing Daily\n\n"
    "Snow fell on the city, and nobody went out of doors.\n"
)
雪 = "雪落北京\n来源：北京日报\n\n北京下了一场大雪，学校停课一天，孩子们在雪里玩了一整天。\n"


@pytest.fixture
def taking(database: Database, sandbox: Sandbox, tmp_path: Path) -> Taking:
    """What taking in needs."""
    config = Settings(data=tmp_path, topics=TOPICS, site=Site(timezone="Asia/Shanghai"))
    return Taking(database=database, parsing=sandbox, rules=RULES, config=config)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a story in each language."""
    place = tmp_path / "pages"
    place.mkdir()
    (place / "snow.txt").write_text(SNOW)
    (place / "雪.txt").write_text(雪)
    return place


def proposed(taking: Taking, folder: Path) -> list[dict[str, str]]:
    """The rows that a dry run writes."""
    sheet = folder.parent / "pages.csv"
    terms = Terms(zone=ZONE, topics=TOPICS)
    list(propose([str(folder)], sheet, taking.parsing, taking.config.fetch, taking.rules, terms))
    return [dict(row.cells) for row in read_rows(sheet.read_bytes())]


def take(taking: Taking, folder: Path, rows: list[dict[str, str]]) -> list[Line]:
    """What becomes of a sheet with these rows, beside the folder."""
    sheet = folder.parent / "pages.csv"
    sheet.write_bytes(written(rows))
    return list(ingest(taking, [str(sheet)]))


def outcomes(lines: list[Line]) -> list[str]:
    """What became of the entries."""
    return [line.outcome for line in lines if isinstance(line, EntryLine)]


def failures(lines: list[Line]) -> list[str | None]:
    """What is said of the rows that were not taken in."""
    return [line.detail for line in lines if isinstance(line, InputLine) and line.result == "failed"]


def found(database: Database, title: str) -> Article:
    """The article of a title."""
    return next(
        each for each in articles(database, [one.id for one in every(database)]) if each.title == title
    )


def changes(database: Database) -> int:
    """How long the log is."""
    return int(database.read("SELECT COUNT(*) AS n FROM change")[0]["n"])


def test_a_dry_run_says_what_was_read_and_what_is_doubtful_and_stores_nothing(
    taking: Taking, folder: Path
) -> None:
    (folder / "empty.docx").write_bytes(b"no zip")
    (folder / "雪景.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "feed.rss").write_text("<rss version='2.0'><channel><title>x</title></channel></rss>")
    empty, snow, 中 = sorted(proposed(taking, folder), key=lambda row: row["file"])
    assert snow == {
        "file": "pages/snow.txt",
        "title": "Snow closes the school",
        "date": "2022-04-02",
        "language": "en",
        "source": "Beijing Daily",
        "topics": "Education",
        "doubtful": "short text",
    }
    assert 中["language"] == "zh-Hans"
    assert 中["doubtful"] == "no date; short text"
    assert empty["doubtful"].startswith("cannot be taken in: cannot be read as Word file")
    assert list(every(taking.database)) == []


def test_pairs_are_stated_or_guessed_by_names_and_equal_titles_told(taking: Taking, folder: Path) -> None:
    for name, text in (("city.en", SNOW), ("city.zh", 雪), ("snow_English", SNOW)):
        (folder / f"{name}.txt").write_text(text)
    (folder / "雪.txt").rename(folder / "snow_Chinese.txt")
    (folder / "snow.txt").unlink()
    rows = {row["file"]: row for row in proposed(taking, folder)}
    assert rows["pages/city.en.txt"]["pair"] == "pages/city.zh.txt"
    assert rows["pages/snow_Chinese.txt"]["pair"] == "pages/snow_English.txt"
    assert "pair guessed from the file names" in rows["pages/snow_Chinese.txt"]["doubtful"]
    assert "same title as pages/snow_English.txt" in rows["pages/city.en.txt"]["doubtful"]


def test_filled_cells_win_and_the_first_revision_is_right(taking: Taking, folder: Path) -> None:
    rows = [
        {"file": "pages/snow.txt", "title": "Snow", "author": "A B; C D", "topics": "奥运", "pair": "雪.txt"},
        {
            "file": "pages\\雪.txt",
            "date": "2022/4/2 8:30",
            "source": "人民日报",
            "url": "https://a.example/1",
        },
    ]
    lines = take(taking, folder, rows)
    assert (outcomes(lines), failures(lines)) == (["new", "new"], [])
    snow, 中 = found(taking.database, "Snow"), found(taking.database, "雪落北京")
    assert (snow.authors, snow.topics, snow.guid, snow.revision) == (
        ("A B", "C D"),
        ("olympics",),
        "pages/snow.txt",
        1,
    )
    assert (中.published, 中.published_precision) == (datetime(2022, 4, 2, 0, 30, tzinfo=UTC), "minute")
    assert (中.source, 中.url) == ("ren-min-ri-bao", "https://a.example/1")
    assert [each.id for each in snow.translations] == [中.id]
    before = changes(taking.database)
    assert outcomes(list(ingest(taking, [str(folder.parent / "pages.csv")]))) == ["unchanged", "unchanged"]
    assert changes(taking.database) == before


def test_a_sheet_as_it_was_proposed_changes_nothing_that_was_read(taking: Taking, folder: Path) -> None:
    (folder / "snow.txt").rename(folder / "city.en.txt")
    (folder / "雪.txt").rename(folder / "city.zh.txt")
    assert outcomes(list(ingest(taking, [str(folder)]))) == ["new", "new"]
    before = changes(taking.database)
    rows = proposed(taking, folder)
    assert [row["pair"] for row in rows] == ["pages/city.zh.txt", "pages/city.en.txt"]
    assert outcomes(take(taking, folder, rows)) == ["unchanged", "unchanged"]
    assert outcomes(list(ingest(taking, [str(folder)]))) == ["unchanged", "unchanged"]
    assert changes(taking.database) == before


@pytest.mark.parametrize(
    ("column", "cell", "revision"),
    [
        ("title", "Snow on Beijing", 2),
        ("date", "2022/4/3", 2),
        ("author", "A B", 2),
        ("language", "de", 2),
        ("source", "China Daily", 1),
        ("topics", "olympics", 1),
    ],
)
def test_a_cell_corrected_later_makes_one_revision_of_the_same_article(
    column: str, cell: str, revision: int, taking: Taking, folder: Path
) -> None:
    rows = proposed(taking, folder)
    take(taking, folder, rows)
    old = found(taking.database, "Snow closes the school")
    snow = next(row for row in rows if row["file"] == "pages/snow.txt")
    snow[column] = cell
    for outcome in ("revised" if revision == 2 else "unchanged", "unchanged"):
        lines = take(taking, folder, rows)
        assert [line.outcome for line in lines if isinstance(line, EntryLine) and line.id == old.id] == [
            outcome
        ]
    (new,) = articles(taking.database, [old.id])
    shown = {
        "title": new.title,
        "date": f"{new.day:%Y/%-m/%-d}" if new.day else "",
        "author": "; ".join(new.authors),
        "language": new.language,
        "source": "China Daily" if new.source == "china-daily" else "",
        "topics": "; ".join(new.topics),
    }
    assert (shown[column], new.revision, len(list(every(taking.database)))) == (cell, revision, 2)


def test_a_sheet_in_a_folder_speaks_for_its_files(taking: Taking, folder: Path) -> None:
    take(taking, folder, [{"file": "pages/snow.txt", "title": "Snow"}, {"file": "pages/雪.txt", "skip": "x"}])
    (folder / "hill.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "snow.txt").write_text(SNOW.replace("\n\n", "\n\nhill.png\n\n"))
    list(ingest(taking, [str(folder.parent / "pages.csv")]))
    before = changes(taking.database)
    lines = list(ingest(taking, [str(folder.parent)]))
    told = {(Path(line.input).name, line.detail) for line in lines if isinstance(line, InputLine)}
    assert ("snow.txt", "taken in by pages.csv") in told
    assert ("雪.txt", "left out by the sheet") in told
    assert ("hill.png", "picture of snow.txt") in told
    assert outcomes(lines) == ["unchanged"]
    assert changes(taking.database) == before


def test_two_sheets_may_name_their_files_alike(taking: Taking, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "pages"
    other.mkdir(parents=True)
    (other / "snow.txt").write_text(
        "Rain in the hills\nSource: Beijing Daily\n\n"
        "All of the paths were washed away by the river, and no bus went.\n"
    )
    rows = [{"file": "pages/snow.txt"}]
    for turn in ("new", "unchanged"):
        assert outcomes(take(taking, folder, rows)) == outcomes(take(taking, other, rows)) == [turn]
    assert {each.guid for each in every(taking.database)} == {"pages/snow.txt", "other/pages/snow.txt"}


def test_what_is_wrong_with_a_row_is_told_and_the_others_go_in(taking: Taking, folder: Path) -> None:
    rows = [
        {"file": "pages/snow.txt", "date": "4/2/2022"},
        {"file": "pages/no.txt"},
        {"title": "x"},
        {"file": "pages/雪.txt", "pair": "pages/no.txt"},
        {"file": "pages/雪.txt"},
    ]
    lines = take(taking, folder, rows)
    assert outcomes(lines) == ["new"]
    assert failures(lines) == [
        "row 2, date: '4/2/2022' may be either of two days; write it as 2022-04-02",
        "row 3, file: no such file; check the name",
        "row 4, file: is empty",
        "row 6, file: pages/雪.txt stands here twice",
        "row 5, pair: pages/no.txt is not the file of another row",
    ]
    last = lines[-1]
    assert isinstance(last, InputLine)
    assert (last.result, last.articles, last.detail) == (
        "warning",
        1,
        "5 of 5 rows are wrong; they are named above",
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"language": "???"}, "language: "),
        ({"topics": "olympic"}, "topics: no topic is called 'olympic'; the nearest is olympics"),
        ({"url": "a.example"}, "url: 'a.example' is no address of the web"),
        ({"date": "spring"}, "date: 'spring' is no certain date"),
    ],
)
def test_errors_name_the_column_and_what_to_write(
    cells: Mapping[str, str], said: str, taking: Taking, folder: Path
) -> None:
    (detail,) = failures(take(taking, folder, [{"file": "pages/snow.txt", **cells}]))
    assert detail is not None
    assert detail.startswith(f"row 2, {said}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_form_that_spreadsheets_save(encoding: str, delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(
        [["文件", "标题", "日期", "作者", "存疑"], ["雪.txt", "雪，\n落; 北京", "2022/4/2", "", "x"]]
    )
    body = file.getvalue().encode(encoding)
    (row,) = read_rows(body)
    assert (row.number, row.cells) == (
        2,
        {"file": "雪.txt", "title": "雪，\n落; 北京", "date": "2022/4/2", "doubtful": "x"},
    )


def test_no_cell_is_a_formula_for_a_spreadsheet_and_all_come_back() -> None:
    rows = [
        {"file": "a.txt", "title": title} for title in ("=1+1", "+1", "-5 degrees", "@x", "'quoted'", "plain")
    ]
    body = written(rows)
    assert body.startswith(b"\xef\xbb\xbffile,title,")
    assert b",=1+1" not in body
    assert [dict(row.cells) for row in read_rows(body)] == rows


@pytest.mark.parametrize("table", ["a,b\n1,2\n", "file,file\n", "file,标题,title\n", ""])
def test_a_table_without_files_or_with_two_columns_alike_is_no_sheet(table: str) -> None:
    with pytest.raises(NoSheet):
        read_rows(table.encode())


@pytest.mark.parametrize(
    ("cell", "stamp", "precision"),
    [
        ("2022-04-02", "2022-04-02T00:00:00+00:00", "day"),
        ("2022/4/2", "2022-04-02T00:00:00+00:00", "day"),
        ("2022/4/2 0:00", "2022-04-02T00:00:00+00:00", "day"),
        ("2022年4月2日", "2022-04-02T00:00:00+00:00", "day"),
        ("4/25/2022", "2022-04-25T00:00:00+00:00", "day"),
        ("2022/4/2 8:30", "2022-04-02T00:30:00+00:00", "minute"),
        ("2022-04-02T08:30:00Z", "2022-04-02T08:30:00+00:00", "second"),
        ("2022年04月", "2022-04-01T00:00:00+00:00", "month"),
    ],
)
def test_dates_as_spreadsheets_write_them(cell: str, stamp: str, precision: str) -> None:
    assert moment_of(cell, ZONE) == (datetime.fromisoformat(stamp), precision)


def test_a_date_that_may_be_two_days_is_refused() -> None:
    with pytest.raises(BadCell, match="either of two days"):
        moment_of("4/2/2022", ZONE)


def test_the_columns_are_those_of_the_sheet(taking: Taking, folder: Path) -> None:
    proposed(taking, folder)
    header = (folder.parent / "pages.csv").read_bytes().decode("utf-8-sig").splitlines()[0]
    assert tuple(header.split(",")) == COLUMNS
    assert replace(taking, stated="x").stated == "x"
