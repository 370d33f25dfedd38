"""What one customer of the demo thinks, and so what he ticks and writes on a page of a questionnaire."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from hub.core.words import Language
from hub.demo.national.themes import BESIDE, BLAME, ENGLISH, FAIR, PRAISE, WISHES
from hub.questionnaires.definitions import OTHER, Option, Page, Question
from hub.questionnaires.words import QuestionKind

Form = dict[str, list[str]]
SKIPS, WRITES, NO_OPINION = 0.12, 0.42, 0.04
HAPPY, UNHAPPY = 0.6, -0.6
STORES_DIFFER = 0.32
CENTRE: Mapping[str, float] = {
    "delivery": 0.62,
    "loyalty_satisfaction": 0.55,
    "price_image": 0.42,
    "back": 0.45,
}
"""Where on its scale a question is answered by somebody who is neither pleased nor not; else at 0.7."""
LIKELY: Mapping[str, Mapping[str, float]] = {
    "visits": {"weekly": 6, "monthly": 34, "quarterly": 33, "yearly": 19, "never": 8},
    "channels": {"store": 84, "web": 31, "click_collect": 22, "phone": 3, "none": 0},
    "contacted": {"email": 9, "phone": 8, "store": 7, "no": 76},
    "loyalty": {"yes": 57, "no": 31, "unknown": 12},
    "age": {"under_25": 6, "25_34": 17, "35_49": 31, "50_64": 27, "65_plus": 15, "no_answer": 4},
    "disappointed_by": {"price": 30, "stock": 22, "wait": 20, "delivery": 16, "advice": 14, "quality": 12, "welcome": 9, "returns": 9, "hours": 8, "other": 5},
    "priorities": {"prices": 9, "range": 5, "advice": 6, "digital": 2, "environment": 4},
    "reason": {"price": 27, "moved": 18, "choice": 14, "service": 13, "quality": 11, "no_need": 10, "other": 7},
    "wishes": {"offer": 8, "range": 4, "service": 4, "store": 3},
}  # fmt: skip


@dataclass(frozen=True)
class Opinion:
    """`mood`: 0 is usual, one point is much. `sore`: what bothers this customer most, a code of `disappointed_by`."""

    mood: float
    sore: str
    language: Language


@cache
def quality_of(store_id: int) -> float:
    """Stores differ, and stay what they are."""
    return Random(store_id * 7919).gauss(0, STORES_DIFFER)


def form_opinion(store_id: int, language: Language, progress: float, random: Random) -> Opinion:
    """`progress`: how much better the chain is than at first."""
    mood = quality_of(store_id) + progress + random.gauss(0, 0.85)
    weights = dict(LIKELY["disappointed_by"])
    weights[list(weights)[store_id % 5]] *= 2.5  # each store has a trouble of its own
    return Opinion(mood, random.choices(list(weights), list(weights.values()))[0], language)


def fill_page(page: Page, opinion: Opinion, random: Random) -> Form:
    form: Form = {}
    for question in page.questions:
        if question.is_required or random.random() > SKIPS:
            form |= ANSWERING.get(question.kind, _nothing)(question, opinion, random)
    return form


def _nothing(_question: Question, _opinion: Opinion, _random: Random) -> Form:
    return {}


def _score(question: Question, opinion: Opinion, random: Random) -> Form:
    low, high = question.range or (0, 0)
    told = CENTRE.get(question.key, 0.7) + 0.19 * (opinion.mood + random.gauss(0, 0.45))
    return {question.key: [str(round(low + (high - low) * min(1.0, max(0.0, told))))]}


def _weights(question: Question, options: Sequence[Option]) -> list[float]:
    known = LIKELY.get(question.key, {})
    return [known.get(option.code, 4.0) for option in options]


def _single(question: Question, _opinion: Opinion, random: Random) -> Form:
    [chosen] = random.choices(question.options, _weights(question, question.options))
    return {question.key: [chosen.code]} | _beside(question, [chosen.code], random)


def _multiple(question: Question, opinion: Opinion, random: Random) -> Form:
    options = [option for option in question.options if not option.is_exclusive]
    wanted = min(question.most_count or 4, random.choice((1, 1, 2, 2, 3)))
    chosen = {random.choices(options, _weights(question, options))[0].code for _ in range(wanted)}
    if opinion.sore in question.codes and len(chosen) < (question.most_count or len(options)):
        chosen.add(opinion.sore)
    return {question.key: sorted(chosen)} | _beside(question, sorted(chosen), random)


def _beside(question: Question, chosen: Sequence[str], random: Random) -> Form:
    return {f"{question.key}.{OTHER}": [random.choice(BESIDE)]} if OTHER in chosen else {}


def _ranking(question: Question, _opinion: Opinion, random: Random) -> Form:
    drawn = {
        option.code: random.random() ** (1 / weight)
        for option, weight in zip(question.options, _weights(question, question.options), strict=True)
    }
    order = sorted(drawn, key=lambda code: -drawn[code])
    return {f"{question.key}.{code}": [str(place)] for place, code in enumerate(order, 1)}


def _matrix(question: Question, opinion: Opinion, random: Random) -> Form:
    """The first option is the best one, the last says nothing."""
    form: Form = {}
    for row in question.rows:
        told = 1.3 - 0.75 * (opinion.mood + random.gauss(0, 0.7)) + (row.code == opinion.sore)
        place = -1 if random.random() < NO_OPINION else min(len(question.options) - 2, max(0, round(told)))
        form[f"{question.key}.{row.code}"] = [question.options[place].code]
    return form


def _words(question: Question, opinion: Opinion, random: Random) -> Form:
    if random.random() > WRITES:
        return {}
    if opinion.language is Language.ENGLISH:
        return {question.key: [random.choice(ENGLISH)]}
    return {question.key: [random.choice(_said(question, opinion))]}


def _said(question: Question, opinion: Opinion) -> Sequence[str]:
    if question.key == "comment":
        return WISHES
    if opinion.mood > HAPPY:
        return PRAISE
    return BLAME[opinion.sore] if opinion.mood < UNHAPPY or question.key == "what_happened" else FAIR


ANSWERING: Mapping[QuestionKind, Callable[[Question, Opinion, Random], Form]] = {
    QuestionKind.CSAT: _score,
    QuestionKind.NPS: _score,
    QuestionKind.CES: _score,
    QuestionKind.SCALE: _score,
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.RANKING: _ranking,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.LONG_TEXT: _words,
}
