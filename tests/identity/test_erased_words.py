"""An erasure takes the words of a customer out of what finds the tickets of others, and leaves theirs."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.identity import erasing
from hub.inbox.models import Ticket
from hub.inbox.queries import TicketFilters, list_tickets
from hub.inbox.words import InboxView
from hub.staff.rules import SYSTEM_VIEWER
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_received


@pytest.fixture
def rose(session: Session, hand_clock: HandClock) -> int:
    make_house(session)
    return make_customer(session, "Rose", "Blanc", mail="rose.blanc@gmail.com", phone="+33612345678").id


def write(session: Session, who: str, text: str) -> str:
    from_address = f"{who}@gmail.com"
    ticket_id = make_received(
        text=text, from_address=from_address, from_name=who, mail_message_id=f"<{who}@x>"
    ).ticket_id
    session.flush()
    return session.scalars(select(Ticket.number).where(Ticket.id == ticket_id)).one()


@pytest.fixture
def erased(session: Session, rose: int) -> Callable[[], None]:
    def erase() -> None:
        erasing.ask_erasure(rose, by=SYSTEM, now=TUESDAY)
        while erasing.work_erasures(lambda: None):
            pass

    return erase


def find(words: str) -> set[str]:
    page = list_tickets(TicketFilters(view=InboxView.ALL, search=words), SYSTEM_VIEWER)
    return {row.number for row in page.rows}


def test_ordinary_words_of_strangers_stay_findable(session: Session, erased: Callable[[], None]) -> None:
    plate = write(session, "dora", "Une rose sur un plat blanc, reçue fendue")
    friend = write(session, "emil", "Rose Blanc me l'a offerte, rose.blanc@gmail.com, 06 12 34 56 78")
    both = write(session, "lea", "Rose Blanc dit que les roses du plat sont fades")
    erased()
    assert find("rose blanc") == {plate}
    assert find("rose") == {plate, both}
    assert find("blanc") == {plate}
    assert find("gmail") == {plate, friend, both}
    assert find("emil") == {friend}
    assert find("offerte") == {friend}


def test_what_was_written_in_the_ticket_of_another_is_found_there_no_more(
    session: Session, erased: Callable[[], None]
) -> None:
    """Ordinary words of an emptied message: gone where nothing else in that ticket says them, also from its line."""
    number = write(session, "emil", "Le buffet est rayé")
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    make_received(
        subject=f"Re: [{number}]",
        text="Chez moi aussi le buffet a une charnière tordue",
        from_address="rose.blanc@gmail.com",
        from_name="Rose Blanc",
        mail_message_id="<rose@x>",
        references=("<emil@x>",),
    )
    session.flush()
    assert ticket.requester_address == "emil@gmail.com"
    assert find("charnière tordue") == {number}
    erased()
    session.expire_all()
    assert find("charnière") == find("tordue") == set()
    assert find("buffet rayé") == {number}
    assert ticket.preview == "Le buffet est rayé"
