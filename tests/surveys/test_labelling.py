"""Touches are judged as machines or single ones, however many there are."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.surveys import labelling
from hub.surveys.models import Touch
from hub.surveys.words import TouchLabel, TouchMethod
from tests.makers.surveys import Asked, make_invitation


def touch(session: Session, asked: Asked, choices: str) -> None:
    """One touch a millisecond, two minutes ago."""
    began = clock.machine_now() - timedelta(minutes=2)
    rows = [
        {
            "invitation_id": asked.invitation_id,
            "choice": choice,
            "method": TouchMethod.GET,
            "label": TouchLabel.UNKNOWN,
            "source_hash": "",
            "user_agent": "",
            "touched_at": began + timedelta(milliseconds=number),
        }
        for number, choice in enumerate(choices)
    ]
    session.execute(insert(Touch), rows)


@pytest.mark.parametrize(
    ("choices", "label"), [("312", TouchLabel.MACHINE), ("333", TouchLabel.SINGLE)], ids=str
)
def test_all_boxes_at_once_are_a_machine(session: Session, choices: str, label: TouchLabel) -> None:
    touch(session, make_invitation(session), choices)
    assert labelling.has_due()
    labelling.work_surveys(lambda: None)
    assert set(session.scalars(select(Touch.label))) == {label}
    assert not labelling.has_due()


def test_of_a_hammered_link_only_the_newest_touches_are_looked_at(session: Session) -> None:
    touch(session, make_invitation(session), "12" + "3" * labelling.MOST_TOUCHES)
    labelling.work_surveys(lambda: None)
    assert set(session.scalars(select(Touch.label))) == {TouchLabel.SINGLE}
