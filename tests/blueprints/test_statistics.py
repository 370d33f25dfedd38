"""Pages of the statistics: every figure opens the tickets it is made of, every table is a file, filters stay in the address."""

import csv
import html
import io
import re
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.statistics.pages import PAGES
from hub.core.words import Language
from hub.inbox.models import ReplyWait
from hub.staff.models import Agent
from hub.staff.words import ApiScope, Role
from hub.statistics import behind as behind_tickets
from hub.statistics.measuring import clicked as clicked_rows
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.keys import make_key
from tests.makers.page_tables import check_files
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all
from tests.makers.stores import make_region
from tests.makers.worked_chain import PERIOD, WorkedChain, make_worked_chain

QUERY = "&".join(f"{name}={value}" for name, value in PERIOD.items())
TIMES = f"/statistics/response-times?{QUERY}"
LINK = re.compile(r'<a[^>]*href="(/statistics/tickets\?[^"]+)"[^>]*>([^<]+)</a>(?: <small>([^<]+)</small>)?')
FILE = re.compile(r'href="(/statistics/[a-z-]+/[a-z-]+\.(?:csv|xlsx)[^"]*)"')
LEAD = re.compile(r'<p class="lead">(\d+) (?:waits?|tickets?)(?:\. (\d+) (?:is|are) not shown)?')
MOST_STATEMENTS = 12


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    found = make_worked_chain(session, hand_clock)
    gather_all()
    return found


def make_reader(session: Session, role: Role, *store_ids: int) -> Agent:
    return make_agent(
        session,
        "Cleo Roy",
        email=f"{role}@x.example",
        role=role,
        store_ids=store_ids,
        language=Language.ENGLISH,
    )


def read(client: FlaskClient, path: str) -> str:
    found = client.get(path)
    assert found.status_code == 200, (path, found.status_code)
    return found.text


def links(page: str) -> dict[str, str]:
    """By the address of the tickets behind it each figure of a page: of a heat map its small number."""
    return {html.unescape(href): small or text for href, text, small in LINK.findall(page)}


def behind(page: str) -> tuple[int, int]:
    """How many rows a list of tickets is of, and how many of them it cannot show."""
    lead = LEAD.search(page)
    assert lead
    count, closed = (int(number or 0) for number in lead.groups())
    assert page.count('<th scope="row"') == count - closed
    return count, closed


def cells(page: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page.removeprefix("\ufeff")), delimiter=";"))


def test_each_figure_opens_as_many_rows_as_it_says(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """Every link of the pages, of the chain, of one store that passed a ticket on and of a person there."""
    office, manager = (
        make_reader(session, Role.HEAD_OFFICE),
        make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id),
    )
    pages = ("", "response-times", "reasons", "routing")
    asked = [(who, f"{page}?{QUERY}") for who in (office, manager) for page in pages]
    asked.append((manager, f"response-times?{QUERY}&agent={chain.people['LYO'].agent_id}"))
    closed_ones, figures = 0, []
    for who, page in asked:
        log_in(client, who)
        found = links(read(client, f"/statistics/{page}"))
        assert found
        for href, text in found.items():
            count, closed = behind(read(client, href))
            closed_ones += closed
            figures.append(text)
            assert count == int(text) if text.isdigit() else count >= 0, (page, href, text)
            if "measure=within_target" in href and "part=1" in href:
                all_of_them = read(client, href.replace("&part=1", "").replace("?part=1&", "?"))
                kept = 1 - count / behind(all_of_them)[0]
                assert text.partition("%")[0].strip() == str(round(100 * kept)), (page, href, text)
    assert len([text for text in figures if text.isdigit()]) > 60
    assert closed_ones, "the wait that Lyon passed on counts, and its ticket is Lille's"


def test_shares_and_times_open_the_waits_they_are_made_of(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """By hand: 4 of 18 waits missed their target; 150 + 240* and 150 + 120* are over four hours."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    href, text = next((href, text) for href, text in links(read(client, TIMES)).items() if "part=1" in href)
    assert text == "78%"
    assert behind(read(client, href)) == (4, 0)
    page = read(client, f"/statistics/tickets?{QUERY}&measure=within_target&part=1&bucket=5")
    assert behind(page) == (2, 0)
    assert 'href="/inbox/T-' in page
    assert "6 h 30, target" in page
    assert behind(read(client, f"/statistics/tickets?{QUERY}&measure=dropped&drop=spam")) == (1, 0)
    assert (
        behind(
            read(
                client,
                f"/statistics/tickets?{QUERY}&measure=tickets&state=solved&reason={chain.reasons['delivery']}",
            )
        )[0]
        == 3
    )


def test_a_table_is_sorted_by_the_head_of_a_column_and_few_cases_stay_last(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """Median of Lyon 45 min, of Lille 42.5; once Lille has many waits, Lyon's few stand last however long they were."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    assert stores_of(read(client, TIMES)) == ["Lille", "Lyon Part-Dieu"]
    slowest = html.unescape(re.findall(r'href="([^"]+sort=by-store.median[^"]*)"', read(client, TIMES))[0])
    assert urlsplit(slowest).fragment == "by-store"
    page = read(client, slowest)
    assert stores_of(page) == ["Lyon Part-Dieu", "Lille"]
    assert 'aria-sort="descending"' in page
    quickest = html.unescape(re.findall(r'href="([^"]+sort=by-store.median.up[^"]*)"', page)[0])
    assert stores_of(read(client, quickest)) == ["Lille", "Lyon Part-Dieu"]
    repeat(session, chain.stores["LIL"].id, 40)
    gather_all()
    for way in (slowest, quickest):
        assert stores_of(read(client, way)) == ["Lille", "Lyon Part-Dieu"]


def test_the_next_question_is_asked_of_the_same_period_and_place(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    tabs = re.search(
        r'<nav class="tabs".*?</nav>', read(client, f"{TIMES}&store=LYO&channel=email"), re.DOTALL
    )
    assert tabs
    hrefs = [html.unescape(href) for href in re.findall(r'href="([^"]+)"', tabs[0])]
    assert "/statistics/reasons?since=2026-04-04&until=2026-04-08&store=LYO" in hrefs
    assert "/plans/gains" in hrefs


def stores_of(page: str) -> list[str]:
    table = page[page.index('id="by-store"') :]
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', table[: table.index("</table>")])


def repeat(session: Session, store_id: int, count: int) -> None:
    """An ended wait of the store as often again."""
    found = session.scalars(
        select(ReplyWait).where(ReplyWait.ended_at.is_not(None), ReplyWait.store_id == store_id)
    )
    wait = found.first()
    assert wait is not None
    columns = {
        column.name: getattr(wait, column.name)
        for column in ReplyWait.__table__.columns
        if column.name != "id"
    }
    session.add_all(ReplyWait(**columns) for _ in range(count))
    session.flush()


def test_colleagues_figures_are_named_to_nobody_but_their_managers(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """In the table, in its file, in the filter and behind a figure; the own figures are everybody's."""
    ada, files = chain.people["LYO"].agent_id, f"/statistics/response-times/by-person.csv?{QUERY}"
    for role in (Role.HEAD_OFFICE, Role.MANAGER, Role.ADMINISTRATOR):
        log_in(client, make_reader(session, role))
        page = read(client, TIMES)
        assert "Ada Martin" not in page
        assert "Bo Petit" not in page
        assert len(cells(read(client, files))) == 1
        for path in (TIMES, f"/statistics/tickets?{QUERY}&measure=waits", files):
            assert client.get(f"{path}&agent={ada}").status_code == 422
    log_in(client, make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id))
    assert [line[:2] for line in cells(read(client, files))[1:]] == [["Ada Martin", "9"]]
    for path in (f"{TIMES}&agent={ada}", TIMES):
        assert ("Waits that ended without a reply" in read(client, path)) == (path == TIMES), (
            "they are no person's"
        )
    assert client.get(f"/statistics/tickets?{QUERY}&measure=dropped&agent={ada}").status_code == 422
    assert f"/statistics/people/{ada}" in read(client, TIMES)
    assert client.get(f"{TIMES}&agent={chain.people['LIL'].agent_id}").status_code == 422


def test_a_place_that_is_not_the_readers_is_refused_and_no_empty_figure(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """On pages, in files and by API; a region that holds one of the reader's stores narrows and is named."""
    north, south = make_region(session, "Nord"), make_region(session, "Sud")
    chain.stores["LIL"].region_id, chain.stores["LYO"].region_id = north.id, south.id
    session.flush()
    manager = make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id)
    paths = ("/statistics/", "/statistics/response-times", "/statistics/reasons/by-store.csv")
    further = ("/statistics/base/", "/statistics/messages/", "/plans/gains")
    for who, foreign in (
        (manager, ("store=LIL", f"region={north.id}", "region=99999")),
        (make_reader(session, Role.HEAD_OFFICE), ("region=99999",)),
    ):
        log_in(client, who)
        for path in (*paths, *further):
            for query in foreign:
                assert client.get(f"{path}?{QUERY}&{query}").status_code == 422, (path, query)
    log_in(client, manager)
    assert "before, as many days as are over · Sud<" in html.unescape(
        read(client, f"{TIMES}&region={south.id}")
    )
    key = make_key(session, manager.id, ApiScope.STATISTICS_READ)
    for name in ("waits", "response-times"):
        found = client.get(f"/api/v1/statistics/{name}?store=LIL", headers=key)
        assert (found.status_code, found.json["error"]["field"]) == (422, "store")


def test_a_comparison_is_said_and_offered_only_where_one_stands(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """On the pages, and in the files."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    pages = {"gestures": False, "after-answers": False, "stores": False, "tickets": False, "routing": True}
    for path, compares in {**pages, "stores?store=LYO": True}.items():
        page = read(client, f"/statistics/{path}{'&' if '?' in path else '?'}{QUERY}&measure=waits")
        assert ("compared with the period before" in page, 'name="compare"' in page) == (compares, compares)
    book = client.get(f"/statistics/gestures/by-store.xlsx?{QUERY}").data
    assert "compared with" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()


def test_rows_come_a_page_at_a_time(client: FlaskClient, chain: WorkedChain, session: Session) -> None:
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    repeat(session, chain.stores["LYO"].id, 40)
    gather_all()
    page = read(client, f"/statistics/tickets?{QUERY}&measure=waits")
    assert 'class="lead">58 waits<' in page
    assert page.count('<th scope="row"') == 50
    further = re.search(r'href="([^"]+)" rel="next"', page) or re.search(
        r'rel="next"[^>]*href="([^"]+)"', page
    )
    assert further
    assert read(client, html.unescape(further[1])).count('<th scope="row"') == 8


def walk(client: FlaskClient, path: str) -> list[str]:
    """The addresses of the rows of all pages."""
    rows: list[str] = []
    while path:
        page = read(client, path)
        rows += re.findall(r'<th scope="row"[^>]*><a href="([^"]+)"', page)
        further = re.search(r'href="(/statistics/tickets[^"]*after=[^"]+)"', page)
        path = html.unescape(further[1]) if further else ""
    return rows


@pytest.mark.parametrize("role", [Role.HEAD_OFFICE, Role.STORE_MANAGER])
def test_of_very_many_rows_the_pages_are_the_same(
    client: FlaskClient, chain: WorkedChain, session: Session, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    """Read day by day, also where a ticket that was passed on is closed to the reader."""
    scope = () if role is Role.HEAD_OFFICE else (chain.stores["LYO"].id,)
    log_in(client, make_reader(session, role, *scope))
    monkeypatch.setattr(behind_tickets, "PAGE_SIZE", 2)
    asked = ("waits", "median_reply", "tickets", "routed", "first_resolution", "dropped")
    whole = {measure: walk(client, f"/statistics/tickets?{QUERY}&measure={measure}") for measure in asked}
    assert len(whole["median_reply"]) >= 9
    monkeypatch.setattr(behind_tickets, "MOST_COUNTED", 2)
    for enough in (1, 3):
        monkeypatch.setattr(clicked_rows, "ENOUGH", enough)
        for measure, rows in whole.items():
            assert walk(client, f"/statistics/tickets?{QUERY}&measure={measure}") == rows, measure


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("measure=orders", 422),
        ("measure=waits&bucket=8", 422),
        ("measure=waits&after=x", 422),
        ("measure=waits&hour=x", 422),
        ("", 422),
    ],
)
def test_what_was_not_clicked_is_refused(
    client: FlaskClient, chain: WorkedChain, session: Session, query: str, status: int
) -> None:
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    assert client.get(f"/statistics/tickets?{query}").status_code == status


def test_who_reads_no_tickets_sees_figures_without_them(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    log_in(client, make_reader(session, Role.MARKETER))
    page = read(client, TIMES)
    assert links(page) == {}
    assert 'name="agent"' not in page
    assert client.get("/statistics/tickets?measure=waits").status_code == 404


def test_each_table_is_a_file_of_the_same_filters(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """Numbers are numbers, durations seconds, days days; a name that starts like a formula is none."""
    chain.stores["LIL"].name = "=Lille"
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    for key in PAGES:
        path = {"overview": "", "base": "base/", "messages": "messages/"}.get(key, key)
        for address in FILE.findall(read(client, f"/statistics/{path}?{QUERY}&compare=none")):
            kept = parse_qs(urlsplit(html.unescape(address)).query)
            assert (kept["since"], kept["compare"]) == ([PERIOD["since"]], ["none"])
            assert client.get(html.unescape(address)).status_code == 200
    lines = cells(read(client, f"/statistics/response-times/by-store.csv?{QUERY}"))
    assert lines[0] == ["Store", "Replies", "Median (seconds)", "90th percentile (seconds)", "Within target"]
    assert lines[1] == ["'=Lille", "9", "2550", "8100", "0.9"]
    book = zipfile.ZipFile(io.BytesIO(client.get(f"/statistics/response-times/by-day.xlsx?{QUERY}").data))
    sheet, about = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert re.search(r'<c r="A2" s="\d+"><v>46116</v>', sheet), "4 April 2026 as a day"
    assert re.search(r'<c r="C2" s="\d+"><v>1200</v>', sheet)
    assert "4 Apr 2026 – 8 Apr 2026" in about
    french = client.get(f"/statistics/response-times/by-store.csv?{QUERY}&lang=fr").text
    assert "0,9" in french
    assert client.get("/statistics/response-times/none.csv").status_code == 404
    assert client.get("/statistics/none/by-store.csv").status_code == 404


def test_each_table_of_each_page_has_its_files_with_the_same_rows(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """All tabs, the card of a store and a person's page; the base and the messages are walked where they have rows."""
    boss = make_agent(session, "Cleo Roy", role=Role.MANAGER)
    log_in(client, boss)
    found = set(re.findall(r'href="(/[a-z/-]+)\?[^"]*since=', read(client, f"/statistics/?{QUERY}")))
    pages = {each for each in found if each.startswith("/statistics/")} - {"/statistics/tickets"}
    assert {"/statistics/base/", "/statistics/messages/", "/statistics/gestures"} <= pages
    pages |= {"/statistics/digest", "/statistics/alerts"}
    checked = {path: check_files(client, f"{path}?{QUERY}") for path in sorted(pages)}
    axis = re.findall(r"<span>(\d) avr\.</span>", read(client, TIMES))
    assert axis[:5] == list("45678"), "a line lies over each day, also over those without a reply"
    checked["card"] = check_files(client, f"/statistics/stores?{QUERY}&store=LYO")
    ada = session.scalars(select(Agent.id).where(Agent.name.startswith("Ada"))).one()
    log_in(client, session.get_one(Agent, ada))
    checked["person"] = check_files(client, f"/statistics/people/{ada}?{QUERY}")
    assert {path.rpartition("/")[2]: count for path, count in checked.items() if count} == {
        "": 1,
        "after-answers": 1,
        "gaps": 2,
        "reasons": 3,
        "response-times": 8,
        "routing": 2,
        "stores": 1,
        "card": 1,
        "person": 2,
    }


def test_a_reason_has_no_share_among_its_own_tickets(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    """2 of 19 tickets; among those two it would be 100 %."""
    log_in(client, make_reader(session, Role.HEAD_OFFICE))
    path = f"/statistics/reasons/by-reason.csv?{QUERY}"
    assert next(line[1:3] for line in cells(read(client, path))[1:] if line[1] == "2")[1].startswith("0.105")
    alone = cells(read(client, f"{path}&reason={chain.reasons['breakage']}"))
    assert "Share" not in alone[0]
    assert [line[1] for line in alone[1:]] == ["2"]


def test_filters_stand_in_the_form_and_in_words(
    client: FlaskClient, chain: WorkedChain, session: Session
) -> None:
    log_in(client, make_reader(session, Role.STORE_MANAGER, chain.stores["LYO"].id))
    page = read(client, f"{TIMES}&compare=year&channel=email&reason={chain.reasons['delivery']}")
    said = (
        "4 Apr 2026 – 8 Apr 2026, compared with the same days a year before, as many days as are over"
        " · E-mail · Reason delivery"
    )
    assert said in html.unescape(page)
    assert '<option value="year" selected>' in page
    assert '<option value="LIL">' not in page
    assert 'name="region"' not in page
    assert "Median a year before" not in page, "there was nothing then"
    assert "compared with" not in read(client, f"{TIMES}&compare=none").split("</form>")[1]
    month = read(client, "/statistics/response-times?period=month")
    assert re.search(r'aria-current="true">This month<', month)
    assert 'value="2026-04-01"' in month
    assert client.get("/statistics/response-times?period=week").status_code == 422
    with counted_statements() as seen:
        read(client, f"/statistics/routing?{QUERY}")
    assert len(seen) <= MOST_STATEMENTS
