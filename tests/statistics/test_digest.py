"""The digest as it is made, mailed and read: once a person and period, the same words in mail and page, links that open."""

import html
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.apart import PutOffRow
from hub.core.words import Channel, Language
from hub.inbox.actions import choose_alerts
from hub.inbox.models import ReplyWait
from hub.inbox.words import WaitKind
from hub.outbox.models import OutboundMessage
from hub.reactions.drain import work_facts
from hub.staff.models import Agent, Membership
from hub.staff.words import Role
from hub.statistics.digest import working
from hub.statistics.measures import MEASURES
from hub.statistics.models import Digest
from hub.stores.models import Chain
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_received
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all
from tests.makers.stores import make_chain, make_region, make_store

MONDAY = TUESDAY.replace(day=9, hour=6)
"""7:00 in Paris: the digest of 2 to 8 March."""
NO_FACT = """
CREATE FUNCTION refuse_digest() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the lights go out'; END $$;
CREATE TRIGGER refuse_digest BEFORE INSERT ON facts FOR EACH ROW WHEN (NEW.kind = 'DigestMade')
EXECUTE FUNCTION refuse_digest()
"""
WESTERN = "L’Œuvre – cœur d’été à 12 €"
CHOICES = {"has_mails": True, "has_new_tickets": True, "has_answers": True, "has_warnings": True}


class House:
    """Lyon and Lille in one region; Lyon answered in time in one week and late in the next."""

    def __init__(self, session: Session) -> None:
        self.session = session
        make_chain(session)
        publish_builtin_templates(now=TUESDAY)
        self.region = make_region(session)
        self.lyon = make_store(session, region_id=self.region.id)
        self.lille = make_store(session, "Lille", code="LIL", region_id=self.region.id)
        self.ticket_id = make_received(store_id=self.lyon.id).ticket_id
        self.add_waits(40, MONDAY - timedelta(days=12), 3600)
        self.add_waits(40, MONDAY - timedelta(days=5), 20_000)

    def add_waits(self, count: int, ended_at: datetime, seconds: int) -> None:
        row = {
            "ticket_id": self.ticket_id,
            "store_id": self.lyon.id,
            "channel": Channel.EMAIL,
            "kind": WaitKind.NEXT,
            "started_at": ended_at - timedelta(seconds=seconds),
            "target_seconds": 14_400,
            "ended_at": ended_at,
            "seconds": seconds,
            "business_seconds": seconds,
            "is_transferred": False,
        }
        self.session.execute(insert(ReplyWait), [row] * count)

    def person(self, name: str, role: Role, **more: Any) -> Agent:
        given = {"created_at": TUESDAY - timedelta(days=40), **more}
        return make_agent(self.session, name, role=role, **given)

    def told(self) -> dict[str, list[str]]:
        """Subjects' first value by person."""
        rows = self.session.scalars(select(OutboundMessage).where(OutboundMessage.key.startswith("digest:")))
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.recipient, []).append(row.values["name"])
        return found


@pytest.fixture
def house(session: Session, hand_clock: HandClock) -> House:
    made = House(session)
    gather_all()
    return made


def work() -> None:
    while working.work_digests(lambda: None):
        pass
    while work_facts(lambda: None):
        pass


def at(hand_clock: HandClock, moment: datetime) -> None:
    hand_clock.now = moment


def test_each_reader_is_told_once_also_after_a_crash_and_a_second_run(
    house: House, hand_clock: HandClock, session: Session
) -> None:
    max_ = house.person("Max Roy", Role.STORE_MANAGER, store_ids=(house.lyon.id,))
    house.person("Off Duty", Role.STORE_MANAGER, store_ids=(house.lyon.id,))
    off = session.scalars(select(Agent.id).where(Agent.name == "Off Duty")).one()
    choose_alerts(agent_id=off, has_digest=False, **CHOICES)
    house.person("Una Invited", Role.STORE_MANAGER, store_ids=(house.lyon.id,), password_hash=None)
    house.person("Lea New", Role.STORE_MANAGER, store_ids=(house.lyon.id,), created_at=MONDAY)
    house.person("Ada Martin", Role.AGENT, store_ids=(house.lyon.id,))
    house.person("Ines Faure", Role.REGION_MANAGER, region_ids=(house.region.id,))
    at(hand_clock, MONDAY - timedelta(minutes=1))
    assert (working.has_due(), working.next_due_at()) == (False, MONDAY)
    at(hand_clock, MONDAY)
    assert working.has_due()
    session.execute(text(NO_FACT))
    work()
    assert session.scalars(select(Digest.id)).all() == [], "a digest without its fact would never be mailed"
    session.execute(text("DROP TRIGGER refuse_digest ON facts"))
    session.execute(delete(PutOffRow))
    for _ in range(2):
        work()
    assert house.told() == {max_.email: ["Lyon Part-Dieu"]}
    assert not working.has_due()
    assert working.next_due_at() == MONDAY + timedelta(days=7)
    at(hand_clock, datetime.fromisoformat("2026-04-01T07:00+02:00"))
    work()
    work()
    assert house.told() == {max_.email: ["Lyon Part-Dieu"], "ines@verel.example": ["Sud-Est"]}


def test_mail_and_page_say_the_same_and_every_link_opens(
    house: House, hand_clock: HandClock, client: FlaskClient, session: Session
) -> None:
    max_ = house.person("Max Roy", Role.STORE_MANAGER, store_ids=(house.lyon.id,), language=Language.ENGLISH)
    at(hand_clock, MONDAY + timedelta(hours=3))
    work()
    values = session.scalars(
        select(OutboundMessage.values).where(OutboundMessage.key.startswith("digest:"))
    ).one()
    assert values["title"] == "The week in figures"
    assert values["days"] == "from 2 March 2026 to 8 March 2026"
    assert values["thing_1"] == "More replies are late, 100% instead of 0%"
    assert "by more than chance explains" in values["thing_1_why"]
    assert "thing_2" not in values
    assert "fewer than three" in values["few"]
    assert (values["waits"], values["median_reply"]) == (
        "40 (40 in the period before)",
        "5 h 33 (1 h 00 in the period before)",
    )
    assert values["csat"].startswith("– (too few")
    log_in(client, max_)
    session.execute(update(Chain).values(name=WESTERN))
    read_pdf(client, session.scalars(select(Digest.id)).one(), values | {"chain_name": WESTERN})
    page = html.unescape(client.get("/statistics/digest?lang=en").text)
    assert '<h2 id="things">What is worth a look</h2>' in page, "three are not promised over one"
    for name, value in values.items():
        if name in MEASURES or (name.startswith("thing") and not name.endswith("url")):
            for part in value.rstrip(")").split(" ("):
                assert part in page or part == "–", name
    for address in set(links(values)):
        assert client.get(address.removeprefix("http://localhost")).status_code == 200, address
    for name in ("times_url", "inbox_url", "thing_1_url"):
        assert values[name].removeprefix("http://localhost") in page, name
    assert f"since=2026-03-02&until=2026-03-08&store={house.lyon.code}" in values["times_url"]
    narrowed = client.get(values["times_url"].removeprefix("http://localhost")).text
    assert "5 h 33" in narrowed.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_digest_is_read_as_long_as_its_stores_are_the_readers(
    house: House, hand_clock: HandClock, client: FlaskClient, session: Session
) -> None:
    """Who moved from Lyon to Lille leaves Lyon's figures behind, on the first page, in the list and as a file."""
    max_ = house.person("Max Roy", Role.STORE_MANAGER, store_ids=(house.lyon.id,), language=Language.ENGLISH)
    at(hand_clock, MONDAY + timedelta(hours=3))
    work()
    digest_id = session.scalars(select(Digest.id)).one()
    log_in(client, max_)
    paths = ("/statistics/", "/statistics/digest")
    for moved in (False, True):
        if moved:
            session.execute(update(Membership).values(store_id=house.lille.id))
        assert ["More replies are late" in client.get(path).text for path in paths] == [not moved] * 2
        for path in (f"/statistics/digest/{digest_id}", f"/statistics/digest/{digest_id}.pdf"):
            assert client.get(path).status_code == (404 if moved else 200), path


def read_pdf(client: FlaskClient, digest_id: int, values: dict[str, str]) -> None:
    """The file says what the mail says, in French and English, on A4, tagged, with title, language, page numbers and its fonts."""
    response = client.get(f"/statistics/digest/{digest_id}.pdf?lang=en")
    assert response.mimetype == "application/pdf"
    assert "the-week-in-figures-lyon-part-dieu-2026-03-08.pdf" in response.headers["Content-Disposition"]
    words = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(response.data)).pages))
    for name, value in values.items():
        if not name.endswith("url") and name != "salutation":
            assert plain(value) in words, name
    file = PdfReader(BytesIO(client.get(f"/statistics/digest/{digest_id}.pdf?lang=fr").data))
    catalog: Any = file.trailer["/Root"]
    assert file.metadata is not None
    assert (catalog["/Lang"], file.metadata.title) == ("fr", "La semaine en chiffres\u00a0– Lyon Part-Dieu")
    assert catalog["/MarkInfo"]["/Marked"]
    tags = [each.get_object()["/S"] for each in catalog["/StructTreeRoot"]["/K"][0].get_object()["/K"]]
    assert tags[:4] == ["/H1", "/P", "/H2", "/H3"]
    assert [round(float(side)) for side in file.pages[0].mediabox[2:]] == [595, 842]
    text = plain(" ".join(page.extract_text() for page in file.pages))
    assert "Les réponses en retard sont plus nombreuses, 100 % au lieu de 0 %" in text
    assert "Délai médian de réponse : 5 h 33 (1 h 00 sur la période précédente)" in text
    assert f"{WESTERN} · Lyon Part-Dieu · 1/{len(file.pages)}" in text
    check_fonts(file)
    client.get("/statistics/digest?lang=en")


def check_fonts(file: PdfReader) -> None:
    """A printer needs none of its own."""
    found = [font.get_object() for page in file.pages for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].partition("+")[2] for font in found} == {"SourceSansPro", "SourceSansProBold"}
    for font in found:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert len(descriptor["/FontFile2"].get_object().get_data()) > 1_000


def plain(words: str) -> str:
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


def links(values: dict[str, str]) -> Iterator[str]:
    return (value for name, value in values.items() if name.endswith("_url"))


def test_a_person_has_one_made_and_reads_nobody_elses(
    house: House, client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    """A digest made on the page is not mailed; when its day comes it still is, once."""
    max_ = house.person("Max Roy", Role.STORE_MANAGER, store_ids=(house.lyon.id,))
    bea = house.person("Bea Petit", Role.STORE_MANAGER, store_ids=(house.lille.id,))
    at(hand_clock, MONDAY - timedelta(minutes=30))
    log_in(client, max_)
    assert "Pas encore de point chiffré" in client.get("/statistics/digest").text
    for _ in range(2):
        assert client.post("/statistics/digest").status_code == 302
    work()
    assert house.told() == {}
    own = session.scalars(select(Digest)).one()
    assert (own.agent_id, own.since_on.isoformat(), own.told_at) == (max_.id, "2026-03-02", None)
    assert client.get(f"/statistics/digest/{own.id}").status_code == 200
    at(hand_clock, MONDAY)
    work()
    assert house.told() == {max_.email: ["Lyon Part-Dieu"], bea.email: ["Lille"]}
    log_in(client, bea)
    assert client.get(f"/statistics/digest/{own.id}").status_code == 404
    page = client.get("/statistics/digest").text
    assert "Rien n’a changé" in page
    assert client.get("/session/profile").text.count('name="has_digest"') == 1
    client.post("/session/profile/alerts", data={"has_mails": "1"})
    at(hand_clock, MONDAY + timedelta(days=7))
    work()
    assert {name: len(told) for name, told in house.told().items()} == {max_.email: 2, bea.email: 1}
