"""Walks one customer of the demo through a questionnaire, page by page, by the rules that real answers are taken by."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from hub.demo.national.opinions import Opinion, fill_page
from hub.questionnaires.definitions import Definition
from hub.questionnaires.responding.saving import split
from hub.questionnaires.taking import take
from hub.questionnaires.walking import walk
from hub.questionnaires.words import ResponseState

LEAVES = {"why": 0.028, "store": 0.034, "online": 0.02, "wishes": 0.026}
LEAVES_ELSE = 0.008


@dataclass(frozen=True)
class Filled:
    """A response as it is kept."""

    state: ResponseState
    answers: Mapping[str, Any]
    words: Mapping[str, Any]
    shown: tuple[str, ...]
    page_key: str


def fill_in(definition: Definition, opinion: Opinion, key: str, random: Random) -> Filled:
    """Until the end, or the page at which he closes the window."""
    answers: dict[str, Any] = {}
    way = walk(definition, answers, seed=key)
    page = way.page_after(None)
    state, last = ResponseState.COMPLETE, ""
    while page is not None:
        last = page.key
        if random.random() < LEAVES.get(last, LEAVES_ELSE):
            state = ResponseState.PARTIAL
            break
        taken = take(page.questions, fill_page(page, opinion, random))
        if taken.errors:
            raise ValueError(f"The demo answers what is no answer: {dict(taken.errors)}")
        answers |= taken.answers
        way = walk(definition, answers, seed=key)
        page = way.page_after(last)
    codes, words = split(definition, answers)
    keys = [each.key for each in way.pages]
    seen = way.pages[: keys.index(last) + 1]
    shown = tuple(question.key for each in seen for question in each.questions)
    return Filled(state, codes, words, shown, last)
