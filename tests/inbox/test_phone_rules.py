"""What is known of a call: whatever order its callbacks come in, and however often, it ends the same."""

from hypothesis import given
from hypothesis import strategies as st

from hub.inbox import phone_rules
from hub.inbox.phone_rules import CallFacts, CallNews, is_surely_missed, patience, state_of
from hub.inbox.words import PhoneCallState as S
from tests.makers.calls import CALL, callbacks

FACTS = st.builds(CallFacts, *[st.booleans()] * 6)
LATER = {
    S.RINGING: set(S),
    S.MESSAGE: set(S) - {S.RINGING},
    S.TALKING: {S.TALKING, S.ANSWERED},
    S.ANSWERED: {S.ANSWERED},
    S.MISSED: {S.MISSED, S.VOICEMAIL, S.ANSWERED},
    S.VOICEMAIL: {S.VOICEMAIL, S.TALKING, S.ANSWERED},
}
STORIES = {
    ("answered", "ended_answered", "leg_over", "over"): S.ANSWERED,
    ("ended_missed", "recorded", "recording_there", "over"): S.VOICEMAIL,
    ("ended_missed", "silent", "over"): S.MISSED,
    ("ended_busy", "over"): S.MISSED,
    ("ended_gone", "over"): S.MISSED,
}


def read(name: str) -> CallNews:
    path, fields = callbacks(CALL)[name]
    read_of = {
        "": phone_rules.read_call,
        "/ended": phone_rules.read_dial_end,
        "/recorded": phone_rules.read_recording,
        "/status": phone_rules.read_status,
    }
    return read_of[path](fields)


@given(
    st.sampled_from(list(STORIES)).flatmap(
        lambda story: st.tuples(st.just(story), st.permutations(story * 2))
    )
)
def test_callbacks_in_any_order_and_twice_end_in_the_same_state(
    told: tuple[tuple[str, ...], list[str]],
) -> None:
    story, heard = told
    known = CallFacts(is_dialled=True)
    for name in heard:
        before = state_of(known)
        news = read(name)
        assert news.sid == CALL
        known |= news.facts
        assert state_of(known) in LATER[before], (before, name, state_of(known))
    assert state_of(known) is STORIES[story]
    assert is_surely_missed(known) is (STORIES[story] is not S.ANSWERED)


@given(FACTS, FACTS, FACTS)
def test_what_is_known_only_grows(one: CallFacts, two: CallFacts, three: CallFacts) -> None:
    assert one | two == two | one
    assert (one | two) | three == one | (two | three)
    assert one | one == one
    is_rung_after_all = two.is_dialled and not one.is_dialled
    if two.is_ours and not one.is_ours:
        assert state_of(one | two) in {S.MESSAGE, S.MISSED, S.VOICEMAIL}, (
            "our own machine is nobody on the line"
        )
    else:
        assert state_of(one | two) in LATER[state_of(one)] | ({S.RINGING} if is_rung_after_all else set())


@given(FACTS)
def test_a_call_that_nobody_ends_is_over_in_the_end(facts: CallFacts) -> None:
    ended = phone_rules.lapse(facts)
    assert patience(ended) is None
    assert state_of(ended) in {S.ANSWERED, S.MISSED, S.VOICEMAIL}
    assert is_surely_missed(ended) is (state_of(ended) is not S.ANSWERED and not ended.is_ours)


def test_a_call_that_ended_while_it_rang_waits_for_the_word_of_the_store() -> None:
    """The customer's call is over, the callback that says whether the store had answered is still on its way."""
    known = CallFacts(is_dialled=True) | read("over").facts
    assert not is_surely_missed(known)
    assert patience(known) == phone_rules.GRACE
    assert state_of(known | read("ended_answered").facts) is S.ANSWERED
    assert is_surely_missed(known | read("ended_missed").facts)


def test_hidden_callers_have_no_number() -> None:
    hidden = ("anonymous", "Anonymous", "+266696687", "+7378742883", "", "sip:ada@example.com", "Restricted")
    assert [phone_rules.caller_of(each) for each in hidden] == [None] * len(hidden)
    assert phone_rules.caller_of("+33639980001") == "+33639980001"


def test_a_recording_that_is_not_there_is_asked_for_ever_later_and_then_no_more() -> None:
    waits = [phone_rules.fetch_wait(count) for count in range(1, len(phone_rules.FETCH_WAITS) + 2)]
    known = [wait for wait in waits if wait is not None]
    assert waits[-1] is None
    assert known == sorted(known)
