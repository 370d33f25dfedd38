"""Finds articles by a question: BM25 over stems, synonyms and families of words, near words by trigrams. Pure Python.

A question is a bag of words of which any may match (OR), so that whole sentences of customers find their article.
Each word stands for its stem, its family, its synonyms and the words of the corpus that look like it; that repairs typos
and missed word forms. The points of the whole text and a part of those of the title alone are added up.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest

from hub.core.stemming import stem
from hub.core.text import fold
from hub.core.words import Language
from hub.knowledge.families import families
from hub.knowledge.postings import Field, Vocabulary
from hub.knowledge.synonyms import table
from hub.knowledge.terms import meaningful, plain_stems

TITLE_WEIGHT, SUMMARY_WEIGHT = 3, 2
TITLE_SHARE = 0.4  # of the points of the title alone, added to those of the whole text
FAMILY_WEIGHT, SYNONYM_WEIGHT = 0.8, 0.5
NEAR_WEIGHT = (
    0.5  # of a word that looks like one the articles hold too; a word they do not hold is taken for a typo
)
PLAIN_WEIGHT = 0.6
LONGEST_QUESTION = 30
TINY = 1e-9
LEAST_SHARE = 0.1  # of the worth of the question's words; below it an article does not bear on the question
BUDGET, CANDIDATES = 8_000, 80
SPARE_SLOTS = 100


@dataclass(frozen=True)
class Text:
    """What is indexed of an article. `group` is what a search may be narrowed by: its state."""

    id: int
    title: str
    body: str
    summary: str = ""
    group: str = ""


class Index:
    """The articles of one language. Adding an article again replaces it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts, self._titles, self._vocabulary = Field(), Field(), Vocabulary()
        self._kin, self._families = table(language), families(language)
        self._ids: list[int] = []
        self._groups: list[str | None] = []
        self._slot_of: dict[int, int] = {}
        self._title_of: dict[int, str] = {}
        self._by_title: dict[str, set[int]] = defaultdict(set)
        self._accented: dict[str, str] = {}

    def learn_synonyms(self, own: str) -> None:
        """The chain's own groups of words that customers use for one another, beside ours; one a line."""
        self._kin = table(self.language, own)

    def add(self, text: Text) -> None:
        self.remove(text.id)
        slot = len(self._ids)
        self._ids.append(text.id)
        self._groups.append(text.group)
        self._slot_of[text.id] = slot
        title = self._count(text.title)
        whole = self._count(text.body)
        whole.update({word: count * TITLE_WEIGHT for word, count in title.items()})
        whole.update({word: count * SUMMARY_WEIGHT for word, count in self._count(text.summary).items()})
        self._texts.add(slot, whole)
        self._titles.add(slot, title)
        self._vocabulary.add(whole)
        self._title_of[text.id] = fold(text.title)
        self._by_title[fold(text.title)].add(text.id)

    def remove(self, article_id: int) -> None:
        """Forget an article, if it is known; its slot stays empty."""
        slot = self._slot_of.pop(article_id, None)
        if slot is not None:
            self._groups[slot] = None
            self._by_title[self._title_of.pop(article_id)].discard(article_id)

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def is_worn(self) -> bool:
        """Whether so many slots are empty that the index should be made anew."""
        return len(self._ids) > SPARE_SLOTS + 2 * len(self._slot_of)

    def find(self, question: str, *, groups: Collection[str] = ("",), limit: int = 10) -> list[int]:
        """Ids of the best articles, best first; [] when nothing bears on the question. Never raises."""
        found = self.weigh(question, groups=groups)
        return list(dict.fromkeys([*self.called(question, groups), *found]))[:limit]

    def weigh(self, question: str, *, groups: Collection[str]) -> dict[int, float]:
        """Points of the articles that bear on the question, best first, as a share of what its words are worth."""
        meanings = self._read(question)
        slots = self._choose(meanings, groups)
        points = self._texts.score(meanings, slots)
        worth = sum(map(self._worth, meanings))
        relevant = [slot for slot in slots if points.get(slot, 0.0) >= max(LEAST_SHARE * worth, TINY)]
        titles = self._titles.score(meanings, relevant)
        total = {slot: points[slot] + TITLE_SHARE * titles.get(slot, 0.0) for slot in relevant}
        order = sorted(relevant, key=lambda slot: (-total[slot], self._ids[slot]))
        return {self._ids[slot]: total[slot] / worth for slot in order}

    def shared(self, question: str, article_id: int) -> list[str]:
        """The words of the question that the article holds, as they were typed; `colis (paquet)` for one of its kin."""
        slot = self._slot_of[article_id]
        found: list[str] = []
        for word in list(meaningful(question, self.language))[:LONGEST_QUESTION]:
            meanings = self._meanings(self._stem(word))
            meant = [each for each in meanings if self._texts.has(each, slot)]
            if meant:
                best = max(meant, key=meanings.__getitem__)
                found.append(word if self._stem(word) == best else f"{word} ({best})")
        return found

    def called(self, question: str, groups: Collection[str]) -> list[int]:
        """The articles whose title is the question, whatever the words are worth."""
        same = self._by_title.get(fold(question), set())
        return sorted(each for each in same if self._groups[self._slot_of[each]] in groups)

    def _choose(self, meanings: list[Mapping[str, float]], groups: Collection[str]) -> list[int]:
        """The slots worth weighing, by the rarest words of the question."""
        rough = self._texts.collect((pair for each in meanings for pair in each.items()), budget=BUDGET)
        alive = (slot for slot in rough if self._groups[slot] in groups)
        return sorted(nlargest(CANDIDATES, alive, key=rough.__getitem__))

    def _count(self, text: str) -> Counter[str]:
        """The stems of a text; how an accented word looks without its accents is learnt on the way."""
        stems: Counter[str] = Counter()
        for word, count in meaningful(text, self.language).items():
            found = stem(word, self.language)
            stems[found] += count
            if not word.isascii():
                self._accented.setdefault(fold(word), found)
        return stems

    def _read(self, question: str) -> list[Mapping[str, float]]:
        """For each word of the question the stems it may stand for, with their weights."""
        words = dict.fromkeys(self._stem(word) for word in meaningful(question, self.language))
        return [self._meanings(word) for word in list(words)[:LONGEST_QUESTION]]

    def _stem(self, word: str) -> str:
        """The stem; of a word typed without its accents, the stem of the word it stands for."""
        found = stem(word, self.language)
        return found if found in self._vocabulary.known else self._accented.get(fold(word), found)

    def _meanings(self, word: str) -> dict[str, float]:
        """What a stem stands for, itself first. Of a known word the others count no more than it, however rare they are."""
        found = dict(self._vocabulary.near(word))
        for kin, weight in ((self._kin, SYNONYM_WEIGHT), (self._families, FAMILY_WEIGHT)):
            for other in kin.get(word, ()):
                found[other] = max(found.get(other, 0.0), weight)
        found.pop(word, None)
        if word in self._vocabulary.known:
            most = self._texts.rarity(word)
            found = {
                other: weight * min(1.0, most / self._texts.rarity(other)) for other, weight in found.items()
            }
        share = PLAIN_WEIGHT if word in plain_stems(self.language) else 1.0
        return {each: weight * share for each, weight in {word: 1.0, **found}.items()}

    def _worth(self, meanings: Mapping[str, float]) -> float:
        word, weight = next(iter(meanings.items()))
        return weight * self._texts.rarity(word)
