"""The vectors of the articles of one language, compared with that of a question: all of them, so nothing is missed. Pure.

numpy is imported where the first vector is looked at: a process that looks at none does not hold it.
"""

from collections.abc import Collection, Mapping
from functools import partial

from hub.knowledge.meaning import SIZE, Vector


class Vectors:
    """Each article has a row for its title and one or more for its text. `group` is what a search is narrowed by."""

    def __init__(self) -> None:
        self._rows: dict[int, Vector] = {}
        self._groups: dict[int, str] = {}
        self._packed: _Packed | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, article_id: int, rows: Vector, *, group: str = "") -> None:
        self._rows[article_id], self._groups[article_id], self._packed = rows, group, None

    def regroup(self, article_id: int, group: str) -> None:
        if article_id in self._rows and self._groups[article_id] != group:
            self._groups[article_id], self._packed = group, None

    def remove(self, article_id: int) -> None:
        if self._rows.pop(article_id, None) is not None:
            del self._groups[article_id]
            self._packed = None

    def nearest(
        self, question: Vector, groups: Collection[str], *, limit: int, least: float, beside: Collection[int]
    ) -> tuple[dict[int, float], dict[int, float]]:
        """The articles of these groups that are nearest to the question, nearest first, with their cosines.

        Once by their titles, once by their texts; below `least` only those of `beside`.
        """
        if not self._rows:
            return {}, {}
        import numpy as np

        packed = self._packed = self._packed or _Packed(self._rows, self._groups)
        open_to = np.fromiter((group in groups for group in packed.groups), np.bool_, len(packed.groups))
        by_title, by_text = (np.where(open_to, found, -1.0) for found in packed.compare(question))
        best = partial(packed.best, limit=limit, least=least, beside=beside)
        return best(by_title), best(by_text)


class _Packed:
    """The same in three arrays, so that one product answers."""

    def __init__(self, rows: Mapping[int, Vector], groups: Mapping[int, str]) -> None:
        import numpy as np

        self.ids = list(rows)
        self.groups = [groups[article_id] for article_id in self.ids]
        self.titles = np.stack([found[0] for found in rows.values()])
        self.texts = np.concatenate([found[1:] for found in rows.values()]).reshape(-1, SIZE)
        sizes = [len(found) - 1 for found in rows.values()]
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)

    def compare(self, question: Vector) -> tuple[Vector, Vector]:
        import numpy as np

        return self.titles @ question, np.maximum.reduceat(self.texts @ question, self.starts)

    def best(
        self, likeness: Vector, *, limit: int, least: float, beside: Collection[int]
    ) -> dict[int, float]:
        import numpy as np

        first = np.argpartition(-likeness, min(limit, len(likeness)) - 1)[:limit]
        found = {self.ids[place]: float(likeness[place]) for place in first[np.argsort(-likeness[first])]}
        return {
            each: value for each, value in found.items() if value >= least or (value > -1 and each in beside)
        }
