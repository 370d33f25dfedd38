"""The pages of results: the gain first, too early in words, files, stores of the reader, a fixed number of statements."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.plans.actions import add_builtin_plans
from hub.plans.results import keeping, rules
from hub.plans.words import Arm
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.plan_lives import ENTERED, Lives
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

MOST_STATEMENTS = 12
PAGE, YEAR = "/plans/welcome_pack/results", "/plans/gains"


class Shop(Lives):
    def __init__(self, session: Session) -> None:
        make_chain(session)
        self.lyon = make_store(session)
        self.lille = make_store(session, "Lille", code="LIL")
        super().__init__(session)

    def live(
        self, arm: Arm, count: int, buyers: int, *, store_id: int | None = None, **fields: object
    ) -> None:
        """So many enter, so many of them spend 100 euros five days later."""
        for number in range(count):
            who = self.person(preferred_store_id=store_id or self.lyon.id)
            self.enter(who, arm, **fields)
            if number < buyers:
                self.order(who, days=5, store_id=self.lyon.id, total_cents=10_000)


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session)


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    plain = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"[\s\u202f\u00a0]+", " ", plain)


def manager(client: FlaskClient, session: Session) -> FlaskClient:
    return log_in(client, make_agent(session, role=Role.MANAGER))


def test_the_gain_stands_first_with_its_interval(shop: Shop, client: FlaskClient, session: Session) -> None:
    shop.live(Arm.TREATED, 120, 60)
    shop.live(Arm.CONTROL, 120, 30)
    seen = text_of(manager(client, session), PAGE)
    assert "+3 000 €" in seen
    assert re.search(r"entre 1 \d\d\d € et 4 \d\d\d € \(intervalle à 95 %\)", seen)
    assert "50,00 €" in seen
    assert "groupe témoin : 25,00 €" in seen
    assert seen.index("+3 000 €") < seen.index("Jusqu’où vont les clients")
    assert "Le parcours rapporte" in seen


def test_the_gain_of_a_customer_stands_beside_that_of_the_period_before(
    shop: Shop, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four and four: two and one buy for 100 euros, a year before three and one. Nothing is compared unless it is asked for."""
    monkeypatch.setattr(rules, "LEAST_HEADS", 2)
    monkeypatch.setattr(rules, "LEAST_BUYERS", 1)
    shop.live(Arm.TREATED, 4, 2)
    shop.live(Arm.CONTROL, 4, 1)
    for arm, buyers in ((Arm.TREATED, 3), (Arm.CONTROL, 1)):
        for number in range(4):
            who = shop.person(preferred_store_id=shop.lyon.id)
            shop.enter(who, arm, at=ENTERED - timedelta(days=365))
            if number < buyers:
                shop.order(who, days=5 - 365, store_id=shop.lyon.id, total_cents=10_000)
    seen = text_of(manager(client, session), PAGE)
    assert "période précédente :" not in seen
    assert "+25,00 €" in seen
    with counted_statements() as statements:
        seen = text_of(client, f"{PAGE}?compare=previous")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert re.search(r"par client : \+25,00 € · entre [^·]+ · période précédente : \+50,00 € · entre", seen)
    assert re.search(r"groupe témoin : 25 % [^·]+ · période précédente : 75 %", seen)
    assert "un an avant : +50,00 €" in text_of(client, f"{PAGE}?compare=year")
    monkeypatch.setattr(keeping, "KEPT_FROM", 3)
    monkeypatch.setattr(keeping, "LIVE_UP_TO", 3)
    keeping.find_large(now=TUESDAY)
    keeping.count_next(now=TUESDAY)
    assert "pas comparé : cette période compte trop" in text_of(client, f"{PAGE}?compare=previous")
    monkeypatch.setattr(keeping, "LIVE_UP_TO", 100)
    monkeypatch.setattr(rules, "LEAST_HEADS", 5)
    assert "trop peu pour comparer" in text_of(client, f"{PAGE}?compare=previous")


def test_too_early_says_how_many_are_missing(shop: Shop, client: FlaskClient, session: Session) -> None:
    shop.live(Arm.TREATED, 20, 5)
    shop.live(Arm.CONTROL, 5, 0)
    shop.live(Arm.TREATED, 1, 0, at=TUESDAY - timedelta(days=2))
    seen = text_of(manager(client, session), PAGE)
    assert "Trop tôt" in seen
    assert "Il manque encore, fenêtre close : 150 clients dans le groupe témoin (sur 155)" in seen
    assert "1 client est encore en cours de comptage" in seen


def test_a_plan_without_a_control_group_compares_nothing(
    shop: Shop, client: FlaskClient, session: Session
) -> None:
    shop.live(Arm.TREATED, 3, 1)
    shop.plan.control_percent = 0
    seen = text_of(manager(client, session), PAGE)
    assert "n’a pas de groupe témoin" in seen
    assert "Non comparé" in seen
    assert "Trop tôt" not in seen


def test_nobody_entered(shop: Shop, client: FlaskClient, session: Session) -> None:
    shop.live(Arm.TREATED, 3, 1)
    seen = text_of(manager(client, session), f"{PAGE}?until=2020-01-01")
    assert "Aucun client n’est entré" in seen


def test_windows_that_open_later_are_said(shop: Shop, client: FlaskClient, session: Session) -> None:
    """A plan of dates: the page says whom it waits for, and by which day the period chooses."""
    late = {"opens_at": TUESDAY + timedelta(days=700), "closes_at": TUESDAY + timedelta(days=790)}
    shop.live(Arm.TREATED, 2, 0, **late)
    shop.publish(steps=[{"key": "renewal", "anchor": "date"}])
    seen = text_of(manager(client, session), PAGE)
    assert "Aucune fenêtre ne s’est ouverte" in seen
    assert "2 clients sont entrés et leur fenêtre s’ouvrira plus tard, la première le 1 févr. 2028" in seen
    assert "Fenêtre ouverte du" in seen
    shop.live(Arm.CONTROL, 1, 0)
    seen = text_of(client, PAGE)
    assert "Comptés : 0 client avec messages, 1 dans le groupe témoin" in seen
    assert "2 clients sont entrés" in seen
    assert "La période choisit les clients d’après l’ouverture" in seen


def test_the_year_is_computed_from_the_results(shop: Shop, client: FlaskClient, session: Session) -> None:
    """120 treated, 60 buy; at the control group's rate 30 would have: 3,000 euros of 6,000."""
    shop.live(Arm.TREATED, 120, 60)
    shop.live(Arm.CONTROL, 120, 30)
    seen = text_of(manager(client, session), YEAR)
    row = seen[seen.index("Nouveaux clients fidélisés · Pack de bienvenue") :]
    assert "25 % → 50 %" in row
    assert "30 → 60" in row
    assert "100 € → 100 €" in row
    assert "3 000 € → 6 000 €" in row
    assert "+25,00 €" in row
    assert "20 à 30 % rachètent" in row
    assert "L’enseigne n’a pas encore ce parcours." in row
    assert "Gain de tous les parcours +3 000 €" in seen


def test_a_year_without_anybody_says_what_to_do(shop: Shop, client: FlaskClient, session: Session) -> None:
    seen = manager(client, session).get(YEAR).text
    assert "Rien à comparer pour l’instant" in seen
    assert re.search(r'<a [^>]*href="/plans/"[^>]*>(?:<[^>]+>)*\s*Voir les parcours', seen)
    assert "<table" not in seen
    shop.live(Arm.TREATED, 1, 0)
    assert "Rien à comparer" not in client.get(YEAR).text


def test_prospects_stand_apart_from_new_customers(shop: Shop, client: FlaskClient, session: Session) -> None:
    shop.live(Arm.TREATED, 1, 0, entry_key="welcome:prospect")
    seen = text_of(manager(client, session), YEAR)
    first = seen[seen.index("Prospects devenus clients ·") : seen.index("Nouveaux clients fidélisés ·")]
    assert "Trop tôt" in first
    assert "Aucun client n’est entré" in seen[seen.index("Nouveaux clients fidélisés ·") :][:300]


def test_a_store_manager_sees_the_customers_of_the_store(
    shop: Shop, client: FlaskClient, session: Session
) -> None:
    shop.live(Arm.TREATED, 2, 2)
    shop.live(Arm.TREATED, 1, 0, store_id=shop.lille.id)
    agent = make_agent(session, role=Role.STORE_MANAGER, store_ids=(shop.lille.id,))
    seen = text_of(log_in(client, agent), PAGE)
    assert "Lyon" not in seen
    assert "Comptés : 1 client" in seen
    assert client.get(f"{PAGE}?store=LYO").status_code == 422
    assert client.get("/plans/welcome_pack").status_code == 403
    assert client.get(YEAR).status_code == 200


def test_agents_and_drivers_stay_outside(shop: Shop, client: FlaskClient, session: Session) -> None:
    log_in(client, make_agent(session, role=Role.AGENT, store_ids=(shop.lyon.id,)))
    assert {
        client.get(f"{url}{end}").status_code for url in (PAGE, YEAR) for end in ("", ".csv", ".xlsx")
    } == {403}


def test_files_hold_the_same_figures(shop: Shop, client: FlaskClient, session: Session) -> None:
    shop.live(Arm.TREATED, 120, 60)
    shop.live(Arm.CONTROL, 120, 30, store_id=shop.lille.id)
    manager(client, session)
    lines = client.get(f"{PAGE}.csv?table=versions").get_data(as_text=True).splitlines()
    whole = dict(zip(lines[0].split(";"), lines[1].split(";"), strict=True))
    assert (whole["treated_customers"], whole["gain_cents"]) == ("120", "300000.0")
    assert client.get(f"{PAGE}.csv").get_data(as_text=True).splitlines()[1].startswith("LIL;Lille;0;120;")
    for name in ("steps", "funnel", "exits", "none"):
        assert client.get(f"{PAGE}.csv?table={name}").status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}.xlsx").data))
    assert book.sheet_names == ["stores", "versions", "steps", "funnel", "exits"]
    assert book.get_sheet_by_name("versions").to_python()[1][1] == 120
    year = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{YEAR}.xlsx").data))
    assert year.get_sheet_by_name("gains").to_python()[2][:3] == ["made_loyal", "welcome_pack", 120]
    assert "made_loyal;welcome_pack;120;120" in client.get(f"{YEAR}.csv").get_data(as_text=True)


@pytest.mark.parametrize("is_large", [False, True])
def test_pages_ask_few_statements_however_many_customers(
    shop: Shop, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    """Also of a plan so large that its cells are kept, and narrowed to a store."""
    manager(client, session)
    monkeypatch.setattr(keeping, "KEPT_FROM", 5 if is_large else 10_000)
    for url in (PAGE, YEAR, f"{PAGE}?store=LYO"):
        with counted_statements() as before:
            client.get(url)
        shop.live(Arm.TREATED, 4, 2)
        shop.live(Arm.CONTROL, 2, 1, store_id=shop.lille.id)
        keeping.find_large(now=TUESDAY)
        keeping.count_next(now=TUESDAY)
        session.commit()
        with counted_statements() as after:
            assert client.get(url).status_code == 200
        assert len(after) <= MOST_STATEMENTS, "\n".join(after)
        assert len(after) <= len(before) + 1
        assert any("kept_plan_results.data" in each for each in after) == is_large


def test_the_plan_leads_to_its_results(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    assert PAGE in manager(client, session).get("/plans/welcome_pack").get_data(as_text=True)


def test_a_wrong_day_is_refused_in_words(shop: Shop, client: FlaskClient, session: Session) -> None:
    manager(client, session)
    assert client.get(f"{PAGE}?since=nonsense").status_code == 422
    assert client.get(f"{PAGE}?until=nonsense").status_code == 422
    assert client.get("/plans/none-such/results").status_code == 404


def test_a_period_by_name_is_that_period(shop: Shop, client: FlaskClient, session: Session) -> None:
    """Twelve months are only shown to who asked for nothing."""
    manager(client, session)
    assert 'value="2026-03-01"' in client.get(f"{YEAR}?period=month").get_data(as_text=True)
    assert 'value="2025-03-04"' in client.get(YEAR).get_data(as_text=True)
