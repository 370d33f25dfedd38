"""The pages of the values: figures of the base, the way to the customers behind them, definitions and tiers edited."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from hub.blueprints.values import members
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.segments.models import Segment
from hub.segments.values import queries
from hub.segments.values.defining import change_tiers, get_definitions
from hub.segments.values.models import CustomerScore
from hub.segments.values.queries import MemberFilters
from hub.segments.values.rules import LIMITS, MAP, Definitions, Tier
from hub.segments.values.words import RfmSegment, Stage
from hub.segments.words import SegmentKind
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store
from tests.segments.test_scoring import Bought, buy, run_night

PAGES = ("/values/", "/values/rfm", "/values/churn", "/values/cohorts", "/values/tiers", "/values/definitions",
         "/values/tiers/edit", "/values/members")  # fmt: skip
FILES = (
    "/values/stages.csv",
    "/values/rfm.csv",
    "/values/churn.csv",
    "/values/cohorts.csv",
    "/values/members.csv",
)


@pytest.fixture
def base(session: Session, hand_clock: HandClock) -> int:
    """Ten customers with one to ten orders; returns the id of the best."""
    make_chain(session)
    store = make_store(session)
    for number in range(1, 11):
        id_ = make_customer(session, f"N{number}", f"=L{number}", mail=None, phone=None).id
        orders = [Bought(number + 20 * each, 1000 * number) for each in range(number)]
        buy(session, id_, orders, store_id=store.id, now=TUESDAY)
    run_night(session, TUESDAY)
    assert hand_clock
    return id_


def open_as(client: FlaskClient, session: Session, role: Role) -> FlaskClient:
    return log_in(client, make_agent(session, email=f"{role}@verel.example", role=role))


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_every_page_opens_in_few_statements(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    marketer.get("/values/")
    for path in PAGES:
        with counted() as seen:
            answer = marketer.get(path)
        assert answer.status_code == 200, path
        assert len(seen) <= 12, (path, len(seen), "\n".join(each[:90].replace("\n", " ") for each in seen))


def test_each_page_marks_its_room_and_its_part(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    for path, part in (("/values/rfm", "RFM"), ("/products/visits", "Visites des sites")):
        page = marketer.get(path).text
        room = "Valeur" if path.startswith("/values") else "Produits"
        marked = re.findall(r'aria-current="page"[^>]*>([^<]+)</a>', page)
        assert marked == [room, part], path
        assert re.search(r'data-room="customers" aria-current="page"', page), path


def test_figures_lead_to_the_customers_behind_them(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    best = session.get_one(CustomerScore, base)
    assert (best.f, best.m, best.rfm_segment) == (
        5,
        5,
        RfmSegment(get_definitions().rfm_map[5 - (best.r or 0)][4]),
    )
    shown = marketer.get(f"/values/members?r={best.r}&fm=5").text
    assert f"/customers/{base}" in shown
    assert f"/customers/{base}" not in marketer.get("/values/members?stage=prospect").text
    stages = marketer.get("/values/").text
    assert "/values/members?stage=regular" in stages
    lines = marketer.get("/values/stages.csv").text.splitlines()
    assert len(lines) == 8
    assert sum(int(line.split(";")[1]) for line in lines[1:]) == 10
    cells = marketer.get("/values/rfm.csv").text.splitlines()[1:]
    assert sum(int(line.split(";")[3]) for line in cells) == 10


def test_a_minus_is_no_hyphen(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    page = marketer.get("/values/churn").text
    assert "au-dessous de −5" in page
    assert ">−1 à −2<" in page
    assert "-1 à" not in page


def test_money_and_shares_are_written_as_their_reader_does(
    client: FlaskClient, session: Session, base: int
) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    page = marketer.get("/values/?lang=en").text
    assert ">€0<" in page
    assert "0.0%" in page
    page = marketer.get("/values/?lang=fr").text.replace("\xa0", " ").replace("\u202f", " ")
    assert ">0 €<" in page
    assert "0,0 %" in page


def test_files_are_for_who_may_read_segments(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    assert [marketer.get(path).mimetype for path in FILES] == ["text/csv"] * len(FILES)
    agent = open_as(client, session, Role.AGENT)
    assert {agent.get(path).status_code for path in (*PAGES, *FILES)} == {403}


def test_the_pages_of_members_go_on(client: FlaskClient, session: Session, base: int) -> None:
    seen, after = [], None
    while True:
        page = queries.list_members(MemberFilters(), after, 4)
        seen += [row.customer_id for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 10
    marketer = open_as(client, session, Role.MARKETER)
    first = queries.list_members(MemberFilters(), None, 4)
    shown = marketer.get(f"/values/members?after={first.next_key}").text
    assert re.findall(r'href="/customers/(\d+)"', shown) == [str(id_) for id_ in seen[4:]]


def test_definitions_are_changed_and_refused_beside_their_field(
    client: FlaskClient, session: Session, base: int
) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    form = {name: str(getattr(Definitions(), name)) for name in LIMITS}
    form |= {f"cell_{row}_{column}": MAP[row][column].value for row in range(5) for column in range(5)}
    refused = marketer.post("/values/definitions", data=form | {"former_months": "3"})
    assert refused.status_code == 422
    assert get_definitions() == Definitions()
    saved = marketer.post("/values/definitions", data=form | {"lapsed_months": "4", "cell_0_0": "lost"})
    assert saved.status_code == 303
    found = get_definitions()
    assert (found.lapsed_months, found.rfm_map[0][0], found.former_months) == (4, RfmSegment.LOST, 24)


def test_tiers_are_made_reached_and_counted(client: FlaskClient, session: Session, base: int) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    rows = {"name": ["Silver", "Gold", ""], "amount": ["50,00", "500", ""], "orders": ["", "8", ""],
            "rewards": ["Early access", "An evening in the store", ""], "key": ["", "", ""]}  # fmt: skip
    assert marketer.post("/values/tiers/edit", data=rows | {"amount": ["50,00", "20", ""]}).status_code == 422
    assert marketer.post("/values/tiers/edit", data=rows).status_code == 303
    run_night(session, TUESDAY + timedelta(minutes=1))
    tiers = dict(session.execute(select(CustomerScore.tier, func.count()).group_by(CustomerScore.tier)).all())
    assert tiers == {None: 2, "silver": 5, "gold": 3}
    page = marketer.get("/values/tiers").text
    assert "An evening in the store" in page
    assert "/values/members?tier=gold" in page


def test_the_path_shows_each_change(client: FlaskClient, session: Session, base: int) -> None:
    run_night(session, TUESDAY + timedelta(days=400))
    marketer = open_as(client, session, Role.MARKETER)
    page = marketer.get(f"/values/path/{base}?lang=en").text
    assert "→" in page
    assert "Lapsed customer" in page


def test_a_renamed_tier_stays_the_same_and_one_that_a_segment_names_does_not_go(
    client: FlaskClient, session: Session, base: int
) -> None:
    marketer = open_as(client, session, Role.MARKETER)
    silver = Tier("silver", "Silver", 5_000)
    change_tiers((silver,), by=SYSTEM, now=TUESDAY)
    assert 'name="key" value="silver"' in marketer.get("/values/tiers/edit").text

    def post(key: str, name: str, amount: str = "50") -> int:
        row = {"key": key, "name": name, "amount": amount, "orders": "", "rewards": ""}
        return marketer.post("/values/tiers/edit", data=row).status_code

    assert post("silver", "Argent") == 303
    assert get_definitions().tiers == (replace(silver, name="Argent"),)
    assert post("", "★★") == 422
    named = {"all": [{"all": [{"field": "value.tier", "test": "one_of", "value": ["silver"]}]}]}
    session.add(
        Segment(name="Silver", sort_key="silver", kind=SegmentKind.LIVE, definition=named, created_at=TUESDAY,
                updated_at=TUESDAY)
    )  # fmt: skip
    session.flush()
    assert post("silver", "", "") == 422
    assert post("", "Bronze") == 422
    assert [tier.key for tier in get_definitions().tiers] == ["silver"]
    session.execute(update(Segment).values(archived_at=TUESDAY))
    assert post("", "Bronze") == 303


def test_who_is_handed_out_or_looked_at_is_in_the_trail(
    client: FlaskClient, session: Session, base: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "CSV_PAGE", 3)
    marketer = open_as(client, session, Role.MARKETER)
    lines = marketer.get("/values/members.csv?stage=regular").text.splitlines()
    count = queries.count_members(MemberFilters(stage=Stage.REGULAR))
    assert len(lines) == 1 + count > 4
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer_values.exported")).one()
    assert line.data == {"filters": {"stage": "regular"}, "count": count}
    marketer.get(f"/values/path/{base}")
    seen = select(func.count()).where(AuditEntry.action == "customer.viewed", AuditEntry.subject_id == base)
    assert session.scalar(seen) == 1
