"""The five templates: each may be published as it stands, in both languages."""

import pytest

from hub.questionnaires.drafts.checks import check
from hub.questionnaires.drafts.documents import tidy
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.reading import read_definition
from hub.questionnaires.words import QuestionKind


@pytest.mark.parametrize("template", Template)
def test_a_template_may_be_published_as_it_stands(template: Template) -> None:
    definition = read_definition(tidy(TEMPLATES[template][1]))
    assert check(definition) == []
    assert len(definition.languages) == 2


def test_the_yearly_one_has_twenty_questions_of_many_kinds() -> None:
    definition = read_definition(TEMPLATES[Template.YEARLY][1])
    asked = [question for question in definition.questions if question.asks]
    assert len(asked) == 20
    kinds = {question.kind for question in asked}
    assert kinds >= {QuestionKind.MATRIX, QuestionKind.NPS, QuestionKind.LONG_TEXT, QuestionKind.RANKING}
    assert sum(1 for page in definition.pages if page.show_if) >= 3
