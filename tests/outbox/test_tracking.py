"""Tracked links and pixels from the mail that left to the figure: no open redirect, nobody counted who is a machine."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.words import TemplateState
from hub.core.words import Language, Purpose
from hub.customers.queries import find_customer_by_address
from hub.customers.words import ConsentAction
from hub.outbox import actions as outbox
from hub.outbox import queries as messages
from hub.outbox import tidying
from hub.outbox.actions import Draft
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking import links
from hub.outbox.tracking.models import LinkClick, MessageOpening, OpeningCount
from hub.outbox.tracking.queries import (
    ClickCount,
    count_clicks,
    get_first_clicks,
    get_last_clicks,
    list_clicks,
    list_openings,
)
from hub.outbox.tracking.words import Opener, Sign, Visitor
from hub.outbox.words import MessageState
from hub.staff.words import Role
from hub.stores.models import Chain
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent
from tests.makers.sink import Sink
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

DORA = "dora@client.example"
SHOP = "https://www.verel.example/lampes?couleur=bleu&taille=m"
OWN = "http://localhost/a/1-abc/very_satisfied"
STOP = "https://elsewhere.example/stop/1"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:148.0) Gecko/20100101 Firefox/148.0"}
HTML = """<html><head><link href="https://fonts.example/f.css" rel="stylesheet"></head><body>
<a href="[[shop_url]]">Lampes</a> <a style="x" href="[[shop_url]]"><img src="https://img.example/a.png"></a>
<!--if code--><a href="https://www.verel.example/code?c=[[code]]">Code</a><!--end code-->
<a href="https://carte.example/plan">Plan</a> <a href="[[box_url]]">Satisfait</a> <a href="[[stop_url]]">Stop</a>
<a href="mailto:magasin@verel.example">Mail</a> <a href="tel:+33123456789">Tel</a> <a href="#haut">Haut</a>
</body></html>"""
VALUES = {"shop_url": SHOP, "box_url": OWN, "stop_url": STOP}
VARIABLES = {"shop_url": "link", "box_url": "link", "stop_url": "act", "code": "text"}
Send = Callable[[], None]


def publish(session: Session, purpose: Purpose = Purpose.SERVICE, key: str = "linked") -> TemplateVersion:
    template = MessageTemplate(key=key, purpose=purpose, is_builtin=False, created_at=TUESDAY)
    session.add(template)
    session.flush()
    version = TemplateVersion(
        template_id=template.id,
        language=Language.FRENCH,
        number=1,
        state=TemplateState.PUBLISHED,
        subject="Vos lampes",
        source="",
        source_hash=key,
        html=HTML,
        text="Lampes : [[shop_url]]",
        variables=[
            {"name": name, "kind": kind, "is_required": kind != "text", "fallback": ""}
            for name, kind in VARIABLES.items()
        ],
        published_at=TUESDAY,
    )
    session.add(version)
    session.flush()
    return version


@pytest.fixture
def leave(session: Session, send: Send, sink: Sink) -> Callable[..., tuple[OutboundMessage, str]]:
    """Post the mail, send it; returns the row and the HTML that left."""

    def post(
        key: str = "m:1", *, purpose: Purpose = Purpose.SERVICE, is_measured: bool = True, **values: str
    ) -> tuple[OutboundMessage, str]:
        if (
            session.scalar(select(MessageTemplate.id).where(MessageTemplate.key == f"linked_{purpose}"))
            is None
        ):
            publish(session, purpose, f"linked_{purpose}")
        known = find_customer_by_address(DORA)
        dora_id = known.id if known else make_customer(session).id
        draft = Draft(
            key=key,
            template_key=f"linked_{purpose}",
            purpose=purpose,
            values={**VALUES, **values},
            customer_id=dora_id if purpose is not Purpose.STAFF else None,
            recipient=DORA,
            due_at=TUESDAY,
            is_measured=is_measured,
        )
        posted = outbox.post_many([draft], now=TUESDAY)[0]
        send()
        row = session.get_one(OutboundMessage, posted.message_id_row)
        assert row.state is MessageState.ACCEPTED
        part = sink.taken[-1].mail.get_body(("html",))
        return row, part.get_content() if part else ""

    return post


def tracked(html: str) -> list[str]:
    return re.findall(r'href="http://localhost(/l/[^"]+)"', html)


def test_links_to_the_outside_become_short_and_the_others_stay(
    leave: Callable[..., tuple[OutboundMessage, str]], sink: Sink
) -> None:
    _, html = leave(code="A&B")
    found = tracked(html)
    assert len(found) == 4
    assert len(set(found)) == 3
    assert all(len("https://relation.verel.example" + path) <= 80 for path in found)
    for kept in (OWN, STOP, "mailto:magasin@verel.example", "tel:+33123456789", "#haut"):
        assert f'href="{kept}"' in html
    assert '<link href="https://fonts.example/f.css"' in html
    assert SHOP in sink.taken[-1].text


def test_a_link_leads_where_the_mail_said_and_nowhere_else(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient
) -> None:
    row, html = leave(code="A&B")
    where = [client.get(path).headers["Location"] for path in dict.fromkeys(tracked(html))]
    assert where == [SHOP, "https://www.verel.example/code?c=A&B", "https://carte.example/plan"]
    other, _ = leave("m:2")
    good = tracked(html)[0].removeprefix("/l/")
    forged = [
        links.token_of(row.uuid, "https://evil.example/"),
        links.token_of(other.uuid, "https://www.verel.example/code?c=A&B"),
        links.token_of("0" * 32, SHOP),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:20],
        good + "A",
        "é" * 32,
        "https://evil.example",
    ]
    for token in forged:
        answer = client.get(f"/l/{token}")
        assert answer.status_code in {404, 410}, token
        assert "Location" not in answer.headers


@pytest.mark.parametrize("purpose", [Purpose.REPLY, Purpose.TRANSACTIONAL, Purpose.STAFF])
def test_replies_and_order_messages_are_left_alone(
    leave: Callable[..., tuple[OutboundMessage, str]], purpose: Purpose
) -> None:
    _, html = leave(purpose=purpose)
    assert tracked(html) == []
    assert "/o/" not in html
    assert SHOP.replace("&", "&amp;") in html


def test_the_copy_of_staff_has_the_plain_links_dead_acts_and_no_pixel(
    leave: Callable[..., tuple[OutboundMessage, str]],
) -> None:
    row, _ = leave()
    copy = messages.get_content(row.id).html
    assert tracked(copy) == []
    assert SHOP.replace("&", "&amp;") in copy
    assert STOP not in copy
    assert "/o/" not in copy


def test_figures_count_people_and_a_scanner_is_found_out_by_its_later_clicks(
    leave: Callable[..., tuple[OutboundMessage, str]],
    client: FlaskClient,
    hand_clock: HandClock,
    session: Session,
) -> None:
    row, html = leave()
    paths = list(dict.fromkeys(tracked(html)))
    hand_clock.move(minutes=5)
    client.get(paths[0], headers=FIREFOX)
    assert [each.label for each in list_clicks(row.id)] == [Visitor.HUMAN]
    hand_clock.move(seconds=1)
    client.get(paths[1], headers=FIREFOX)
    assert [each.sign for each in list_clicks(row.id)] == [Sign.ALL_LINKS] * 2
    assert get_last_clicks([row.customer_id or 0]) == {}
    at = hand_clock.move(hours=1)
    client.get(paths[0], headers=FIREFOX)
    hand_clock.move(minutes=1)
    client.head(paths[1], environ_overrides={"REMOTE_ADDR": "127.0.0.2"})
    assert row.customer_id
    assert get_last_clicks([row.customer_id]) == {row.customer_id: at}
    assert get_first_clicks([row.id]) == {row.id: at}
    assert count_clicks(template_keys=["linked_service"]) == {"linked_service": ClickCount(1, 1, 1, 3)}
    assert count_clicks(outbound_ids=[row.id], since=TUESDAY + timedelta(days=1)) == {}
    kept = session.scalars(select(LinkClick).order_by(LinkClick.id)).first()
    assert kept is not None
    assert (kept.method, kept.link_count) == ("GET", 2)
    assert "127.0.0.1" not in f"{kept.source_hash}{kept.user_agent}"


def test_a_click_before_the_mail_can_have_been_read_is_a_machine(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, hand_clock: HandClock
) -> None:
    row, html = leave()
    hand_clock.move(seconds=1)
    client.get(tracked(html)[0], headers=FIREFOX)
    assert [each.sign for each in list_clicks(row.id)] == [Sign.TOO_EARLY]


def test_a_known_scanner_network_is_noted_and_the_address_is_not(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, hand_clock: HandClock
) -> None:
    row, html = leave()
    hand_clock.move(hours=1)
    client.get(tracked(html)[0], headers=FIREFOX, environ_overrides={"REMOTE_ADDR": "40.107.3.4"})
    found = list_clicks(row.id)[0]
    assert (found.sign, found.network) == (Sign.NETWORK, "Microsoft Exchange Online Protection")


def test_the_redirect_works_when_the_click_cannot_be_written(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    _, html = leave()
    session.execute(text("ALTER TABLE link_clicks RENAME TO link_clicks_away"))
    answer = client.get(tracked(html)[0], headers=FIREFOX)
    assert (answer.status_code, answer.headers["Location"]) == (302, SHOP)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_flood_on_one_message_is_followed_but_not_kept_without_end(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    row, html = leave()
    session.add_all(
        LinkClick(
            message_id=row.id,
            position=0,
            link_count=2,
            clicked_at=TUESDAY,
            label=Visitor.MACHINE,
            sign=Sign.HEAD,
        )
        for _ in range(200)
    )
    assert client.get(tracked(html)[0]).status_code == 302
    assert session.scalar(select(func.count()).select_from(LinkClick)) == 200


def test_erased_values_lead_nowhere(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    row, html = leave()
    row.values = {}
    assert client.get(tracked(html)[0]).status_code == 410


def use_settings(session: Session, **tracking: object) -> None:
    chain = session.scalars(select(Chain)).one()
    chain.settings = {**chain.settings, "tracking": tracking}
    session.flush()


def test_the_chain_may_leave_links_and_openings_alone(
    leave: Callable[..., tuple[OutboundMessage, str]], session: Session
) -> None:
    use_settings(session, links=False, opens="off")
    _, html = leave()
    assert tracked(html) == []
    assert "/o/" not in html


def test_a_message_that_is_not_to_be_measured_is_not_whatever_the_chain_chose(
    leave: Callable[..., tuple[OutboundMessage, str]], session: Session
) -> None:
    use_settings(session, opens="all")
    shown, html = leave()
    assert "/o/" in html
    row, html = leave("m:2", is_measured=False)
    assert tracked(html) == []
    assert "/o/" not in html
    assert row.is_measured is False
    reply, _ = leave("m:3", purpose=Purpose.REPLY)
    assert [each.is_opening_measured for each in (shown, row, reply)] == [True, False, False]


def test_utm_parameters_are_added_on_the_way(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    use_settings(session, utm_source="comptoir", utm_medium="mail")
    session.scalars(select(Chain)).one().website_url = "https://www.verel.example"
    _, html = leave()
    paths = list(dict.fromkeys(tracked(html)))
    added = "&utm_source=comptoir&utm_medium=mail&utm_campaign=linked_service"
    assert client.get(paths[0]).headers["Location"] == SHOP + added
    assert client.get(paths[1]).headers["Location"] == "https://carte.example/plan"


def pixel(html: str) -> str:
    return str(re.findall(r"<img src=\"http://localhost(/o/[^\"]+)\" width=\"1\"", html)[0])


def test_without_consent_the_pixel_names_nobody_and_is_counted_by_day(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    first, html = leave()
    second, other = leave("m:2")
    assert pixel(html) == pixel(other)
    assert first.uuid not in pixel(html)
    assert not first.is_opening_measured
    for agent in (FIREFOX["User-Agent"], "Mozilla/5.0", "x (via ggpht.com GoogleImageProxy)", "Mozilla/5.0"):
        answer = client.get(pixel(html), headers={"User-Agent": agent})
        assert (answer.status_code, answer.content_type) == (200, "image/gif")
    rows = session.scalars(select(OpeningCount)).all()
    assert {(row.opener, row.count) for row in rows} == {
        (Opener.PROGRAM, 1),
        (Opener.APPLE, 2),
        (Opener.GMAIL, 1),
    }
    assert {row.opened_on for row in rows} == {TUESDAY.date()}
    assert session.scalar(select(func.count()).select_from(MessageOpening)) == 0
    read = [row.opener for row in list_openings("linked_service") if row.is_reading]
    assert read == [Opener.PROGRAM]
    assert second.id


def test_with_consent_an_opening_is_the_messages_until_it_is_withdrawn(
    leave: Callable[..., tuple[OutboundMessage, str]], client: FlaskClient, session: Session
) -> None:
    give_consent(DORA, Purpose.OPEN_MEASUREMENT)
    row, html = leave()
    for _ in range(2):
        client.get(pixel(html), headers=FIREFOX)
    opening = session.scalars(select(MessageOpening)).one()
    assert (opening.message_id, opening.opener, opening.count) == (row.id, Opener.PROGRAM, 2)
    later = TUESDAY + timedelta(hours=1)
    give_consent(DORA, Purpose.OPEN_MEASUREMENT, action=ConsentAction.WITHDRAWN, now=later)
    client.get(pixel(html), headers=FIREFOX)
    session.refresh(opening)
    assert opening.count == 2
    assert session.scalars(select(OpeningCount)).one().count == 1
    second, after = leave("m:2")
    assert (row.is_opening_measured, second.is_opening_measured) == (True, False)
    assert pixel(after) != pixel(html)
    assert (
        links.read_version_pixel(pixel(after).removeprefix("/o/").removesuffix(".gif"))
        == row.template_version_id
    )


@pytest.mark.parametrize("token", ["x", "v1-aaaaaaaa", "v", "v9999999999999999999-aaaaaaaa", "A" * 32, "é"])
def test_a_wrong_pixel_is_a_picture_and_nothing_more(
    client: FlaskClient, session: Session, token: str
) -> None:
    make_chain(session)
    assert client.get(f"/o/{token}.gif").status_code == 200
    assert session.scalar(select(func.count()).select_from(OpeningCount)) == 0


def test_raw_signals_go_after_thirteen_months_and_the_figure_stays(
    leave: Callable[..., tuple[OutboundMessage, str]],
    client: FlaskClient,
    hand_clock: HandClock,
    session: Session,
) -> None:
    row, html = leave()
    at = hand_clock.move(hours=1)
    client.get(tracked(html)[0], headers=FIREFOX)
    hand_clock.move(days=395)
    tidying.work_receipts(lambda: None)
    assert list_clicks(row.id)[0].user_agent
    hand_clock.move(days=2)
    assert tidying.work_receipts(lambda: None) == 1
    assert tidying.work_receipts(lambda: None) == 0
    session.expire_all()
    found = session.scalars(select(LinkClick)).one()
    assert (found.method, found.user_agent, found.source_hash, found.network) == (None, None, None, None)
    assert get_first_clicks([row.id]) == {row.id: at}


def test_a_long_address_in_an_sms_becomes_a_short_one() -> None:
    long = "https://www.verel.example/" + "a" * 90
    words = links.rewrite_text(
        f"Vos lampes : {long}. STOP 36111 https://a.example",
        uuid="0" * 32,
        base_url="https://c.example",
        kept=(),
    )
    assert long not in words
    assert words.startswith("Vos lampes : https://c.example/l/")
    assert words.endswith(". STOP 36111 https://a.example")


def test_staff_read_on_the_customer_card_who_opened_a_link(
    leave: Callable[..., tuple[OutboundMessage, str]],
    client: FlaskClient,
    hand_clock: HandClock,
    session: Session,
) -> None:
    row, html = leave()
    staff = log_in(client, make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR))
    page = f"/customers/{row.customer_id}/messages"
    hand_clock.move(seconds=1)
    client.get(tracked(html)[0], headers=FIREFOX)
    assert "Le client a ouvert un lien" not in staff.get(page).text
    assert "avant que quiconque ait pu lire" in staff.get(f"{page}/{row.id}").text
    hand_clock.move(hours=1)
    client.get(tracked(html)[0], headers=FIREFOX)
    assert "Le client a ouvert un lien" in staff.get(page).text
    assert "Une personne" in staff.get(f"{page}/{row.id}").text
    assert tracked(staff.get(f"{page}/{row.id}/html").text) == []
    assert "linked_service" in staff.get("/settings/tracking").text
