"""A draft as its page draws it: pages and questions with their words, conditions, and what can be done with them."""

from typing import Any

from flask_babel import gettext, ngettext

from hub.blueprints.questionnaires import words
from hub.questionnaires.definitions import Definition, Page, Question
from hub.questionnaires.drafts.rows import DraftView
from hub.questionnaires.words import CHOICES, QuestionKind

MOST_SHOWN = 4


def draw_pages(draft: DraftView) -> list[dict[str, Any]]:
    definition = draft.definition
    last = len(definition.pages) - 1
    return [
        {
            "key": page.key,
            "title": words.page_words(definition, page),
            "show_if": words.condition_words(page.show_if, definition),
            "ends_if": words.condition_words(page.ends_if, definition),
            "is_shuffled": page.is_shuffled,
            "can_up": place > 0,
            "can_down": place < last,
            "can_remove": last > 0,
            "questions": _questions(definition, page, place),
        }
        for place, page in enumerate(definition.pages)
    ]


def _questions(definition: Definition, page: Page, place: int) -> list[dict[str, Any]]:
    last_page, last = len(definition.pages) - 1, len(page.questions) - 1
    return [
        {
            "key": question.key,
            "title": words.title_of(question),
            "kind": words.kind_words(question.kind),
            "is_required": question.is_required,
            "show_if": words.condition_words(question.show_if, definition),
            "detail": _detail(question),
            "can_up": index > 0 or place > 0,
            "can_down": index < last or place < last_page,
        }
        for index, question in enumerate(page.questions)
    ]


def _detail(question: Question) -> str:
    """The first options, the lines of a table, the ends of a scale."""
    if question.kind in CHOICES:
        parts = question.rows if question.kind is QuestionKind.MATRIX else question.options
        said = ", ".join(words.say(each.words) or each.code for each in parts[:MOST_SHOWN])
        rest = len(parts) - MOST_SHOWN
        more = ngettext("and %(num)s more", "and %(num)s more", rest)
        return f"{said} {more}" if rest > 0 else said
    if question.range is not None:
        low, high = question.range
        ends = [str(low), words.say(question.low)], [str(high), words.say(question.high)]
        first, second = (" ".join(filter(None, end)) for end in ends)
        return str(gettext("%(low)s to %(high)s", low=first, high=second))
    return ""
