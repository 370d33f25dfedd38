"""The base by hand: seven customers of two stores, counted after a night, beside a month and a year ago, each figure opened."""

import io
import re
import zipfile
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.core.words import Purpose
from hub.customers.actions import suppress
from hub.customers.models import Address
from hub.customers.words import SuppressionReason
from hub.segments.values.models import CohortCell, CustomerScore, ScoreRun
from hub.segments.values.words import RunState, Stage
from hub.staff.words import Role
from hub.statistics.base.counting import count_base
from hub.statistics.base.models import BaseNight
from hub.statistics.base.working import has_due, work_base
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, make_emil, make_fay, say_consent
from tests.makers.page_tables import check_files
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

PAGE = "/statistics/base/"
MOST_STATEMENTS = 12


def scored(session: Session, customer_id: int, stage: Stage, r: int | None, f: int | None) -> None:
    session.add(
        CustomerScore(
            customer_id=customer_id, stage=stage, r=r, f=f, m=f, first_order_at=TUESDAY - timedelta(days=40),
            computed_at=TUESDAY,
        )
    )  # fmt: skip


@pytest.fixture
def base(session: Session) -> SimpleNamespace:
    """Lyon: Dora, Emil, Fay, Guy. Lille: Hal, Ida. No store: Jo, who never confirmed. Kim is archived."""
    make_chain(session)
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    dora = make_customer(session, preferred_store_id=lyon.id)
    emil, fay = make_emil(session), make_fay(session)
    emil.preferred_store_id = fay.preferred_store_id = lyon.id
    guy = make_customer(session, "Guy", mail=None, phone="+33472000009", preferred_store_id=lyon.id)
    hal = make_customer(session, "Hal", mail=None, phone=None, preferred_store_id=lille.id)
    ida = make_customer(session, "Ida", mail="ida@client.example", phone=None, preferred_store_id=lille.id)
    jo = make_customer(session, "Jo", mail="jo@client.example", phone=None)
    session.scalars(select(Address).where(Address.customer_id == jo.id)).one().unconfirmed_since = TUESDAY
    make_customer(session, "Kim", mail="kim@client.example", phone=None, archived_at=TUESDAY)
    for who, stage, r, f in (
        (dora, Stage.REGULAR, 5, 4), (emil, Stage.PROSPECT, None, None), (fay, Stage.LAPSED, 1, 1),
        (guy, Stage.NEW, 5, 1), (hal, Stage.NEW, 5, 1), (ida, Stage.REGULAR, 5, 4),
    ):  # fmt: skip
        scored(session, who.id, stage, r, f)
    say_consent("dora@client.example")
    say_consent("emil@client.example", is_given=False)
    say_consent("ida@client.example")
    suppress("ida@client.example", purpose=Purpose.PROMOTION, reason=SuppressionReason.COMPLAINT, now=TUESDAY)
    session.add(ScoreRun(as_of=TUESDAY, state=RunState.DONE, started_at=TUESDAY))
    session.flush()
    return SimpleNamespace(lyon=lyon, lille=lille, dora=dora, emil=emil, guy=guy, hal=hal)


def keep(session: Session, day: date, **counts: dict[str, int]) -> None:
    for store_id, parts in counts.items():
        values = {
            "store_id": int(store_id[1:]),
            "taken_on": day,
            "as_of": TUESDAY,
            "run_as_of": TUESDAY - timedelta(days=1),
        }
        session.execute(insert(BaseNight).values(**values, counts=parts))


def seen(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    plain = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


def test_the_night_counts_each_customer_once_in_his_store(base: SimpleNamespace) -> None:
    found = count_base()
    assert found[base.lyon.id] == {
        "all": 4, "stage:regular": 1, "stage:prospect": 1, "stage:lapsed": 1, "stage:new": 1,
        "rf:5:4": 1, "rf:1:1": 1, "rf:5:1": 1,
        "has:mail": 3, "has:phone": 3, "open:mail": 2, "open:phone": 2, "open:any": 3,
        "yes:email:promotion": 1, "no:email:promotion": 1, "offers:any": 1,
    }  # fmt: skip
    assert found[base.lille.id] == {
        "all": 2, "stage:new": 1, "stage:regular": 1, "rf:5:1": 1, "rf:5:4": 1, "has:mail": 1, "open:mail": 1,
        "open:any": 1, "yes:email:promotion": 1,
    }  # fmt: skip
    assert found[0] == {"all": 1, "unscored": 1}


def test_the_page_beside_a_month_and_a_year_ago(
    base: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    lyon = f"s{base.lyon.id}"
    keep(session, date(2025, 3, 3), s0={}, **{lyon: {"all": 1}})
    keep(
        session,
        date(2026, 2, 3),
        s0={"all": 1},
        **{lyon: {"all": 4, "stage:regular": 3, "yes:email:promotion": 5}},
    )
    assert has_due()
    assert work_base(lambda: None) == 1
    assert not has_due()
    log_in(client, make_agent(session, role=Role.MANAGER))
    with counted_statements() as statements:
        text = seen(client, PAGE)
    assert len(statements) <= MOST_STATEMENTS
    assert "E-mail offres 4 2 50 % 1 25 % 1 25 % -3 +2" in text.replace("−", "-"), (
        "two agree; five did a month ago, nobody a year ago"
    )
    assert "Clients 7 +2 depuis le 3 février 2026 · +6 depuis le 3 mars 2025" in text
    assert (
        "57 % 4 clients · intervalle à 95 % : 25 % à 84 % · à titre indicatif" in text
    )  # 4 of 7 have an address that may be written to
    assert "14 % 1 client · intervalle" in text  # Dora alone may get an offer: Ida complained of one
    assert re.search(r"Client régulier 3 commandes ou plus en 12 mois 2 29 % −1 \+2", text)
    assert re.search(r"R 5 2 0 0 2 0 R 4", text)
    assert re.search(r"E-mail offres 4 2 50 % 1 25 % 1 25 %", text)
    people = seen(client, f"{PAGE}customers/yes:email:promotion")
    assert "Dora" in people
    assert "Ida" in people
    assert "Emil" not in people
    assert "Fay" in seen(client, f"{PAGE}customers/never:email:promotion")
    assert "Ida" not in seen(client, f"{PAGE}customers/offers:any")
    reached = seen(client, f"{PAGE}customers/open:phone")
    assert "Dora" in reached
    assert "Guy" not in reached
    month = seen(client, f"{PAGE}customers/cohort:2026-01")
    assert "Hal" in month
    assert "Emil Roux" in month
    assert "Jo " not in month
    assert client.get(f"{PAGE}customers/rf:6:1").status_code == 404
    assert client.get(f"{PAGE}customers/cohort:2026-13").status_code == 404
    lines = client.get(f"{PAGE}parts.csv").get_data(as_text=True).splitlines()
    assert lines[0].endswith(";3 mars 2026;3 févr. 2026;3 mars 2025")
    assert "stage:regular;Client régulier;2;3;0" in lines
    assert check_files(client, PAGE) == 4, "stages, recency and frequency, consents, stores"
    of_lille = client.get(f"{PAGE}by-stage.xlsx?store=LIL&since=2026-01-01")
    assert "filename=base-by-stage-2026-03-03.xlsx" in of_lille.headers["Content-Disposition"]
    about = zipfile.ZipFile(io.BytesIO(of_lille.data)).read("xl/sharedStrings.xml").decode()
    assert ">Lille<" in about
    assert "janv." not in about, "no period narrows a night"


def test_the_month_that_is_not_over_has_no_share(
    base: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    """On 3 March nobody of January and February has bought in March yet: that is no 0 %, neither here nor by value."""
    for cohort_on, number, active in (
        (date(2026, 1, 1), 0, 40), (date(2026, 1, 1), 1, 10), (date(2026, 2, 1), 0, 30),
    ):  # fmt: skip
        session.add(
            CohortCell(
                cohort_on=cohort_on, store_id=base.lyon.id, family="", month_number=number,
                customer_count=40 if cohort_on.month == 1 else 30, active_count=active, net_cents=active * 1000,
            )
        )  # fmt: skip
    session.flush()
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    assert re.search(r"février 2026 30 en cours janvier 2026 40 25 % en cours", seen(client, PAGE))
    lines = client.get(f"{PAGE}cohorts.csv").get_data(as_text=True).splitlines()
    assert [line.split(";")[1:4] for line in lines[1:]] == [["30", "", ""], ["40", "0,25", ""]]
    for show, cells in (
        ("retention", "100,0 % 25,0 % en cours"),
        ("revenue", "400 € 100 € en cours"),
        ("value", "10,00 € 12,50 € 12,50 €"),
    ):
        assert f"janv. 2026 40 {cells} " in seen(client, f"/values/cohorts?show={show}")


def test_a_store_manager_sees_the_store_alone(
    base: SimpleNamespace, client: FlaskClient, session: Session
) -> None:
    work_base(lambda: None)
    log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=(base.lille.id,)))
    text = seen(client, PAGE)
    assert "Clients 2 rien de conservé à comparer" in text
    assert "La base est conservée depuis le 3 mars 2026" in text
    people = seen(client, f"{PAGE}customers/all")
    assert "Hal" in people
    assert "Ida" in people
    assert "Dora" not in people
    assert client.get(f"{PAGE}customers/all?store=LYO").status_code == 422
