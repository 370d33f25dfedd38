"""Benchmark: searching articles at 1,000 and 10,000, with whole questions of which one word is mistyped.

`.venv/bin/python -m tests.bench.knowledge` prints JSON lines. Bar: p95 under 50 ms at 10,000 articles. Needs no
database: the pages search the same in their own process. With the model's package, meaning is searched too: the
articles' vectors are drawn, the questions' worked out; and what it costs to work out 1,000 articles is measured (bar 60 s).
"""

import itertools
import json
import platform
import resource
import time
from random import Random

import numpy as np

from hub.core.words import Language
from hub.knowledge import meaning
from hub.knowledge.evaluating import misspell
from hub.knowledge.indexing import BATCH
from hub.knowledge.ranking import Text
from hub.knowledge.searching import Search

COUNTS = (1_000, 10_000)
WORDS, TITLE_WORDS, BODY_WORDS, QUESTION_WORDS, WORDS_OF_ARTICLE = 25_000, 7, 160, 10, 400
ROUNDS, PARTS = 200, 4
CONSONANTS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "br",
    "cr",
    "dr",
    "fr",
    "gr",
    "pr",
    "tr",
    "bl",
    "cl",
    "pl",
    "ch",
    "qu",
]
VOWELS = ["a", "e", "é", "i", "o", "u", "ou", "oi", "ai", "au", "en", "on", "an", "in"]
ENDINGS = ("", "r", "s", "t", "ment", "tion", "eur", "age", "able", "ée")


def main() -> None:
    if meaning.is_available():
        _encoding()
    figures = {count: _measure(count) for count in COUNTS}
    small, large = (figures[count] for count in COUNTS)
    for name, unit in (("p50", "ms"), ("p95", "ms"), ("build", "s"), ("memory", "MB")):
        line = {
            "name": f"knowledge.search.{name}.{COUNTS[1]}",
            "value": round(large[name], 2),
            "unit": unit,
            "baseline": f"{COUNTS[0]} articles",
            "baseline_value": round(small[name], 2),
            "ratio": round(large[name] / max(small[name], 0.01), 2),
            "machine": platform.machine(),
        }
        print(json.dumps(line))


def _encoding() -> None:
    """What a worker pays for the articles' vectors."""
    random = Random(1)
    words, weights = _vocabulary(random)
    bodies = [
        " ".join(random.choices(words, cum_weights=weights, k=WORDS_OF_ARTICLE)) for _ in range(COUNTS[0])
    ]
    start = time.perf_counter()
    for first in range(0, len(bodies), BATCH):
        meaning.encode_articles([(body[:60], body) for body in bodies[first : first + BATCH]])
    value = round(time.perf_counter() - start, 2)
    print(
        json.dumps(
            {
                "name": f"knowledge.encode.{COUNTS[0]}",
                "value": value,
                "unit": "s",
                "machine": platform.machine(),
            }
        )
    )


def _measure(count: int) -> dict[str, float]:
    random = Random(count)
    words, weights = _vocabulary(random)

    def said(length: int) -> str:
        return " ".join(random.choices(words, cum_weights=weights, k=length))

    texts = [Text(number, said(TITLE_WORDS), said(BODY_WORDS)) for number in range(count)]
    questions = [misspell(said(QUESTION_WORDS), random) for _ in range(ROUNDS)]
    before, start = _memory(), time.perf_counter()
    index = Search(Language.FRENCH)
    rows = np.random.default_rng(count).standard_normal((count, PARTS, meaning.SIZE), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    for text, vectors in zip(texts, rows, strict=True):
        index.add(text, vectors if meaning.is_available() else None)
    index.find(questions[0], _meaning(questions[0]))
    build = time.perf_counter() - start
    memory = _memory() - before
    times = sorted(_time(index, question) for question in questions)
    return {
        "p50": times[ROUNDS // 2],
        "p95": times[int(ROUNDS * 0.95)],
        "build": build,
        "memory": memory,
    }


def _vocabulary(random: Random) -> tuple[list[str], list[float]]:
    """Words that look French, the frequent ones far more frequent (Zipf)."""
    made = {
        "".join(random.choice(CONSONANTS) + random.choice(VOWELS) for _ in range(random.randint(1, 3)))
        + random.choice(ENDINGS)
        for _ in range(WORDS)
    }
    words = sorted(made)
    random.shuffle(words)
    return words, list(itertools.accumulate(1 / (place + 3) for place in range(len(words))))


def _time(index: Search, question: str) -> float:
    start = time.perf_counter()
    index.find(question, _meaning(question))
    return (time.perf_counter() - start) * 1000


def _meaning(question: str) -> meaning.Vector | None:
    return meaning.encode_question(question) if meaning.is_available() else None


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
