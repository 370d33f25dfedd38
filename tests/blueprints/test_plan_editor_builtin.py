"""Every plan of the product in the editor: it is drawn whole, and a form that is saved unchanged changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.plans.actions import add_builtin_plans
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.drafts.lanes import Ways, is_end
from hub.plans.drafts.queries import get_draft
from hub.plans.queries import get_plan
from hub.plans.reading import parse_definition
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.page_forms import read_form
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    return log_in(client, make_agent(session, role=Role.MARKETER))


@pytest.mark.parametrize("key", [plan.key for plan in BUILTIN_PLANS])
def test_a_plan_of_the_product_goes_through_its_forms_unchanged(marketer: FlaskClient, key: str) -> None:
    marketer.post(f"/plans/{key}/draft")
    page = marketer.get(f"/plans/{key}/edit")
    assert page.status_code == 200
    assert "Personne n’arrive ici" not in page.text
    draft = get_draft(key)
    before = draft.definition
    assert draft.is_whole
    paths = ["rules", *(f"steps/{step['key']}" for step in draft.definition["steps"])]
    for path in paths:
        form = read_form(marketer.get(f"/plans/{key}/edit/{path}").text)
        saved = marketer.post(f"/plans/{key}/edit/{path}", data=form | {"act": "save"})
        assert saved.status_code == 303, (path, saved.text)
    found, expected = parse_definition(get_draft(key).definition), get_plan(key).definition
    assert replace(found, steps=()) == replace(expected, steps=())
    for step in expected.steps:
        same = found.step(step.key)
        assert replace(same, next_key=None, otherwise=None) == replace(step, next_key=None, otherwise=None)
    assert _leading(get_draft(key).definition) == _leading(before)


def _leading(definition: Mapping[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """Where each step leads; an end and nothing more are the same."""
    ways = Ways(definition["steps"])
    ends = {step["key"] for step in definition["steps"] if is_end(step)}
    return {
        key: tuple(None if way in ends else way for way in ways.of(key))
        for key in ways.steps
        if key not in ends
    }
