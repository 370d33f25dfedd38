"""Every figure of every page of the statistics says how it is counted, and opens the rows behind it."""

import html
import re
from datetime import timedelta

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.staff.models import Agent
from hub.staff.queries import get_viewer
from hub.staff.words import Role
from hub.statistics.digest.actions import make_own
from tests.conftest import TUESDAY, HandClock
from tests.makers.staff import log_in, make_agent
from tests.makers.worked_chain import ASKED_AT, PERIOD
from tests.makers.worked_plan import make_worked_plan
from tests.makers.worked_shop import WorkedShop

QUERY = "&".join(f"{name}={value}" for name, value in PERIOD.items())
LINK = re.compile(r'<a[^>]*href="(/statistics/tickets\?[^"]+)"[^>]*>([^<]+)</a>')
LEAD = re.compile(r'<p class="lead">(\d+) (?:wait|ticket|gesture|answer)s?(?:\. (\d+) (?:is|are) not shown)?')
PAGES = (
    "", "response-times", "reasons", "stores", "satisfaction", "after-answers", "messages/", "base/", "routing", "gestures",
)  # fmt: skip
BOXES = {("section", "stack"), ("div", "figures"), ("figure", "chart")}


def make_reader(session: Session, role: Role, *store_ids: int) -> Agent:
    return make_agent(
        session, "Cleo Roy", email=f"{role}@x.example", role=role, store_ids=store_ids, language=Language.ENGLISH
    )  # fmt: skip


def read(client: FlaskClient, path: str) -> str:
    found = client.get(path)
    assert found.status_code == 200, (path, found.status_code)
    return found.text


def undefined(page: str) -> list[str]:
    """Tiles and tables without a definition beside them."""
    soup = BeautifulSoup(page, "html.parser")
    found = []
    for figure in soup.select(".tile, .table-box"):
        box = figure
        while box is not None and "tile" not in box.get("class", []):
            if any(box.name == name and word in box.get("class", []) for name, word in BOXES):
                break
            box = box.parent
        if box is None or box.select_one("details.define") is None:
            found.append(str(figure.get("aria-label")))
    return found


def test_each_figure_says_how_it_is_counted(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    shop = WorkedShop(session, hand_clock)
    office = make_reader(session, Role.HEAD_OFFICE)
    make_own(get_viewer(office.id), now=ASKED_AT)
    log_in(client, office)
    count = 0
    for path in (
        *(f"{page}?{QUERY}" for page in PAGES), f"stores?store=LYO&{QUERY}", f"people/{office.id}?{QUERY}", "digest",
    ):  # fmt: skip
        page = read(client, f"/statistics/{path}")
        assert undefined(page) == [], path
        count += page.count('details class="define"')
    assert count > 80
    assert shop.people


def test_each_figure_of_plans_says_how_it_is_counted(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_worked_plan(session)
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    days = f"since={(TUESDAY - timedelta(days=300)).date()}&until={TUESDAY.date()}"
    for path in ("/plans/gains", "/plans/welcome_pack/results", "/questionnaires/results"):
        page = read(client, f"{path}?{days}")
        assert undefined(page) == [], path
        if path.startswith("/plans"):
            assert page.count('class="tile"') > 0, path


def test_each_figure_opens_as_many_rows_as_it_says(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    """Answers, ratings and gestures of the chain, and of Lyon for its manager, with the page of a person."""
    shop = WorkedShop(session, hand_clock)
    lyon, ada = shop.chain.stores["LYO"], session.get_one(Agent, shop.chain.people["LYO"].agent_id)
    session.flush()
    pages = ("satisfaction", "after-answers", "gestures", "stores", "stores?store=LYO", f"people/{ada.id}")
    numbers = 0
    for role, stores, asked in (
        (Role.HEAD_OFFICE, (), pages[:-1]),
        (Role.STORE_MANAGER, (lyon.id,), (*pages[:3], pages[-1])),
    ):
        log_in(client, make_reader(session, role, *stores))
        for path in asked:
            page = read(client, f"/statistics/{path}{'&' if '?' in path else '?'}{QUERY}")
            found = {html.unescape(href): text.strip() for href, text in LINK.findall(page)}
            assert found, path
            for href, text in found.items():
                listed = read(client, href)
                lead = LEAD.search(listed)
                assert lead, href
                count, closed = (int(number or 0) for number in lead.groups())
                assert listed.count('<th scope="row"') == count - closed, href
                if text.isdigit():
                    numbers += 1
                    assert count == int(text), (path, href, text)
    assert numbers > 40
    marketer = make_reader(session, Role.MARKETER)
    log_in(client, marketer)
    assert LINK.findall(read(client, f"/statistics/satisfaction?{QUERY}")) == []
    assert client.get(f"/statistics/tickets?measure=csat&{QUERY}").status_code == 404
