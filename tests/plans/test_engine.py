"""The engine on real rows: once per key, exits in time, control without a message, follow-ups from the real sending."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.loyalty.models import PromoGrant
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.plans import actions, engine, inside, publishing, queries
from hub.plans.builtin import POST_PURCHASE_SURVEY, WELCOME_PACK, welcome_pack
from hub.plans.models import Enrolment, Plan, PlanVersion, StepRun
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome
from hub.surveys.actions import add_builtin_survey
from hub.surveys.models import Invitation
from hub.surveys.queries import list_recently_asked
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store


class Scene:
    def __init__(self, session: Session) -> None:
        self.session = session
        make_chain(session)
        self.store = make_store(session)
        self.customer = make_customer(session)
        self.order = make_order(session, customer_id=self.customer.id, store_id=self.store.id)
        publish_builtin_templates(now=TUESDAY)
        add_builtin_survey(now=TUESDAY)
        actions.add_builtin_plans(now=TUESDAY)
        self._welcome_as_it_was()

    def _welcome_as_it_was(self) -> None:
        """The welcome pack of format 1, which published versions of it still have: two mails in a row."""
        plan = self.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one()
        self.session.get_one(PlanVersion, plan.published_version_id).definition = welcome_pack.FIRST
        self.session.flush()

    def enrol(self, plan_key: str = POST_PURCHASE_SURVEY) -> int | None:
        return actions.enrol(
            plan_key=plan_key,
            customer_id=self.customer.id,
            entry_key=f"order:{self.order.id}",
            anchor_at=TUESDAY,
            values={"order_id": self.order.id},
            now=TUESDAY,
        )

    def run(self) -> int:
        return engine.work_plans(lambda: None)

    def messages(self) -> list[str]:
        return list(self.session.scalars(select(OutboundMessage.key).order_by(OutboundMessage.id)))

    def enrolment(self) -> Enrolment:
        self.session.expire_all()
        return self.session.scalars(select(Enrolment)).one()


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


def test_the_same_key_enters_once(scene: Scene) -> None:
    assert scene.enrol() is not None
    assert scene.enrol() is None


def test_nothing_leaves_before_the_seventh_day(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=6, hours=23)
    assert scene.run() == 0
    hand_clock.move(hours=1)
    assert scene.run() == 1
    assert scene.messages() == [f"enrolment:{scene.enrolment().id}:ask"]


def test_a_step_runs_once_however_often_the_engine_looks(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    while scene.run():
        pass
    assert len(scene.messages()) == 1
    assert scene.session.scalar(select(func.count()).select_from(StepRun)) == 1


def test_a_cancelled_order_leaves_before_the_question(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    scene.session.get_one(Order, scene.order.id).state = OrderState.CANCELLED
    hand_clock.move(days=7)
    scene.run()
    assert scene.enrolment().exit_reason is ExitReason.CANCELLED
    assert scene.messages() == []


def test_the_control_arm_walks_with_a_ghost(scene: Scene, hand_clock: HandClock) -> None:
    scene.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one().control_percent = 100
    scene.session.flush()
    scene.enrol(WELCOME_PACK)
    assert scene.enrolment().arm is Arm.CONTROL
    hand_clock.move(days=1)
    scene.run()
    assert scene.messages() == []
    run = scene.session.scalars(select(StepRun)).one()
    assert run.outcome is StepOutcome.GHOST
    assert scene.enrolment().due_at == TUESDAY + timedelta(days=4), "D+1 planned, then three days"


def test_the_reminder_counts_from_the_real_sending(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    accepted = hand_clock.move(hours=5)
    scene.session.scalars(select(OutboundMessage)).one().state = MessageState.ACCEPTED
    scene.session.flush()
    assert (
        actions.note_first_message(enrolment_id=scene.enrolment().id, accepted_at=accepted) == scene.order.id
    )
    scene.session.flush()
    assert scene.enrolment().due_at == accepted + timedelta(days=7)
    hand_clock.now = accepted + timedelta(days=7)
    scene.run()
    assert [key.rpartition(":")[2] for key in scene.messages()] == ["ask", "remind"]
    assert scene.enrolment().exit_reason is ExitReason.COMPLETED


def test_a_question_that_never_left_is_not_reminded(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    scene.session.scalars(select(OutboundMessage)).one().state = MessageState.BLOCKED
    scene.session.flush()
    hand_clock.move(days=7)
    scene.run()
    assert len(scene.messages()) == 1
    assert scene.enrolment().state is EnrolmentState.ENDED


def test_an_answer_brings_the_thanks_a_day_later_once(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    answered = hand_clock.move(hours=3)
    key = f"order:{scene.order.id}"
    jump = {"plan_key": POST_PURCHASE_SURVEY, "entry_key": key, "step_key": "thank", "now": answered}
    assert actions.jump(**jump, anchor_at=answered, values={"answer_id": 1})
    assert not actions.jump(**jump, anchor_at=answered, values={"answer_id": 2}), (
        "changing an answer thanks once"
    )
    scene.session.flush()
    hand_clock.move(days=1)
    scene.run()
    assert [message.rpartition(":")[2] for message in scene.messages()] == ["ask", "thank"]
    assert scene.enrolment().state is EnrolmentState.ENDED


def test_an_answer_that_no_longer_counts_gives_the_reminder_back(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    due_at = scene.enrolment().due_at
    answered = hand_clock.move(hours=3)
    where = {"plan_key": POST_PURCHASE_SURVEY, "entry_key": f"order:{scene.order.id}", "step_key": "thank"}
    assert not actions.leave_branch(**where, now=answered), "nobody waits for thanks"
    for _ in range(2):
        assert actions.jump(**where, anchor_at=answered, values={"answer_id": 1}, now=answered)
        assert actions.leave_branch(**where, now=answered)
    scene.session.flush()
    assert (scene.enrolment().step_key, scene.enrolment().due_at) == ("remind", due_at)


def test_an_answer_that_no_longer_counts_leaves_an_ended_plan_ended(
    scene: Scene, hand_clock: HandClock
) -> None:
    scene.enrol()
    key = f"order:{scene.order.id}"
    actions.end_enrolments(reason=ExitReason.COMPLETED, now=TUESDAY, entry_key=key)
    where = {"plan_key": POST_PURCHASE_SURVEY, "entry_key": key, "step_key": "thank", "now": TUESDAY}
    assert actions.jump(**where, anchor_at=TUESDAY, values={})
    assert actions.leave_branch(**where)
    scene.session.flush()
    assert (scene.enrolment().state, scene.enrolment().exit_reason) == (
        EnrolmentState.ENDED,
        ExitReason.COMPLETED,
    )


@pytest.mark.parametrize("reason", [ExitReason.BY_HAND, ExitReason.CANCELLED, ExitReason.PURCHASED])
def test_an_answer_brings_nobody_back_who_was_let_out(scene: Scene, reason: ExitReason) -> None:
    scene.enrol()
    key = f"order:{scene.order.id}"
    actions.end_enrolments(reason=reason, now=TUESDAY, entry_key=key)
    where = {"plan_key": POST_PURCHASE_SURVEY, "entry_key": key, "step_key": "thank", "now": TUESDAY}
    assert not actions.jump(**where, anchor_at=TUESDAY, values={})
    assert scene.enrolment().exit_reason is reason


def test_an_answer_leads_nowhere_in_a_plan_that_is_off(scene: Scene) -> None:
    scene.enrol()
    key = f"order:{scene.order.id}"
    actions.end_enrolments(reason=ExitReason.COMPLETED, now=TUESDAY, entry_key=key)
    where = {"plan_key": POST_PURCHASE_SURVEY, "entry_key": key, "step_key": "thank", "now": TUESDAY}
    plan = scene.session.scalars(select(Plan).where(Plan.key == POST_PURCHASE_SURVEY)).one()
    plan.is_on = False
    assert not actions.jump(**where, anchor_at=TUESDAY, values={})
    plan.is_on = True
    assert actions.jump(**where, anchor_at=TUESDAY, values={})


def test_who_is_not_asked_is_not_known_as_asked(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=15)
    scene.run()
    assert scene.session.scalars(select(StepRun)).one().outcome is StepOutcome.EXPIRED
    assert scene.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert list_recently_asked([scene.customer.id], now=hand_clock.now) == set()


def test_two_orders_of_one_customer_are_one_question(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    scene.order = make_order(
        scene.session, customer_id=scene.customer.id, store_id=scene.store.id, external_id="A1002"
    )
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    assert len(scene.messages()) == 1
    assert scene.session.scalar(select(func.count()).select_from(Invitation)) == 1
    reasons = scene.session.scalars(select(Enrolment.exit_reason).order_by(Enrolment.id))
    assert sorted(reasons, key=str) == [None, ExitReason.ASKED_RECENTLY]


def test_a_second_order_ends_the_welcome(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol(WELCOME_PACK)
    actions.end_by_purchase(
        customer_id=scene.customer.id, order_id=scene.order.id, ordered_at=TUESDAY, now=TUESDAY
    )
    assert scene.enrolment().state is EnrolmentState.WAITING, "the order of entry is no exit"
    later = hand_clock.move(days=2)
    actions.end_by_purchase(customer_id=scene.customer.id, order_id=999, ordered_at=later, now=later)
    assert scene.enrolment().exit_reason is ExitReason.PURCHASED


def test_switching_off_lets_everybody_out_and_nobody_in(scene: Scene) -> None:
    scene.enrol()
    actions.switch_plan(key=POST_PURCHASE_SURVEY, is_on=False, by=SYSTEM, now=TUESDAY)
    assert scene.enrolment().exit_reason is ExitReason.PLAN_OFF
    assert scene.enrol() is None


def test_the_plan_page_counts_who_is_where(scene: Scene, hand_clock: HandClock) -> None:
    scene.enrol()
    hand_clock.move(days=7)
    scene.run()
    view = queries.get_plan(POST_PURCHASE_SURVEY)
    assert view.plan.inside_count == 1
    assert [(row.step.key, row.waiting_count) for row in view.steps][1] == ("remind", 1)
    assert view.steps[0].results == {StepOutcome.POSTED: 1}
    assert inside.list_inside(view.plan.id).rows[0].name == "Dora Lefèvre"


def test_a_message_carries_the_priority_and_the_exits_of_its_plan(
    scene: Scene, hand_clock: HandClock
) -> None:
    scene.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one().control_percent = 0
    scene.session.flush()
    scene.enrol(WELCOME_PACK)
    hand_clock.move(days=1)
    scene.run()
    message = scene.session.scalars(select(OutboundMessage)).one()
    assert message.priority == 50
    assert set(message.stop_if) == {"order_cancelled", "purchase_since"}


@pytest.mark.parametrize("template", ["welcome_prospect", "welcome_first_order"])
@pytest.mark.parametrize("control_percent", [0, 100])
def test_a_step_gives_its_code_to_the_treated_whose_mail_shows_one_and_to_nobody_else(
    scene: Scene, hand_clock: HandClock, control_percent: int, template: str
) -> None:
    make_pool("AAAA1\nBBBB1")
    plan = scene.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one()
    plan.control_percent = control_percent
    first = scene.session.get_one(PlanVersion, plan.published_version_id)
    steps = first.definition["steps"]
    first.definition = {**first.definition, "steps": [{**steps[0], "template": template}, *steps[1:]]}
    number = publishing.choose_pool(
        plan_key=WELCOME_PACK, step_key="welcome", pool_key="bienvenue", by=SYSTEM, now=TUESDAY
    )
    scene.enrol(WELCOME_PACK)
    hand_clock.move(days=1)
    scene.run()
    codes = [message.values.get("promo_code") for message in scene.session.scalars(select(OutboundMessage))]
    granted = scene.session.scalar(select(func.count()).select_from(PromoGrant))
    is_shown = control_percent == 0 and template == "welcome_prospect"
    assert number == queries.get_plan(WELCOME_PACK).version_number == 2
    assert granted == (1 if is_shown else 0)
    assert codes == (["AAAA1" if is_shown else None] if control_percent == 0 else [])


def test_a_survey_cannot_carry_a_code(scene: Scene) -> None:
    with pytest.raises(Invalid):
        publishing.choose_pool(
            plan_key=POST_PURCHASE_SURVEY, step_key="ask", pool_key="bienvenue", by=SYSTEM, now=TUESDAY
        )
