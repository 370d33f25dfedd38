"""The report shared by a link: what strangers read of it, what they never read, and that its address dies."""

import html
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.questionnaires.models import Questionnaire
from hub.questionnaires.results.counting import work_counts
from hub.staff.words import Role
from tests.conftest import Visitor
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.responses import add_responses, make_answered
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

SIZES = {"A": 3, "B": 33, "C": 12, "D": 40}
HARMLESS = "Très bon accueil"
NAMING = (
    "Merci à vous, Dupont-Lajoie",
    "C’est moi, ÉLODIE",
    "Écrivez à e.d@client.example",
    "Rappelez au 06 12 34 56 78",
    "Commande 1234-5678",
)


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.get_data(as_text=True)
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert re.search(r'<meta name="description" content="[^"]{20,}">', page)
    assert "<script" not in page
    return page


def plain(page: str) -> str:
    return re.sub(r"[\s\u202f\u00a0]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def make(session: Session) -> tuple[int, int]:
    """An identified questionnaire: to outsiders the rule of hiding holds all the same."""
    make_chain(session)
    last = make_answered(session, key="last")
    add_responses(session, *last, [{"csat": 5}] * 8)
    ids = make_answered(session, earlier_id=last[0])
    session.execute(
        update(Questionnaire).where(Questionnaire.id.in_((ids[0], last[0]))).values(name="Secret VIP")
    )
    for code, size in SIZES.items():
        answers: list[dict[str, Any]] = [{"csat": 1 + each % 5} for each in range(size)]
        add_responses(session, *ids, answers, store_id=make_store(session, f"Shop {code}", code=code).id)
    who = make_customer(session, first_name="Élodie", last_name="Dupont-Lajoie").id
    add_responses(session, *ids, [{}] * 5, told={"note": HARMLESS}, customer_id=who)
    for text in NAMING:
        add_responses(session, *ids, [{}], told={"more": text}, customer_id=who)
    add_responses(session, *ids, [{}], told={"more": "Sans Zoé, rien", "who": {"first_name": "Zoe"}})
    while work_counts(lambda: None):
        pass
    return ids


def test_a_marketer_shares_a_report_that_strangers_read_until_it_ends(
    client: FlaskClient, session: Session
) -> None:
    ids = make(session)
    page = f"/questionnaires/{ids[0]}/results/sharing"
    log_in(client, make_agent(session, role=Role.MARKETER))
    assert "/q/report/" not in client.get(page).get_data(as_text=True)
    assert client.post(page).status_code == 303
    first = re.findall(r'href="(/q/report/[^"]{22})"', client.get(page).get_data(as_text=True))[0]
    stranger = Visitor(client.application, client.application.response_class, use_cookies=True)
    found = read(stranger, f"{first}?lang=en")
    told = plain(found)
    assert '<html lang="en">' in found
    assert "Results of “Enquête nationale (en)”" in told
    assert "Shop A – hidden: too few answers" in told
    assert "Shop C – hidden: too few answers" in told  # with it, or A were the rest
    assert "Shop B 33 36% (22% to 53%)" in told
    assert "Enquête nationale (en)”: 100%" in told  # last year
    for secret in ("Secret VIP", HARMLESS, "Comments", 'href="/questionnaires', "/customers"):
        assert secret not in found, secret
    assert "Résultats de" in plain(read(stranger, f"{first}?lang=fr"))
    client.post(page, data={"has_comments": "1"})
    with counted_statements() as seen:
        shown = plain(read(stranger, f"{first}?lang=en"))
    assert len(seen) <= 12, "\n".join(seen)
    assert shown.count(HARMLESS) == 5
    for text in (*NAMING, "Zoé"):
        assert text not in shown, text
    client.post(f"{page}/end")
    assert "not shared any more" in read(stranger, f"{first}?lang=en", 404)
    client.post(page)
    second = re.findall(r'href="(/q/report/[^"]{22})"', client.get(page).get_data(as_text=True))[0]
    assert second != first
    read(stranger, first, 404)
    assert HARMLESS not in read(stranger, second)
    lines = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("report_"))).all()
    assert lines == ["report_shared", "report_shared", "report_ended", "report_shared"]


def test_only_who_edits_questionnaires_shares_one(client: FlaskClient, session: Session) -> None:
    ids = make(session)
    for role in (Role.MANAGER, Role.STORE_MANAGER):
        log_in(client, make_agent(session, role=role, email=f"{role}@verel.example"))
        assert client.post(f"/questionnaires/{ids[0]}/results/sharing").status_code == 403
    stranger = Visitor(client.application, client.application.response_class, use_cookies=True)
    for wrong in ("none", "None", "x" * 500):
        assert stranger.get(f"/q/report/{wrong}").status_code == 404
