"""Names of raw mails, back-off, kinds."""

from hub.channels.mail_parsing import parse_mail
from hub.mailroom.rules import (
    MOST_ATTEMPTS,
    digest_of,
    find_message_id,
    find_return_token,
    is_readable,
    kind_of,
    next_wait,
)
from hub.mailroom.words import ArrivalKind


def test_the_message_id_is_read_from_the_headers_only() -> None:
    raw = b"From: a@b.example\r\nMessage-Id:\r\n <1@b.example>\r\n\r\nMessage-ID: <2@b.example>\r\n"
    assert find_message_id(raw, digest_of(raw)) == "<1@b.example>"


def test_a_missing_message_id_is_made_from_the_content() -> None:
    raw = b"From: a@b.example\n\nMessage-ID: <2@b.example>\n"
    made = find_message_id(raw, digest_of(raw))
    assert made == find_message_id(raw, digest_of(raw))
    assert made.endswith("@no-message-id.invalid>")


def test_attempts_wait_longer_and_end() -> None:
    waits = [next_wait(count) for count in range(1, MOST_ATTEMPTS)]
    assert all(wait is not None for wait in waits)
    assert waits == sorted(wait for wait in waits if wait)
    assert next_wait(MOST_ATTEMPTS) is None


def test_nothing_readable_is_for_quarantine_and_our_own_mail_is_a_machines() -> None:
    assert not is_readable(parse_mail(b""))
    own = parse_mail(b"From: lyon@hub.example\nSubject: x\n\nbonjour\n")
    assert kind_of(own, "hub.example") is ArrivalKind.MACHINE


def test_the_return_token_is_the_local_part_on_our_domain() -> None:
    assert find_return_token(("x@y.example", "B+abc.def@hub.example"), "hub.example") == "b+abc.def"
    assert find_return_token(("b+abc.def@evil.example",), "hub.example") is None
