"""What counts as an answer: pure rules."""

from datetime import timedelta
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from hub.surveys import rules
from hub.surveys.links import box_links, read_token, token_of
from hub.surveys.rules import Confirmation, SeenTouch
from hub.surveys.words import Choice
from tests.conftest import TUESDAY

HAPPY, FINE, UNHAPPY = Choice.VERY_SATISFIED, Choice.SATISFIED, Choice.NOT_SATISFIED


def confirmation(choice: Choice, page: str, after_seconds: float) -> Confirmation:
    at = TUESDAY + timedelta(seconds=after_seconds)
    return Confirmation(choice, page, at - timedelta(seconds=5), at)


def test_two_choices_from_two_pages_within_a_minute_contradict() -> None:
    first = confirmation(HAPPY, "p1", 0)
    assert rules.is_contradiction(confirmation(UNHAPPY, "p2", 60), first)
    assert not rules.is_contradiction(confirmation(UNHAPPY, "p2", 61), first)
    assert not rules.is_contradiction(confirmation(UNHAPPY, "p1", 10), first), (
        "changing one's mind on the page"
    )
    assert not rules.is_contradiction(confirmation(HAPPY, "p2", 10), first)


def test_who_reads_the_question_for_ten_seconds_settles_what_came_before_it() -> None:
    def settle(seconds: float) -> Confirmation:
        opened_at = TUESDAY + timedelta(seconds=20)
        return Confirmation(
            FINE, "p3", opened_at, opened_at + timedelta(seconds=seconds), is_asked_again=True
        )

    assert rules.is_contradiction(settle(9), confirmation(HAPPY, "p1", 0))
    assert not rules.is_contradiction(settle(10), confirmation(HAPPY, "p1", 0))
    assert rules.is_contradiction(settle(10), confirmation(HAPPY, "p1", 25)), "a machine is still at work"


def test_a_page_is_answered_between_a_second_and_a_day() -> None:
    for seconds, good in ((0.5, False), (1, True), (86_400, True), (86_401, False), (-5, False)):
        at = TUESDAY + timedelta(seconds=seconds)
        assert rules.is_nonce_age_good(TUESDAY, at, least_seconds=1) is good


def test_two_boxes_within_a_minute_are_a_machine() -> None:
    def touches(*moments: tuple[str, int]) -> list[SeenTouch]:
        return [SeenTouch(choice, TUESDAY + timedelta(seconds=after)) for choice, after in moments]

    assert rules.is_burst(touches(("1", 0), ("2", 1), ("3", 2)))
    assert rules.is_burst(touches(("3", 60), ("1", 0)))
    assert not rules.is_burst(touches(("3", 0), ("3", 5)))
    assert not rules.is_burst(touches(("3", 0), ("1", 3600)))


def test_a_hammered_link_is_judged_in_no_time() -> None:
    moments = [SeenTouch("3", TUESDAY + timedelta(milliseconds=number)) for number in range(20_000)]
    began = perf_counter()
    assert not rules.is_burst(moments)
    assert perf_counter() - began < 1


@given(st.integers(min_value=1, max_value=2**62))
def test_links_are_short_and_read_back(invitation_id: int) -> None:
    links = box_links(invitation_id, "https://relation.chain.example")
    assert read_token(token_of(invitation_id)) == invitation_id
    assert all(len(link) <= 90 and "?" not in link for link in links.values())


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    assert read_token(text) is None


def test_a_token_with_one_other_letter_is_refused() -> None:
    token = token_of(42)
    last = "b" if token[-1] == "a" else "a"
    assert read_token(token[:-2] + last + token[-1]) is None or token[-2] == last
