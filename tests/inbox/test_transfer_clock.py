"""A worked example: each store is charged its own opening time only, the central queue charges nobody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.inbox.actions import reply, transfer
from hub.inbox.queries import list_waits
from hub.staff.words import Role
from hub.statistics.queries import get_response_times, read_filters
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_store

HOUR = 3600


def test_central_queue_then_lyon_over_lunch_and_night_then_lille(session: Session) -> None:
    """Both stores open 10:00-12:30 and 14:00-19:00. Tuesday 10:00 central, 12:00 Lyon, Wednesday 11:00 Lille, 11:30 reply."""
    lyon = make_house(session)
    lille = make_store(session, "Lille", code="LIL")
    cleo = make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    by = actor_of(cleo)
    ticket_id = make_received(recipients=("bonjour@verel.example",)).ticket_id or 0
    noon, wednesday = TUESDAY + timedelta(hours=2), TUESDAY + timedelta(days=1, hours=1)
    transfer(ticket_id=ticket_id, store_id=lyon.id, by=by, now=noon)
    transfer(ticket_id=ticket_id, store_id=lille.id, by=by, now=wednesday)
    reply(ticket_id=ticket_id, text="Voilà.", by=by, now=wednesday + timedelta(minutes=30))
    waits = list_waits(ticket_id)
    assert [(row.store_id, row.business_seconds) for row in waits] == [
        (None, None),
        (lyon.id, int(HOUR * (0.5 + 5 + 1))),
        (lille.id, HOUR // 2),
    ]
    assert [row.seconds for row in waits] == [2 * HOUR, 23 * HOUR, HOUR // 2]
    assert [row.kind for row in waits] == ["first"] * 3
    assert [row.target_seconds for row in waits] == [4 * HOUR] * 3
    work_off()
    filters = read_filters({"since": "2026-03-01", "until": "2026-03-31"}, now=wednesday)
    found = get_response_times(filters, viewer=viewer_of(cleo), now=wednesday)
    charged = {row.store_id: (row.waits.measured_count, row.waits.median_seconds) for row in found.by_store}
    assert charged == {None: (0, None), lyon.id: (1, 6.5 * HOUR), lille.id: (1, 0.5 * HOUR)}
