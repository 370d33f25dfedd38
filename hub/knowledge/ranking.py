"""Finds articles by a question: BM25 over stems, near words by trigrams, titles apart, fused by rank. Pure Python.

A question is a bag of words of which any may match (OR), so that whole sentences of customers find their article.
Each word stands for its stem, its synonyms and the words of the corpus that look like it; that repairs typos and
missed word forms. Two rankings (whole text, title alone) are fused by reciprocal ranks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from heapq import nlargest

from hub.core.stemming import stem
from hub.core.text import fold
from hub.core.words import Language
from hub.knowledge.postings import Field, Vocabulary
from hub.knowledge.synonyms import table
from hub.knowledge.terms import meaningful

TITLE_WEIGHT, SUMMARY_WEIGHT = 3, 2
FUSION = 10  # k of Cormack, Clarke and Büttcher, 2009; smaller, because only the first ranks are shown
SYNONYM_WEIGHT = 0.5
LONGEST_QUESTION = 30
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
        self._kin = table(language)
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
        meanings = self._read(question)
        slots = self._choose(meanings, groups)
        points = self._texts.score(meanings, slots)
        least = LEAST_SHARE * sum(map(self._worth, meanings))
        relevant = [slot for slot in slots if points.get(slot, 0.0) >= least]
        fused = _fuse({slot: points[slot] for slot in relevant}, self._titles.score(meanings, relevant))
        order = sorted(relevant, key=lambda slot: (-fused[slot], -points[slot], self._ids[slot]))
        ranked = [self._ids[slot] for slot in order]
        return list(dict.fromkeys([*self.called(question, groups), *ranked]))[:limit]

    def shared(self, question: str, article_id: int) -> list[str]:
        """The words of the question that the article holds, as they were typed; `colis (paquet)` for one of its kin."""
        slot = self._slot_of[article_id]
        found: list[str] = []
        for word in list(meaningful(question, self.language))[:LONGEST_QUESTION]:
            meant = [each for each in self._meanings(self._stem(word)) if self._texts.has(each, slot)]
            if meant:
                found.append(word if self._stem(word) in meant else f"{word} ({meant[0]})")
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

    def _meanings(self, word: str) -> Mapping[str, float]:
        found = dict(self._vocabulary.near(word))
        for other in self._kin.get(word, ()):
            found[other] = max(found.get(other, 0.0), SYNONYM_WEIGHT)
        return {**found, word: 1.0}

    def _worth(self, meanings: Mapping[str, float]) -> float:
        return next(self._texts.rarity(word) for word, weight in meanings.items() if weight == 1.0)


def _fuse(*rankings: Mapping[int, float]) -> dict[int, float]:
    """Reciprocal ranks added up."""
    fused: dict[int, float] = defaultdict(float)
    for points in rankings:
        for rank, slot in enumerate(sorted(points, key=points.__getitem__, reverse=True), 1):
            fused[slot] += 1 / (FUSION + rank)
    return fused
