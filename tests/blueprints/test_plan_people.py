"""A click on a figure of a plan's results opens the customers it counts: as many as it says, of the stores that the reader may see."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.customers.words import ConsentAction
from hub.outbox.actions import note_refusal
from hub.outbox.models import DeliveryReceipt
from hub.outbox.tracking.models import LinkClick
from hub.outbox.tracking.words import Sign, Visitor
from hub.outbox.words import MessageState, ReceiptKind
from hub.plans.results import people
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome
from hub.staff.words import Role
from tests.blueprints.test_plan_results import MOST_STATEMENTS, PAGE, Shop, manager, shop
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.outbox import give_consent
from tests.makers.plan_lives import ENTERED
from tests.makers.staff import log_in, make_agent

BEHIND = f"{PAGE}/people"
__all__ = ["shop"]


@pytest.fixture
def lived(shop: Shop, session: Session, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Seven with messages in Lyon (three buy), four without (one buys, one in Lille), two of a second version, one entered again."""
    monkeypatch.setattr(people, "PAGE_SIZE", 2)
    monkeypatch.setattr(people, "LOOKED_AT", 3)
    shop.live(Arm.TREATED, 7, 3)
    shop.live(Arm.CONTROL, 3, 1)
    shop.live(Arm.CONTROL, 1, 0, store_id=shop.lille.id, exit_reason=ExitReason.PLAN_OFF)
    shop.publish()
    shop.live(
        Arm.TREATED, 1, 0, state=EnrolmentState.WAITING, step_key="welcome", exit_reason=None, ended_at=None
    )
    shop.live(Arm.TREATED, 1, 0, at=TUESDAY - timedelta(days=2))
    twice = shop.person(preferred_store_id=shop.lyon.id)
    for days in (0, 3):
        shop.enter(twice, at=ENTERED + timedelta(days=days))
    for number in range(4):
        who = shop.person(preferred_store_id=shop.lyon.id)
        mail, passage = f"life{shop.count}@client.example", shop.enter(who)
        state = MessageState.BOUNCED if number == 3 else MessageState.ACCEPTED
        sent = shop.send(passage, state=state)
        if number == 0:
            session.add(
                LinkClick(
                    message_id=sent.id, position=0, link_count=1, clicked_at=ENTERED, label=Visitor.HUMAN, sign=Sign.NONE
                )
            )  # fmt: skip
        if number == 1:
            at = ENTERED + timedelta(days=2)
            note_refusal(give_consent(mail, action=ConsentAction.WITHDRAWN, now=at), now=at)
        if number == 2:
            session.add(
                DeliveryReceipt(
                    message_id=sent.id, kind=ReceiptKind.COMPLAINT, reference="c", received_at=ENTERED
                )
            )
    shop.run(passage, "second_purchase", StepOutcome.SKIPPED)
    session.commit()
    return shop


def links_of(client: FlaskClient, url: str) -> dict[str, str]:
    page = BeautifulSoup(client.get(url).text, "html.parser")
    return {
        str(link["href"]): link.get_text(" ", strip=True) for link in page.select(f'main a[href^="{BEHIND}"]')
    }


def walk(client: FlaskClient, url: str) -> list[str]:
    rows: list[str] = []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = BeautifulSoup(answer.text, "html.parser")
        rows += [str(link["href"]) for link in page.select("main tbody th a")]
        further = [str(link["href"]) for link in page.select(".pager a") if "after=" in str(link["href"])]
        url = further[0] if further else ""
    return rows


def test_every_figure_opens_as_many_customers_as_it_says(
    lived: Shop, client: FlaskClient, session: Session
) -> None:
    """Stages, steps, exits, versions and stores, in pages of two; tiles lead to the same lists."""
    manager(client, session)
    said = _counted(links_of(client, PAGE))
    assert len(said) >= 15
    for url, count in (said | _counted(links_of(client, f"{PAGE}?store=LYO&version=1"))).items():
        assert len(walk(client, url)) == count, url
    stages = {
        stage: len(walk(client, f"{BEHIND}?stage={stage}"))
        for stage in ("entered", "sent", "delivered", "engaged")
    }
    assert stages == {"entered": 15, "sent": 4, "delivered": 3, "engaged": 1}
    assert (
        len(walk(client, f"{BEHIND}?stage=unsubscribed"))
        == len(walk(client, f"{BEHIND}?stage=complained"))
        == 1
    )
    assert len(walk(client, f"{BEHIND}?stage=compared")) == 13, (
        "the second entry opened no window, one is still open"
    )
    assert len(walk(client, f"{BEHIND}?stage=bought")) == 3
    assert len(walk(client, f"{BEHIND}?stage=bought&arm=control")) == 1
    text = re.sub(r"[\s\u202f\u00a0]+", " ", client.get(f"{BEHIND}?stage=bought").text)
    assert text.count("100 €") == 2, (
        "what each of the first page spent: passages without an order take no room"
    )


def _counted(found: dict[str, str]) -> dict[str, int]:
    return {url: int(text) for url, text in found.items() if text.isdigit()}


def test_it_is_for_those_who_may_see_the_customers(
    lived: Shop, client: FlaskClient, session: Session
) -> None:
    log_in(client, make_agent(session, role=Role.STORE_MANAGER, store_ids=(lived.lille.id,)))
    assert walk(client, f"{BEHIND}?stage=entered") == []
    assert len(walk(client, f"{BEHIND}?stage=compared&arm=control")) == 1
    for asked in ("stage=none", "stage=left", "stage=entered&arm=none", "stage=sent&after=x", ""):
        assert client.get(f"{BEHIND}?{asked}").status_code == 422, asked
    assert client.get("/plans/none-such/results/people?stage=sent").status_code == 404
    with counted_statements() as statements:
        client.get(f"{BEHIND}?stage=compared&arm=control")
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    log_in(client, make_agent(session, "Ben Agent", role=Role.AGENT, store_ids=(lived.lyon.id,)))
    assert client.get(f"{BEHIND}?stage=sent").status_code == 403
