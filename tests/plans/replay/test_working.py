"""The job: it reads the past and writes nothing but its own row, goes on where it was left, and can be stopped."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import Base
from hub.core.errors import Conflict, Invalid
from hub.plans.models import Plan, PlanVersion
from hub.plans.replay import actions, population, queries, rates, working
from hub.plans.replay.models import Replay
from hub.plans.replay.words import Reaction, ReplayState, Table
from hub.plans.words import VersionState
from tests.conftest import TUESDAY, HandClock
from tests.makers.loyalty import make_pool
from tests.plans.lives import Lives
from tests.plans.replay.town import Town, buys

DEFINITION: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "order_placed"},
    "exits": ["purchased"],
    "steps": [
        {"key": "code", "kind": "promo", "pool": "spring"},
        {"key": "hello", "delay": {"days": 1, "at": "06:00"}, "template": "welcome_first_order"},
        {
            "key": "text",
            "delay": {"days": 2},
            "template": "welcome_sms",
            "channel": "sms",
            "purpose": "service",
        },
        {
            "key": "last",
            "delay": {"days": 8},
            "template": "birthday_reminder",
            "when": [{"is": "opened", "step": "hello"}],
        },
    ],
}


@pytest.fixture
def town(lives: Lives, hand_clock: HandClock) -> Town:
    """Twelve people who bought something some days ago, and a plan nobody has entered."""
    found = Town.of(lives, 12)
    make_pool(name="spring")
    lives.of("mine", DEFINITION)
    lives.session.get_one(Plan, _plan_id(lives.session)).is_on = False
    lives.live(*((f"D+{number} 11:00", buys(number, f"A{number}")) for number in range(12)), until="D+30")
    return found


def _plan_id(session: Session) -> int:
    return session.scalars(select(Plan.id).where(Plan.key == "mine")).one()


def _version_id(session: Session) -> int:
    return session.scalars(select(Plan.published_version_id).where(Plan.key == "mine")).one() or 0


def _start(town: Town, days: int = 60, **rates: float) -> int:
    given = {Reaction(name): value for name, value in rates.items()}
    return actions.start_replay(
        plan_key="mine", version_id=_version_id(town.lives.session), days=days, rates=given, by=SYSTEM,
        now=town.lives.clock.now,
    )  # fmt: skip


def _counts(session: Session) -> dict[str, int]:
    """Rows of every table there is."""
    return {
        name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in Base.metadata.tables
    }


def test_nothing_is_written_but_the_replay(town: Town) -> None:
    session = town.lives.session
    replay_id = _start(town, opened=1.0)
    before = _counts(session)
    assert working.has_due()
    assert working.work_replays(lambda: None) == 1
    assert working.work_replays(lambda: None) == 0
    session.expire_all()
    assert _counts(session) == before
    found = queries.get_replay("mine", replay_id)
    assert found.row.state is ReplayState.DONE, found.row.error
    assert (found.row.done_count, found.row.total_count) == (12, 12)
    assert sum(found.tables[Table.ENTERED].values()) == 12
    sent = found.tables[Table.SENT]
    assert sent["2026-03-04|hello"] == 1
    assert {key.partition("|")[2] for key in sent} == {"hello", "text", "last"}
    assert found.tables[Table.MOVED]["hello|quiet_hours"] == 12
    assert found.tables[Table.ENDED] == {"completed": 12}
    [codes] = found.result["codes"]
    assert (codes["given"], codes["each_cents"], codes["is_use_known"]) == (12, 500, False)
    assert sum(found.tables[Table.PRICE].values()) > 0
    assert found.result["rates"]["hello"]["opened"] == {"value": 1.0, "source": "given"}


def test_the_database_itself_refuses_to_write(town: Town) -> None:
    with pytest.raises(Exception, match="read-only"), working.only_looking():
        town.lives.session.execute(text("DELETE FROM plan_days"))
    assert _start(town), "and afterwards it writes again"


def test_it_goes_on_where_it_was_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    session = town.lives.session
    whole = _start(town)
    working.work_replays(lambda: None)
    monkeypatch.setattr(population, "AT_ONCE", 3)
    monkeypatch.setattr(working, "SLICE", timedelta(seconds=-1))
    parted = _start(town)
    slices = 0
    while working.work_replays(lambda: None):
        slices += 1
        session.expire_all()
    assert slices == 4
    one, other = (queries.get_replay("mine", each) for each in (whole, parted))
    assert other.row.state is ReplayState.DONE
    assert dict(other.tables) == dict(one.tables)


def test_a_daily_limit_is_told_day_by_day_killed_begun_anew_and_stopped(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one group: what is kept between the days is how far it is, so that nothing is counted twice."""
    session = town.lives.session
    version = session.get_one(PlanVersion, _version_id(session))
    version.definition = {**DEFINITION, "daily_limit": 2}
    session.flush()
    whole = _start(town)
    working.work_replays(lambda: None)
    killed, kept, keep = _start(town), [], working._keep

    def note(replay_id: int, done_count: int, *more: Any) -> bool:
        row = session.get_one(Replay, replay_id)
        kept.append((done_count, row.tables))
        if len(kept) == 5:
            raise KeyboardInterrupt  # as a worker dies
        if len(kept) == 12:
            actions.stop_replay(plan_key="mine", replay_id=replay_id, now=town.lives.clock.now)
        return keep(replay_id, done_count, *more)

    with monkeypatch.context() as during:
        during.setattr(working, "_keep", note)
        with pytest.raises(KeyboardInterrupt):
            working.work_replays(lambda: None)
        row = session.get_one(Replay, killed)
        assert (row.state, row.total_count, row.tables) == (ReplayState.RUNNING, 12, {})
        assert 0 < row.done_count < 12
        assert row.lease_until is not None
        row.lease_until = TUESDAY - timedelta(days=365)
        session.flush()
        assert working.has_due()
        during.setattr(working, "_keep", keep)
        working.work_replays(lambda: None)
        session.expire_all()
        one, other = (queries.get_replay("mine", each) for each in (whole, killed))
        assert (one.row.state, one.row.done_count) == (other.row.state, other.row.done_count)
        assert other.row.state is ReplayState.DONE
        assert dict(other.tables) == dict(one.tables)
        assert sum(one.tables[Table.ENTERED].values()) == 12
        stopped = _start(town)
        during.setattr(working, "_keep", note)
        working.work_replays(lambda: None)
        assert queries.get_replay("mine", stopped).row.state is ReplayState.STOPPED
    counts = [count for count, _ in kept]
    assert len(counts) == 12, "nothing more after the stop"
    assert counts[:5] == sorted(counts[:5])
    assert not any(tables for _, tables in kept), "counts are kept when the group is through"


def test_one_that_a_dead_worker_had_is_given_up_after_some_attempts(town: Town) -> None:
    session = town.lives.session
    replay_id = _start(town)
    row = session.get_one(Replay, replay_id)
    row.state, row.lease_until, row.attempt_count = ReplayState.RUNNING, TUESDAY - timedelta(days=365), 3
    session.flush()
    assert working.work_replays(lambda: None) == 0
    assert queries.get_replay("mine", replay_id).row.state is ReplayState.FAILED


def test_stopped(town: Town) -> None:
    session = town.lives.session
    replay_id = _start(town)
    with pytest.raises(Conflict):
        _start(town)
    actions.stop_replay(plan_key="mine", replay_id=replay_id, now=town.lives.clock.now)
    assert working.work_replays(lambda: None) == 0
    session.expire_all()
    assert queries.get_replay("mine", replay_id).row.state is ReplayState.STOPPED
    assert _start(town)


def test_a_draft_is_replayed_and_marked_when_it_changed_since(town: Town) -> None:
    session = town.lives.session
    draft = PlanVersion(
        plan_id=_plan_id(session),
        number=0,
        state=VersionState.DRAFT,
        definition=DEFINITION,
        created_at=TUESDAY,
    )
    session.add(draft)
    session.flush()
    replay_id = actions.start_replay(
        plan_key="mine", version_id=draft.id, days=30, rates={}, by=SYSTEM, now=town.lives.clock.now
    )
    working.work_replays(lambda: None)
    session.expire_all()
    first = queries.get_replay("mine", replay_id)
    assert first.row.is_draft
    assert not first.row.has_changed
    assert first.row.state is ReplayState.DONE
    draft.definition = {**DEFINITION, "spread_days": 3}
    session.flush()
    assert queries.list_replays("mine")[0].has_changed
    draft.definition = {**DEFINITION, "steps": []}
    session.flush()
    with pytest.raises(Invalid):
        actions.start_replay(
            plan_key="mine", version_id=draft.id, days=30, rates={}, by=SYSTEM, now=town.lives.clock.now
        )
    with pytest.raises(Invalid):
        _start(town, days=3)


def test_what_was_never_seen_opened_was_not_measured(session: Session) -> None:
    """Else the messages that ask for a reaction would never leave in a replay, as if it were known."""
    assert rates._share(range(1, 3 * rates.ENOUGH)) == {}
