"""How tickets end: first and last resolution from creation, those that came back, the oldest wait, dropped waits."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.inbox import actions
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.behind import get_behind
from hub.statistics.clicks import Clicked
from hub.statistics.queries import get_response_times, read_filters
from hub.statistics.resolution import Resolution, get_resolution
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_store

HOUR = timedelta(hours=1)


def received(number: int, now: object = TUESDAY, **fields: object) -> int:
    names = {"mail_message_id": f"<{number}@c.example>", "from_address": f"c{number}@client.example"}
    return make_received(now, **names | fields).ticket_id or 0  # type: ignore[arg-type]


def everything() -> Viewer:
    return Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, "fr", Scope(is_everything=True), 0)  # type: ignore[arg-type]


def look(viewer: Viewer | None = None, days: int = 30) -> Resolution:
    filters = read_filters({}, now=TUESDAY + timedelta(days=days - 1))
    work_off()
    return get_resolution(filters, viewer=viewer or everything())


@pytest.fixture
def house(session: Session, hand_clock: HandClock) -> dict[str, object]:
    make_house(session)
    return {"by": actor_of(make_agent(session)), "reason_id": make_reason(session).id}


def test_first_and_last_resolution_count_from_creation(session: Session, house: dict[str, object]) -> None:
    """Solved after 2 h, back after 3 h, solved again after 10 h; another one after 4 h."""
    back, plain = received(1), received(2)
    actions.solve(ticket_id=back, now=TUESDAY + 2 * HOUR, **house)  # type: ignore[arg-type]
    received(3, TUESDAY + 3 * HOUR, from_address="c1@client.example", in_reply_to="<1@c.example>")
    found = look()
    assert (found.first.count, found.last.count, found.reopened_count) == (1, 0, 1)
    actions.solve(ticket_id=back, now=TUESDAY + 10 * HOUR, **house)  # type: ignore[arg-type]
    actions.solve(ticket_id=plain, now=TUESDAY + 4 * HOUR, **house)  # type: ignore[arg-type]
    found = look()
    assert (found.first.count, found.first.median_seconds) == (2, 3 * 3600)
    assert (found.last.count, found.last.median_seconds) == (2, 7 * 3600)
    assert (found.reopened_count, found.solved_count, found.reopened_share) == (1, 2, 0.5)


def test_closing_after_a_week_changes_no_resolution(
    session: Session, hand_clock: HandClock, house: dict[str, object]
) -> None:
    actions.solve(ticket_id=received(1), now=TUESDAY + 2 * HOUR, **house)  # type: ignore[arg-type]
    before = look()
    hand_clock.move(days=8)
    actions.work_tickets(lambda: None)
    assert look() == before
    assert before.last.median_seconds == 2 * 3600


def test_spam_merged_and_withdrawn_are_no_resolution_and_are_counted_as_dropped(
    session: Session, house: dict[str, object]
) -> None:
    by = house["by"]
    actions.mark_spam(ticket_id=received(1), by=by, now=TUESDAY + HOUR)  # type: ignore[arg-type]
    one, other = received(2), received(3, from_address="c2@client.example", subject="Autre")
    actions.merge(ticket_id=one, into_id=other, by=by, now=TUESDAY + HOUR)  # type: ignore[arg-type]
    actions.solve(ticket_id=received(4), now=TUESDAY + HOUR, **house)  # type: ignore[arg-type]
    late = received(5, TUESDAY - HOUR)
    actions.solve(ticket_id=late, now=TUESDAY, **house)  # type: ignore[arg-type]
    actions.reopen(ticket_id=late, by=by, now=TUESDAY)  # type: ignore[arg-type]
    actions.mark_spam(ticket_id=late, by=by, now=TUESDAY + HOUR)  # type: ignore[arg-type]
    found = look()
    assert (found.first.count, found.last.count, found.solved_count) == (1, 1, 1)
    assert found.reopened_count == 0, "what was solved before it turned out to be spam was never a matter"
    filters = read_filters({}, now=TUESDAY)
    for measure in ("first_resolution", "last_resolution", "tickets"):
        behind = get_behind(filters, Clicked(measure=measure), viewer=everything(), now=TUESDAY, after=None)
        assert behind.count == (2 if measure == "tickets" else 1), measure
    times = get_response_times(filters, viewer=everything(), now=TUESDAY + HOUR)
    assert times.dropped == {"spam": 1, "merged": 1, "solved_without_reply": 2}
    assert times.total.measured_count == 0


def test_the_backlog_knows_the_oldest_wait_within_the_readers_stores(
    session: Session, house: dict[str, object]
) -> None:
    received(1)
    lille = make_store(session, "Lille", code="LIL")
    received(2, TUESDAY + HOUR, recipients=(f"{lille.mailbox}@hub.example",))
    assert look().oldest_since == TUESDAY
    bo = viewer_of(make_agent(session, "Bo Petit"), lille.id)
    assert look(bo).oldest_since == TUESDAY + HOUR
    assert look(viewer_of(make_agent(session, "Max Roy"), 999)).oldest_since is None


def test_the_page_says_all_of_it_with_its_definitions(
    session: Session, client: FlaskClient, house: dict[str, object], hand_clock: HandClock
) -> None:
    log_in(client, make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE))
    actions.mark_spam(ticket_id=received(1), by=house["by"], now=TUESDAY)  # type: ignore[arg-type]
    received(2)
    hand_clock.move(days=2, hours=4)
    work_off()
    page = " ".join(client.get("/statistics/response-times").text.split())
    for words in (
        "Première résolution",
        "Dernière résolution",
        "Plus longue attente",
        "2 j 4 h",
        "Indésirable",
    ):
        assert words in page
    assert "dans aucune médiane ni aucune part" in page
