"""Benchmark: decisions of the gate a second, the rules alone and with everything they are asked of, caps locked.

`.venv/bin/python -m tests.bench.gate [count]` prints two JSON lines. The baseline of the second is reading the same
rows for the claim, without asking anything.
"""

import sys
import time
from datetime import timedelta

from sqlalchemy import select

from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Channel, Purpose
from hub.outbox.gathering import judge
from hub.outbox.leases import BATCH
from hub.outbox.letter import COLUMNS, Letter, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.places import place_of
from hub.outbox.rules import Answer, ContactFacts, MessageFacts, Policy, decide
from tests.bench.sending import _config, _fill, _tell
from tests.conftest import TUESDAY

COUNT = 4000
ROUNDS = 50_000


def _decide_alone() -> float:
    """Seconds for `ROUNDS` decisions over receivers of five territories, by day and by night."""
    places = [place_of("FR", each) for each in ("69003", "67000", "97400", "97110", "98800")]
    contacts = [ContactFacts(has_consent=True, place=place, counted_at=(TUESDAY,)) for place in places]
    message = MessageFacts(Channel.SMS, Purpose.PROMOTION, "+33612345678", Purpose.PROMOTION)
    policy = Policy()
    began = time.perf_counter()
    for number in range(ROUNDS):
        decide(message, contacts[number % 5], policy, TUESDAY + timedelta(minutes=number % 1440))
    return time.perf_counter() - began


def _read(start: int) -> list[Letter]:
    return load_letters(select(*COLUMNS).order_by(OutboundMessage.id).offset(start).limit(BATCH))


def main(count: int) -> None:
    _tell(
        "gate.rules",
        round(ROUNDS / _decide_alone()),
        "decisions/s",
        "due steps (bar)",
        3000,
        ROUNDS / _decide_alone() / 3000,
    )
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        _fill(count)
        asked = read = 0.0
        for start in range(0, count, BATCH):
            with transaction():
                began = time.perf_counter()
                letters = _read(start)
                read += time.perf_counter() - began
                began = time.perf_counter()
                verdicts = judge(letters, now=TUESDAY)
                asked += time.perf_counter() - began
                assert all(each.answer is Answer.NOW for each in verdicts.values())
        db.session.remove()
        db.engine.dispose()
    per_second = count / asked
    _tell(
        "gate.judge",
        round(per_second),
        "decisions/s",
        "reading the same rows",
        round(count / read),
        per_second * read / count,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
