"""Reports on the base, repairs that are undone, audits that are mailed, the archive of the silent."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid
from hub.customers.models import Address, Customer
from hub.customers.quality import archiving, auditing, repairing
from hub.customers.quality.models import QualityAudit
from hub.customers.quality.reports import BY_KEY, REPORTS, count_all, list_faulty, walk_faulty
from hub.customers.quality.words import FAULTS
from hub.customers.queries import list_customers
from hub.identity import activity, upkeep
from hub.outbox.models import OutboundMessage
from hub.reactions.drain import work_facts
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_received
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent

LONG_AGO = TUESDAY - timedelta(days=1000)


@pytest.fixture
def base(session: Session, hand_clock: HandClock) -> dict[str, Customer]:
    """One customer with each fault, and one without any."""
    fine = {"last_active_at": TUESDAY, "postcode": "69003"}
    named = {
        "clean": make_customer(
            session, "Dora", "Lefèvre", mail="dora@gmail.com", phone="+33612345678", **fine
        ),
        "mistyped_domains": make_customer(
            session, "Jean", "Petit", mail="jean@gmial.com", phone=None, **fine
        ),
        "name_case": make_customer(session, "ANNE", "DE LA TOUR", mail="a@gmail.com", phone=None, **fine),
        "invalid_mails": make_customer(session, "Luc", "Roy", mail="luc@gmail", phone=None, **fine),
        "invalid_phones": make_customer(session, "Léa", "Roy", mail=None, phone="+3361234", **fine),
        "no_name": make_customer(session, "", "", mail="nobody@gmail.com", phone=None, **fine),
        "no_address": make_customer(session, "Max", "Roy", mail=None, phone=None, **fine),
        "no_postcode": make_customer(
            session, "Zoé", "Roy", mail="z@gmail.com", phone=None, last_active_at=TUESDAY, postcode=""
        ),
        "inactive": make_customer(
            session, "Eve", "Roy", mail="e@gmail.com", phone=None, last_active_at=LONG_AGO
        ),
    }
    session.flush()
    return named


def test_each_report_finds_its_fault_and_no_other_customer(
    session: Session, base: dict[str, Customer]
) -> None:
    asked = upkeep.asked_now(TUESDAY)
    for key, customer in base.items():
        if key != "clean":
            assert [row.id for row in walk_faulty(BY_KEY[key], asked)] == [customer.id], key
    counts = count_all(asked)
    assert counts == {"customers": 9} | {report.key: int(report.key in base) for report in REPORTS}
    assert set(FAULTS) == set(BY_KEY)


def test_bounced_and_never_opened_come_from_the_messages(session: Session, hand_clock: HandClock) -> None:
    make_house(session)
    dora = make_customer(session)
    sent = [post_draft(session, customer_id=dora.id, key=f"m{number}") for number in range(5)]
    for row in session.scalars(select(OutboundMessage)):
        row.accepted_at, row.recipient = TUESDAY, "dora@client.example"
    session.flush()
    asked = upkeep.asked_now(TUESDAY)
    assert sent
    assert [row.id for row in list_faulty(BY_KEY["never_opened"], asked, None).rows] == [dora.id]
    assert list_faulty(BY_KEY["bounced"], asked, None).rows == []
    session.scalars(select(OutboundMessage)).first().state = "bounced"
    session.flush()
    assert [row.id for row in list_faulty(BY_KEY["bounced"], asked, None).rows] == [dora.id]


def test_a_repair_of_names_and_its_undo(session: Session, base: dict[str, Customer]) -> None:
    anne = base["name_case"]
    repair_id = repairing.repair(BY_KEY["name_case"], upkeep.asked_now(TUESDAY), by=SYSTEM, now=TUESDAY)
    assert (anne.first_name, anne.last_name) == ("Anne", "de La Tour")
    anne.first_name = "Anna"  # somebody corrected it meanwhile: that stays
    session.flush()
    assert repairing.undo_repair(repair_id, by=SYSTEM, now=TUESDAY) == 1
    assert (anne.first_name, anne.last_name) == ("Anna", "DE LA TOUR")
    with pytest.raises(Conflict):
        repairing.undo_repair(repair_id, by=SYSTEM, now=TUESDAY)


def test_a_repair_of_domains_and_its_undo(session: Session, base: dict[str, Customer]) -> None:
    """An address that somebody has is left, and told: the two are probably one person."""
    twin = make_customer(session, "Jeanne", "Petit", mail="dora@gmial.com", phone=None, postcode="69003")
    asked = upkeep.asked_now(TUESDAY)
    repair_id = repairing.repair(BY_KEY["mistyped_domains"], asked, by=SYSTEM, now=TUESDAY)
    row = repairing.list_repairs()[0]
    assert (row.change_count, row.refused_count) == (1, 1)
    assert mails_of(session, base["mistyped_domains"]) == ["jean@gmail.com"]
    assert mails_of(session, twin) == ["dora@gmial.com"]
    assert repairing.undo_repair(repair_id, by=SYSTEM, now=TUESDAY) == 1
    assert mails_of(session, base["mistyped_domains"]) == ["jean@gmial.com"]


def test_a_right_address_is_left_to_a_person(session: Session, base: dict[str, Customer]) -> None:
    """A domain called like its owner or his company is listed, and never rewritten; nor one that may be right."""
    fine = {"phone": None, "postcode": "69003", "last_active_at": TUESDAY}
    right = [
        make_customer(session, "Jean", "Laporte", mail="jean@laporte.net", **fine),
        make_customer(session, "Luc", "Roy", mail="luc@laporte.net", company="Laporte SARL", **fine),
    ]
    asked = upkeep.asked_now(TUESDAY, "mistyped_domains")
    rows = {row.id: row.suggestion for row in list_faulty(BY_KEY["mistyped_domains"], asked, None).rows}
    assert rows[base["mistyped_domains"].id] == "jean@gmail.com"
    assert [rows.get(row.id, "") for row in right] == ["", ""]
    repairing.repair(BY_KEY["mistyped_domains"], asked, by=SYSTEM, now=TUESDAY)
    assert [mails_of(session, row) for row in right] == [["jean@laporte.net"], ["luc@laporte.net"]]
    assert repairing.list_repairs()[0].change_count == 1


def test_names_without_case_and_pages_of_others_do_not_hold_up_a_repair(
    session: Session, base: dict[str, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairing, "PAGE", 1)
    make_customer(session, "محمد", "علي", mail=None, phone=None)
    late = make_customer(session, "PAUL", "ROY", mail=None, phone=None)
    asked = upkeep.asked_now(TUESDAY, "name_case")
    ids = [row.id for row in walk_faulty(BY_KEY["name_case"], asked)]
    assert ids == [base["name_case"].id, late.id]
    repairing.repair(BY_KEY["name_case"], asked, by=SYSTEM, now=TUESDAY)
    assert (late.first_name, late.last_name) == ("Paul", "Roy")


def mails_of(session: Session, customer: Customer) -> list[str]:
    return list(session.scalars(select(Address.value).where(Address.customer_id == customer.id)))


def test_what_a_person_must_judge_is_not_repaired(session: Session, base: dict[str, Customer]) -> None:
    with pytest.raises(Invalid):
        repairing.repair(BY_KEY["no_name"], upkeep.asked_now(TUESDAY), by=SYSTEM, now=TUESDAY)


def test_the_audit_comes_each_quarter_and_its_result_is_mailed(
    session: Session, base: dict[str, Customer], hand_clock: HandClock
) -> None:
    make_house(session)
    boss = make_agent(session, "Cleo Blanc", role=Role.ADMINISTRATOR, email="cleo@verel.example")
    auditing.keep_settings(
        is_audit_on=True, every_months=3, agent_ids=[boss.id], inactive_months=12,
        is_archive_on=False, archive_months=24, by=SYSTEM, now=TUESDAY,
    )  # fmt: skip
    assert not upkeep.has_due()
    hand_clock.move(days=2)
    assert upkeep.has_due()
    assert upkeep.work_quality(lambda: None) == 1
    settings = auditing.get_settings()
    assert settings.next_audit_at is not None
    assert settings.next_audit_at.date().isoformat() == "2026-06-05"
    assert not upkeep.has_due()
    first = auditing.list_audits()[0]
    assert (first.is_planned, first.customer_count, first.counts["no_name"], first.before) == (True, 9, 1, {})
    work_facts(lambda: None)
    mail = session.scalars(select(OutboundMessage).where(OutboundMessage.agent_id == boss.id)).one()
    assert "9" in mail.values["cause"]
    assert "Sans nom" in mail.values["advice"]
    session.delete(session.scalars(select(Address).where(Address.value == "nobody@gmail.com")).one())
    hand_clock.move(days=95)
    upkeep.work_quality(lambda: None)
    second = auditing.list_audits()[0]
    assert (second.before["no_address"], second.counts["no_address"]) == (1, 2)


def test_an_audit_that_was_interrupted_goes_on_with_the_next_report(
    session: Session, base: dict[str, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each report in a transaction of its own: what is counted stays counted, and nothing is shown before the end."""
    make_house(session)
    begun = auditing.begin_audit(is_planned=False, by=SYSTEM, now=TUESDAY)
    row = session.get_one(QualityAudit, begun)
    for _ in range(3):
        auditing.count_next(row, lambda part: upkeep.asked_now(TUESDAY, part), now=TUESDAY)
    assert auditing.find_unfinished() == (3, len(REPORTS) + 1)
    assert auditing.list_audits() == []
    row.counts = {**row.counts, "name_case": 77}  # not counted again
    assert upkeep.has_due()
    with monkeypatch.context() as impatient:
        impatient.setattr(upkeep, "AT_A_TIME", timedelta(0))
        assert upkeep.work_quality(lambda: None) == 0
    assert upkeep.work_quality(lambda: None) == 1
    [done] = auditing.list_audits()
    expected = count_all(upkeep.asked_now(TUESDAY)) | {"name_case": 77}
    assert done.customer_count == expected.pop("customers")
    assert done.counts == expected
    assert auditing.find_unfinished() is None


def test_with_nobody_chosen_the_administrators_get_the_result(
    session: Session, base: dict[str, Customer], hand_clock: HandClock
) -> None:
    make_house(session)
    boss = make_agent(session, "Cleo Blanc", role=Role.ADMINISTRATOR, email="cleo@verel.example")
    make_agent(session, "Max Roy", role=Role.MARKETER, email="max@verel.example")
    auditing.ask_audit(by=SYSTEM, now=TUESDAY)
    assert upkeep.work_quality(lambda: None) == 1
    work_facts(lambda: None)
    assert session.scalars(select(OutboundMessage.agent_id)).all() == [boss.id]


def test_the_silent_are_archived_left_out_and_come_back_by_themselves(
    session: Session, base: dict[str, Customer], hand_clock: HandClock
) -> None:
    make_house(session)
    eve = base["inactive"]
    assert archiving.count_to_archive(TUESDAY - timedelta(days=700)) == (1, LONG_AGO)
    upkeep.archive_now(24, is_planned=False, by=SYSTEM, now=TUESDAY)
    session.refresh(eve)
    assert eve.archived_at == TUESDAY
    assert "e@gmail.com" not in [row.mail for row in list_customers().rows]
    assert [row.id for row in list_customers("e@gmail.com").rows] == [eve.id]
    assert count_all(upkeep.asked_now(TUESDAY))["customers"] == 8
    make_received(now=hand_clock.move(days=1), from_address="e@gmail.com", from_name="Eve Roy")
    work_facts(lambda: None)
    session.refresh(eve)
    assert (eve.archived_at, eve.last_active_at) == (None, hand_clock.now)


def test_an_archiving_is_undone(session: Session, base: dict[str, Customer]) -> None:
    run_id = upkeep.archive_now(24, is_planned=False, by=SYSTEM, now=TUESDAY)
    assert archiving.count_archived() == 1
    assert archiving.undo_archive(run_id, by=SYSTEM, now=TUESDAY) == 1
    assert archiving.count_archived() == 0
    with pytest.raises(Conflict):
        archiving.undo_archive(run_id, by=SYSTEM, now=TUESDAY)


def test_a_sign_of_life_of_before_changes_nothing(session: Session, base: dict[str, Customer]) -> None:
    activity.note_life(base["clean"].id, datetime(2020, 1, 1, tzinfo=TUESDAY.tzinfo))
    session.refresh(base["clean"])
    assert base["clean"].last_active_at == TUESDAY


def test_the_pages(client: FlaskClient, session: Session, base: dict[str, Customer]) -> None:
    """Report, each list, its file, repair and undo, settings, archive; a store agent enters none of them."""
    make_house(session)
    boss = make_agent(session, "Max Roy", role=Role.MARKETER, email="max@verel.example")
    log_in(client, boss)
    assert client.get("/quality/").status_code == 200
    client.post("/quality/audit")
    upkeep.work_quality(lambda: None)
    assert "chip" in client.get("/quality/").text
    for report in REPORTS:
        assert client.get(f"/quality/{report.key}").status_code == 200
    file = client.get("/quality/name_case.csv")
    assert file.text.splitlines()[1].split(";")[1:] == [
        "ANNE DE LA TOUR",
        "a@gmail.com",
        "",
        "Anne de La Tour",
    ]
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "customers.exported")).one()
    assert (line.agent_id, line.data) == (boss.id, {"list": "name_case", "count": 1})
    assert client.post("/quality/name_case/repair").status_code == 303
    assert base["name_case"].first_name == "Anne"
    client.post(f"/quality/repairs/{repairing.list_repairs()[0].id}/undo")
    assert base["name_case"].first_name == "ANNE"
    client.post(
        "/quality/settings",
        data={
            "is_audit_on": "1",
            "every_months": "6",
            "agents": str(boss.id),
            "inactive_months": "9",
            "archive_months": "20",
        },
    )
    settings = auditing.get_settings()
    assert (settings.every_months, settings.agent_ids, settings.inactive_months) == (6, (boss.id,), 9)
    assert client.get("/quality/settings").status_code == 200
    assert "1" in client.get("/quality/archive?months=12").text
    client.post("/quality/archive", data={"months": "12"})
    assert archiving.count_archived() == 1
    client.post(f"/quality/archive/{archiving.list_archivings()[0].id}/undo")
    assert archiving.count_archived() == 0
