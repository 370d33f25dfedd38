"""Pages of the segments: built by plain posts, counted, kept, shown, handed out; typed properties."""

import csv
import hashlib
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.segments import handing_out
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.words import Channel
from hub.customers.models import Customer
from hub.customers.properties import get_properties, save_property
from hub.customers.property_words import PropertyKind
from hub.segments.models import Segment, SegmentFile
from hub.segments.saved.tables import safe_cell
from hub.segments.saved.working import work_segments
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil, make_fay, say_consent
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

LIVE = {"name": "Lyonnais", "description": "Pour la soirée", "kind": "live"}
IN_LYON = {"n1-in": "0", "n1-field": "customer.postcode", "n1-test": "begins_with", "n1-list": "69"}


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    dora, emil = make_customer(session), make_emil(session)
    emil.postcode = "59000"
    make_fay(session)
    make_order(session, customer_id=dora.id, store_id=make_store(session).id)
    return log_in(client, make_agent(session, role=Role.MARKETER))


def built(marketer: FlaskClient, session: Session, **changes: str) -> Segment:
    page = marketer.post("/segments/new", data={**LIVE, **IN_LYON, "act": "save", **changes})
    assert page.status_code == 303, page.text
    while work_segments(lambda: None):
        pass
    return session.scalars(select(Segment).order_by(Segment.id.desc())).first()  # type: ignore[return-value]


def test_a_segment_is_built_by_buttons_alone(marketer: FlaskClient, session: Session) -> None:
    """Without JavaScript: a condition, a group, a condition in it; then one is taken out, and it is kept."""
    sent: dict[str, str] = {"n0-match": "all", "n0-new": "customer.postcode", "act": "add-0"}
    page = marketer.post("/segments/new", data=sent).text
    assert 'name="n1-field" value="customer.postcode"' in page
    assert 'class="error"' not in page, "nothing was tried yet"
    assert "Elle n’est pas encore comptée" in page
    assert re.search(r'name="n1-test"[^>]* autofocus', page)
    tried = sent | {"n1-in": "0", "n1-field": "customer.postcode", "n1-test": "contains", "act": "show"}
    assert "Choisissez ou saisissez au moins une valeur" in marketer.post("/segments/new", data=tried).text
    sent = {**IN_LYON, "n0-match": "all", "act": "group-0"}
    assert 'name="n2-match"' in marketer.post("/segments/new", data=sent).text
    sent |= {"n2-in": "0", "n2-match": "any", "n2-new": "orders.placed", "act": "add-2"}
    page = marketer.post("/segments/new", data=sent).text
    assert 'name="n3-field" value="orders.placed"' in page
    sent |= {"n3-in": "2", "n3-field": "orders.placed", "n3-test": "ever", "act": "show"}
    page = marketer.post("/segments/new", data=sent).text
    assert '<strong class="num">1</strong>' in page
    assert "enlève −1" in page.replace("\xa0", " ")
    assert "Dora Lefèvre" in page
    sent |= {"act": "remove-3"}
    assert 'name="n3-field"' not in marketer.post("/segments/new", data=sent).text
    saved = marketer.post("/segments/new", data=sent | LIVE | {"act": "save"}, follow_redirects=True).text
    assert "Lyonnais" in saved
    kept = session.scalars(select(Segment)).one()
    assert len(kept.definition["root"]["parts"]) == 2


def test_the_keyboard_goes_on_in_a_condition_that_has_one_test(marketer: FlaskClient) -> None:
    page = marketer.post("/segments/new", data={"n0-new": "customer.language", "act": "add-0"}).text
    assert re.search(r'name="n1-not"[^>]* autofocus', page)


def test_one_and_nobody_are_counted_as_one_says_it(marketer: FlaskClient) -> None:
    def seen(postcode: str) -> str:
        text = marketer.post("/segments/preview", data={**LIVE, **IN_LYON, "n1-list": postcode}).text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))

    assert "Aucun client" in seen("99")
    assert "vraie pour personne" in seen("99")
    assert "sur 3 clients" in seen("59")


def test_the_panel_alone_follows_the_form(marketer: FlaskClient, session: Session) -> None:
    panel = marketer.post("/segments/preview", data=IN_LYON).text
    assert panel.lstrip().startswith("<section")
    assert '<strong class="num">2</strong>' in panel
    assert session.scalars(select(Segment)).all() == []


def test_a_wrong_condition_is_marked_and_not_counted(marketer: FlaskClient, session: Session) -> None:
    sent = (
        LIVE
        | IN_LYON
        | {"n2-in": "0", "n2-field": "customer.age", "n2-test": "at_least", "n2-value": "vieux"}
    )
    page = marketer.post("/segments/new", data=sent | {"act": "save"})
    assert page.status_code == 422
    assert "Indiquez un nombre." in page.text
    assert 'value="vieux"' in page.text
    assert session.scalars(select(Segment)).all() == []


def test_it_is_listed_counted_shown_with_members_and_changed(marketer: FlaskClient, session: Session) -> None:
    kept = built(marketer, session)
    assert kept.customer_count == 2
    assert "Lyonnais" in marketer.get("/segments/").text
    page = marketer.get(f"/segments/{kept.id}").text
    assert "commence par" in page
    members = marketer.get(f"/segments/{kept.id}/members").text
    assert "Dora Lefèvre" in members
    assert "Emil" not in members
    sent = {**LIVE, **IN_LYON, "n1-list": "59", "act": "save", "revision": "1"}
    assert marketer.post(f"/segments/{kept.id}/edit", data=sent).status_code == 303
    late = marketer.post(f"/segments/{kept.id}/edit", data=sent)
    assert late.status_code == 422
    assert "entre-temps" in late.text
    assert "Emil Roux" in marketer.get(f"/segments/{kept.id}/members").text


def test_a_used_segment_asks_before_it_changes_and_is_not_archived(
    marketer: FlaskClient, session: Session
) -> None:
    inner = built(marketer, session)
    outer = {"n1-in": "0", "n1-field": "segments.member", "n1-test": "one_of", "n1-list": str(inner.id)}
    built(marketer, session, **outer, name="Dehors")
    assert "Dehors" in marketer.get(f"/segments/{inner.id}").text
    refused = marketer.post(f"/segments/{inner.id}/archive", follow_redirects=True).text
    assert "Dehors utilisent ce segment" in refused.replace("\xa0", " ")
    sent = {**LIVE, **IN_LYON, "n1-list": "59", "act": "save"}
    assert marketer.post(f"/segments/{inner.id}/edit", data=sent).status_code == 422
    assert marketer.post(f"/segments/{inner.id}/edit", data=sent | {"is_agreed": "1"}).status_code == 303


def test_members_leave_as_a_table_that_no_spreadsheet_runs(marketer: FlaskClient, session: Session) -> None:
    dora = session.scalars(select(Customer).where(Customer.first_name == "Dora")).one()
    dora.company = "=HYPERLINK(1)"
    kept = built(marketer, session)
    answer = marketer.post(f"/segments/{kept.id}/export", data={"kind": "table"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=lyonnais-table.csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [row["first_name"] for row in rows] == ["Dora", "Fay"]
    assert rows[0]["company"] == "'=HYPERLINK(1)"
    assert rows[0]["phone"] == "06 12 34 56 78"
    assert rows[0]["value"] == "0,00"
    assert [safe_cell(each) for each in (2.5, -2.5, 3, "-2.5")] == ["2,5", "-2,5", "3", "'-2.5"]
    [line] = session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported"))
    assert (line.subject_id, line.data["kind"]) == (kept.id, "table")


def test_a_table_that_grew_or_takes_too_long_is_made_by_a_job(
    marketer: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = built(marketer, session)
    kept.customer_count = 0
    session.flush()
    monkeypatch.setattr(handing_out, "AT_ONCE", 0)
    assert marketer.post(f"/segments/{kept.id}/export", data={"kind": "table"}).status_code == 303
    [file] = session.scalars(select(SegmentFile))
    assert file.segment_id == kept.id


def test_hashed_audiences_hold_only_who_agreed_to_offers(marketer: FlaskClient, session: Session) -> None:
    """By each network's own rules; Fay's address is blocked, Emil never agreed."""
    say_consent("dora@client.example")
    say_consent("+33612345678", channel=Channel.SMS)
    say_consent("fay@client.example")
    kept = built(marketer, session)
    for kind in ("meta", "google"):
        marketer.post(f"/segments/{kept.id}/export", data={"kind": kind})
    while work_segments(lambda: None):
        pass
    meta, google = session.scalars(select(SegmentFile).order_by(SegmentFile.id))
    found = marketer.get(f"/segments/{kept.id}/files/{meta.id}").text.splitlines()
    mail = hashlib.sha256(b"dora@client.example").hexdigest()
    assert found == ["email,phone", f"{mail},{hashlib.sha256(b'33612345678').hexdigest()}"]
    found = marketer.get(f"/segments/{kept.id}/files/{google.id}").text.splitlines()
    assert found == ["Email,Phone", f"{mail},{hashlib.sha256(b'+33612345678').hexdigest()}"]
    assert (meta.row_count, google.row_count) == (1, 1)


def test_who_only_reads_sees_no_button(client: FlaskClient, session: Session, marketer: FlaskClient) -> None:
    kept = built(marketer, session)
    reader = log_in(client, make_agent(session, role=Role.MANAGER, email="manager@verel.example"))
    assert "Dupliquer" not in reader.get(f"/segments/{kept.id}").text
    assert reader.post(f"/segments/{kept.id}/export", data={"kind": "table"}).status_code == 403


def test_a_property_is_defined_used_and_not_taken_away(marketer: FlaskClient, session: Session) -> None:
    sent = {
        "family": "pet",
        "key": "PetName",
        "kind": "choice",
        "label": "Animal",
        "description": "Du formulaire",
    }
    assert "minuscules" in marketer.post("/properties/new", data=sent).text
    sent |= {"key": "pet_kind", "choices": "chat\nchien"}
    assert marketer.post("/properties/new", data=sent).status_code == 303
    condition = {"n1-in": "0", "n1-field": "property:pet_kind", "n1-test": "one_of", "n1-list": "chat"}
    built(marketer, session, **condition, name="Chats")
    assert "Chats" in marketer.get("/properties/").text
    refused = marketer.post("/properties/pet_kind/forget", follow_redirects=True).text
    assert "est utilisée par Chats" in refused.replace("\xa0", " ")


def test_values_stand_on_the_form_of_the_customer(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    dora = make_customer(session)
    words = {"label": "Animaux", "description": "Du formulaire", "kind": PropertyKind.NUMBER, "family": "pet"}
    save_property(key="pet_count", is_new=True, by=SYSTEM, now=TUESDAY, **words)  # type: ignore[arg-type]
    ada = log_in(client, make_agent(session))
    assert 'name="p-pet_count"' in ada.get(f"/customers/{dora.id}/edit").text
    refused = ada.post(f"/properties/customers/{dora.id}", data={"p-pet_count": "deux"})
    assert refused.status_code == 422
    assert "Indiquez un nombre" in refused.text
    assert 'value="deux"' in refused.text
    assert ada.post(f"/properties/customers/{dora.id}", data={"p-pet_count": "2,5"}).status_code == 303
    assert get_properties([dora.id])[dora.id] == {"pet_count": 2.5}
    [line] = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.edited"))
    assert line.data["fields"] == ["property:pet_count"]
