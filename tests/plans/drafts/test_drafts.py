"""Drafts of plans on the real database: begun, changed, taken back, published; two marketers lose nothing."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid, NotFound
from hub.plans import queries
from hub.plans.actions import add_builtin_plans
from hub.plans.builtin import welcome_pack
from hub.plans.drafts import actions, planning
from hub.plans.drafts.documents import as_document
from hub.plans.drafts.queries import find_draft, get_draft, list_step_keys
from hub.plans.drafts.rows import DraftView, PlanWords
from hub.plans.models import Plan, PlanVersion
from hub.plans.publishing import choose_pool
from hub.plans.reading import parse_definition
from hub.plans.words import Ask, ExitReason, Trigger, VersionState
from tests.conftest import TUESDAY
from tests.makers.loyalty import make_pool
from tests.makers.stores import make_chain

HERE: dict[str, Any] = {"by": SYSTEM, "now": TUESDAY}
MAIL = {"key": "mail", "kind": "send", "template": "welcome_prospect"}


@pytest.fixture
def plans(session: Session) -> Session:
    add_builtin_plans(now=TUESDAY)
    return session


def start(key: str = "welcome_pack", **given: Any) -> DraftView:
    actions.start_draft(plan_key=key, **given, **HERE)
    return get_draft(key)


def change(draft: DraftView, **parts: Any) -> str:
    return actions.change_draft(
        version_id=draft.version_id, definition={**draft.definition, **parts}, seen=draft.seen, **HERE
    )


def own(like: str | None = None, **words: Any) -> str:
    named = PlanWords(
        **{"name_fr": "Retour d'été", "name_en": "Summer", "priority": 65, "control_percent": 10, **words}
    )
    return planning.create_plan(words=named, trigger=Trigger.ORDER_PAID, like=like, **HERE)


def audited(session: Session, action: str) -> list[dict[str, Any]]:
    return list(session.scalars(select(AuditEntry.data).where(AuditEntry.action == action)))


def test_a_draft_says_the_same_as_the_version_in_use(plans: Session) -> None:
    """Also of a plan of the first format: it is written in the format of today, and means what it meant."""
    for key in ("post_purchase_survey", "welcome_pack"):
        draft, in_use = start(key), queries.get_plan(key)
        assert parse_definition(draft.definition) == in_use.definition
        assert (draft.definition["format"], draft.from_number, draft.is_whole) == (2, 1, True)
        assert start(key).version_id == draft.version_id


def test_a_plan_has_one_draft_at_most(plans: Session) -> None:
    draft = start()
    again = PlanVersion(
        plan_id=draft.plan_id, number=9, state=VersionState.DRAFT, definition={}, created_at=TUESDAY
    )
    plans.add(again)
    with pytest.raises(IntegrityError, match="ix_plan_versions_draft"):
        plans.flush()


def test_publishing_makes_the_next_version_and_nothing_else(plans: Session) -> None:
    draft = start()
    change(draft, daily_limit=40)
    assert queries.get_plan("welcome_pack").definition.daily_limit is None
    assert actions.publish_draft(plan_key="welcome_pack", **HERE) == 2
    view = queries.get_plan("welcome_pack")
    assert (view.version_number, view.definition.daily_limit) == (2, 40)
    assert queries.get_definition(draft.from_version_id or 0).daily_limit is None
    assert find_draft("welcome_pack") is None
    assert audited(plans, "plan.published") == [{"number": 2}]
    kept = plans.get_one(PlanVersion, draft.version_id)
    assert (kept.state, kept.published_at, kept.earlier) == (VersionState.PUBLISHED, TUESDAY, [])
    with pytest.raises(Conflict):
        change(draft, daily_limit=50)


def test_what_was_published_meanwhile_keeps_its_number(plans: Session) -> None:
    make_chain(plans)
    make_pool("AAAA1", name="spring")
    draft = start()
    assert choose_pool(plan_key="welcome_pack", step_key="welcome", pool_key="spring", **HERE) == 2
    assert get_draft("welcome_pack").is_older
    assert not draft.is_older
    assert actions.publish_draft(plan_key="welcome_pack", **HERE) == 3


def test_going_back_begins_from_an_older_version(plans: Session) -> None:
    make_chain(plans)
    make_pool("AAAA1", name="spring")
    first = queries.get_plan("welcome_pack").plan.published_version_id
    choose_pool(plan_key="welcome_pack", step_key="welcome", pool_key="spring", **HERE)
    draft = start(from_version_id=first)
    assert "pool" not in draft.definition["steps"][0]
    with pytest.raises(Conflict):
        start(from_version_id=first)
    other = queries.get_plan("post_purchase_survey").plan.published_version_id
    actions.discard_draft(plan_key="welcome_pack", **HERE)
    with pytest.raises(NotFound):
        start(from_version_id=other)


def test_the_slower_of_two_marketers_is_told_and_loses_nothing(plans: Session) -> None:
    seen_by_both = start()
    change(seen_by_both, daily_limit=40)
    with pytest.raises(Conflict, match="Somebody else changed this draft"):
        change(seen_by_both, spread_days=3)
    with pytest.raises(Conflict):
        actions.publish_draft(plan_key="welcome_pack", seen=seen_by_both.seen, **HERE)
    with pytest.raises(Conflict):
        actions.discard_draft(plan_key="welcome_pack", seen=seen_by_both.seen, **HERE)
    change(get_draft("welcome_pack"), spread_days=3)
    found = get_draft("welcome_pack").loose.definition
    assert (found.daily_limit, found.spread_days) == (40, 3)


def test_changes_are_taken_back_one_by_one(plans: Session) -> None:
    first = start()
    change(first, daily_limit=40)
    change(get_draft("welcome_pack"), daily_limit=41)
    change(get_draft("welcome_pack"))
    assert get_draft("welcome_pack").earlier_count == 2
    for limit in (40, None):
        draft = get_draft("welcome_pack")
        actions.undo_change(version_id=draft.version_id, seen=draft.seen, **HERE)
        assert get_draft("welcome_pack").definition["daily_limit"] == limit
    assert get_draft("welcome_pack").seen == first.seen
    with pytest.raises(Conflict):
        actions.undo_change(version_id=first.version_id, seen=first.seen, **HERE)


def test_a_draft_may_lack_things_and_a_version_may_not(plans: Session) -> None:
    draft = start()
    steps = [
        {"key": "mail", "kind": "send", "when": [{"is": "segment"}, {"is": "opened"}]},
        {"key": "fork", "kind": "split"},
    ]
    change(draft, steps=steps, entry={"on": ["inactive"], "when": []})
    loose = get_draft("welcome_pack").loose
    assert [lack.name for lack in loose.of_step("fork")] == ["otherwise"]
    assert [lack.name for lack in loose.of_step("mail")] == ["", "template"]
    assert len(loose.of_step(None)) == 1
    assert [leaf.ask for leaf in loose.definition.step("mail").leaves] == [Ask.OPENED]
    assert get_draft("welcome_pack").definition["steps"] == steps
    with pytest.raises(Invalid):
        actions.publish_draft(plan_key="welcome_pack", **HERE)
    assert queries.get_plan("welcome_pack").version_number == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"format": 1},
        {"steps": [MAIL, MAIL]},
        {"steps": [{**MAIL, "kind": "dance"}]},
        {"steps": [{**MAIL, "next": "nowhere"}]},
        {"steps": [{**MAIL, "key": f"m{number}"} for number in range(61)]},
    ],
)
def test_what_no_page_can_show_is_refused(plans: Session, parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        change(start(), **parts)


def test_a_plan_of_the_chain_begins_as_a_draft_and_nobody_enters(session: Session) -> None:
    key = own()
    assert key == "own_retour_d_ete"
    assert own() == "own_retour_d_ete_2"
    draft = get_draft(key)
    assert draft.definition == as_document(draft.definition)
    assert [lack.name for lack in draft.loose.lacks] == ["steps"]
    assert [each.reason for each in draft.loose.definition.exits] == [ExitReason.REFUSED]
    with pytest.raises(Invalid):
        actions.publish_draft(plan_key=key, **HERE)
    change(draft, steps=[MAIL])
    assert actions.publish_draft(plan_key=key, **HERE) == 1
    assert queries.get_plan(key).plan.is_on is False
    assert queries.list_plans_on() == []


def test_a_plan_never_published_is_thrown_away_whole(plans: Session) -> None:
    key = own()
    assert actions.discard_draft(plan_key=key, **HERE) is False
    assert queries.find_plan(key) is None
    start()
    assert actions.discard_draft(plan_key="welcome_pack", **HERE) is True
    assert queries.get_plan("welcome_pack").version_number == 1


def test_a_copy_has_the_content_of_the_other_plan(plans: Session) -> None:
    copied = get_draft(own(like="post_purchase_survey"))
    assert parse_definition(copied.definition) == queries.get_plan("post_purchase_survey").definition
    assert copied.from_version_id is None
    again = get_draft(own(like=copied.plan_key))
    assert again.seen == copied.seen


def test_names_priority_and_control_share_change_with_a_note(plans: Session) -> None:
    words = PlanWords(name_fr=" Bienvenue ", name_en="Welcome pack", priority=50, control_percent=20)
    planning.change_plan(key="welcome_pack", words=words, **HERE)
    plan = plans.scalars(select(Plan).where(Plan.key == "welcome_pack")).one()
    assert (plan.name_fr, plan.control_percent) == ("Bienvenue", 20)
    (noted,) = audited(plans, "plan.changed")
    assert (noted["control_percent_before"], noted["control_percent"]) == (10, 20)
    planning.change_plan(key="welcome_pack", words=words, **HERE)
    assert len(audited(plans, "plan.changed")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name_en", " "), ("name_fr", "x" * 81), ("priority", 0), ("priority", 1000), ("control_percent", 51)],
)
def test_what_a_plan_cannot_be_is_said_beside_its_field(session: Session, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        own(**{field: value})
    assert refused.value.field == field


def test_a_name_that_a_step_ever_had_is_known(plans: Session) -> None:
    draft = start()
    change(draft, steps=[MAIL])
    of_the_product = {step["key"] for step in welcome_pack.DEFINITION["steps"]}
    assert list_step_keys(draft.plan_id) == {*of_the_product, "mail"}
