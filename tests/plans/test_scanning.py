"""Plans that look for what nobody tells: lives that enter by themselves, outages, crashes, and crowds spread over days."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.orders.behaviour.linking import link_visitors
from hub.orders.own_events.actions import take_own_event
from hub.orders.words import EventOutcome
from hub.plans import actions
from hub.plans.models import Enrolment, PlanScan, StepRun
from hub.plans.occurring import scanning
from hub.plans.words import StepOutcome
from tests.plans.lives import Lives, Script, baskets, orders

HELLO = {"key": "hello", "template": "welcome_prospect", "purpose": "promotion", "expires_days": 3}
AGAIN = {"key": "again", "template": "welcome_prospect", "purpose": "promotion", "delay": {"days": 2}}


def a_plan(*steps: dict[str, Any], entry: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"format": 2, "entry": entry, "exits": ["purchased"], "steps": list(steps or (HELLO,)), **fields}


SILENT = {"on": "inactive", "months": 6}
LIVES: list[tuple[str, dict[str, Any], dict[str, Any], Script, str, list[str]]] = [
    (
        "silent for six months: that day at ten, and not after a purchase",
        a_plan(HELLO, AGAIN, entry=SILENT),
        {},
        [("D-171 18:30", orders("A1")), ("D+11 12:00", orders("A2"))],
        "D+14",
        ["2026-03-13 10:00 welcome_prospect"],
    ),
    (
        "a birthday on the day itself",
        a_plan(entry={"on": "date", "of": "birth_on", "at": "day"}),
        {"birth_on": date(1980, 3, 8)},
        [],
        "D+7",
        ["2026-03-08 10:00 welcome_prospect"],
    ),
    (
        "the first of its month, and a reminder two days before the date",
        a_plan(
            HELLO,
            {**AGAIN, "anchor": "date", "delay": {"days": -2}},
            entry={"on": "date", "of": "birth_on", "at": "month_start"},
        ),
        {"birth_on": date(1980, 4, 8)},
        [],
        "D+35",
        ["2026-04-01 10:00 welcome_prospect", "2026-04-06 10:00 welcome_prospect"],
    ),
    (
        "her day is the day where she lives: La Réunion",
        a_plan(entry={"on": "date", "of": "birth_on", "at": "day"}),
        {"birth_on": date(1980, 3, 8), "postcode": "97400"},
        [],
        "D+7",
        ["2026-03-08 07:00 welcome_prospect"],
    ),
    (
        "Martinique",
        a_plan(entry={"on": "date", "of": "birth_on", "at": "day"}),
        {"birth_on": date(1980, 3, 8), "postcode": "97200"},
        [],
        "D+7",
        ["2026-03-08 15:00 welcome_prospect"],
    ),
    (
        "a basket left: delays count from the touch",
        a_plan({**HELLO, "delay": {"minutes": 60}}, entry={"on": "basket_left", "cooldown_hours": 24}),
        {},
        [("D+1 09:00", baskets("B1")), ("D+1 09:20", baskets("B1", euros=60))],
        "D+3",
        ["2026-03-04 10:20 welcome_prospect"],
    ),
    (
        "not when it was ordered in time; touched again within the cool-down it is the same",
        a_plan({**HELLO, "delay": {"minutes": 60}}, entry={"on": "basket_left", "cooldown_hours": 24}),
        {},
        [
            ("D+1 09:00", baskets("B1")),
            ("D+1 09:20", baskets("B1", state="ordered")),
            ("D+2 09:00", baskets("B2")),
            ("D+2 11:00", baskets("B2", euros=70)),
            ("D+4 11:00", baskets("B2", euros=80)),
        ],
        "D+6",
        ["2026-03-05 10:00 welcome_prospect", "2026-03-07 12:00 welcome_prospect"],
    ),
]


def be(lives: Lives, **person: Any) -> None:
    for name, value in person.items():
        setattr(lives.customer, name, value)
    lives.session.flush()


@pytest.mark.parametrize(
    ("plan", "person", "script", "until", "expected"),
    [row[1:] for row in LIVES],
    ids=[row[0] for row in LIVES],
)
def test_lives_enter_by_themselves(
    lives: Lives,
    plan: dict[str, Any],
    person: dict[str, Any],
    script: Script,
    until: str,
    expected: list[str],
) -> None:
    be(lives, **person)
    lives.of("mine", plan)
    assert lives.live(*script, until=until).messages == expected


def keys(lives: Lives) -> list[str]:
    return list(lives.session.scalars(select(Enrolment.entry_key).order_by(Enrolment.entry_key)))


def work(lives: Lives, when: str) -> None:
    lives.clock.now = lives.moment(when)
    lives.work()


def test_the_past_stays_out_unless_the_plan_catches_up(lives: Lives) -> None:
    lives.live(("D-200 10:00", orders("A1")), until="D0 12:00")
    lives.of("never", a_plan(entry=SILENT))
    lives.of("caught_up", a_plan(entry={**SILENT, "catch_up_days": 30}))
    lived = lives.live(until="D+3")
    assert keys(lives) == ["churn:2025-08-15"], "silent for 17 days when the plans began"
    assert lived.messages == ["2026-03-03 12:00 welcome_prospect"], "counted from the day the plan began"


def test_catching_up_leaves_out_who_has_come_back(lives: Lives) -> None:
    lives.live(("D-200 10:00", orders("A1")), ("D-3 10:00", orders("A2")), until="D0 12:00")
    lives.of("mine", a_plan(entry={**SILENT, "catch_up_days": 30}))
    lives.live(until="D+3")
    assert keys(lives) == []


def test_a_plan_that_was_off_begins_anew(lives: Lives) -> None:
    lives.live(("D-181 10:00", orders("A1")), until="D0 12:00")
    lives.of("mine", a_plan(entry=SILENT))
    actions.switch_plan(key="mine", is_on=False, by=SYSTEM, now=lives.clock.now)
    assert lives.session.scalar(select(func.count()).select_from(PlanScan)) == 0
    work(lives, "D+9")
    actions.switch_plan(key="mine", is_on=True, by=SYSTEM, now=lives.clock.now)
    work(lives, "D+12")
    assert keys(lives) == [], "she became silent on D0, while it was off"
    begun = lives.session.scalars(select(PlanScan.begun_at)).one()
    actions.switch_plan(key="mine", is_on=True, by=SYSTEM, now=lives.clock.now)
    assert lives.session.scalars(select(PlanScan.begun_at)).one() == begun, "on already: it goes on"


def test_an_outage_is_made_up_for_and_what_is_stale_does_not_leave(lives: Lives) -> None:
    be(lives, birth_on=date(1980, 3, 8))
    lives.of("birthday", a_plan(entry={"on": "date", "of": "birth_on", "at": "day"}))
    lives.of("silent", a_plan(HELLO, {**AGAIN, "key": "later", "delay": {"days": 9}}, entry=SILENT))
    lives.live(("D-176 10:00", orders("A1")), until="D+1")
    lives.clock.now = lives.moment("D+14 11:00")  # nobody worked for two weeks
    lived = lives.live(until="D+20")
    assert keys(lives) == ["birthday:2026", "churn:2025-09-08"]
    assert sorted(lived.steps) == ["hello expired too_late", "hello expired too_late", "later posted"]
    assert lived.messages == ["2026-03-17 11:00 welcome_prospect"], (
        "due on the 17th at ten, counted from her own day"
    )


def test_bought_between_the_day_and_the_look(lives: Lives) -> None:
    lives.of("mine", a_plan(entry=SILENT))
    lives.live(("D-176 10:00", orders("A1")), until="D+1")
    lives.clock.now = lives.moment("D+8 09:00")
    orders("A2")(lives, lives.moment("D+6 09:00"))
    lived = lives.live(until="D+20")
    assert (lived.messages, lived.exits) == ([], ["purchased"])


def test_a_touch_that_is_told_late_is_not_lost(lives: Lives) -> None:
    entry = {"on": "basket_left"}
    lives.of("mine", a_plan({**HELLO, "delay": {"minutes": 60}}, entry=entry))
    work(lives, "D+1 12:00")
    baskets("B1")(lives, lives.moment("D+1 11:00"))
    work(lives, "D+1 12:05")
    assert len(keys(lives)) == 1, "left since 11:30, told at noon"
    baskets("B2")(lives, lives.moment("D+1 08:00"))
    work(lives, "D+1 14:00")
    assert len(keys(lives)) == 1, "left three hours before: nobody wants to hear of it now"


def test_who_logs_in_late_left_a_basket_all_the_same(lives: Lives) -> None:
    lives.of("mine", a_plan({**HELLO, "delay": {"minutes": 60}}, entry={"on": "basket_left"}))
    nobody = {"visitor_id": "v" * 20, "customer": {}}
    lives.live(("D+1 12:00", baskets("B1", **nobody)), until="D+1 12:50")
    assert keys(lives) == []
    link_visitors({"v" * 20: lives.customer.id}, now=lives.clock.now)
    work(lives, "D+1 12:55")
    assert len(keys(lives)) == 1, "left since 12:30, known since 12:50"


READ = text("""
    INSERT INTO till_files (name, sha256, state, mapping, source, created_at, ended_at, position, ticket_count, row_count,
        taken_count, unchanged_count, anonymous_count, refused_count, late_count, error)
    VALUES ('f', 'f', 'done', '{}', 'till', :at, :at, 0, 0, 0, 0, 0, 0, 0, 0, '')
""")


def test_reminders_may_wait_for_the_file_of_the_store(lives: Lives) -> None:
    lives.of("mine", a_plan(entry={"on": "basket_left", "waits_for_files": True}))
    for number, day in enumerate(("D+1", "D+2", "D+3")):
        lives.clock.now = lives.moment("D+3 09:00")
        baskets(f"B{number}")(lives, lives.moment(f"{day} 09:00"))
    work(lives, "D+1 17:59")
    assert keys(lives) == []
    lives.session.execute(READ, {"at": lives.moment("D+1 18:00")})
    work(lives, "D+1 18:15")
    assert lives.lived().messages == ["2026-03-04 18:15 welcome_prospect"]
    work(lives, "D+3 11:59")
    assert len(keys(lives)) == 1, "no file of that day came"
    work(lives, "D+3 12:15")
    assert len(keys(lives)) == 2, "nobody waits longer than noon of the day after"
    orders("A1")(lives, lives.moment("D+3 16:00"))
    work(lives, "D+5")
    assert len(keys(lives)) == 2, "the file told of a purchase"


def test_an_event_of_its_name_lets_in_once(lives: Lives) -> None:
    lives.of("mine", a_plan(entry={"on": "event", "name": "warranty_ended"}))
    for number, name in enumerate(["warranty_ended", "warranty_ended", "club_joined"]):
        body = {"id": f"E{min(number, 1)}{name}", "name": name, "customer": {"email": "dora@client.example"}}
        taken = [take_own_event(body, source="shop", now=lives.clock.now) for _ in range(2)]
        assert [each.outcome for each in taken] == [EventOutcome.TAKEN, EventOutcome.UNCHANGED]
    lives.work()
    assert [key.partition(":")[0] for key in keys(lives)] == ["event", "event"]
    values = lives.session.scalars(select(Enrolment.values)).all()
    assert all(each["event_id"] and each["trigger"] == "event" for each in values)


def test_another_version_looks_for_other_things(lives: Lives) -> None:
    be(lives, birth_on=date(1980, 3, 8))
    lives.of("mine", a_plan(entry=SILENT))
    work(lives, "D+1")
    lives.of("mine", a_plan(entry={"on": ["date", "by_hand"], "of": "birth_on", "at": "day"}), number=3)
    work(lives, "D+9")
    lives.work()
    assert keys(lives) == ["birthday:2026"]


FILL = text("""
    WITH people AS (
        INSERT INTO customers (first_name, last_name, sort_key, postcode, country, company, language, created_at,
            updated_at, birth_on)
        SELECT 'Vie', 'Silence ' || i, 'silence vie ' || i, '69003', 'FR', '', 'fr', :then, :then, DATE '1980-03-05'
        FROM generate_series(1, CAST(:count AS int)) AS i RETURNING id
    )
    INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, state_at, total_cents, currency, created_at,
        event_key, returned_cents)
    SELECT 'S' || id, (SELECT min(id) FROM stores), id, 'delivered', :then, :then, 5000, 'EUR', :then, '', 0 FROM people
""")
CROWD = 1_000


def crowd(lives: Lives, count: int = CROWD) -> None:
    """All of them ordered last on 5 September: silent on 5 March."""
    lives.session.execute(FILL, {"then": datetime(2025, 9, 5, 12, tzinfo=UTC), "count": count})


def test_a_thousand_silent_on_one_day_are_spread_over_days(lives: Lives) -> None:
    lives.of("mine", a_plan(entry=SILENT, spread_days=10), control_percent=100)
    crowd(lives)
    work(lives, "D+2 00:01")
    due = Counter(
        at.astimezone(ZoneInfo("Europe/Paris")).strftime("%m-%d %H:%M")
        for at in lives.session.scalars(select(Enrolment.due_at))
        if at
    )
    assert sum(due.values()) == CROWD
    assert sorted(due) == [f"03-{day:02} 10:00" for day in range(5, 15)]
    assert max(due.values()) < CROWD / 10 * 1.5, due
    assert min(due.values()) > CROWD / 10 * 0.5, due


def test_a_daily_limit_holds_whatever_the_crowd(lives: Lives) -> None:
    lives.of("mine", a_plan(entry=SILENT, daily_limit=130), control_percent=100)
    crowd(lives, 400)
    for day in range(2, 8):
        work(lives, f"D+{day} 10:00")
    days = Counter(
        at.astimezone(ZoneInfo("Europe/Paris")).date()
        for at in lives.session.scalars(select(StepRun.ran_at).where(StepRun.outcome == StepOutcome.GHOST))
    )
    assert sorted(days.values()) == [10, 130, 130, 130], "none above the limit, none lost"


class Killed(Exception):
    """As if the process had gone."""


def test_killed_in_the_middle_the_same_enter_once(lives: Lives) -> None:
    lives.of("silent", a_plan(entry=SILENT))
    lives.of("birthday", a_plan(entry={"on": "date", "of": "birth_on", "at": "day"}))
    crowd(lives, 1_500)
    lives.clock.now = lives.moment("D+3")
    lives.session.commit()
    counts = []
    for is_killed in (True, False, True, True, False, False):
        with suppress(Killed), transaction():
            scanning._take_batch(lives.clock.now)
            if is_killed:
                raise Killed
        counts.append(lives.session.scalar(select(func.count()).select_from(Enrolment)))
    assert counts == [0, 1_000, 1_000, 1_000, 1_500, 1_500]
    scan = lives.session.scalars(select(PlanScan).order_by(PlanScan.plan_id)).first()
    assert scan is not None
    scan.position = None  # as if the look began again
    while scanning.work_scans(lambda: None):
        pass
    found = lives.session.execute(
        select(Enrolment.entry_key, func.count()).group_by(Enrolment.entry_key)
    ).all()
    assert dict(found) == {"churn:2025-09-05": 1_500, "birthday:2026": 1_500}
