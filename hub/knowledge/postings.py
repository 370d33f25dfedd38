"""What the ranking looks words up in: the stems of a corpus by their trigrams, and one field's postings. Pure Python."""

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

# k1 and b of BM25 (Robertson and Zaragoza, 2009), lower than theirs: articles are short (ADR 0011)
SATURATION, LENGTH_SHARE = 0.8, 0.6
NEAR_CUT, NEAR_COUNT = 0.4, 8
REMEMBERED = 20_000


class Vocabulary:
    """The stems of a corpus, found by their trigrams."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._stems: list[str] = []
        self._sizes: list[int] = []
        self._by_gram: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._near: dict[str, dict[str, float]] = {}

    def add(self, stems: Iterable[str]) -> None:
        for each in stems:
            if each in self.known:
                continue
            self.known[each] = len(self._stems)
            parts = grams(each)
            for part in parts:
                self._by_gram[part].append(len(self._stems))
            self._stems.append(each)
            self._sizes.append(len(parts))
            self._near.clear()

    def near(self, word: str) -> dict[str, float]:
        """The stems most like this one (Dice over trigrams, at least 0.4), with their likeness squared."""
        if word not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            self._near[word] = self._look_up(word)
        return self._near[word]

    def _look_up(self, word: str) -> dict[str, float]:
        parts = grams(word)
        shared: Counter[int] = Counter()
        for part in parts:
            shared.update(self._by_gram.get(part, ()))
        alike: list[tuple[float, str]] = []
        for place, count in shared.most_common():
            share = 2 * count / (len(parts) + self._sizes[place])
            if share >= NEAR_CUT:
                alike.append((share, self._stems[place]))
            elif count < NEAR_CUT * len(parts) / 2 or count == 1:
                break
        alike.sort(reverse=True)
        return {each: share * share for share, each in alike[:NEAR_COUNT]}


class Field:
    """BM25 over one field of the articles, which stand in slots; the slots of a word are in rising order."""

    def __init__(self) -> None:
        self._slots: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._counts: dict[str, array[float]] = defaultdict(lambda: array("f"))
        self._lengths: list[float] = []
        self._damping: list[float] = []

    def add(self, slot: int, words: Mapping[str, float]) -> None:
        for word, count in words.items():
            self._slots[word].append(slot)
            self._counts[word].append(count)
        self._lengths.append(float(sum(words.values())))
        self._damping = []

    def spread(self, word: str) -> int:
        """How many slots hold the word."""
        return len(self._slots[word]) if word in self._slots else 0

    def has(self, word: str, slot: int) -> bool:
        if word not in self._slots:
            return False
        places = self._slots[word]
        place = bisect_left(places, slot)
        return place < len(places) and places[place] == slot

    def rarity(self, word: str) -> float:
        found = self.spread(word)
        return math.log(1 + (len(self._lengths) - found + 0.5) / (found + 0.5))

    def collect(self, meanings: Iterable[tuple[str, float]], *, budget: int) -> dict[int, float]:
        """Rough points of the slots that hold the rarest of these words; at most `budget` look-ups and one word."""
        points: dict[int, float] = {}
        spent = 0
        for word, weight in sorted(meanings, key=lambda pair: self.spread(pair[0])):
            if spent and spent + self.spread(word) > budget:
                break
            spent += self.spread(word)
            value = weight * self.rarity(word)
            for slot in self._slots.get(word, ()):
                points[slot] = points.get(slot, 0.0) + value
        return points

    def score(self, question: Sequence[Mapping[str, float]], slots: Sequence[int]) -> dict[int, float]:
        """Exact points of these slots. Of the stems that a word of the question stands for, the best one counts."""
        points: dict[int, float] = {}
        for meanings in question:
            best: dict[int, float] = {}
            for word, weight in meanings.items():
                if word in self._slots:
                    self._weigh(word, weight, slots, best)
            for slot, value in best.items():
                points[slot] = points.get(slot, 0.0) + value
        return points

    def _weigh(self, word: str, weight: float, slots: Sequence[int], best: dict[int, float]) -> None:
        places, counts, damping = self._slots[word], self._counts[word], self._dampings()
        full, end = weight * self.rarity(word) * (SATURATION + 1), len(places)
        for slot in slots:
            place = bisect_left(places, slot)
            if place < end and places[place] == slot:
                value = full * counts[place] / (counts[place] + damping[slot])
                if value > best.get(slot, 0.0):
                    best[slot] = value

    def _dampings(self) -> list[float]:
        if not self._damping:
            mean = sum(self._lengths) / max(1, len(self._lengths)) or 1.0
            self._damping = [
                SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / mean) for length in self._lengths
            ]
        return self._damping


def grams(word: str) -> set[str]:
    """The trigrams of a word with its edges: `sac` has ` sa`, `sac`, `ac `."""
    framed = f" {word} "
    return {framed[start : start + 3] for start in range(len(framed) - 2)}
