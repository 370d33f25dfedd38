"""Which ticket a message belongs to."""

import pytest

from hub.core import signing
from hub.inbox.threading import (
    Hints,
    Known,
    choose_thread,
    follow_merges,
    make_message_id,
    make_reply_address,
    read_hints,
)
from hub.inbox.words import ThreadedBy

DOMAIN = "hub.example"
DORA, EVE = "dora@client.example", "eve@other.example"


@pytest.fixture(autouse=True)
def _key() -> None:
    signing.use_key("only for tests")


def hints(**fields: object) -> Hints:
    given = {"recipients": (), "in_reply_to": None, "references": (), "subject": "", "domain": DOMAIN}
    return read_hints(**{**given, **fields})  # type: ignore[arg-type]


def test_the_signed_reply_address_decides_even_in_another_case() -> None:
    address = make_reply_address(7, DORA, DOMAIN).upper()
    thread = choose_thread(hints(recipients=(address,)), Known(), sender=DORA)
    assert (thread.ticket_id, thread.by) == (7, ThreadedBy.SIGNED)


def test_a_reply_address_forwarded_to_a_stranger_still_names_the_ticket() -> None:
    known = Known(parties={7: frozenset({DORA})})
    address = make_reply_address(7, DORA, DOMAIN)
    assert choose_thread(hints(recipients=(address,)), known, sender=EVE).ticket_id == 7


def test_a_forged_code_or_ticket_names_nothing() -> None:
    known = Known(parties={8: frozenset({DORA})})
    forged = make_reply_address(7, DORA, DOMAIN).replace("t+7.", "t+8.")
    assert choose_thread(hints(recipients=(forged,)), known, sender=DORA).ticket_id is None
    assert (
        choose_thread(hints(recipients=("t+7.aaaaaaaaaaaaaaaa@hub.example",)), known, sender=DORA).ticket_id
        is None
    )


def test_our_message_id_is_genuine_only_for_its_recipient_and_domain() -> None:
    ours = make_message_id(7, 3, DORA, DOMAIN)
    assert choose_thread(hints(in_reply_to=ours), Known(), sender=DORA).by is ThreadedBy.SIGNED
    assert choose_thread(hints(in_reply_to=ours), Known(), sender=EVE).ticket_id is None
    assert (
        choose_thread(hints(in_reply_to=ours.replace(DOMAIN, "evil.example")), Known(), sender=DORA).ticket_id
        is None
    )


def test_references_are_read_from_the_right() -> None:
    known = Known(by_message_id={"<old@x>": 1, "<new@x>": 2})
    thread = choose_thread(hints(references=("<old@x>", "<new@x>")), known, sender=DORA)
    assert (thread.ticket_id, thread.by) == (2, ThreadedBy.REFERENCES)


def test_a_number_in_the_subject_counts_only_for_who_takes_part() -> None:
    known = Known(parties={5: frozenset({DORA})}, by_number={"T-2603-00005": 5})
    found = hints(subject="Re: [t-2603-00005] lampe")
    assert choose_thread(found, known, sender=DORA).by is ThreadedBy.SUBJECT
    stranger = choose_thread(found, known, sender=EVE)
    assert (stranger.ticket_id, stranger.related_id) == (None, 5)


def test_merges_are_followed_to_the_end_and_a_ring_ends() -> None:
    assert follow_merges(1, {1: 2, 2: 3}) == 3
    assert follow_merges(1, {1: 2, 2: 1}) in {1, 2}
    assert follow_merges(4, {}) == 4
