"""Which topics an article is in by rule: by words, categories, sources and other topics. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from archive.fold import fold
from archive.model import Article, Topic, canonical_json, sha256, squeezed

# Raised when the meaning of a rule changes, so that every archive is filed again.
VERSION = 1
# Measured on four years of Chinese news: a text that does not name a topic in its title is about it when its
# words stand there three times; of those with two, mostly the ones that begin with it; others pass it by.
TIMES, TIMES_WITH_LEAD, LEAD = 3, 2, 300
HANZI = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
DECIDING = ("id", "words", "context", "without", "categories", "sources", "topics")
NO_FAMILIES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A folded word to look for: its letters, and for scripts that space their words, where it may stand."""

    letters: str
    pattern: re.Pattern[str] | None = None

    def times(self, text: str) -> int:
        """How often it stands in folded text."""
        # A substring search rules out nearly every word in a fraction of a microsecond, a pattern does not.
        if self.letters not in text:
            return 0
        return len(self.pattern.findall(text)) if self.pattern else text.count(self.letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One topic, made ready to be asked about many articles."""

    id: str
    words: tuple[Word, ...] = ()
    context: tuple[Word, ...] = ()
    without: tuple[Word, ...] = ()
    categories: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()

    def speaks_of(self, title: str, text: str) -> bool:
        """Whether the words and the context say that folded title and text are about this topic."""
        return self.names(title, text) and (not self.context or stand(self.context, (title, text)))

    def names(self, title: str, text: str) -> bool:
        """Whether the words are a subject: in the title, or often enough in the text."""
        if stand(self.words, (title,)):
            return True
        times = 0
        for word in self.words:
            if word.letters in text:  # asked here, since a call costs more than the answer
                times += word.times(text)
            if times >= TIMES:
                return True
        return times >= TIMES_WITH_LEAD and stand(self.words, (text[:LEAD],))

    def is_barred(self, title: str, text: str) -> bool:
        """Whether a word keeps the article out, whatever else holds."""
        return stand(self.without, (title, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All rules in the order of the settings; equal ``digest``, equal answers about the same articles."""

    rules: tuple[Rule, ...]
    digest: str

    def of(self, article: Article) -> tuple[str, ...]:
        """The ids of the topics that an article is in, in the order of the settings."""
        title, text = folded(article.title), folded(article.searched)
        categories = {folded(category) for category in article.categories}
        allowed = [rule for rule in self.rules if not rule.is_barred(title, text)]
        found = {
            rule.id
            for rule in allowed
            if rule.speaks_of(title, text) or rule.categories & categories or article.source in rule.sources
        }
        # A topic may gather topics that gather others: go on until nothing is added.
        while more := {rule.id for rule in allowed if rule.topics & found} - found:
            found |= more
        return tuple(rule.id for rule in self.rules if rule.id in found)


def compile_rules(topics: tuple[Topic, ...], families: Mapping[str, str] = NO_FAMILIES) -> Rules:
    """The rules of the settings made ready; ``families`` tells the family of each source's id."""
    whole = tuple(replace(topic, sources=with_families(topic.sources, families)) for topic in topics)
    stated = [{name: getattr(topic, name) for name in DECIDING} for topic in whole]
    digest = sha256(canonical_json([VERSION, stated]).encode())
    return Rules(rules=tuple(map(compile_rule, whole)), digest=digest)


def with_families(names: tuple[str, ...], families: Mapping[str, str]) -> tuple[str, ...]:
    """Sources as named by a rule, and those whose family it names."""
    return tuple(sorted({*names, *(id for id, family in families.items() if family in names)}))


def compile_rule(topic: Topic) -> Rule:
    """One topic made ready."""
    return Rule(
        id=topic.id,
        words=compile_words(topic.words),
        context=compile_words(topic.context),
        without=compile_words(topic.without),
        categories=frozenset(map(folded, topic.categories)),
        sources=frozenset(topic.sources),
        topics=frozenset(topic.topics),
    )


def compile_words(words: tuple[str, ...]) -> tuple[Word, ...]:
    """Words made ready; one that holds another is left out, since it would count the same place twice."""
    ready = {word.letters: word for word in map(compile_word, words) if word.letters}
    return tuple(
        word
        for word in ready.values()
        if not any(other.times(word.letters) for other in ready.values() if other is not word)
    )


def compile_word(word: str) -> Word:
    """A word made ready: Chinese stands anywhere, others between non-letters, with ``*`` or s at the end."""
    letters = folded(word)
    if re.search(f"[{HANZI}]", letters):
        return Word(letters=letters.rstrip("*"))
    # Hanzi are no letters here: in 北京CBD区 the word CBD stands by itself.
    letter = rf"[^\W_{HANZI}]"
    letters, ending = (letters[:-1], "") if letters.endswith("*") else (letters, f"s?(?!{letter})")
    return Word(letters=letters, pattern=re.compile(f"(?<!{letter}){re.escape(letters)}{ending}"))


def stand(words: tuple[Word, ...], texts: tuple[str, ...]) -> bool:
    """Whether any of the words stands in any of the folded texts."""
    for text in texts:
        for word in words:
            if word.letters in text and word.times(text):
                return True
    return False


def folded(text: str) -> str:
    """Text as rules compare it: folded, with single spaces."""
    return squeezed(fold(text))
