"""Reasons are suggested only when it is known how often that was right; people decide, and that is counted."""

import io
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import Conflict
from hub.inbox.actions import change_reason, solve
from hub.inbox.actions.changing import accept_suggestion
from hub.inbox.actions.reason_learning import ask_training, has_due, work_reason_models
from hub.inbox.actions.suggestions import change_choice, change_words, work_suggestions
from hub.inbox.learning import FEATURES, UnreadableModelError, from_bytes, learn, name_reasons, to_bytes
from hub.inbox.models import ReasonModel, ReasonSuggestion, Ticket, TicketMessage
from hub.inbox.queries.suggestions import count_decided, find_offered_reason, find_ready_model
from hub.inbox.routing_words import ModelState, SuggestedBy, SuggestionState
from hub.inbox.suggesting import Choice, Precision, find_by_words, may_show, measure
from hub.inbox.words import MessageKind, RouteSource, TicketState
from hub.reasons.models import Reason
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.conftest import ROOT, TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


TEXTS = {
    "late": (
        "Où est ma commande ?",
        "Toujours rien reçu, le colis est en retard, le livreur n’est pas passé",
    ),
    "bill": ("Facture", "Je voudrais une facture pour ma comptabilité, merci de l’envoyer"),
    "broken": ("Article cassé", "La lampe est arrivée cassée, le verre est fendu, je suis déçue"),
}


def make_solved(session: Session, store: Store, count: int, *, wrong_every: int = 0) -> dict[str, Reason]:
    """Solved tickets, one a minute; `wrong_every`: so often "broken" was filed under another reason."""
    reasons = {key: make_reason(session, key) for key in TEXTS}
    keys = list(TEXTS)
    for number in range(count):
        key = keys[number % 3]
        subject, text = TEXTS[key]
        filed = "late" if wrong_every and key == "broken" and (number // 3) % wrong_every == 0 else key
        at = TUESDAY - timedelta(days=30) + timedelta(minutes=number)
        ticket = Ticket(
            number=f"T-{number}", store_id=store.id, channel="email", state=TicketState.CLOSED,
            priority="normal", language="fr", subject=subject, reason_id=reasons[filed].id,
            route_source=RouteSource.NONE, first_solved_at=at, list_at=at, created_at=at, updated_at=at,
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        session.add(
            TicketMessage(
                ticket_id=ticket.id,
                kind=MessageKind.CUSTOMER,
                channel="email",
                event_id=1,
                happened_at=at,
                text=f"{text} ({number} merci)",
                inserted={},
            )
        )
    session.flush()
    return reasons


def train(session: Session) -> ReasonModel:
    assert work_reason_models(lambda: None) == 1
    session.expire_all()
    row = session.scalars(select(ReasonModel).order_by(ReasonModel.id.desc())).first()
    assert row is not None
    return row


def test_too_few_tickets_teach_nothing(
    session: Session, lyon: Store, ada: Agent, hand_clock: HandClock
) -> None:
    make_solved(session, lyon, 30)
    ask_training(by=actor_of(ada), now=TUESDAY)
    assert has_due()
    with pytest.raises(Conflict):
        ask_training(by=actor_of(ada), now=TUESDAY)
    row = train(session)
    assert (row.state, row.ticket_count, row.sha256) == (ModelState.TOO_FEW, 30, None)
    assert not has_due()
    assert work_reason_models(lambda: None) == 0
    hand_clock.move(days=1)
    assert work_reason_models(lambda: None) == 1


def test_what_was_learnt_is_suggested_with_its_held_out_precision_and_decisions_count(
    session: Session, lyon: Store, ada: Agent, hand_clock: HandClock
) -> None:
    reasons = make_solved(session, lyon, 600, wrong_every=2)
    waiting = make_received(subject="Facture", text="Pourriez-vous m’envoyer la facture ?").ticket_id or 0
    row = train(session)
    assert (row.state, row.ticket_count, row.held_out_count) == (ModelState.READY, 600, 120)
    model = find_ready_model()
    assert model is not None
    bill, broken = model.by_model[reasons["bill"].id], model.by_model.get(reasons["broken"].id)
    assert bill == Precision(40, 40)
    assert broken is None or broken.share < 0.75
    broken_id = make_received(
        subject="Article cassé",
        text="lampe cassée, verre fendu",
        from_address="b@c.example",
        mail_message_id="<b@c>",
    ).ticket_id
    assert work_suggestions(lambda: None) == 2
    session.expire_all()
    offered = find_offered_reason(waiting)
    assert offered is not None
    assert (offered.reason_id, offered.by, offered.share, offered.held_out_count) == (
        reasons["bill"].id, SuggestedBy.MODEL, 1.0, 40,
    )  # fmt: skip
    assert find_offered_reason(broken_id or 0) is None
    accept_suggestion(ticket_id=waiting, by=actor_of(ada), now=TUESDAY)
    assert session.get_one(Ticket, waiting).reason_id == reasons["bill"].id
    decided = count_decided(since=TUESDAY)[reasons["bill"].id]
    assert (decided.accepted_count, decided.overruled_count) == (1, 0)
    with pytest.raises(Conflict):
        accept_suggestion(ticket_id=waiting, by=actor_of(ada), now=TUESDAY)
    change_reason(ticket_id=waiting, reason_id=reasons["late"].id, by=actor_of(ada), now=TUESDAY)
    decided = count_decided(since=TUESDAY)[reasons["bill"].id]
    assert (decided.accepted_count, decided.overruled_count) == (0, 1)


def test_words_of_the_head_office_come_first_and_are_measured_by_the_next_training(
    session: Session, lyon: Store, ada: Agent, hand_clock: HandClock
) -> None:
    reasons = make_solved(session, lyon, 300)
    by = actor_of(ada)
    change_words(reason_id=reasons["late"].id, words=["factur*"], by=by, now=TUESDAY)
    first = make_received(subject="Facture", text="la facture ?").ticket_id or 0
    work_suggestions(lambda: None)
    offered = find_offered_reason(first)
    assert offered is not None
    assert (offered.reason_id, offered.by, offered.share, offered.word) == (
        reasons["late"].id, SuggestedBy.WORDS, None, "factur*",
    )  # fmt: skip
    hand_clock.move(minutes=1)
    train(session)
    assert session.get_one(ReasonSuggestion, first).state is SuggestionState.WAITING
    work_suggestions(lambda: None)
    session.expire_all()
    again = find_offered_reason(first)
    assert again is not None
    assert (again.reason_id, again.by) == (reasons["bill"].id, SuggestedBy.MODEL)
    solve(ticket_id=first, reason_id=reasons["bill"].id, by=by, now=TUESDAY)
    assert session.get_one(ReasonSuggestion, first).state is SuggestionState.ACCEPTED


def test_suggestions_that_are_off_are_not_asked_for(
    session: Session, lyon: Store, ada: Agent, hand_clock: HandClock
) -> None:
    by = actor_of(ada)
    change_words(reason_id=make_reason(session).id, words=["lampe"], by=by, now=TUESDAY)
    change_choice(Choice(is_on=False), by=by, now=TUESDAY)
    make_received()
    assert work_suggestions(lambda: None) == 0


def test_a_training_that_kills_its_worker_is_not_tried_for_ever(
    session: Session, lyon: Store, ada: Agent, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_solved(session, lyon, 210)
    ask_training(by=actor_of(ada), now=TUESDAY)

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr("hub.inbox.actions.reason_learning.learn", die)
    with pytest.raises(SystemExit):
        work_reason_models(lambda: None)
    session.expire_all()
    assert session.scalars(select(ReasonModel.state)).all() == [ModelState.FAILED]
    assert not has_due()


def test_what_may_be_shown_is_known_and_high_enough() -> None:
    choice = Choice(least_percent=75)
    assert not may_show(None, choice)
    assert not may_show(Precision(19, 19), choice)
    assert may_show(Precision(20, 15), choice)
    assert not may_show(Precision(100, 74), choice)
    assert measure([1, 1, None, 2], [1, 2, 1, 2]) == {1: Precision(2, 1), 2: Precision(1, 1)}
    assert find_by_words("Une FACTURE, svp", {1: ("facture",), 2: ("retard",)}) == (1, "facture")
    assert find_by_words("facture en retard", {1: ("facture",), 2: ("retard",)}) is None


def test_a_model_is_numbers_only_and_nothing_in_its_file_is_run() -> None:
    texts = [words for _, words in TEXTS.values() for _ in range(12)]
    learnt = learn(texts, [each for each in range(3) for _ in range(12)])
    assert learnt is not None
    again = from_bytes(to_bytes(learnt))
    assert name_reasons(again, [words for _, words in TEXTS.values()]) == [0, 1, 2]
    evil = io.BytesIO()
    np.savez(evil, format=[1], reason_ids=[1], weights=np.array([{"a": 1}], dtype=object), bias=[0.0])
    small = io.BytesIO()
    np.savez(small, format=[1], reason_ids=[1], weights=np.zeros((2, 1)), bias=[0.0])
    old = io.BytesIO()
    np.savez(old, format=[9], reason_ids=[1], weights=np.zeros((2 * FEATURES, 1)), bias=[0.0])
    for content in (evil.getvalue(), small.getvalue(), old.getvalue(), b"", b"PK\x03\x04", b"\x80\x04."):
        with pytest.raises(UnreadableModelError):
            from_bytes(content)


def test_the_web_does_not_pay_for_scikit_learn() -> None:
    """Importing it brings neither scikit-learn nor numpy; nor does making it, commands and all, bring scipy or pandas.

    Those are for whoever fits or learns.
    """
    code = """
import sys
import hub.app, hub.jobs
from config import load
assert not {'sklearn', 'numpy', 'scipy'} & sys.modules.keys(), 'imported'
hub.app.create_app(load({'DATABASE_URL': 'postgresql+psycopg://127.0.0.1:1/none', 'SECRET_KEY': 'x' * 40}))
assert not {'sklearn', 'scipy', 'pandas'} & sys.modules.keys(), 'made'
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
