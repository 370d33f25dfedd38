"""The pages of the replay: asking for one, its progress, what came of it, its file, who may."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.plans.models import Plan, PlanVersion
from hub.plans.replay import working
from hub.plans.replay.actions import start_replay
from hub.plans.replay.models import Replay
from hub.plans.words import VersionState
from hub.staff.rules import PERMISSIONS, WHOLE_CHAIN
from hub.staff.words import Permission, Role
from tests.conftest import TUESDAY
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.plans.lives import Lives
from tests.plans.replay.conftest import both_wires, delivery, ground, lives
from tests.plans.replay.test_working import DEFINITION
from tests.plans.replay.town import Town

__all__ = ["both_wires", "delivery", "ground", "lives"]
PAGE = "/plans/mine/replay"
MAY_READ = {role for role, given in PERMISSIONS.items() if Permission.READ_PLANS in given}


@pytest.fixture
def town(lives: Lives) -> Town:
    """Twelve people whose past was imported: an order each, and a plan."""
    found = Town.of(lives, 12)
    make_pool(name="spring")
    lives.of("mine", DEFINITION)
    for number, person in enumerate(found.people):
        store_id = person.preferred_store_id or _store(lives.session)
        placed_at = TUESDAY.replace(day=4 + number)
        make_order(
            lives.session, customer_id=person.id, store_id=store_id, external_id=f"P{number}",
            placed_at=placed_at, delivered_at=None, state_at=placed_at, state="placed", total_cents=5000,
        )  # fmt: skip
    lives.clock.now = TUESDAY.replace(day=30)
    return found


def _store(session: Session) -> int:
    from hub.stores.models import Store

    return session.scalars(select(Store.id)).first() or 0


def text_of(answer: object) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))  # type: ignore[attr-defined]  # a response
    return re.sub(r"[\s  ]+", " ", plain)


def test_from_the_form_to_the_result(town: Town, client: FlaskClient, session: Session) -> None:
    me = log_in(client, make_agent(session, role=Role.MARKETER))
    version_id = session.scalars(select(Plan.published_version_id).where(Plan.key == "mine")).one()
    assert "Lancer la simulation" in text_of(me.get(PAGE))
    refused = me.post(PAGE, data={"version": version_id, "days": 3})
    assert refused.status_code == 422
    assert "entre 7 et 365" in text_of(refused)
    answer = me.post(PAGE, data={"version": version_id, "days": 60, "opened": "100"})
    assert answer.status_code == 303
    url = answer.headers["Location"]
    waiting = me.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert f"{url}/stop" in waiting
    assert f"{url}.csv" not in waiting
    assert 'data-hx-trigger="every 2s"' in waiting
    assert (
        "une simulation de ce parcours est en cours"
        in text_of(me.post(PAGE, data={"version": version_id, "days": 60})).lower()
    )
    working.work_replays(lambda: None)
    session.expire_all()
    done = me.get(url)
    seen = text_of(done)
    assert "every 2s" not in done.get_data(as_text=True)
    assert re.search(r"Clients entrés 12\b", seen)
    assert "probable : " in seen
    assert "Les clients achètent comme ils l’ont fait" in seen
    assert "100 %" in seen
    fragment = me.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert fragment.lstrip().startswith('<div id="replay"')
    assert f"{url}.csv" in fragment, "with the result comes its file, and what could be stopped goes"
    assert f"{url}/stop" not in fragment
    table = me.get(f"{url}.csv").get_data(as_text=True)
    assert "moved;hello;quiet_hours;12" in table
    assert "modifiée depuis" not in text_of(me.get(PAGE))


def test_a_past_without_anybody_says_what_to_do(town: Town, client: FlaskClient, session: Session) -> None:
    version_id = session.scalars(select(Plan.published_version_id).where(Plan.key == "mine")).one()
    me = log_in(client, make_agent(session, role=Role.MARKETER))
    url = me.post(PAGE, data={"version": version_id, "days": 7}).headers["Location"]
    working.work_replays(lambda: None)
    session.expire_all()
    seen = text_of(me.get(url))
    assert "Personne ne serait entré" in seen
    assert "Réactions supposées" not in seen


def test_stopping(town: Town, client: FlaskClient, session: Session) -> None:
    version_id = session.scalars(select(Plan.published_version_id).where(Plan.key == "mine")).one()
    me = log_in(client, make_agent(session, "Bea Roux", role=Role.MARKETER))
    url = me.post(PAGE, data={"version": version_id, "days": 60}).headers["Location"]
    assert me.post(f"{url}/stop").status_code == 303
    session.expire_all()
    assert session.scalars(select(Replay.state)).one() == "stopped"
    assert "arrêt" in text_of(me.get(url))
    assert me.get(f"{PAGE}/999").status_code == 404


def test_the_way_back_from_a_plan_never_published(town: Town, client: FlaskClient, session: Session) -> None:
    me = log_in(client, make_agent(session, "Bea Roux", role=Role.MARKETER))
    with_plan = session.scalars(select(Plan).where(Plan.key == "mine")).one()
    assert 'href="/plans/mine"' in me.get(PAGE).get_data(as_text=True)
    draft = session.get_one(PlanVersion, with_plan.published_version_id)
    draft.state = VersionState.DRAFT
    draft.definition = {**DEFINITION, "steps": [{"kind": "send", **step} for step in DEFINITION["steps"]]}
    with_plan.published_version_id = None
    session.flush()
    [crumb] = re.findall(
        r'<a href="(/plans/mine[^"]*)"', me.get(PAGE).get_data(as_text=True).partition("<h1")[0]
    )
    assert crumb != "/plans/mine"
    assert me.get(crumb).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role) - MAY_READ))
def test_who_sees_some_stores_or_no_plans_sees_no_replay(
    town: Town, client: FlaskClient, session: Session, role: Role
) -> None:
    """A replay tells entries, messages and discounts of the whole chain, also of drafts nobody has published."""
    url, version_id = _replayed(session)
    me = log_in(client, make_agent(session, "Bea Roux", role=role))
    assert [me.get(each).status_code for each in (PAGE, url, f"{url}.csv")] == [403, 403, 403]
    assert me.post(PAGE, data={"version": version_id, "days": 60}).status_code == 403
    assert me.post(f"{url}/stop").status_code == 403


def test_who_reads_plans_reads_replays_and_starts_and_stops_none(
    town: Town, client: FlaskClient, session: Session
) -> None:
    assert set(WHOLE_CHAIN) >= MAY_READ, "a replay has no scope: whoever may read plans sees the whole chain"
    url, version_id = _replayed(session)
    me = log_in(client, make_agent(session, "Bea Roux", role=Role.MANAGER))
    assert "Lancer la simulation" not in text_of(me.get(PAGE))
    assert "/stop" not in me.get(url).get_data(as_text=True)
    assert me.post(PAGE, data={"version": version_id, "days": 60}).status_code == 403
    assert me.post(f"{url}/stop").status_code == 403
    session.expire_all()
    assert session.scalars(select(Replay.state)).all() == ["waiting"]


def _replayed(session: Session) -> tuple[str, int]:
    """The address of a replay that waits, and the version it is of."""
    version_id = session.scalars(select(Plan.published_version_id).where(Plan.key == "mine")).one() or 0
    replay_id = start_replay(
        plan_key="mine", version_id=version_id, days=60, rates={}, by=SYSTEM, now=TUESDAY.replace(day=30)
    )
    session.flush()
    return f"{PAGE}/{replay_id}", version_id
