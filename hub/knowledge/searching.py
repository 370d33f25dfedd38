"""Search of one language: words (ranking.py) and meaning (vectors.py), added up, and why each article was found. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.core.words import Language
from hub.knowledge.meaning import Vector
from hub.knowledge.ranking import CANDIDATES, Index, Text
from hub.knowledge.vectors import Vectors

LEAST_LIKENESS = 0.2
"""Below this cosine an article that holds none of the words is not found: most questions of other fields stay below."""
MEANING_WEIGHT = (
    0.5  # of the cosine of the title and of that of the text, beside the share of the words' worth
)
MEANING = "meaning"


@dataclass(frozen=True)
class Found:
    """`score`: as a share of the best one's. `why`: the words it holds, and how near it means the same."""

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
        points = self.index.weigh(question, groups=groups)
        likeness: dict[int, float] = {}
        if meaning is not None:
            for near in self.vectors.nearest(
                meaning, groups, limit=CANDIDATES, least=LEAST_LIKENESS, beside=points.keys()
            ):
                for each, value in near.items():
                    points[each] = points.get(each, 0.0) + MEANING_WEIGHT * value
                    likeness[each] = max(value, likeness.get(each, 0.0))
        first = self.index.called(question, groups)
        order = [*first, *sorted(points.keys() - set(first), key=lambda each: (-points[each], each))]
        points.update(dict.fromkeys(first, max(points.values(), default=1.0)))
        return [
            self._explain(each, points[each] / points[order[0]], likeness, question) for each in order[:limit]
        ]

    def _explain(self, article_id: int, score: float, likeness: Mapping[int, float], question: str) -> Found:
        why = list(self.index.shared(question, article_id))
        if article_id in likeness:
            why.append(f"{MEANING} {likeness[article_id]:.2f}")
        return Found(article_id, round(score, 4), tuple(why))
