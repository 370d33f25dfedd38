"""Benchmark: a wave of invitations queued in the outbox by one worker, against one INSERT … SELECT of as many invitations.

`.venv/bin/python -m tests.bench.questionnaire_waves [count]` prints one JSON line: from the planned wave to the last letter
that waits in the outbox, each person weighed (consent, blocks, asked lately), for people who had ten letters before.
`foreseen_seconds`: what the page takes that says beforehand whom the wave would ask. The baseline writes the invitations alone: nobody is weighed, no letter is written.
"""

import json
import os
import platform
import sys
import time
from datetime import timedelta

from sqlalchemy import func, select, text

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.content.queries import get_published
from hub.content.words import TemplateGroup
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.words import Channel, Language
from hub.outbox.models import OutboundMessage
from hub.questionnaires.models import QuestionnaireInvitation
from hub.questionnaires.sending.actions import foresee, plan_wave
from hub.questionnaires.sending.gathering import INVITATION
from hub.questionnaires.sending.queries import find_wave
from hub.questionnaires.sending.working import send_batches
from hub.questionnaires.words import WaveState
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.questionnaires import document, make_questionnaire
from tests.makers.segments import make_segment
from tests.makers.stores import make_chain, make_store

COUNT = 15_000
LETTERS = 10
"""Already written to each of them, the last survey a year ago."""
MOST_STATEMENTS = 30
PEOPLE = """
    INSERT INTO customers (first_name, last_name, sort_key, street, postcode, country, company, language,
        preferred_store_id, created_at, updated_at)
    SELECT 'Dora', 'Martin ' || i, 'martin dora ' || i, i || ' rue des Lilas', '69003', 'FR', '', 'fr', {store},
        TIMESTAMPTZ '2020-01-01', TIMESTAMPTZ '2020-01-01' FROM generate_series(1, {count}) AS i
"""
ADDRESSES = """
    INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
    SELECT id, 'mail', 'dora' || id || '@client.example', true, created_at FROM customers
"""
PAST = """
    INSERT INTO outbound_messages (uuid, key, queue, channel, purpose, state, customer_id, recipient, recipient_name,
        sender_name, language, template_version_id, values, headers, message_id, stop_if, priority, due_at, attempt_count,
        created_at, accepted_at)
    SELECT md5(id || '-' || i), 'past:' || id || ':' || i, 'bulk', 'email', CASE WHEN i = 1 THEN 'survey' ELSE 'service' END,
        'accepted', id, 'dora' || id || '@client.example', '', '', 'fr', {version}, '{{}}', '{{}}', '<' || id || '-' || i || '>',
        '{{}}', 100, at, 1, at, at
    FROM customers, generate_series(1, {letters}) AS i,
        LATERAL (SELECT TIMESTAMPTZ '2025-03-01' - make_interval(days => i * 60) AS at) AS moments
"""
BASELINE = text("""
    INSERT INTO questionnaire_invitations (questionnaire_id, customer_id, language, created_at, has_answered)
    SELECT :questionnaire, id, 'fr', :now, false FROM customers
""")


def _fill(count: int) -> tuple[int, int, int]:
    """The questionnaire, another one and the segment."""
    with transaction() as session:
        make_chain(session)
        store_id = make_store(session).id
        publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])
        mine, other = (
            make_questionnaire(session, document()),
            make_questionnaire(session, document(), key="other"),
        )
        segment_id = make_segment()
        version_id = get_published(INVITATION, Language.FRENCH).id
    with bulk_filling(["customers", "addresses", "outbound_messages"]) as wire:
        wire.exec_driver_sql(PEOPLE.format(count=count, store=store_id))
        wire.exec_driver_sql(ADDRESSES)
        wire.exec_driver_sql(PAST.format(version=version_id, letters=LETTERS))
    return mine.id, other.id, segment_id


def _send(questionnaire_id: int, segment_id: int) -> tuple[int, float, list[int]]:
    """The wave, the seconds it took, the statements of each batch."""
    now = TUESDAY
    with transaction():
        wave_id = plan_wave(questionnaire_id, segment_id=segment_id, channels=[Channel.EMAIL], starts_at=now,
                            reminds_after_days=None, by=SYSTEM, now=now)  # fmt: skip
    statements, start, is_more = list[int](), time.perf_counter(), True
    while is_more:
        with counted_statements() as counted:
            is_more = send_batches(now + timedelta(seconds=1))
        statements.append(len(counted))
    return wave_id, time.perf_counter() - start, statements


def run(count: int = COUNT) -> dict[str, float]:
    """Invitations a second of both, checked: each has its letter, no batch asks more of the database than the first."""
    app = create_app(_config("_waves"))
    with app.app_context():
        clock.use(movable=False, fixed=lambda: TUESDAY)
        mine, other, segment_id = _fill(count)
        start = time.perf_counter()
        assert foresee(mine, segment_id=segment_id, channels=[Channel.EMAIL], now=TUESDAY).invited == count
        foreseen = time.perf_counter() - start
        wave_id, seconds, statements = _send(mine, segment_id)
        wave = find_wave(wave_id)
        assert (wave.state, wave.invited_count, wave.waiting_count) == (WaveState.DONE, count, count), wave
        letters = select(func.count()).where(OutboundMessage.source_id.is_not(None))
        assert db.session.scalar(letters) == count
        assert max(statements) <= MOST_STATEMENTS, statements
        db.session.remove()
        start = time.perf_counter()
        with transaction() as session:
            session.execute(BASELINE, {"questionnaire": other, "now": TUESDAY})
        baseline = time.perf_counter() - start
        asked = select(func.count()).where(QuestionnaireInvitation.questionnaire_id == other)
        assert db.session.scalar(asked) == count
        db.session.remove()
        db.engine.dispose()
    return {
        "per_second": count / seconds,
        "baseline_per_second": count / baseline,
        "seconds": seconds,
        "statements_per_batch": max(statements),
        "foreseen_seconds": foreseen,
    }


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    found = run(size)
    print(
        json.dumps(
            {
                "name": "questionnaires.waves",
                "value": round(found["per_second"]),
                "unit": "invitations/s",
                "baseline": "one INSERT … SELECT of as many invitations",
                "baseline_value": round(found["baseline_per_second"]),
                "ratio": round(found["per_second"] / found["baseline_per_second"], 3),
                "size": size,
                "seconds": round(found["seconds"], 1),
                "statements_per_batch": found["statements_per_batch"],
                "foreseen_seconds": round(found["foreseen_seconds"], 2),
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            }
        )
    )
