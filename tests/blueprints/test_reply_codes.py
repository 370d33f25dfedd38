"""A standard reply gives a promo code: chosen by an editor, said before the sending, drawn once, counted, taken back."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Language
from hub.inbox.actions.scheduling import send_due_replies
from hub.inbox.models import Gesture, ScheduledReply, Ticket, TicketMessage
from hub.inbox.queries import list_drafts, list_events
from hub.inbox.words import GestureState, MessageKind
from hub.knowledge.actions import save_standard_reply
from hub.knowledge.models import KnowledgeUse
from hub.knowledge.queries import get_standard_reply
from hub.loyalty.actions import switch_pool
from hub.loyalty.models import PromoCode, PromoGrant
from hub.loyalty.words import GrantState, PoolKind
from hub.outbox.models import OutboundMessage
from hub.staff.models import Agent
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics import queries as statistics
from hub.statistics.gestures import get_gesture_costs
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.knowledge import make_reply
from tests.makers.loyalty import make_pool
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import work_off

BODY = "Avec nos excuses : {{promo.code}}, {{promo.terms}} jusqu’au {{promo.ends_on}}."
TEXT = "Avec nos excuses : [code promo], [remise du code] jusqu’au [fin du code]."
MONTH = timedelta(days=30)


class Desk:
    """Lyon with Ada at work, a ticket of Dora's, and a pool of two codes worth 5 € that a reply gives."""

    def __init__(self, session: Session, client: FlaskClient) -> None:
        self.session, self.client = session, client
        self.lyon = make_house(session)
        self.hugo = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
        self.ada = make_agent(session, email="ada@verel.example", store_ids=(self.lyon.id,))
        self.pool_id = self.pool("Geste 5 euros", "GESTE1\nGESTE2")
        self.pool("En pour cent", "POUR10", percent=10, cents=None)
        self.pool("Pour tous", shared_code="TOUS5", kind=PoolKind.SHARED)
        self.pool("Passé", "PASSE5", starts_at=TUESDAY - 2 * MONTH, ends_at=TUESDAY - MONTH)
        self.pool("Vide")
        found = make_received()
        self.ticket = session.get_one(Ticket, found.ticket_id or 0)
        self.place = f"/inbox/{found.number}"
        self.reply_id = make_reply("Excuses", "Avec nos excuses.")

    def pool(
        self,
        name: str,
        codes: str = "",
        *,
        percent: int | None = None,
        cents: int | None = 500,
        **given: object,
    ) -> int:
        return make_pool(codes, name=name, discount_percent=percent, discount_cents=cents, **given)

    def as_person(self, agent: Agent) -> None:
        self.client.post("/session/sign-out")
        log_in(self.client, agent)

    def write(self, *, body: str = BODY, pool_id: int | str = "") -> str:
        form = {"title": "Excuses", "body": body, "language": "fr", "reason_id": "", "is_active": "1"}
        address = f"/knowledge/replies/{self.reply_id}/edit"
        return self.client.post(address, data={**form, "gives_pool_id": pool_id}, follow_redirects=True).text

    def send(self, key: str, text: str = TEXT, **more: object) -> str:
        given = {
            "text": text,
            "key": key,
            "standard_reply_id": self.reply_id,
            "acts_of": self.reply_id,
            **more,
        }
        shown = self.client.post(f"{self.place}/reply", data=given, follow_redirects=True).text
        self.session.expire_all()
        return shown

    def sent(self) -> list[TicketMessage]:
        mine = (TicketMessage.ticket_id == self.ticket.id, TicketMessage.kind == MessageKind.AGENT)
        return list(self.session.scalars(select(TicketMessage).where(*mine).order_by(TicketMessage.id)))

    def gestures(self) -> list[Gesture]:
        return list(self.session.scalars(select(Gesture).order_by(Gesture.id)))

    def held(self) -> list[str]:
        found = select(PromoCode.code).join(PromoGrant, PromoGrant.id == PromoCode.grant_id)
        return list(
            self.session.scalars(found.where(PromoGrant.state == GrantState.SENT).order_by(PromoCode.id))
        )


@pytest.fixture
def desk(session: Session, client: FlaskClient, hand_clock: HandClock) -> Desk:
    return Desk(session, client)


def test_an_editor_chooses_codes_that_can_be_given_and_says_where_they_go(desk: Desk) -> None:
    desk.as_person(desk.hugo)
    offered = desk.client.get(f"/knowledge/replies/{desk.reply_id}/edit").text
    names = re.findall(r"<option[^>]*>([^<]*)\(5,00", offered)
    assert [name.strip() for name in names] == ["Geste 5 euros"]
    assert "Veuillez choisir les codes promo" in desk.write()
    assert "{{promo.code}} dans le texte" in desk.write(body="Voici un code.", pool_id=desk.pool_id)
    assert "Geste 5 euros (5,00\xa0€)" in desk.write(pool_id=desk.pool_id)
    assert get_standard_reply(desk.reply_id).acts.pool_id == desk.pool_id
    desk.client.post(
        f"/knowledge/replies/{desk.reply_id}/paragraph",
        data={"store": desk.lyon.id, "text": "Et encore {{promo.code}}."},
    )
    assert get_standard_reply(desk.reply_id, desk.lyon.id).paragraph == ""


def test_the_code_is_drawn_once_with_the_sending_and_counts_as_a_gesture_until_it_is_taken_back(
    desk: Desk,
) -> None:
    desk.as_person(desk.hugo)
    desk.write(pool_id=desk.pool_id)
    desk.as_person(desk.ada)
    offered = desk.client.get(f"{desk.place}/suggestions", headers={"HX-Request": "true"}).text
    assert f'data-insert="{TEXT}"' in offered
    assert "Elle donne un code de «\xa0Geste 5 euros\xa0», 5,00\xa0€, à la place de [code promo]" in offered
    for _twice in range(2):
        desk.send("once")
    (message,) = desk.sent()
    whole = "Avec nos excuses : GESTE1, 5,00\xa0€ de remise jusqu’au 2 avril 2026."
    assert message.text == whole
    out = desk.session.get_one(OutboundMessage, message.outbound_id or 0)
    assert whole in out.values["reply_text"]
    (gesture,) = desk.gestures()
    assert (gesture.state, gesture.amount_cents, gesture.code) == (GestureState.DONE, 500, "GESTE1")
    assert (gesture.decided_by_id, gesture.text) == (desk.ada.id, "Excuses")
    assert desk.held() == ["GESTE1"]
    work_off()
    desk.session.expire_all()
    assert desk.session.scalars(select(KnowledgeUse.likeness)).one() == 100
    spent = get_gesture_costs(statistics.read_filters({}, now=TUESDAY), viewer=SYSTEM_VIEWER).total
    assert (spent.voucher_count, spent.voucher_cents) == (1, 500)

    desk.client.post(f"{desk.place}/undo", data={"message_id": message.id})
    desk.session.expire_all()
    assert (desk.sent(), desk.gestures(), desk.held()) == ([], [], [])
    composer = desk.client.get(desk.place).text
    assert f">{TEXT}</textarea>" in composer
    assert re.search(rf'name="acts_of" value="{desk.reply_id}" checked>', composer)
    assert "gesture_taken_back" in [row.action for row in list_events(desk.ticket.id)]
    desk.send("again")
    assert "GESTE1" in desk.sent()[0].text


def test_what_cannot_be_given_stays_in_the_composer_with_a_sentence_that_says_what_to_do(desk: Desk) -> None:
    desk.as_person(desk.hugo)
    desk.write(pool_id=desk.pool_id)
    desk.as_person(desk.ada)
    assert "Aucun code promo n’accompagne ce texte" in desk.send("a", acts_of="")
    assert "Veuillez écrire [code promo]" in desk.send("b", TEXT.replace("[code promo]", "un code"))
    desk.send("c", "Sans code, finalement.")
    assert (len(desk.sent()), desk.gestures()) == (1, [])  # no mark, no code
    desk.send("d")
    assert "dépasse ce que vous pouvez accorder" in _dearer(desk)
    assert desk.held() == ["GESTE1"]
    desk.session.execute(PromoCode.__table__.delete().where(PromoCode.grant_id.is_(None)))
    assert "aucun code promo de «\xa0Geste 5 euros" in desk.send("f")
    actions_of = desk.client.get(f"{desk.place}/suggestions", headers={"HX-Request": "true"}).text
    assert "Il ne reste aucun code promo" in actions_of
    _switch_off(desk)
    assert "ne sont plus valables" in desk.send("g")
    (draft,) = list_drafts(desk.ticket.id, desk.ada.id)
    assert (draft.text, draft.inserted["acts_of"]) == (TEXT, [desk.reply_id])
    assert (len(desk.sent()), len(desk.gestures())) == (2, 1)


def _dearer(desk: Desk) -> str:
    """An agent gives 10 € on a ticket alone: after a code of 5 €, one of 6 € is too much."""
    before = desk.pool_id
    dear = desk.pool("Geste 6 euros", "GESTE6", cents=600)
    desk.as_person(desk.hugo)
    desk.write(pool_id=dear)
    desk.as_person(desk.ada)
    shown = desk.send("e")
    desk.as_person(desk.hugo)
    desk.write(pool_id=before)
    desk.as_person(desk.ada)
    return shown


def _switch_off(desk: Desk) -> None:
    switch_pool(pool_id=desk.pool_id, is_active=False, by=actor_of(desk.hugo), now=TUESDAY)


def test_a_reply_kept_for_later_says_what_it_gives_and_draws_the_code_when_it_leaves(
    desk: Desk, hand_clock: HandClock
) -> None:
    desk.as_person(desk.hugo)
    desk.write(pool_id=desk.pool_id)
    desk.as_person(desk.ada)
    given = {"text": TEXT, "standard_reply_id": desk.reply_id, "acts_of": desk.reply_id}
    said = "Elle donne un code de «\xa0Geste 5 euros\xa0»"
    assert said in desk.client.post(f"{desk.place}/later", data=given).text
    moment = {"day": "2026-03-04", "time": "10:00"}
    shown = desk.client.post(f"{desk.place}/schedule", data={**given, **moment}, follow_redirects=True).text
    assert said in shown
    assert desk.held() == []
    kept = desk.session.scalars(select(ScheduledReply)).one()
    changing = f"{desk.place}/scheduled/{kept.id}"
    assert said in desk.client.get(changing).text
    assert desk.client.post(changing, data={"text": f"Madame. {TEXT}", **moment}).status_code == 303
    hand_clock.move(days=1)
    later = TUESDAY + timedelta(days=1)
    send_due_replies(now=later, machine_now=later, size=5)
    assert "Madame. Avec nos excuses : GESTE1" in desk.sent()[0].text
    assert desk.held() == ["GESTE1"]


def test_two_texts_of_one_reply_never_share_a_language(desk: Desk) -> None:
    save_standard_reply(
        reply_id=None,
        key="excuses",
        language=Language.ENGLISH,
        title="Sorry",
        body="Sorry.",
        by=SYSTEM,
        now=TUESDAY,
    )
    desk.as_person(desk.hugo)
    form = {
        "title": "Excuses",
        "body": "Avec nos excuses.",
        "language": "en",
        "reason_id": "",
        "gives_pool_id": "",
    }
    answer = desk.client.post(f"/knowledge/replies/{desk.reply_id}/edit", data=form)
    assert answer.status_code == 422
    assert "Cette réponse existe déjà dans cette langue" in answer.text
    second = make_reply("Excuses 2", "Bis.")
    assert second
    assert make_reply("Excuses", "Ter.")  # neither `excuses` nor `excuses-2`
