"""Who sees which tickets, in which order, found by which words, at what cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.core.errors import Invalid, NotFound
from hub.core.words import Channel
from hub.inbox.actions import IncomingFile, assign, note_presence, reply, solve, transfer
from hub.inbox.queries import (
    TicketFilters,
    access_attachment,
    access_ticket,
    count_newer,
    count_views,
    list_customer_tickets,
    list_presence,
    list_thread,
    list_tickets,
)
from hub.inbox.words import InboxView, PresenceKind, TicketState
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.stores import make_store


class Scene:
    """Six tickets: four in Lyon, one in Lille, one in the central queue."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon = make_house(session)
        self.lille = make_store(session, "Lille", code="LIL")
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lille.id,))
        self.cleo = make_agent(session, "Cleo Marchand", role=Role.ADMINISTRATOR)
        self.views = {
            "ada": viewer_of(self.ada, self.lyon.id),
            "bo": viewer_of(self.bo, self.lille.id),
            "cleo": viewer_of(self.cleo),
        }
        self.got = [
            make_received(
                TUESDAY + timedelta(minutes=place),
                mail_message_id=f"<{place}@x>",
                subject=subject,
                from_address=f"p{place}@client.example",
                from_name=name,
                recipients=recipients,
                text=text,
            )
            for place, (subject, name, text, recipients) in enumerate(
                [
                    (
                        "Lampe cassée",
                        "Édouard Le Gall",
                        "L'abat-jour est fêlé",
                        ("lyon-part-dieu@hub.example",),
                    ),
                    ("Facture", "Anne Morel", "Je cherche mes factures", ("lyon-part-dieu@hub.example",)),
                    (
                        "Livraison",
                        "Zoé",
                        "Quand livrez-vous mes chevaux de bois",
                        ("lyon-part-dieu@hub.example",),
                    ),
                    ("Merci", "Paul", "Tout est parfait", ("lyon-part-dieu@hub.example",)),
                    ("Retour", "Lise", "Je renvoie la lampe", ("lille@hub.example",)),
                    ("Partenariat", "Agence", "Notre offre", ()),
                ]
            )
        ]

    def numbers(self, who: str, **filters: object) -> list[str]:
        page = list_tickets(TicketFilters(**filters), self.views[who])  # type: ignore[arg-type]
        return [row.subject for row in page.rows]


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_an_agent_sees_the_own_stores_and_only_the_head_office_the_central_queue(scene: Scene) -> None:
    assert scene.numbers("ada") == ["Lampe cassée", "Facture", "Livraison", "Merci"]
    assert scene.numbers("bo") == ["Retour"]
    assert len(scene.numbers("cleo")) == 6
    assert scene.numbers("cleo", view=InboxView.UNATTRIBUTED) == ["Partenariat"]
    assert scene.numbers("ada", view=InboxView.UNATTRIBUTED) == []
    assert scene.numbers("ada", view=InboxView.ALL, store_id=scene.lille.id) == []


def test_search_and_look_up_keep_to_the_same_scope(scene: Scene) -> None:
    assert scene.numbers("ada", view=InboxView.ALL, search="lampe") == ["Lampe cassée"]
    assert scene.numbers("cleo", view=InboxView.ALL, search="lampe") == ["Retour", "Lampe cassée"]
    lille = scene.got[4].number or ""
    assert access_ticket(lille.lower(), scene.views["bo"]).store_name == "Lille"
    with pytest.raises(NotFound):
        access_ticket(lille, scene.views["ada"])
    with pytest.raises(NotFound):
        access_ticket("T-2603-99999", scene.views["cleo"])


@pytest.mark.parametrize(
    "search", ["cassee", "CASSÉE", "edouard gall", "fele", "lamp", "casser lampe", "p0@client.example"]
)
def test_words_are_found_without_accents_by_beginning_and_by_stem(scene: Scene, search: str) -> None:
    assert "Lampe cassée" in scene.numbers("ada", view=InboxView.ALL, search=search)


def test_numbers_are_found_and_nonsense_is_not(scene: Scene) -> None:
    number = scene.got[1].number or ""
    assert scene.numbers("ada", view=InboxView.ALL, search=number) == ["Facture"]
    assert scene.numbers("ada", view=InboxView.ALL, search="zzz") == []
    assert len(scene.numbers("ada", view=InboxView.ALL, search="' & | ! :* \\")) == 4


def test_words_of_a_later_message_are_found(scene: Scene) -> None:
    make_received(
        in_reply_to="<2@x>",
        mail_message_id="<z@x>",
        text="Le hérisson attend",
        from_address="p2@client.example",
    )
    assert scene.numbers("ada", view=InboxView.ALL, search="herissons") == ["Livraison"]


def test_pages_follow_each_other_without_gap_or_double(scene: Scene) -> None:
    for view in (InboxView.WAITING, InboxView.OPEN, InboxView.ALL):
        seen: list[str] = []
        after = None
        while True:
            page = list_tickets(TicketFilters(view=view), scene.views["cleo"], after=after, size=2)
            seen += [row.number for row in page.rows]
            after = page.next_key
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 6
    with pytest.raises(Invalid):
        list_tickets(TicketFilters(), scene.views["cleo"], after="nonsense")


def test_views_follow_what_happens(scene: Scene) -> None:
    by = actor_of(scene.ada)
    ids = [got.ticket_id or 0 for got in scene.got]
    assign(ticket_id=ids[1], assignee_id=scene.ada.id, by=by, now=TUESDAY)
    reply(ticket_id=ids[0], text="Voilà", by=by, now=TUESDAY)
    solve(ticket_id=ids[3], reason_id=make_reason(scene.session).id, by=by, now=TUESDAY)
    assert scene.numbers("ada") == ["Facture", "Livraison"]
    assert scene.numbers("ada", view=InboxView.MINE) == ["Facture"]
    assert scene.numbers("ada", view=InboxView.UNASSIGNED) == ["Lampe cassée", "Livraison"]
    assert scene.numbers("ada", view=InboxView.SOLVED) == ["Merci"]
    assert scene.numbers("ada", view=InboxView.ALL, state=TicketState.SOLVED) == ["Merci"]
    assert scene.numbers("ada", view=InboxView.ALL, channel=Channel.SMS) == []
    counts = count_views(scene.views["ada"])
    assert (counts[InboxView.WAITING], counts[InboxView.MINE], counts[InboxView.OPEN]) == (2, 1, 3)
    assert count_views(scene.views["cleo"])[InboxView.UNATTRIBUTED] == 1


def test_a_list_costs_three_statements_and_a_ticket_few(scene: Scene) -> None:
    assign(
        ticket_id=scene.got[0].ticket_id or 0, assignee_id=scene.ada.id, by=actor_of(scene.ada), now=TUESDAY
    )
    with counted(scene.session) as seen:
        list_tickets(TicketFilters(), scene.views["cleo"])
    assert len(seen) <= 3
    with counted(scene.session) as seen:
        ticket = access_ticket(scene.got[0].number or "", scene.views["ada"])
        list_thread(ticket.id)
    assert len(seen) <= 6


def test_a_transferred_ticket_changes_hands(scene: Scene) -> None:
    transfer(
        ticket_id=scene.got[0].ticket_id or 0, store_id=scene.lille.id, by=actor_of(scene.ada), now=TUESDAY
    )
    assert "Lampe cassée" in scene.numbers("bo")
    with pytest.raises(NotFound):
        access_ticket(scene.got[0].number or "", scene.views["ada"])


def test_a_file_is_only_for_who_may_see_its_ticket(scene: Scene) -> None:
    file = IncomingFile("photo.jpg", "image/jpeg", 12, "ab" * 32)
    got = make_received(attachments=(file,), mail_message_id="<f@x>")
    [row] = list_thread(got.ticket_id or 0)[0].attachments
    assert access_attachment(row.id, scene.views["ada"]).name == "photo.jpg"
    with pytest.raises(NotFound):
        access_attachment(row.id, scene.views["bo"])


def test_the_customers_tickets_and_the_count_of_new_ones(scene: Scene) -> None:
    ticket = access_ticket(scene.got[0].number or "", scene.views["ada"])
    assert ticket.customer_id is not None
    assert [row.number for row in list_customer_tickets(ticket.customer_id, scene.views["ada"])] == [
        ticket.number
    ]
    assert list_customer_tickets(ticket.customer_id, scene.views["bo"]) == []
    assert count_newer(scene.views["ada"], after_id=ticket.id) == 3


def test_presence_is_forgotten(scene: Scene) -> None:
    ticket_id = scene.got[0].ticket_id or 0
    for kind in (PresenceKind.VIEWING, PresenceKind.WRITING):
        note_presence(ticket_id=ticket_id, agent_id=scene.bo.id, kind=kind, machine_now=TUESDAY)
    [row] = list_presence(ticket_id, machine_now=TUESDAY, but_agent_id=scene.ada.id)
    assert (row.name, row.kind) == ("Bo Petit", PresenceKind.WRITING)
    assert list_presence(ticket_id, machine_now=TUESDAY + timedelta(minutes=1)) == []
