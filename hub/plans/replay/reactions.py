"""What customers would have done with messages that were never sent: drawn at a rate, always the same for one message."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hub.core.questions import Question, answered
from hub.core.words import Purpose
from hub.plans.looking.asked import Answers, LookUp, Params, Subject, World
from hub.plans.looking.of_messages import asked_among, reacted
from hub.plans.looking.table import LOOK_UPS
from hub.plans.replay.passages import Letter
from hub.plans.replay.scores import Falls, look_up_in
from hub.plans.replay.words import Reaction
from hub.plans.words import Ask

AFTER = timedelta(hours=1)
"""So long after a message left its customer reacts to it."""
ANSWERED_AT = "replay_answered_at"
Rates = Mapping[str, Mapping[Reaction, float]]


class Reactions(Protocol):
    """Who reacted to which message of the replay, and when."""

    def openings(self, letters: Collection[Letter]) -> dict[int, datetime]:
        """By number of the message; those not opened are missing."""
        ...

    def clicks(self, letters: Collection[Letter]) -> dict[int, datetime]: ...

    def answer_at(self, letter: Letter) -> datetime | None:
        """When the question it asks is answered; None: never."""
        ...


class Drawn:
    """`rates` by step: shares from 0 to 1. Who clicks has also opened."""

    def __init__(self, plan_key: str, rates: Rates) -> None:
        self._plan_key = plan_key
        self._rates = rates

    def openings(self, letters: Collection[Letter]) -> dict[int, datetime]:
        return self._reacting(letters, Reaction.OPENED)

    def clicks(self, letters: Collection[Letter]) -> dict[int, datetime]:
        return self._reacting(letters, Reaction.CLICKED)

    def answer_at(self, letter: Letter) -> datetime | None:
        if letter.step.purpose is not Purpose.SURVEY or letter.accepted_at is None:
            return None
        is_answered = self._draw(letter, "answer") < self._rate(letter, Reaction.ANSWERED)
        return letter.accepted_at + AFTER if is_answered else None

    def _reacting(self, letters: Collection[Letter], kind: Reaction) -> dict[int, datetime]:
        return {
            letter.number: letter.accepted_at + AFTER
            for letter in letters
            if letter.accepted_at is not None and self._draw(letter, "mail") < self._rate(letter, kind)
        }

    def _rate(self, letter: Letter, kind: Reaction) -> float:
        return self._rates.get(letter.step.key, {}).get(kind, 0.0)

    def _draw(self, letter: Letter, what: str) -> float:
        """Stable: neither the order of the work nor another day of asking changes who reacts."""
        walk = letter.walk
        named = f"{self._plan_key}:{walk.customer_id}:{walk.entry_key}:{letter.step.key}:{what}"
        return int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big") / 2**64


def look_ups_of(
    reactions: Reactions, letters: Mapping[int, Letter], asked: Mapping[int, Sequence[datetime]], falls: Falls
) -> Mapping[Ask, LookUp]:
    """The look-ups of the live engine, but for what messages of the replay brought and what has no past in its row.

    `letters` by number, `asked`: when customers were asked by a survey. Nobody used a code that was never given.
    """

    def moments(
        look: Callable[[Collection[Letter]], dict[int, datetime]],
    ) -> Callable[..., Question[dict[int, datetime]]]:
        return lambda numbers: answered(look([letters[number] for number in numbers]))

    openings, clicks = moments(reactions.openings), moments(reactions.clicks)
    return {
        **LOOK_UPS,
        Ask.OPENED: lambda subjects, params, _world: reacted(subjects, params, (openings,)),
        Ask.CLICKED: lambda subjects, params, _world: reacted(subjects, params, (clicks,)),
        Ask.ENGAGED: lambda subjects, params, _world: reacted(subjects, params, (clicks, openings)),
        Ask.ANSWERED: _answered,
        Ask.CHURN_BELOW: look_up_in(falls),
        Ask.CODE_USED: lambda subjects, _params, _world: [False] * len(subjects),
        Ask.ASKED_RECENTLY: asked_among(asked),
    }


def _answered(subjects: Sequence[Subject], _params: Params, _world: World) -> Answers:
    moments = [seen.values.get(ANSWERED_AT) for seen in subjects]
    return [
        at is not None and datetime.fromisoformat(at) <= seen.at
        for seen, at in zip(subjects, moments, strict=True)
    ]
