"""What a customer is asked to say yes, partly or no to: the chain's own points, or the three usual ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_, fold
from hub.core.words import Language
from hub.stores.actions import change_setting

SETTING = "review_points"
MOST_POINTS = 5
LONGEST = 80
_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Point:
    """`key` is what reviews keep; it stays when the words change."""

    key: str
    fr: str
    en: str

    def words(self, language: Language) -> str:
        return self.en if language is Language.ENGLISH and self.en else self.fr


USUAL = (
    Point("quality", "La qualité répond à mon attente", "The quality is what I expected"),
    Point("value", "Le prix est justifié", "It is worth its price"),
    Point("as_described", "Le produit est conforme à sa description", "The product is as described"),
)


def read_points(settings: Mapping[str, Any]) -> tuple[Point, ...]:
    """Those of the chain; without any of its own the usual ones."""
    written = settings.get(SETTING, {}).get("points")
    return tuple(Point(each["key"], each["fr"], each["en"]) for each in written) if written else USUAL


def change_points(
    points: Sequence[tuple[str, str]], *, known: Sequence[Point], by: Actor, now: datetime
) -> None:
    """All of them, as (French, English); an empty line is left out. Raises Invalid (field points)."""
    lines = [(fr.strip(), en.strip()) for fr, en in points if fr.strip()]
    if len(lines) > MOST_POINTS or any(len(words) > LONGEST for pair in lines for words in pair):
        raise Invalid(
            N_("Please keep at most %(count)s points of %(longest)s characters."),
            field="points",
            count=MOST_POINTS,
            longest=LONGEST,
        )
    keys = {point.fr: point.key for point in known}
    kept = [{"key": keys.get(fr) or _key_of(fr), "fr": fr, "en": en} for fr, en in lines]
    change_setting(SETTING, {"points": kept}, by=by, now=now)


def _key_of(words: str) -> str:
    return _KEY.sub("_", fold(words)).strip("_")[:LONGEST] or "point"
