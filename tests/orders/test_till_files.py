"""Files of the tills: tickets once, late ones in the figures but in no plan, refused rows with their reason."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.orders.actions import take_in
from hub.orders.models import Order, OrderEvent
from hub.orders.queries import find_order_by_external_id
from hub.orders.till_files import rules, working
from hub.orders.till_files.actions import drop_file, keep_file, start_file
from hub.orders.till_files.queries import TillFileRow, count_waiting_returns, get_file, list_refusals
from hub.orders.till_files.words import TillColumn, TillFileState
from hub.orders.till_files.working import take_whole
from hub.orders.words import EventOutcome, OrderState
from hub.plans.actions import add_builtin_plans
from hub.plans.models import Enrolment
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store

FILE = """N° ticket;Magasin;Date;Heure;Carte fidélité;Téléphone;Référence;Libellé;Qté;Montant TTC;Ticket d'origine
1001;LYO;02/03/2026;17:45;C-77;;LAMPE-01;Lampe Aurore;1;89,90;
1002;LYO;02/03/2026;17:50;;;VASE;Vase;1;45,00;
1001;LYO;02/03/2026;17:45;C-77;;BOUGIE;Bougie;2;"1 049,80 €";
1003;LYO;02/03/2026;18:01;;06 12 34 56 78;VASE;Vase;un;45,00;
1003;LYO;02/03/2026;18:01;;06 12 34 56 78;BOUGIE;Bougie;1;24,90;
1004;PAU;02/03/2026;18:02;C-78;;VASE;Vase;1;45,00;
1005;LYO;31/02/2026;18:02;C-78;;VASE;Vase;1;45,00;
1006;LYO;03/03/2026;09:00;C-77;;BOUGIE;Bougie;-1;-24,90;1001
"""
OLD = "ticket,store,date,card,sku,amount\n7,LYO,2025-11-03,C-77,VASE,45.00\n"


@pytest.fixture(autouse=True)
def _house(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    make_store(session)
    session.commit()


def take(text: str, name: str = "till.csv", encoding: str = "cp1252") -> TillFileRow:
    return take_whole(drop(text, name, encoding))


def drop(text: str, name: str = "till.csv", encoding: str = "utf-8") -> int:
    with transaction():
        return drop_file(name, BytesIO(text.encode(encoding)), source="test", by=SYSTEM, now=TUESDAY)


def test_rows_become_orders_and_what_is_refused_says_why(session: Session) -> None:
    row = take(FILE)
    assert (row.state, row.ticket_count, row.row_count) == (TillFileState.DONE, 6, 8)
    assert (row.taken_count, row.anonymous_count, row.refused_count, row.unchanged_count) == (3, 1, 4, 0)
    order = find_order_by_external_id("LYO-1001")
    assert order
    assert (order.state, order.total_cents, order.returned_cents) == (OrderState.DELIVERED, 113_970, 2490)
    assert order.placed_at == datetime(2026, 3, 2, 16, 45, tzinfo=UTC)
    assert [(line.sku, line.quantity, line.unit_price_cents) for line in order.lines] == [
        ("LAMPE-01", 1, 8990),
        ("BOUGIE", 2, 52_490),
    ]
    refused = {each.row_number: each for each in list_refusals(row.id).rows}
    assert {number: each.errors[0].field for number, each in refused.items()} == {
        5: "quantity",
        6: "",
        7: "store",
        8: "date",
    }
    assert refused[5].row["quantity"] == "un"


def test_the_same_file_and_the_same_ticket_in_another_file_are_nothing_new(session: Session) -> None:
    first = take(FILE)
    assert take(FILE, "again.csv").id == first.id
    again = take(FILE + "\n", "copy.csv", "utf-8")
    assert (again.taken_count, again.unchanged_count) == (0, 3)
    assert session.scalar(select(func.count()).select_from(Order)) == 1
    taken = select(func.count()).where(OrderEvent.outcome == EventOutcome.TAKEN)
    assert session.scalar(taken) == 1


def test_a_late_ticket_counts_and_starts_no_plan(session: Session) -> None:
    add_builtin_plans(now=TUESDAY)
    session.commit()
    row = take(OLD)
    assert (row.taken_count, row.late_count) == (1, 1)
    work_facts(lambda: None)
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0
    assert set(session.scalars(select(FactRow.kind))) >= {"OrderPlaced", "OrderDelivered"}
    take(OLD.replace("7,LYO,2025-11-03", "8,LYO,2026-03-02"))
    work_facts(lambda: None)
    assert session.scalar(select(func.count()).select_from(Enrolment)) > 0


def test_a_late_ticket_is_not_the_first_order_of_a_web_customer(session: Session) -> None:
    take_in(an_event(), source="shop", now=TUESDAY)
    session.commit()
    take(OLD)
    late = find_order_by_external_id("LYO-7")
    web = find_order_by_external_id("A1001")
    assert late
    assert web
    assert (late.customer_id, late.placed_at < web.placed_at) == (web.customer_id, True)
    told = select(func.count()).where(FactRow.kind == "CustomerFirstOrdered")
    assert session.scalar(told) == 1


def test_a_return_without_its_ticket_is_that_of_the_last_order_with_the_product(session: Session) -> None:
    take_in(an_event(), source="shop", now=TUESDAY)
    session.commit()
    head = "ticket,store,date,card,sku,quantity,amount\n"
    row = take(f"{head}9,LYO,2026-03-03,C-77,LAMPE-01,-1,-40.00\n10,LYO,2026-03-03,C-77,VASE,-1,-9.00\n")
    assert (row.taken_count, row.refused_count) == (1, 1)
    web = find_order_by_external_id("A1001")
    assert web
    assert web.returned_cents == 4000


def test_a_return_in_another_store_meets_its_ticket_whenever_that_comes(session: Session) -> None:
    make_store(session, "Paris", code="PAR")
    session.commit()
    head = "ticket,store,date,card,sku,quantity,amount,original ticket\n"
    bought = f"{head}88,PAR,2026-03-02,C-9,VASE,1,45.00,\n90,PAR,2026-03-02,C-9,VASE,1,45.00,\n"
    back = "5,LYO,2026-03-03,,VASE,-1,-45.00,PAR-88\n6,LYO,2026-03-03,,VASE,-1,-45.00,A1001\n"
    take(f"{head}{back}7,LYO,2026-03-03,,VASE,-1,-45.00,90\n")
    assert count_waiting_returns() == 3
    take_in(an_event(), source="shop", now=TUESDAY)
    take(bought, "paris.csv")
    take(f"{head}8,LYO,2026-03-03,,VASE,-1,-45.00,A1001\n", "web.csv")
    found = {name: find_order_by_external_id(name) for name in ("PAR-88", "PAR-90", "A1001")}
    assert {name: row.returned_cents for name, row in found.items() if row} == {
        "PAR-88": 4500,
        "PAR-90": 0,
        "A1001": 4500,
    }


def test_a_discount_lowers_the_ticket_and_is_no_return(session: Session) -> None:
    head = "ticket;magasin;date;carte;article;qte;montant;ticket origine\n"
    exchange = "2;LYO;02/03/2026;C-77;VASE;1;45,00;\n2;LYO;02/03/2026;C-77;LAMPE;-1;-20,00;1\n"
    sold = "1;LYO;02/03/2026;C-77;LAMPE;1;20,00;\n1;LYO;02/03/2026;C-77;REMISE;1;-5,00;\n"
    row = take(
        f"{head}{sold}1;LYO;02/03/2026;C-77;;1;-1,00;\n{exchange}2;LYO;02/03/2026;C-77;REMISE;1;-5,00;\n"
    )
    assert (row.taken_count, row.refused_count) == (6, 0)
    one, two = find_order_by_external_id("LYO-1"), find_order_by_external_id("LYO-2")
    assert one
    assert two
    assert (one.total_cents, one.returned_cents, [line.sku for line in one.lines]) == (1400, 1400, ["LAMPE"])
    assert (two.total_cents, two.returned_cents) == (4000, 0)


def test_weighed_goods_cost_what_they_weigh(session: Session) -> None:
    rows = '1,LYO,2026-03-02,C-77,THE,"0,350",10.00\n1,LYO,2026-03-02,C-77,CAFE,"1,205",9.90\n'
    row = take(f"ticket,store,date,card,sku,quantity,unit price\n{rows}")
    assert (row.taken_count, row.refused_count) == (2, 0)
    order = find_order_by_external_id("LYO-1")
    assert order
    assert [(line.quantity, line.unit_price_cents) for line in order.lines] == [(1, 350), (1, 1193)]


def test_a_return_of_the_same_day_without_a_time(session: Session) -> None:
    head = "ticket,store,date,card,sku,quantity,amount\n"
    row = take(f"{head}1,LYO,2026-03-03,C-77,VASE,1,45.00\n2,LYO,2026-03-03,C-77,VASE,-1,-45.00\n")
    assert (row.taken_count, row.refused_count) == (2, 0)
    order = find_order_by_external_id("LYO-1")
    assert order
    assert order.returned_cents == 4500


def test_columns_a_person_names_are_remembered(session: Session) -> None:
    text = "A;B;C;D;E\n1;02/03/2026;C-1;VASE;45\n2;02/03/2026;C-2;VASE;45\n"
    named = text.replace("A;B;C;D;E", "Bon;Jour;Fid;Art;Total net")
    file_id = drop(named)
    assert get_file(file_id).state is TillFileState.MATCHING
    words = (
        TillColumn.TICKET,
        TillColumn.DATE,
        TillColumn.LOYALTY_CARD,
        TillColumn.SKU,
        TillColumn.AMOUNT,
    )
    store = make_store(session, "Lille", code="LIL").id
    start_file(file_id, dict(enumerate(words)), store_id=store, by=SYSTEM, now=TUESDAY)
    session.commit()
    assert take_whole(file_id).taken_count == 2
    more = BytesIO((named + "3;02/03/2026;C-3;VASE;45\n").encode())
    next_id, _ = keep_file("next.csv", more, source="test", by=SYSTEM, now=TUESDAY)
    assert list(get_file(next_id).mapping.values()) == list(words)


@pytest.mark.parametrize(
    ("date", "clock", "expected"),
    [
        ("2026-03-02", "", "2026-03-02T11:00"),
        ("2/3/26", "7h05", "2026-03-02T06:05"),
        ("02.03.2026 17:45:10", "", "2026-03-02T16:45"),
        ("2026/03/02T23:59", "", "2026-03-02T22:59"),
        ("30/02/2026", "", None),
        ("hier", "", None),
    ],
)
def test_moments_of_tills(date: str, clock: str, expected: str | None) -> None:
    found = rules.read_moment({TillColumn.DATE: date, TillColumn.TIME: clock}, ZoneInfo("Europe/Paris"))
    assert (found.isoformat()[:16] if found else None) == expected


def test_the_command_takes_a_file_in(app: Flask, session: Session, tmp_path: Path) -> None:
    make_customer(session)
    path = tmp_path / "till.csv"
    path.write_text(FILE, encoding="utf-8")
    session.commit()
    done = app.test_cli_runner().invoke(args=["orders", "take-till", str(path)])
    assert done.exit_code == 0, done.output
    assert '"taken": 3' in done.stdout
    assert '"row": 5' in done.output
    path.write_text("x;y\n1;2\n", encoding="utf-8")
    assert app.test_cli_runner().invoke(args=["orders", "take-till", str(path)]).exit_code == 1


def test_work_that_dies_goes_on_where_it_was(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    lines = "".join(f"{number},LYO,2026-03-02,C-{number},VASE,45\n" for number in range(5))
    text = f"ticket,store,date,card,sku,amount\n{lines}"
    file_id = drop(text)
    working.work_file(file_id)
    session.expire_all()
    assert get_file(file_id).position == 2
    working._opened.key = ()  # another process
    row = take_whole(file_id)
    assert (row.position, row.taken_count) == (5, 5)
    assert row.ended_at == TUESDAY
