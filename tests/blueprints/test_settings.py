"""The settings pages, used as an administrator would: every form once right and once wrong."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.facts import FactRow
from hub.core.words import Language
from hub.inbox.queries import list_routing_order, list_targets
from hub.outbox.tracking.changing import get_tracking
from hub.outbox.tracking.words import OpenPolicy
from hub.reasons.actions import add_builtin_reasons
from hub.reasons.queries import find_reason_by_key, list_reasons
from hub.staff.models import Agent
from hub.staff.queries import check_api_key, find_agent_by_email, get_agent, list_api_keys
from hub.staff.words import ApiScope, Role
from hub.stores.models import Store
from hub.stores.queries import find_store_by_code, get_chain, get_hours, get_region, get_store
from tests.conftest import TUESDAY
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_region, make_store

PAGES = (
    "/settings/",
    "/settings/chain",
    "/settings/stores",
    "/settings/stores/new",
    "/settings/regions",
    "/settings/regions/new",
    "/settings/staff",
    "/settings/staff?show=gone",
    "/settings/staff/new",
    "/settings/reasons",
    "/settings/reasons/new",
    "/settings/routing",
    "/settings/targets?priority=urgent",
    "/settings/tracking",
    "/settings/keys",
    "/settings/keys/new",
)


@pytest.fixture
def store(session: Session) -> Store:
    make_chain(session)
    return make_store(session)


@pytest.fixture
def cleo(session: Session, store: Store) -> Agent:
    return make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)


@pytest.fixture
def admin(client: FlaskClient, cleo: Agent) -> FlaskClient:
    return log_in(client, cleo)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_empty_and_filled_in_both_languages(
    admin: FlaskClient, session: Session, path: str
) -> None:
    assert admin.get(path).status_code == 200
    add_builtin_reasons()
    make_region(session)
    make_agent(session, "Gone Guy", deactivated_at=TUESDAY)
    make_agent(session, "Bo Lind", password_hash=None, invited_at=TUESDAY)
    page = admin.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text


@pytest.mark.parametrize("path", PAGES)
def test_agents_may_not_enter(client: FlaskClient, session: Session, store: Store, path: str) -> None:
    log_in(client, make_agent(session, store_ids=(store.id,)))
    assert client.get(path).status_code == 403
    assert client.get("/session/profile").status_code == 200


CHAIN = {
    "name": "Verel",
    "language": "en",
    "time_zone": "Europe/Paris",
    "currency": "EUR",
    "sender_name": "Verel",
    "sender_address": "hello@verel.example",
    "social_links": "https://a.example/verel\nhttps://b.example/verel",
}


def test_the_chain_is_edited(admin: FlaskClient, session: Session) -> None:
    assert "bonjour@verel.example" in admin.get("/settings/chain").text
    wrong = admin.post("/settings/chain", data={**CHAIN, "review_url": "nowhere"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert admin.post("/settings/chain", data=CHAIN).status_code == 302
    chain = get_chain()
    assert (chain.name, chain.language) == ("Verel", Language.ENGLISH)
    assert len(chain.social_links) == 2


STORE = {
    "name": "Lille Centre",
    "code": "LIL",
    "territory": "FR",
    "postcode": "59000",
    "town": "Lille",
    "day_0": "9h-12h, 14h-18h",
    "day_5": "10-19",
}


def test_a_store_is_added_with_its_hours(admin: FlaskClient, session: Session, store: Store) -> None:
    for wrong in ({"day_1": "12-9"}, {"code": "LYO"}, {"phone": "1"}, {"name": ""}):
        assert admin.post("/settings/stores/new", data={**STORE, **wrong}).status_code == 422
    assert admin.post("/settings/stores/new", data=STORE).status_code == 302
    lille = find_store_by_code("LIL")
    assert lille is not None
    assert set(get_hours(lille.id).weekly) == {0, 5}
    page = admin.get(f"/settings/stores/{lille.id}").text
    assert "09:00-12:00, 14:00-18:00" in page
    assert "Lille Centre" in admin.get("/settings/stores?q=lille").text
    assert "Lille Centre" not in admin.get("/settings/stores?q=lyon").text


def test_a_store_is_edited_retired_and_used_again(admin: FlaskClient, session: Session, store: Store) -> None:
    path = f"/settings/stores/{store.id}"
    assert "10:00-12:30, 14:00-19:00" in admin.get(path).text
    changed = {**STORE, "code": "LYO", "slug": "lyon", "mailbox": "lyon", "region_id": ""}
    assert admin.post(path, data={**changed, "day_0": "later"}).status_code == 422
    assert admin.post(path, data=changed).status_code == 302
    assert get_store(store.id).mailbox == "lyon"
    for is_active in (False, True):
        admin.post(f"{path}/switch", data={"is_active": str(int(is_active))})
        assert get_store(store.id).is_active is is_active
    assert admin.get("/settings/stores/0").status_code == 404


def test_exceptional_days_are_added_and_removed(admin: FlaskClient, session: Session, store: Store) -> None:
    path = f"/settings/stores/{store.id}/days"
    assert admin.post(path, data={"day_on": "soon"}).status_code == 422
    assert admin.post(path, data={"day_on": "2026-05-01", "ranges": "9"}).status_code == 422
    assert (
        admin.post(path, data={"day_on": "2026-05-01", "ranges": "9-12", "note": "Fête"}).status_code == 302
    )
    page = admin.get(f"/settings/stores/{store.id}").text
    assert "vendredi 1 mai 2026" in page
    assert "09:00–12:00" in page
    assert date(2026, 5, 1) in get_hours(store.id).exceptions
    admin.post(f"{path}/remove", data={"day_on": "2026-05-01"})
    assert get_hours(store.id).exceptions == {}
    assert admin.post(f"{path}/remove", data={"day_on": "x"}).status_code == 422


def test_a_region_holds_stores(admin: FlaskClient, session: Session, store: Store) -> None:
    region = make_region(session)
    path = f"/settings/regions/{region.id}"
    assert admin.get(path).status_code == 200
    assert admin.post("/settings/regions/new", data={"name": "Sud-Est"}).status_code == 422
    assert admin.post("/settings/regions/new", data={"name": "Nord"}).status_code == 302
    assert admin.post(path, data={"name": "Sud", "store_ids": str(store.id)}).status_code == 302
    assert get_region(region.id).store_ids == (store.id,)
    assert admin.get("/settings/regions/0").status_code == 404


def test_a_person_is_invited_edited_and_leaves(admin: FlaskClient, session: Session, store: Store) -> None:
    given = {"name": "Bo Lind", "email": "bo@verel.example", "role": "agent", "language": "fr"}
    refused = admin.post("/settings/staff/new", data=given)
    assert refused.status_code == 422
    assert "au moins un magasin" in refused.text
    invited = admin.post("/settings/staff/new", data={**given, "store_ids": store.id}, follow_redirects=True)
    assert "bo@verel.example" in invited.text
    assert "AgentInvited" in session.scalars(select(FactRow.kind)).all()
    bo = find_agent_by_email("bo@verel.example")
    assert bo is not None
    path = f"/settings/staff/{bo.id}"
    assert "Bo Lind" in admin.get(path).text
    changed = {**given, "name": "Bo Lindt", "store_ids": store.id}
    assert admin.post(path, data=changed).status_code == 302
    assert get_agent(bo.id).name == "Bo Lindt"
    admin.post(f"{path}/invite")
    admin.post(f"{path}/deactivate")
    session.expire_all()
    assert not get_agent(bo.id).is_active
    assert "Bo Lindt" in admin.get("/settings/staff?show=gone").text
    assert "Bo Lindt" not in admin.get("/settings/staff").text


def test_the_last_administrator_is_told_why_not(admin: FlaskClient, session: Session, cleo: Agent) -> None:
    answer = admin.post(f"/settings/staff/{cleo.id}/deactivate", follow_redirects=True)
    assert "vous désactiver vous-même" in answer.text
    answer = admin.post(f"/settings/staff/{cleo.id}/invite", follow_redirects=True)
    assert "se connecte déjà" in answer.text


def test_a_retired_store_stays_with_its_people(admin: FlaskClient, session: Session, store: Store) -> None:
    old = make_store(session, "Fermé", code="OLD", is_active=False)
    ada = make_agent(session, store_ids=(store.id, old.id))
    given = {"name": ada.name, "email": ada.email, "role": "agent", "language": "fr", "store_ids": store.id}
    assert admin.post(f"/settings/staff/{ada.id}", data=given).status_code == 302
    assert set(get_agent(ada.id).store_ids) == {store.id, old.id}


def test_reasons_are_added_renamed_moved_and_retired(admin: FlaskClient, session: Session) -> None:
    add_builtin_reasons()
    late = find_reason_by_key("delivery.late")
    assert late is not None
    path = f"/settings/reasons/{late.id}"
    new = {"parent_id": str(late.id), "name_fr": "Deux fois", "name_en": "Twice", "is_grievance": "y"}
    assert admin.post("/settings/reasons/new", data={**new, "name_fr": ""}).status_code == 422
    assert admin.post("/settings/reasons/new", data=new).status_code == 302
    twice = find_reason_by_key("delivery.late.twice")
    assert twice is not None
    assert twice.is_grievance
    assert "Retard" in admin.get(path).text
    assert admin.post(path, data={"name_fr": "En retard", "name_en": "Late"}).status_code == 302
    assert "En retard" in admin.get("/settings/reasons").text
    admin.post(f"{path}/move", data={"is_up": "1"})
    admin.post(f"{path}/switch", data={"is_active": "0"})
    session.expire_all()
    assert not any(row.id == late.id for row in list_reasons())
    refused = admin.post(
        f"/settings/reasons/{twice.id}/switch", data={"is_active": "1"}, follow_redirects=True
    )
    assert "au-dessus" in refused.text
    admin.post(f"{path}/switch", data={"is_active": "1"})
    session.expire_all()
    assert any(row.id == late.id for row in list_reasons())


def test_the_routing_order_is_moved(admin: FlaskClient, session: Session) -> None:
    order = [source.value for source in list_routing_order()]
    moved = [order[1], order[0], *order[2:]]
    assert admin.post("/settings/routing/move", data={"source": order, "up": order[1]}).status_code == 302
    assert list_routing_order() == tuple(moved)
    admin.post("/settings/routing/move", data={"source": moved, "down": moved[0]})
    assert list_routing_order() == tuple(order)
    stale = admin.post("/settings/routing/move", data={"source": order[:2]}, follow_redirects=True)
    assert "flash-error" in stale.text
    assert list_routing_order() == tuple(order)


def test_a_reply_target_is_changed_in_minutes(admin: FlaskClient, session: Session) -> None:
    given = {"channel": "email", "priority": "normal", "first": "90", "following": "60"}
    assert admin.post("/settings/targets", data=given).status_code == 302
    kept = next(row for row in list_targets() if (row.channel, row.priority) == ("email", "normal"))
    assert (kept.first_seconds, kept.next_seconds, kept.is_default) == (5400, 3600, False)
    for wrong in ({"first": "soon"}, {"following": "0"}, {"channel": "pigeon"}):
        refused = admin.post("/settings/targets", data={**given, **wrong}, follow_redirects=True)
        assert "flash-error" in refused.text


def test_a_key_is_shown_once_and_revoked(admin: FlaskClient, session: Session, cleo: Agent) -> None:
    assert admin.post("/settings/keys/new", data={"name": "Boutique"}).status_code == 422
    needs_person = {"name": "Boutique", "scopes": "tickets:reply", "agent_id": ""}
    assert admin.post("/settings/keys/new", data=needs_person).status_code == 422
    made = admin.post("/settings/keys/new", data={**needs_person, "agent_id": str(cleo.id)})
    secret = made.text.partition('data-text="')[2].partition('"')[0]
    assert check_api_key(secret).scopes == {ApiScope.TICKETS_REPLY}
    page = admin.get("/settings/keys").text
    assert secret not in page
    assert "Boutique" in page
    admin.post(f"/settings/keys/{list_api_keys()[0].id}/revoke")
    session.expire_all()
    assert list_api_keys()[0].revoked_at is not None


def test_changes_are_in_the_audit_trail_with_their_author(
    admin: FlaskClient, session: Session, cleo: Agent, store: Store
) -> None:
    admin.post("/settings/chain", data=CHAIN)
    admin.post("/settings/regions/new", data={"name": "Nord"})
    admin.post("/settings/stores/new", data=STORE)
    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in trail] == ["chain.edited", "region.added", "store.added"]
    assert {entry.agent_id for entry in trail} == {cleo.id}


def test_the_administrator_chooses_what_is_measured(admin: FlaskClient) -> None:
    given = {"opens": "off", "utm_source": "comptoir", "utm_medium": "e mail"}
    wrong = admin.post("/settings/tracking", data=given)
    assert wrong.status_code == 422
    assert get_tracking().opens is OpenPolicy.CONSENTED
    admin.post("/settings/tracking", data={**given, "utm_medium": "email"})
    kept = get_tracking()
    assert (kept.has_links, kept.opens) == (False, OpenPolicy.OFF)
    assert (kept.utm_source, kept.utm_medium) == ("comptoir", "email")
