"""The way in to results for who edits no questionnaire: which ones each role sees, of which stores, and no tab to edit."""

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.questionnaires.results.counting import work_counts
from hub.staff.words import Role
from tests.makers.counting import counted_statements
from tests.makers.responses import add_responses, add_version, make_answered, results_document
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_region, make_store

LIST = "/questionnaires/results?lang=en"
COUNTED = {
    "named": {"A": 7, "B": 9, "C": 40, "": 2},
    "elsewhere": {"C": 6},
    "secret": {"A": 3, "B": 30, "C": 12},
}
WHOLE = {"named": "58", "elsewhere": "6", "secret": "45", "few": "–"}
NOT = {Role.AGENT, Role.DELIVERY}
EXPECTED = {
    Role.STORE_MANAGER: {"named": "7", "secret": "–"},
    Role.REGION_MANAGER: {"named": "16", "secret": "–", "few": "–"},
    **dict.fromkeys((Role.HEAD_OFFICE, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR), WHOLE),
}


def listed(client: FlaskClient) -> dict[str, str]:
    page = client.get(LIST)
    assert page.status_code == 200
    rows = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>.*?class="t-number">([^<]+)<', page.text)
    return {name: html.unescape(count) for name, count in rows}


@pytest.fixture
def ids(session: Session) -> dict[str, int]:
    """A and B make the north. "few" has two anonymous answers in B, and "unasked" none at all."""
    make_chain(session)
    north = make_region(session, "Nord").id
    stores = {
        code: make_store(session, f"Shop {code}", code=code, region_id=region).id
        for code, region in (("A", north), ("B", north), ("C", make_region(session, "Sud").id))
    }
    made = {}
    for key, sizes in {**COUNTED, "few": {"B": 2}, "unasked": {}}.items():
        mode = "identified" if key in {"named", "elsewhere"} else "anonymous"
        questionnaire, version = make_answered(session, results_document(mode=mode), key=key, name=key)
        made[key] = questionnaire
        for code, size in sizes.items():
            answers = [{"csat": 1 + each % 5} for each in range(size)]
            told = {"note": f"Mot de {code or 'nulle part'}"}
            add_responses(session, questionnaire, version, answers, store_id=stores.get(code), told=told)
    later = add_version(session, made["named"], results_document())
    add_responses(session, made["named"], later, [{"csat": 5}] * 0)
    while work_counts(lambda: None):
        pass
    session.info |= {"stores": stores, "north": north}
    return made


def person_of(client: FlaskClient, session: Session, role: Role) -> FlaskClient:
    stores = session.info["stores"]
    own = {Role.STORE_MANAGER: ["A"], Role.AGENT: ["A"], Role.REGION_MANAGER: ["A", "B"]}.get(role, [])
    return log_in(client, make_agent(session, role=role, store_ids=[stores[code] for code in own]))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_the_questionnaires_of_its_stores(
    client: FlaskClient, session: Session, ids: dict[str, int], role: Role
) -> None:
    person = person_of(client, session, role)
    if role in NOT:
        assert person.get(LIST).status_code == 403
        return
    with counted_statements() as seen:
        assert listed(person) == EXPECTED[role]
    assert len(seen) <= 12
    page = person.get(f"/questionnaires/{ids['named']}/results?lang=en").text
    is_editing = role in {Role.MARKETER, Role.ADMINISTRATOR}
    assert (f'/questionnaires/{ids["named"]}/edit"' in page) == is_editing
    assert ("answers.csv" in page) == is_editing
    back = (
        "/questionnaires/"
        if role in {Role.MARKETER, Role.ADMINISTRATOR, Role.MANAGER}
        else "/questionnaires/results"
    )
    assert f'<a href="{back}">Questionnaires</a>' in page
    current = re.search(r'<a class="rail-item" href="([^"]+)"[^>]*aria-current', page)
    assert current
    assert current.group(1).startswith("/surveys" if back == "/questionnaires/" else "/statistics")


def test_a_manager_reads_results_and_comments_of_his_stores_only(
    client: FlaskClient, session: Session, ids: dict[str, int]
) -> None:
    person = person_of(client, session, Role.REGION_MANAGER)
    base = f"/questionnaires/{ids['named']}/results"
    for address in (base, f"{base}?store=C", f"{base}?region=0"):
        page = person.get(address).text
        assert "Shop A" in page
        assert "Shop C" not in page
    found = person.get(f"{base}/comments").text
    assert "Mot de A" in found
    assert "Mot de C" not in found
    assert "Mot de nulle part" not in found
    # an anonymous one: his whole region, which may be shown, or one store, which only where it may
    secret = f"/questionnaires/{ids['secret']}/results?lang=en"
    assert "33 answers" in person.get(f"{secret}&region={session.info['north']}&store=").text
    for code in "AB":  # with B and the region, A were the rest
        assert "Too few answers to be shown" in person.get(f"{secret}&store={code}").text
    assert person.get(f"/questionnaires/{ids['secret']}/results/comments").status_code == 404
    few = person.get(f"/questionnaires/{ids['few']}/results?lang=en").text
    assert "Too few answers to be shown" in few
