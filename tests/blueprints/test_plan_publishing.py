"""The pages of publishing: findings with their links, the difference in words, people inside, trying, the history."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.plans.actions import add_builtin_plans, enrol
from hub.plans.builtin import WELCOME_PACK
from hub.plans.drafts.actions import change_draft, start_draft
from hub.plans.drafts.queries import find_draft, get_draft
from hub.plans.models import Enrolment, Plan, PlanVersion
from hub.plans.moving.working import work_moves
from hub.staff.words import Role
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.loyalty import make_pool
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

HERE = f"/plans/{WELCOME_PACK}"


class Scene:
    def __init__(self, session: Session, client: FlaskClient) -> None:
        self.session, self.client = session, client
        make_chain(session)
        make_store(session)
        publish_builtin_templates(now=TUESDAY)
        add_builtin_survey(now=TUESDAY)
        add_builtin_plans(now=TUESDAY)
        self.customer = make_customer(session)
        self.agent = make_agent(session, role=Role.MARKETER)
        session.commit()
        log_in(client, self.agent)

    def enter(self) -> None:
        with transaction():
            plan = self.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one()
            plan.is_on, plan.control_percent = True, 10
            self.session.flush()
            assert enrol(
                plan_key=WELCOME_PACK, customer_id=self.customer.id, entry_key="hand:1", anchor_at=TUESDAY,
                values={"trigger": "first_order"}, now=TUESDAY,
            )  # fmt: skip

    def draft(self, change: Any = lambda definition: None) -> None:
        """Begin a draft of the welcome pack and change it."""
        with transaction():
            start_draft(plan_key=WELCOME_PACK, by=SYSTEM, now=TUESDAY)
            view = get_draft(WELCOME_PACK)
            definition = {**view.definition, "steps": [dict(step) for step in view.definition["steps"]]}
            change(definition)
            change_draft(
                version_id=view.version_id, definition=definition, seen=view.seen, by=SYSTEM, now=TUESDAY
            )

    def page(self, path: str) -> str:
        answer = self.client.get(f"{HERE}{path}{'&' if '?' in path else '?'}lang=en")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def publish(self, **fields: str) -> Any:
        seen = get_draft(WELCOME_PACK).seen
        return self.client.post(f"{HERE}/publish?lang=en", data={"seen": seen, **fields})


@pytest.fixture
def scene(session: Session, client: FlaskClient, hand_clock: HandClock) -> Scene:
    return Scene(session, client)


def first_step(definition: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = next(each for each in definition["steps"] if each["key"] == "welcome")
    return step


def later(definition: dict[str, Any]) -> None:
    first_step(definition)["delay"] = {"days": 2}


def test_what_stops_it_is_said_and_the_button_is_off(scene: Scene) -> None:
    scene.draft(lambda definition: first_step(definition).update(purpose="service"))
    page = scene.page("/publish")
    assert "without the consent that it needs" in page
    assert f'href="{HERE}/edit/steps/welcome"' in page
    assert re.search(r"<button[^>]*disabled", page)
    answer = scene.publish()
    assert answer.status_code == 422
    assert "cannot be published yet" in answer.text
    assert find_draft(WELCOME_PACK) is not None


def test_the_difference_is_read_in_words(scene: Scene) -> None:
    scene.draft(later)
    page = scene.page("/publish")
    assert "<del>D+1" in page
    assert "<ins>D+2" in page


def test_published_people_stay_or_are_moved(scene: Scene) -> None:
    scene.enter()
    scene.draft(later)
    assert "What becomes of 1 person inside?" in scene.page("/publish")
    assert scene.publish(people="move").status_code == 303
    assert "Published as version 2." in scene.client.get(f"{HERE}?lang=en").text
    while work_moves(lambda: None):
        pass
    scene.session.expire_all()
    enrolment = scene.session.scalars(select(Enrolment)).one()
    assert scene.session.get_one(PlanVersion, enrolment.version_id).number == 2
    assert "version 2: 1 person went on there" in scene.page("/versions")


def test_those_who_stayed_are_moved_from_the_history(scene: Scene) -> None:
    scene.enter()
    scene.draft(later)
    scene.publish(people="stay")
    page = scene.page("/versions")
    assert "1 person is inside on an older version" in page
    assert "stay at this step" in page
    assert scene.client.post(f"{HERE}/move?lang=en").status_code == 303
    assert "People are being moved to version 2: 1 to go" in scene.page("/versions")


def test_another_draft_is_not_published(scene: Scene) -> None:
    scene.draft(later)
    answer = scene.client.post(f"{HERE}/publish?lang=en", data={"seen": "older"})
    assert answer.status_code == 409


def test_the_history_says_who_when_and_what(scene: Scene) -> None:
    scene.draft(later)
    scene.publish()
    page = scene.page("/versions")
    assert scene.agent.name in page
    assert "changed: " in page
    assert "(When)" in page
    assert "delivered with the product" in page


def test_going_back_begins_a_draft(scene: Scene) -> None:
    scene.draft(later)
    scene.publish()
    versions = scene.session.scalars(select(PlanVersion).order_by(PlanVersion.id)).all()
    first = next(each for each in versions if each.number == 1 and each.plan_id == _plan(scene).id)
    answer = scene.client.post(f"{HERE}/versions/take-up", data={"version": first.id})
    assert answer.location == f"{HERE}/edit"
    draft = find_draft(WELCOME_PACK)
    assert draft is not None
    assert draft.from_version_id == first.id
    again = scene.client.post(f"{HERE}/versions/take-up", data={"version": first.id})
    assert again.location == f"{HERE}/versions"


def _plan(scene: Scene) -> Plan:
    return scene.session.scalars(select(Plan).where(Plan.key == WELCOME_PACK)).one()


def test_a_customer_is_looked_for_and_tried(scene: Scene) -> None:
    page = scene.page("/try?q=Lef")
    assert f"customer={scene.customer.id}" in page
    page = scene.page(f"/try?customer={scene.customer.id}")
    assert "Nothing is sent, nothing is written." in page
    assert "The customer did not agree to this." in page


def test_a_draft_is_tried_and_one_that_is_not_whole_is_not(scene: Scene) -> None:
    scene.draft(later)
    assert "would" in scene.page(f"/try?of=draft&customer={scene.customer.id}")
    scene.draft(lambda definition: first_step(definition).pop("template"))
    assert "The draft is not complete yet" in scene.page(f"/try?of=draft&customer={scene.customer.id}")
    assert "The draft is not complete yet" in scene.page("/publish")
    assert scene.publish().status_code == 422


def test_a_plan_without_codes_is_not_switched_on_and_codes_are_chosen_on_its_page(scene: Scene) -> None:
    """Each refusal names the step and what is wrong; nothing changes until there are codes."""
    key = "anti_churn"
    plan = scene.session.scalars(select(Plan).where(Plan.key == key)).one()

    def press(path: str, **fields: str) -> str:
        answer = scene.client.post(f"/plans/{key}{path}?lang=en", data=fields, follow_redirects=True)
        scene.session.expire_all()
        return unescape(answer.text)

    def switch_on() -> str:
        return press("/switch", is_on="1")

    refused = switch_on()
    assert "The promo codes “anti-churn” do not exist or are closed." in refused
    assert "make them under “Promo codes”" in refused
    assert not plan.is_on
    assert "anti-churn (does not exist or is closed)" in refused

    make_pool(name="Vide")
    version = plan.published_version_id
    assert "“Vide” has no code left" in press("/steps/code/pool", pool="vide")
    assert plan.published_version_id == version, "nothing is published with an empty pool"
    make_pool("AAAA1", name="Finie", ends_at=TUESDAY - timedelta(days=1))
    assert "“Finie” ends on" in press("/steps/code/pool", pool="finie")
    assert "do not exist" in press("/steps/code/pool", pool="nowhere")
    make_pool("BBBB1\nCCCC1", name="Retour", ends_at=TUESDAY + timedelta(days=300))
    assert "Saved as version 2" in press("/steps/code/pool", pool="retour")
    assert "The plan is on" in switch_on()
    assert plan.is_on


def test_letters_more_cost_the_trial_no_question_more(scene: Scene) -> None:
    """What the gate asks of a customer is asked once, however many kinds of letters and whatever the channel."""

    def more(definition: dict[str, Any]) -> None:
        letter = {"kind": "send", "template": first_step(definition)["template"]}
        definition["steps"][:0] = [
            {**letter, "key": "paper", "purpose": "newsletter"},
            {**letter, "key": "text", "purpose": "promotion", "channel": "sms", "template": "welcome_sms"},
        ]

    counts = []
    for change in (later, more):
        scene.draft(change)
        path = f"{HERE}/try?of=draft&customer={scene.customer.id}"
        assert scene.client.get(path).status_code == 200
        with counted_statements() as statements:
            assert scene.client.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[1] == counts[0]
