"""Search of one language: words (ranking.py) and meaning (vectors.py), fused by rank, and why each article was found. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.core.words import Language
from hub.knowledge.meaning import Vector
from hub.knowledge.ranking import CANDIDATES, FUSION, Index, Text
from hub.knowledge.vectors import Vectors

LEAST_LIKENESS = 0.2
"""Below this cosine an article that holds none of the words is not found: most questions of other fields stay below."""
MEANING = "meaning"


@dataclass(frozen=True)
class Found:
    """`score`: 1 for an article that is first in every ranking. `why`: the words it holds, and how near it means the same."""

    id: int
    score: float
    why: tuple[str, ...] = ()


class Search:
    """The articles of one language. Adding an article again replaces it; vectors may come later."""

    def __init__(self, language: Language) -> None:
        self.index, self.vectors = Index(language), Vectors()

    def add(self, text: Text, vectors: Vector | None = None) -> None:
        self.index.add(text)
        if vectors is None:
            self.vectors.regroup(text.id, text.group)
        else:
            self.vectors.put(text.id, vectors, group=text.group)

    def remove(self, article_id: int) -> None:
        self.index.remove(article_id)
        self.vectors.remove(article_id)

    def find(
        self,
        question: str,
        meaning: Vector | None = None,
        *,
        groups: Collection[str] = ("",),
        limit: int = 10,
    ) -> list[Found]:
        """The best articles, best first; [] when nothing bears on the question. Never raises."""
        by_words = self.index.find(question, groups=groups, limit=CANDIDATES)
        rankings = [by_words]
        likeness: dict[int, float] = {}
        if meaning is not None:
            for near in self.vectors.nearest(
                meaning, groups, limit=CANDIDATES, least=LEAST_LIKENESS, beside=frozenset(by_words)
            ):
                rankings.append(list(near))
                likeness.update({each: max(value, likeness.get(each, 0.0)) for each, value in near.items()})
        points = fuse(rankings)
        first = self.index.called(question, groups)
        order = [*first, *sorted(points.keys() - set(first), key=lambda each: (-points[each], each))]
        return [self._explain(each, points[each], likeness, question, rankings) for each in order[:limit]]

    def _explain(
        self,
        article_id: int,
        points: float,
        likeness: Mapping[int, float],
        question: str,
        rankings: list[list[int]],
    ) -> Found:
        best = len([ranking for ranking in rankings if ranking]) / (FUSION + 1)
        why = list(self.index.shared(question, article_id))
        if article_id in likeness:
            why.append(f"{MEANING} {likeness[article_id]:.2f}")
        return Found(article_id, round(points / best, 4), tuple(why))


def fuse(rankings: Collection[list[int]]) -> dict[int, float]:
    """Reciprocal ranks added up (Cormack, Clarke and Büttcher, 2009)."""
    points: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, article_id in enumerate(ranking, 1):
            points[article_id] += 1 / (FUSION + rank)
    return dict(points)
