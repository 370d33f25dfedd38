"""The page of the chain's terms: kept in both languages with its line in the audit, refused beside the field, read by who may not write."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.words import Language
from hub.staff.words import Role
from hub.stores.queries import get_chain
from hub.stores.terms import LONGEST, read_terms
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

ADDRESS = "/messages/terms"


@pytest.fixture
def chain(session: Session) -> None:
    make_chain(session)
    make_store(session)


def client_of(client: FlaskClient, session: Session, role: Role) -> FlaskClient:
    log_in(client, make_agent(session, role=role))
    return client


def test_terms_are_kept_in_both_languages(client: FlaskClient, session: Session, chain: None) -> None:
    marketer = client_of(client, session, Role.MARKETER)
    data = {
        "vip_terms_fr": " Livraison  offerte.\n\nUn conseiller.\n",
        "vip_terms_en": "Free delivery.",
        "return_terms_fr": "30 jours.",
    }
    answer = marketer.post(ADDRESS, data=data)
    assert (answer.status_code, answer.location) == (303, ADDRESS)
    settings = get_chain().settings
    assert read_terms(settings, Language.FRENCH) == {
        "return_terms": "30 jours.",
        "vip_terms": "Livraison offerte.\nUn conseiller.",
    }
    assert read_terms(settings, Language.ENGLISH) == {"vip_terms": "Free delivery."}
    assert session.scalars(select(AuditEntry.action)).all() == ["chain.setting_changed"]
    assert "Un conseiller." in marketer.get(ADDRESS).text
    marketer.post(ADDRESS, data={})
    assert read_terms(get_chain().settings, Language.FRENCH) == {}


def test_too_long_a_term_is_refused_beside_its_field(
    client: FlaskClient, session: Session, chain: None
) -> None:
    marketer = client_of(client, session, Role.MARKETER)
    answer = marketer.post(
        f"{ADDRESS}?lang=en", data={"vip_terms_fr": "a" * (LONGEST + 1), "return_terms_fr": "30 jours."}
    )
    assert answer.status_code == 422
    assert f"Please write at most {LONGEST} characters." in answer.text
    assert "30 jours." in answer.text, "what was written is not lost"
    assert read_terms(get_chain().settings, Language.FRENCH) == {}


def test_a_manager_reads_them_and_may_not_change_them(
    client: FlaskClient, session: Session, chain: None
) -> None:
    manager = client_of(client, session, Role.MANAGER)
    assert "disabled" in manager.get(ADDRESS).text
    assert manager.post(ADDRESS, data={"vip_terms_fr": "Non."}).status_code == 403
