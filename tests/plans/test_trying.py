"""A plan tried with a real customer: the days, the reasons, what depends on what she does; and not a row is written."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from hub.content.models import TemplateVersion
from hub.content.words import TemplateState
from hub.core.db import Base
from hub.core.words import Channel, Language, Purpose
from hub.loyalty.queries import list_pools
from hub.outbox.models import Hold
from hub.outbox.words import BlockReason
from hub.plans.drafts.queries import get_with_draft
from hub.plans.reading import parse_definition
from hub.plans.trying.gathering import try_plan
from hub.plans.trying.rows import Fate, Lacks, Trial
from hub.plans.words import Arm, ExitReason, Skip
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.plans.checking.world import plan, send
from tests.plans.lives import Lives

KEY = "of_ours"
LETTER = {"template": "welcome_prospect"}
WELCOME = "anti_churn_2"
DAY = timedelta(days=1)


def tried(lives: Lives, data: dict[str, Any], customer_id: int | None = None) -> Trial:
    """The plan with this content, tried with Dora just now: Tuesday 3 March 2026, 10:00."""
    lives.of(KEY, data)
    definition = parse_definition(data)
    return try_plan(
        get_with_draft(KEY)[0],
        definition=definition,
        customer_id=customer_id or lives.customer.id,
        now=TUESDAY,
    )


def told(trial: Trial) -> list[str]:
    """`step fate reason, local day and hour, what it depends on`."""
    lines = []
    for each in trial.steps:
        at = (each.at or each.planned_at).astimezone(ZoneInfo(trial.time_zone))
        ifs = [f"if {leaf.ask}" for clause in each.ifs for leaf in clause.leaves]
        ways = [f"{'yes' if way.is_yes else 'no'} to {way.fork.key}" for way in each.ways]
        why = each.reason or each.exit_reason or (each.verdict.reason if each.verdict else None)
        lines.append(
            " ".join(filter(None, (each.step.key, each.fate, why, f"{at:%m-%d %H:%M}", *ifs, *ways)))
        )
    return lines


def _store(session: Session) -> int:
    return session.scalars(select(Store.id)).one()


def letters(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return plan(
        *(step | LETTER if "kind" not in step else step for step in steps), on="account_created", **more
    )


def test_days_hours_and_what_nobody_can_know(lives: Lives) -> None:
    """The second one waits for her opening; caps leave two promotions a week: the third waits for the first to be a week old."""
    trial = tried(
        lives,
        letters(
            send("a"),
            send("b", delay={"days": 4, "at": "18:00"}, when=[{"is": "opened", "step": "a"}]),
            send("c", days=6),
        ),
    )
    assert told(trial) == [
        "a sent 03-03 10:00",
        "b sent 03-07 18:00 if opened",
        "c sent cap 03-10 10:00",
    ]
    assert trial.steps[2].verdict is not None
    assert trial.steps[2].planned_at == TUESDAY + 6 * DAY


def test_the_night_is_waited_for(lives: Lives) -> None:
    trial = tried(lives, letters(send("a", delay={"days": 1, "at": "23:30"})))
    assert told(trial) == ["a sent quiet_hours 03-05 07:00"]


def test_what_is_not_true_of_her_is_skipped_with_the_condition(lives: Lives) -> None:
    trial = tried(
        lives,
        letters(
            send("a", when=[{"is": "known_customer"}]),
            send("b", days=2, when=[{"is": "phone_known"}, {"is": "weekday", "in": [0]}]),
            send("c", days=3, when=[{"is": "first_message_sent"}]),
        ),
    )
    assert told(trial) == [
        "a skipped condition 03-03 10:00",
        "b skipped condition 03-05 10:00",
        "c skipped never_sent 03-06 10:00",
    ]
    assert trial.steps[0].failed[0].ask == "known_customer"  # type: ignore[union-attr]


def test_without_consent_the_gate_refuses_and_the_follow_up_never_comes(
    lives: Lives, session: Session
) -> None:
    stranger = make_customer(session, mail="eve@client.example", phone=None)
    trial = tried(
        lives, letters(send("a"), send("b", days=2, when=[{"is": "first_message_sent"}])), stranger.id
    )
    assert told(trial) == ["a refused no_consent 03-03 10:00", "b skipped never_sent 03-05 10:00"]


def test_a_fork_on_what_she_will_do_goes_both_ways(lives: Lives) -> None:
    fork = {
        "key": "fork",
        "kind": "split",
        "otherwise": "n",
        "when": [{"is": "clicked", "step": "a"}],
        "delay": {"days": 2},
    }
    trial = tried(
        lives,
        letters(
            send("a"),
            fork,
            send("y", days=3, next="z"),
            send("n", days=4, is_branch=True),
            send("z", days=14),
        ),
    )
    assert told(trial) == [
        "a sent 03-03 10:00",
        "fork open yes 03-05 10:00 if clicked",
        "y sent 03-06 10:00 yes to fork",
        "n sent 03-07 10:00 no to fork",
        "z sent 03-17 10:00",
    ]
    assert [len(each.ways) for each in trial.steps] == [0, 0, 1, 1, 0]


def test_a_fork_on_what_is_known_goes_one_way(lives: Lives) -> None:
    fork = {"key": "fork", "kind": "split", "otherwise": "n", "when": [{"is": "phone_known"}]}
    trial = tried(
        lives,
        letters(fork, send("y"), {"key": "end", "kind": "end"}, send("n", is_branch=True), exits=()),
    )
    assert told(trial) == ["fork chosen yes 03-03 10:00", "y sent 03-03 10:00", "end ends 03-03 10:00"]


def test_a_grievance_is_said(lives: Lives, session: Session) -> None:
    session.add(
        Hold(
            customer_id=lives.customer.id,
            purpose=Purpose.PROMOTION,
            reason="grievance",
            source_kind="ticket",
            source_id=1,
            put_at=TUESDAY,
        )
    )
    session.flush()
    trial = tried(lives, letters(send("a")))
    assert trial.steps[0].is_held
    assert trial.steps[0].fate is Fate.REFUSED
    assert trial.steps[0].verdict is not None
    assert trial.steps[0].verdict.reason is BlockReason.HOLD


def test_codes_letters_and_calls_that_cannot_be(lives: Lives, session: Session) -> None:
    session.query(TemplateVersion).filter(TemplateVersion.language == Language.FRENCH).update(
        {"state": TemplateState.RETIRED}
    )
    trial = tried(
        lives,
        letters(
            {"key": "give", "kind": "promo", "pool": "none"},
            {"key": "call", "kind": "task", "subject": "Appeler"},
            send("a", days=1),
        ),
    )
    assert [(each.fate, each.reason) for each in trial.steps] == [
        (Fate.SKIPPED, Skip.NO_CODE),
        (Fate.DONE, None),
        (Fate.SKIPPED, Skip.NO_TEMPLATE),
    ]


def test_a_plan_about_an_order_takes_the_last_one(lives: Lives, session: Session) -> None:
    order = make_order(session, customer_id=lives.customer.id, store_id=_store(session))
    survey = plan(
        send("a", template="survey", purpose="survey", days=7), on="order_delivered", exits=("cancelled",)
    )
    trial = tried(lives, survey)
    assert trial.seed.order is not None
    assert trial.seed.order.external_id == order.external_id
    assert told(trial) == ["a sent 03-10 10:00"]


def test_who_has_no_order_is_told_so(lives: Lives) -> None:
    trial = tried(lives, plan(send("a", **LETTER), on="first_order"))
    assert trial.seed.lacks is Lacks.ORDER


def test_an_exit_that_is_true_now_ends_it(lives: Lives, session: Session) -> None:
    make_order(
        session,
        customer_id=lives.customer.id,
        store_id=_store(session),
        state="cancelled",
    )
    trial = tried(lives, plan(send("a", **LETTER), on="first_order", exits=("cancelled",)))
    assert trial.steps[0].exit_reason is ExitReason.CANCELLED


def test_the_arm_is_the_one_that_she_would_be_in(lives: Lives) -> None:
    data = letters(send("a"))
    lives.of(KEY, data, control_percent=100)
    trial = try_plan(
        get_with_draft(KEY)[0], definition=parse_definition(data), customer_id=lives.customer.id, now=TUESDAY
    )
    assert trial.arm is Arm.CONTROL
    assert told(trial) == ["a sent 03-03 10:00"]  # what a treated customer would receive


def test_the_conditions_of_the_entry_are_answered(lives: Lives) -> None:
    when = [{"is": "phone_known"}, {"is": "known_customer"}]
    trial = tried(lives, plan(send("a", **LETTER), on="account_created", entry={"when": when}))
    assert [is_true for _, is_true in trial.entry] == [True, False]


def test_nothing_is_written(lives: Lives, session: Session) -> None:
    lives.of(KEY, letters(send("a"), send("b", days=2), {"key": "give", "kind": "promo", "pool": "ten"}))
    before = _count_rows(session)
    tried_again = try_plan(
        get_with_draft(KEY)[0],
        definition=lives.of(KEY),
        customer_id=lives.customer.id,
        now=TUESDAY,
    )
    assert len(tried_again.steps) == 3
    assert not session.new
    assert not session.dirty
    assert _count_rows(session) == before


def _count_rows(session: Session) -> dict[str, int]:
    counts = [
        select(literal(table.name), func.count()).select_from(table) for table in Base.metadata.sorted_tables
    ]
    return dict(session.execute(union_all(*counts)).all())


def test_sms_has_its_own_hours(lives: Lives) -> None:
    say_consent("+33612345678", channel=Channel.SMS, purpose=Purpose.PROMOTION, happened_at=TUESDAY - DAY)
    make_pool("CODE-1")
    sms = send("a", channel="sms", pool=list_pools()[0].key, delay={"days": 5, "at": "10:00"}) | {
        "template": "birthday_sms"
    }
    trial = tried(lives, plan(sms, on="account_created"))
    assert told(trial) == ["a sent quiet_hours 03-09 08:00"]  # Sunday 8 March
