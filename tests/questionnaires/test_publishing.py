"""Versions stay as they were published; a closing date closes, and opening again asks for a later one."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid
from hub.questionnaires import publishing
from hub.questionnaires.drafts import actions, editing
from hub.questionnaires.drafts.queries import get_questionnaire, get_version, list_question_keys
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from tests.conftest import TUESDAY


def make(session: Session) -> int:
    found = actions.create_questionnaire(
        name="Livraison", document=TEMPLATES[Template.DELIVERY][1], by=SYSTEM, now=TUESDAY
    )
    session.commit()
    return found


def change(key: int, document: dict[str, object]) -> None:
    actions.change_draft(
        questionnaire_id=key, document=document, seen=get_questionnaire(key).seen, by=SYSTEM, now=TUESDAY
    )


def test_a_version_never_changes_and_its_keys_are_never_given_again(session: Session) -> None:
    key = make(session)
    assert publishing.publish(key, by=SYSTEM, now=TUESDAY) == 1
    first = get_version(key, 1).definition
    with pytest.raises(Conflict):
        publishing.publish(key, by=SYSTEM, now=TUESDAY)
    change(key, editing.remove_question(get_questionnaire(key).document, "photo"))
    with pytest.raises(Conflict):
        publishing.publish(key, seen="something older", by=SYSTEM, now=TUESDAY)
    assert publishing.publish(key, by=SYSTEM, now=TUESDAY) == 2
    assert get_version(key, 1).definition == first
    assert "photo" in list_question_keys(key)
    with pytest.raises(Conflict):
        actions.undo_change(questionnaire_id=key, seen=get_questionnaire(key).seen, by=SYSTEM, now=TUESDAY)
    with pytest.raises(Conflict):
        actions.discard(questionnaire_id=key, by=SYSTEM, now=TUESDAY)
    empty = {**get_questionnaire(key).document, "pages": [{"key": "p", "questions": []}]}
    change(key, empty)
    with pytest.raises(Invalid):
        publishing.publish(key, by=SYSTEM, now=TUESDAY)
    actions.drop_changes(questionnaire_id=key, by=SYSTEM, now=TUESDAY)
    assert not get_questionnaire(key).is_changed


def test_a_closing_date_closes_and_opening_again_asks_for_a_later_one(session: Session) -> None:
    key, later = make(session), TUESDAY + timedelta(days=10)
    with pytest.raises(Conflict):
        publishing.close(key, by=SYSTEM, now=TUESDAY)
    publishing.publish(key, by=SYSTEM, now=TUESDAY)
    with pytest.raises(Invalid):
        publishing.set_closing(key, closes_at=TUESDAY, by=SYSTEM, now=TUESDAY)
    publishing.set_closing(key, closes_at=later, by=SYSTEM, now=TUESDAY)
    assert get_questionnaire(key).is_taking(later - timedelta(seconds=1))
    assert not get_questionnaire(key).is_taking(later)
    with pytest.raises(Conflict):
        publishing.reopen(key, by=SYSTEM, now=later)
    publishing.close(key, by=SYSTEM, now=TUESDAY)
    assert not get_questionnaire(key).is_taking(TUESDAY)
    change(key, editing.remove_question(get_questionnaire(key).document, "photo"))
    publishing.publish(key, by=SYSTEM, now=TUESDAY)
    assert not get_questionnaire(key).is_taking(TUESDAY), "a new version does not open what was closed"
    publishing.set_closing(key, closes_at=None, by=SYSTEM, now=later)
    publishing.reopen(key, by=SYSTEM, now=later)
    assert get_questionnaire(key).is_taking(later)
