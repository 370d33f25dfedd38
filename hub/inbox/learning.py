"""Learns reasons from texts and names them for new ones. Kept as arrays of numbers, never as objects (docs/adr/0027).

scikit-learn and numpy are imported only when something is learnt or named: a web process never does either.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FEATURES = 2**15
"""Of the words, and again as many of the parts of words."""
LEAST_EXAMPLES = 10
LEAST_PROBABILITY = 0.5
EPOCHS = 10
FORMAT = 1


class UnreadableModelError(Exception):
    """The file is not a model of ours, or of another format."""


@dataclass(frozen=True)
class Learnt:
    """`weights`: float32, 2 * FEATURES × reasons; `bias`: one for each reason of `reason_ids`."""

    reason_ids: tuple[int, ...]
    weights: Any
    bias: Any


def learn(texts: Sequence[str], reason_ids: Sequence[int]) -> Learnt | None:
    """A linear model over words and parts of words. None when fewer than two reasons have enough examples."""
    from numpy import asarray, float32
    from sklearn.linear_model import SGDClassifier

    counts = Counter(reason_ids)
    pairs = [
        (text, reason_id)
        for text, reason_id in zip(texts, reason_ids, strict=True)
        if counts[reason_id] >= LEAST_EXAMPLES
    ]
    if len({reason_id for _, reason_id in pairs}) < len("ab"):
        return None
    model: Any = SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=EPOCHS, tol=None, random_state=0)
    model.fit(_features([text for text, _ in pairs]), [reason_id for _, reason_id in pairs])
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == len("ab"):
        weights, bias = asarray([-weights[0], weights[0]]), asarray([-bias[0], bias[0]])
    ids = tuple(int(each) for each in model.classes_)
    return Learnt(ids, asarray(weights.T, dtype=float32), asarray(bias, dtype=float32))


def name_reasons(learnt: Learnt, texts: Sequence[str]) -> list[int | None]:
    """For each text the likeliest reason; None where it is not likelier than all others together."""
    from numpy import clip, exp

    if not texts:
        return []
    scores = _features(texts) @ learnt.weights + learnt.bias
    each = 1 / (1 + exp(-clip(scores, -30, 30)))
    share = each / each.sum(axis=1, keepdims=True)
    best = share.argmax(axis=1)
    return [
        learnt.reason_ids[place] if share[row, place] >= LEAST_PROBABILITY else None
        for row, place in enumerate(best)
    ]


def to_bytes(learnt: Learnt) -> bytes:
    """Arrays of numbers in numpy's own format, compressed."""
    from numpy import asarray, int64, savez_compressed

    file = io.BytesIO()
    savez_compressed(
        file,
        format=asarray([FORMAT], dtype=int64),
        reason_ids=asarray(learnt.reason_ids, dtype=int64),
        weights=learnt.weights,
        bias=learnt.bias,
    )
    return file.getvalue()


def from_bytes(content: bytes) -> Learnt:
    """Read without running anything: objects are refused. Raises UnreadableModelError."""
    from zipfile import BadZipFile

    from numpy import load

    try:
        with load(io.BytesIO(content), allow_pickle=False) as file:
            number, ids = file["format"], tuple(int(each) for each in file["reason_ids"])
            weights, bias = file["weights"], file["bias"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, AttributeError) as error:
        raise UnreadableModelError from error
    is_ours = number.tolist() == [FORMAT] and weights.shape == (2 * FEATURES, len(ids))
    if not is_ours or bias.shape != (len(ids),) or weights.dtype.kind != "f":
        raise UnreadableModelError
    return Learnt(ids, weights, bias)


def _features(texts: Sequence[str]) -> Any:
    """Words and pairs of words, and parts of three and four letters, which forgive typos and endings."""
    from scipy import sparse
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(n_features=FEATURES, ngram_range=(1, 2), alternate_sign=False)
    parts = HashingVectorizer(
        n_features=FEATURES, analyzer="char_wb", ngram_range=(3, 4), alternate_sign=False
    )
    stack: Any = sparse.hstack
    return stack([words.transform(texts), parts.transform(texts)], format="csr")
