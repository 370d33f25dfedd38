"""Log-in, invitation, forgotten password, PIN, leavers and keys."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Gone, Invalid, NotFound
from hub.core.facts import FactRow
from hub.core.words import ActorKind, Language
from hub.staff import actions, queries
from hub.staff.actions import Person
from hub.staff.models import Agent, ApiKey, SignInAttempt
from hub.staff.rules import UnknownKeyError
from hub.staff.words import ApiScope, Role
from tests.conftest import TUESDAY
from tests.makers.staff import PASSWORD, make_agent
from tests.makers.stores import make_region, make_store

NOW = TUESDAY
NEW = "une phrase assez longue"


def test_the_right_password_opens_and_a_wrong_one_does_not(session: Session) -> None:
    ada = make_agent(session)
    assert actions.sign_in(email="ADA@verel.example ", password=PASSWORD, now=NOW).agent_id == ada.id
    assert actions.sign_in(email="ada@verel.example", password="wrong", now=NOW).agent_id is None
    assert actions.sign_in(email="nobody@verel.example", password=PASSWORD, now=NOW).agent_id is None


def test_a_log_in_renews_an_outdated_hash(session: Session) -> None:
    ada = make_agent(session)
    before = ada.password_hash
    actions.sign_in(email=ada.email, password=PASSWORD, now=NOW)
    assert ada.password_hash != before
    assert str(ada.password_hash).startswith("$argon2id$")
    assert actions.sign_in(email=ada.email, password=PASSWORD, now=NOW).agent_id == ada.id


@pytest.mark.parametrize("email", ["ada@verel.example", "nobody@verel.example"])
def test_failures_close_the_door_even_for_the_right_password(session: Session, email: str) -> None:
    make_agent(session)
    for _ in range(5):
        assert actions.sign_in(email=email, password="wrong", now=NOW).wait_seconds == 0
    assert actions.sign_in(email=email, password="wrong", now=NOW).wait_seconds == 900
    closed = actions.sign_in(email=email, password=PASSWORD, now=NOW + timedelta(minutes=5))
    assert (closed.agent_id, closed.wait_seconds) == (None, 600)
    assert not any(email in row for row in session.scalars(select(SignInAttempt.subject)))


def test_the_door_opens_again_after_a_quarter_of_an_hour(session: Session) -> None:
    ada = make_agent(session)
    for _ in range(6):
        actions.sign_in(email=ada.email, password="wrong", now=NOW)
    later = NOW + timedelta(minutes=15)
    assert actions.sign_in(email=ada.email, password=PASSWORD, now=later).agent_id == ada.id
    assert session.scalars(select(SignInAttempt)).all() == []


def test_an_invitation_leads_to_a_password_once(session: Session) -> None:
    store = make_store(session)
    cleo = make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    by = Actor(ActorKind.AGENT, agent_id=cleo.id)
    person = Person(email="Bo@verel.example", name="Bo  Lind", role=Role.AGENT, store_ids=(store.id,))
    agent_id = actions.invite_agent(person=person, by=by, now=NOW)
    fact = session.scalars(select(FactRow)).one()
    assert (fact.kind, fact.data) == ("AgentInvited", {"agent_id": agent_id, "inviter_id": cleo.id})
    card = queries.get_agent(agent_id)
    assert card.is_invited
    token = queries.invitation_link_token(agent_id, card.session_epoch, now=NOW)
    assert queries.get_invited(token, now=NOW).email == "bo@verel.example"
    actions.accept_invitation(token=token, password=NEW, machine_now=NOW, now=NOW)
    assert actions.sign_in(email="bo@verel.example", password=NEW, now=NOW).agent_id == agent_id
    with pytest.raises(Gone):
        actions.accept_invitation(token=token, password=NEW, machine_now=NOW, now=NOW)


def test_links_expire_and_belong_to_their_purpose(session: Session) -> None:
    ada = make_agent(session)
    token = queries.invitation_link_token(ada.id, 0, now=NOW)
    with pytest.raises(Gone):
        queries.get_invited(token, now=NOW + timedelta(days=7, seconds=1))
    with pytest.raises(NotFound):
        queries.get_resetting(token, now=NOW)
    with pytest.raises(NotFound):
        queries.get_invited(token[:-2], now=NOW)
    reset = queries.password_reset_token(ada.id, 0, now=NOW)
    with pytest.raises(Gone):
        queries.get_resetting(reset, now=NOW + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("email", {"email": "ada@verel.example"}),
        ("email", {"email": "not an address"}),
        ("store_ids", {"store_ids": ()}),
        ("region_ids", {"role": Role.REGION_MANAGER}),
        ("name", {"name": " "}),
    ],
)
def test_an_invitation_that_lacks_something_names_it(
    session: Session, field: str, change: dict[str, object]
) -> None:
    make_agent(session)
    store = make_store(session)
    given: dict[str, object] = {
        "email": "bo@verel.example",
        "name": "Bo",
        "role": Role.AGENT,
        "store_ids": (store.id,),
    }
    with pytest.raises(Invalid) as error:
        actions.invite_agent(person=Person(**{**given, **change}), by=SYSTEM, now=NOW)
    assert error.value.field == field


def test_a_forgotten_password_is_answered_the_same_for_everybody(session: Session) -> None:
    ada = make_agent(session)
    make_agent(session, "Gone Guy", deactivated_at=NOW)
    for email in (ada.email, "nobody@verel.example", "gone@verel.example"):
        actions.ask_password_reset(email=email, machine_now=NOW, now=NOW)
    assert [fact.data for fact in session.scalars(select(FactRow))] == [{"agent_id": ada.id}]
    for _ in range(20):
        actions.ask_password_reset(email=ada.email, machine_now=NOW, now=NOW)
    assert len(session.scalars(select(FactRow)).all()) == 6


def test_a_reset_ends_every_session_and_works_once(session: Session) -> None:
    ada = make_agent(session)
    token = queries.password_reset_token(ada.id, 0, now=NOW)
    with pytest.raises(Invalid):
        actions.reset_password(token=token, password="short", machine_now=NOW, now=NOW)
    actions.reset_password(token=token, password=NEW, machine_now=NOW, now=NOW)
    assert queries.get_viewer(ada.id).session_epoch == 1
    assert actions.sign_in(email=ada.email, password=NEW, now=NOW).agent_id == ada.id
    with pytest.raises(Gone):
        actions.reset_password(token=token, password=NEW, machine_now=NOW, now=NOW)


def test_a_leaver_loses_sessions_password_pin_and_keys_but_not_the_history(session: Session) -> None:
    ada = make_agent(session, pin_hash="x")
    secret = actions.make_api_key(
        name="Caisse", scopes=[ApiScope.TICKETS_REPLY], agent_id=ada.id, by=SYSTEM, now=NOW
    )
    assert queries.check_api_key(secret).agent_name == "Ada Martin"
    actions.deactivate_agent(agent_id=ada.id, by=SYSTEM, now=NOW)
    session.expire_all()
    assert queries.find_viewer(ada.id) is None
    assert actions.sign_in(email=ada.email, password=PASSWORD, now=NOW).agent_id is None
    assert queries.get_agents([ada.id])[ada.id].name == "Ada Martin"
    assert session.scalars(select(ApiKey.revoked_at)).one() == NOW
    with pytest.raises(UnknownKeyError):
        queries.check_api_key(secret)
    assert "AgentLeft" in session.scalars(select(FactRow.kind)).all()
    actions.reinvite_agent(agent_id=ada.id, by=SYSTEM, now=NOW)
    assert queries.get_agent(ada.id).is_invited
    assert queries.get_agent(ada.id).is_active


def test_the_last_administrator_stays(session: Session) -> None:
    cleo = make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    store = make_store(session)
    demoted = Person(email=cleo.email, name=cleo.name, role=Role.AGENT, store_ids=(store.id,))
    with pytest.raises(Conflict):
        actions.deactivate_agent(agent_id=cleo.id, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        actions.edit_agent(agent_id=cleo.id, person=demoted, by=SYSTEM, now=NOW)
    with pytest.raises(Invalid):
        actions.deactivate_agent(agent_id=cleo.id, by=Actor(ActorKind.AGENT, agent_id=cleo.id), now=NOW)
    make_agent(session, "Dan Deux", role=Role.ADMINISTRATOR)
    actions.edit_agent(agent_id=cleo.id, person=demoted, by=SYSTEM, now=NOW)
    assert queries.get_viewer(cleo.id).home_store_id == store.id


def test_role_and_reach_change_together(session: Session) -> None:
    lyon, lille, region = make_store(session), make_store(session, "Lille", code="LIL"), make_region(session)
    ada = make_agent(session, store_ids=(lyon.id,))
    person = Person(email=ada.email, name=ada.name, role=Role.AGENT, store_ids=(lyon.id, lille.id))
    actions.edit_agent(agent_id=ada.id, person=person, by=SYSTEM, now=NOW)
    assert queries.get_viewer(ada.id).scope.store_ids == {lyon.id, lille.id}
    assert queries.get_viewer(ada.id).home_store_id == lyon.id
    person = Person(email=ada.email, name=ada.name, role=Role.REGION_MANAGER, region_ids=(region.id,))
    actions.edit_agent(agent_id=ada.id, person=person, by=SYSTEM, now=NOW)
    assert queries.get_agent(ada.id).store_ids == ()
    assert queries.get_agent(ada.id).region_ids == (region.id,)
    with pytest.raises(Conflict):
        actions.reinvite_agent(agent_id=ada.id, by=SYSTEM, now=NOW)


def _set_pin(agent: Agent, pin: str) -> None:
    done = actions.set_pin(agent_id=agent.id, pin=pin, password=PASSWORD, by=SYSTEM, machine_now=NOW, now=NOW)
    assert done.agent_id == agent.id


def test_a_neighbour_takes_over_with_the_pin(session: Session) -> None:
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    ada = make_agent(session, store_ids=(lyon.id,))
    bea = make_agent(session, "Bea Bee", store_ids=(lyon.id,))
    far = make_agent(session, "Far Fox", store_ids=(lille.id,))
    for agent in (bea, far):
        _set_pin(agent, "4071")
    switch = actions.switch_person
    assert switch(agent_id=bea.id, pin="4071", from_agent_id=ada.id, now=NOW).agent_id == bea.id
    assert switch(agent_id=bea.id, pin="9999", from_agent_id=ada.id, now=NOW).agent_id is None
    assert switch(agent_id=far.id, pin="4071", from_agent_id=ada.id, now=NOW).agent_id is None
    for _ in range(5):
        switch(agent_id=bea.id, pin="9999", from_agent_id=ada.id, now=NOW)
    assert switch(agent_id=bea.id, pin="4071", from_agent_id=ada.id, now=NOW).wait_seconds == 900


def test_a_pin_asks_for_the_password_and_can_be_given_up(session: Session) -> None:
    ada = make_agent(session)
    refused = actions.set_pin(agent_id=ada.id, pin="4071", password="no", by=SYSTEM, machine_now=NOW, now=NOW)
    assert refused.agent_id is None
    assert ada.pin_hash is None
    _set_pin(ada, "4071")
    assert "4071" not in str(ada.pin_hash)
    _set_pin(ada, "")
    assert ada.pin_hash is None


def test_changing_the_password_needs_the_current_one(session: Session) -> None:
    ada = make_agent(session)
    change = actions.change_password
    refused = change(agent_id=ada.id, current="no", password=NEW, by=SYSTEM, machine_now=NOW, now=NOW)
    assert refused.agent_id is None
    done = change(agent_id=ada.id, current=PASSWORD, password=NEW, by=SYSTEM, machine_now=NOW, now=NOW)
    assert done.agent_id == ada.id
    assert queries.get_viewer(ada.id).session_epoch == 1


def test_the_profile_keeps_its_bounds(session: Session) -> None:
    ada = make_agent(session)
    given = {"agent_id": ada.id, "name": "Ada M.", "language": Language.ENGLISH, "has_shortcuts": False}
    actions.save_profile(**given, undo_seconds=0, by=SYSTEM, now=NOW)
    viewer = queries.get_viewer(ada.id)
    assert (viewer.name, viewer.language, viewer.undo_seconds) == ("Ada M.", Language.ENGLISH, 0)
    with pytest.raises(Invalid):
        actions.save_profile(**given, undo_seconds=31, by=SYSTEM, now=NOW)


def test_a_key_is_shown_once_and_opens_its_scopes(session: Session) -> None:
    secret = actions.make_api_key(
        name="Boutique", scopes=[ApiScope.ORDERS_WRITE], agent_id=None, by=SYSTEM, now=NOW
    )
    row = session.scalars(select(ApiKey)).one()
    assert secret not in (row.secret_hash, row.prefix)
    assert secret.startswith(row.prefix)
    assert queries.check_api_key(secret).scopes == {ApiScope.ORDERS_WRITE}
    for wrong in ("", secret[:-1], row.prefix, "cpt_00000000_x"):
        with pytest.raises(UnknownKeyError):
            queries.check_api_key(wrong)
    actions.revoke_api_key(key_id=row.id, by=SYSTEM, now=NOW)
    with pytest.raises(UnknownKeyError):
        queries.check_api_key(secret)
    assert queries.list_api_keys()[0].revoked_at == NOW


def test_a_key_that_replies_needs_its_person(session: Session) -> None:
    gone = make_agent(session, deactivated_at=NOW)
    for scopes, agent_id in (
        ([], None),
        ([ApiScope.TICKETS_REPLY], None),
        ([ApiScope.TICKETS_READ], gone.id),
    ):
        with pytest.raises(Invalid):
            actions.make_api_key(name="x", scopes=scopes, agent_id=agent_id, by=SYSTEM, now=NOW)


def test_the_first_administrator_is_made_once(session: Session) -> None:
    given = {"email": "cleo@verel.example", "name": "Cleo", "language": Language.FRENCH, "now": NOW}
    with pytest.raises(Invalid):
        actions.add_administrator(**given, password="short")
    agent_id = actions.add_administrator(**given, password=NEW)
    assert queries.get_viewer(agent_id).role is Role.ADMINISTRATOR
    with pytest.raises(Conflict):
        actions.add_administrator(**given, password=NEW)


def test_the_set_up_code_is_read_with_or_without_dashes(session: Session) -> None:
    code = actions.get_setup_code()
    assert len(code.replace("-", "")) == 16
    assert actions.check_setup_code(code=code.upper().replace("-", " "), now=NOW).agent_id == 0
    for _ in range(6):
        refused = actions.check_setup_code(code="nope", now=NOW)
    assert refused.wait_seconds == 900
    assert actions.check_setup_code(code=code, now=NOW).agent_id is None


def test_no_secret_reaches_the_audit_trail(session: Session) -> None:
    ada = make_agent(session)
    _set_pin(ada, "4071")
    actions.make_api_key(name="k", scopes=[ApiScope.TICKETS_READ], agent_id=None, by=SYSTEM, now=NOW)
    trail = session.scalars(select(AuditEntry)).all()
    assert [entry.action for entry in trail] == ["agent.pin_set", "api_key.made"]
    assert "4071" not in str([entry.data for entry in trail])
