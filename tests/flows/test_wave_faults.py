"""Waves under kill -9, two waves and several workers at once: one invitation, one letter and one reminder a customer."""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from hub.content.actions import publish_builtin_templates
from hub.content.words import TemplateGroup
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.outbox.models import OutboundMessage
from hub.questionnaires.models import QuestionnaireInvitation, Wave
from hub.questionnaires.sending.actions import plan_wave
from hub.questionnaires.sending.words import PassedOver
from hub.questionnaires.words import WaveState
from tests.conftest import TUESDAY
from tests.flows import waves_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.makers.questionnaires import document, make_questionnaire
from tests.makers.segments import make_segment
from tests.makers.stores import make_chain

pytestmark = pytest.mark.faults
IS_LARGE = bool(os.environ.get("LARGE"))
COUNT = 3_000 if IS_LARGE else 120
BATCH = 50 if IS_LARGE else 10
WAVES = 2
ALL, FEW = waves_worker.BOUNDARIES, ("posted", "committed")
LONGEST_SECONDS = 300
PEOPLE = text("""
    WITH people AS (
        INSERT INTO customers (first_name, last_name, sort_key, street, postcode, country, company, language, created_at,
            updated_at)
        SELECT 'Dora', 'M' || i, 'm' || i, i || ' rue Basse', '69003', 'FR', '', 'fr', :now, :now
        FROM generate_series(1, CAST(:count AS int)) AS i RETURNING id, last_name
    )
    INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
    SELECT id, 'mail', lower(last_name) || '@client.example', true, :now FROM people
""")


def fill(house: House) -> None:
    """Two waves of one questionnaire to the same people, due now."""
    make_chain(house.session)
    publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])
    house.session.execute(PEOPLE, {"count": COUNT, "now": TUESDAY})
    published = make_questionnaire(house.session, document())
    segment_id = make_segment()
    for _ in range(WAVES):
        plan_wave(published.id, segment_id=segment_id, channels=[Channel.EMAIL], starts_at=TUESDAY,
                  reminds_after_days=20, by=SYSTEM, now=TUESDAY)  # fmt: skip
    house.commit()


def at_work(house: House, boundary: str = "") -> Worker:
    worker = start(waves_worker.main, {"config": house.environ, "batch": BATCH, "boundary": boundary})
    assert worker.hear() == "ready"
    return worker


def walk_through_faults(house: House, boundaries: Sequence[str], *, worker_count: int) -> None:
    """Killed once at each boundary, then several workers at once, one of them killed after its first batch."""
    for boundary in boundaries:
        before = behind(house)
        worker = at_work(house, boundary)
        worker.tell("go")
        assert worker.wait(timeout=60) == -signal.SIGKILL
        assert (behind(house) != before) is (boundary == "committed"), boundary
    workers = [at_work(house, "committed" if place == 0 else "") for place in range(worker_count)]
    for worker in workers:
        worker.tell("go")
    ends = [worker.wait(timeout=LONGEST_SECONDS) for worker in workers]
    assert ends[1:] == [0] * (worker_count - 1)


def behind(house: House) -> Counter[tuple[Purpose, int | None]]:
    """How many letters of each purpose each customer was written."""
    m = OutboundMessage
    rows = db.session.execute(
        select(m.purpose, m.customer_id, func.count()).group_by(m.purpose, m.customer_id)
    )
    found = Counter({(purpose, customer_id): count for purpose, customer_id, count in rows})
    house.forget()
    return found


def waves() -> list[Wave]:
    return list(db.session.scalars(select(Wave).order_by(Wave.id)))


def test_whatever_dies_and_however_many_work_each_is_asked_and_reminded_once(house: House) -> None:
    fill(house)
    walk_through_faults(house, ALL, worker_count=3)
    asked = db.session.scalars(select(QuestionnaireInvitation.customer_id)).all()
    assert len(asked) == len(set(asked)) == COUNT
    assert behind(house) == Counter({(Purpose.SURVEY, customer_id): 1 for customer_id in asked})
    assert {wave.state for wave in waves()} == {WaveState.SENT}
    assert sum(wave.invited_count for wave in waves()) == COUNT
    over = Counter[str]()
    for wave in waves():
        over.update(wave.passed_over)
    assert over == {PassedOver.ALREADY: (WAVES - 1) * COUNT}

    ago = TUESDAY - timedelta(days=20)
    house.session.execute(update(QuestionnaireInvitation).values(delivered_at=ago))
    house.session.execute(update(Wave).values(starts_at=ago, reminds_at=TUESDAY, due_at=TUESDAY))
    house.commit()
    walk_through_faults(house, ALL if IS_LARGE else FEW, worker_count=2)
    reminded = {(Purpose.SERVICE, customer_id): 1 for customer_id in asked}
    assert behind(house) == Counter({(Purpose.SURVEY, customer_id): 1 for customer_id in asked} | reminded)
    assert {wave.state for wave in waves()} == {WaveState.DONE}
    assert sum(wave.reminded_count for wave in waves()) == COUNT
