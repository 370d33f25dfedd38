"""How long a questionnaire takes, before anybody has answered it. Pure.

After the counting rules of the Pew Research Center ("How we keep our online surveys from running too long", Decoded,
8 December 2022): 85 points are a survey of 15 minutes, a question of its own is one point, about 10 seconds; an item of a
battery takes less, an open question takes minutes where it is hard. The points of single formats are ours: an item of a
matrix a third of a point, an open question five points, a short text or a contact field one point, a ranking half a point
for each option, a file three points, an information page its words at 200 a minute.
"""

from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.words import QuestionKind

POINT_SECONDS = 15 * 60 / 85
ITEM_POINTS = 1 / 3
RANKED_POINTS = 0.5
OPEN = {QuestionKind.LONG_TEXT: 5.0, QuestionKind.FILE: 3.0}
WORDS_A_SECOND = 200 / 60
OFTEN = 0.5
"""An open question that may be skipped is answered by about half of those who see it; so is what a condition shows."""


def seconds_of(question: Question) -> float:
    """For somebody who answers it."""
    if question.kind is QuestionKind.INFORMATION:
        return len(f"{question.words.fr} {question.help.fr}".split()) / WORDS_A_SECOND
    is_often_skipped = question.kind in OPEN and not question.is_required
    return POINT_SECONDS * max(_points(question), 1) * (OFTEN if is_often_skipped else 1)


def _points(question: Question) -> float:
    return {
        QuestionKind.MATRIX: len(question.rows) * ITEM_POINTS,
        QuestionKind.RANKING: len(question.options) * RANKED_POINTS,
        QuestionKind.CONTACT: float(len(question.fields)),
        **OPEN,
    }.get(question.kind, 1.0)


def estimate_minutes(definition: Definition) -> tuple[int, int]:
    """For who sees what is always shown (and half of the rest), and for who sees everything; at least a minute."""
    middle = longest = len(f"{definition.introduction.fr}".split()) / WORDS_A_SECOND
    for page in definition.pages:
        for question in page.questions:
            seconds = seconds_of(question)
            longest += seconds
            middle += seconds * (OFTEN if page.show_if or question.show_if else 1)
    return max(1, round(middle / 60)), max(1, round(longest / 60))
