"""What the poll decides: groups that fit into memory, the watermark, back-off, the envelope in a head."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mailroom import poll_rules, rules
from tests.conftest import TUESDAY


@given(st.dictionaries(st.integers(1, 10_000), st.integers(0, 10_000_000), max_size=80))
def test_groups_hold_each_mail_once_in_order_and_fit(sizes: dict[int, int]) -> None:
    groups = poll_rules.group_by_size(sizes)
    assert [uid for group in groups for uid in group] == sorted(sizes)
    for group in groups:
        assert 1 <= len(group) <= poll_rules.GROUP_MAILS
        assert len(group) == 1 or sum(sizes[uid] for uid in group) <= poll_rules.GROUP_BYTES


@given(st.integers(0, 50), st.lists(st.integers(1, 100)), st.lists(st.integers(1, 100)))
def test_the_watermark_never_falls_and_never_passes_a_missing_mail(
    last: int, done: list[int], missing: list[int]
) -> None:
    found = poll_rules.next_watermark(last, done, missing)
    assert found >= last
    assert all(uid > found for uid in missing if uid > last)
    assert missing or found == max([last, *done])


@pytest.mark.parametrize(
    ("errors", "wait"),
    [
        (0, timedelta(seconds=60)),
        (1, timedelta(minutes=1)),
        (4, timedelta(minutes=15)),
        (99, timedelta(hours=1)),
    ],
)
def test_failures_in_a_row_make_the_next_look_ever_later(errors: int, wait: timedelta) -> None:
    assert poll_rules.next_poll_at(errors, poll_seconds=60, machine_now=TUESDAY) == TUESDAY + wait


def test_one_alarm_for_a_fault_that_lasts() -> None:
    assert [poll_rules.needs_alarm(count, is_told=False) for count in (1, 2, 3, 4)] == [
        False,
        False,
        True,
        True,
    ]
    assert not poll_rules.needs_alarm(9, is_told=True)


@pytest.mark.parametrize(
    ("head", "sender", "recipients"),
    [
        (b"From: A <a@x.example>", "a@x.example", ()),
        (b"Return-Path: <>\r\nFrom: a@x.example", "", ()),
        (b"Return-Path: <b@y.example>\r\nFrom: a@x.example", "b@y.example", ()),
        (b"Delivered-To: L@x.example\r\nX-Original-To: m@x.example", "", ("l@x.example", "m@x.example")),
        (b"X-Other: <c@x.example>\r\n\r\nDelivered-To: body@x.example", "", ()),
        (b"Envelope-To: a@x.example,\r\n b@x.example", "", ("a@x.example", "b@x.example")),
        (b"Return-Path: <a\0b@y.example>", "ab@y.example", ()),
    ],
)
def test_the_envelope_is_what_the_last_server_wrote(
    head: bytes, sender: str, recipients: tuple[str, ...]
) -> None:
    assert rules.find_envelope(head + b"\r\n\r\nbody") == (sender, recipients)
