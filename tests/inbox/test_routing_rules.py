"""What a routing rule asks, what it sets, and how rules work together."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.text import fold
from hub.inbox.routing_rules import (
    Case,
    Condition,
    Effects,
    Rule,
    evaluate,
    from_content,
    has_words,
    holds,
    is_address,
    matches,
    to_content,
)
from hub.inbox.routing_words import RuleField, RuleMatch, RuleTest

F, T = RuleField, RuleTest
CASE = Case(
    channel="email",
    subject="Demande de facture",
    text="Bonjour, pourriez-vous m’envoyer la FACTURE de ma lampe ?",
    sender="dora@mail.client.example",
    written_to=("lyon-part-dieu@hub.example",),
    language="fr",
    reason_ids=(7, 3),
    priority="normal",
    standing="loyal",
    order_state="delivered",
    order_cents=12_000,
    store_id=4,
    is_open_now=True,
    has_attachment=False,
)


def ask(field: RuleField, *values: str, test: RuleTest = T.IS) -> Condition:
    return Condition(field, test, values)


def make_rule(*conditions: Condition, **fields: object) -> Rule:
    return Rule(
        **{
            "id": 1,
            "name": "Rule",
            "version_number": 1,
            "is_active": True,
            "match": RuleMatch.ALL,
            "conditions": conditions,
            "effects": Effects(priority="high"),
            **fields,
        }
    )


@pytest.mark.parametrize(
    "condition",
    [
        ask(F.CHANNEL, "sms", "email"),
        ask(F.TEXT, "facture"),
        ask(F.TEXT, "demande  de FACTURE"),
        ask(F.TEXT, "pourri*"),
        ask(F.SENDER, "dora@mail.client.example"),
        ask(F.SENDER, "client.example"),
        ask(F.SENDER, "@mail.client.example"),
        ask(F.WRITTEN_TO, "lyon-part-dieu@"),
        ask(F.LANGUAGE, "fr"),
        ask(F.REASON, "7"),
        ask(F.REASON, "3"),
        ask(F.PRIORITY, "normal"),
        ask(F.STANDING, "loyal"),
        ask(F.ORDER_STATE, "delivered"),
        ask(F.ORDER_AMOUNT, "12000", test=T.AT_LEAST),
        ask(F.ORDER_AMOUNT, "12000", test=T.AT_MOST),
        ask(F.STORE, "4"),
        ask(F.OPEN_NOW, "yes"),
        ask(F.ATTACHMENT, "no"),
    ],
)
def test_each_field_is_asked(condition: Condition) -> None:
    assert holds(condition, CASE)
    if condition.test is T.IS:
        opposite = Condition(condition.field, T.IS_NOT, condition.values)
        assert not holds(opposite, CASE)


@pytest.mark.parametrize(
    "condition",
    [
        ask(F.TEXT, "fact"),
        ask(F.TEXT, "acture"),
        ask(F.TEXT, "*"),
        ask(F.SENDER, "ient.example"),
        ask(F.SENDER, "ora@mail.client.example"),
        ask(F.WRITTEN_TO, "lyon@"),
        ask(F.REASON, "none"),
        ask(F.ORDER_AMOUNT, "12001", test=T.AT_LEAST),
        ask(F.ORDER_AMOUNT, "11999", test=T.AT_MOST),
        ask(F.STORE, "0"),
        ask(F.OPEN_NOW, "no"),
        ask(F.ATTACHMENT, "yes"),
    ],
)
def test_what_is_not_there_does_not_hold(condition: Condition) -> None:
    assert not holds(condition, CASE)


def test_what_is_not_known_meets_no_amount_and_no_hours() -> None:
    bare = Case(channel="email")
    for condition in (
        ask(F.ORDER_AMOUNT, "0", test=T.AT_LEAST),
        ask(F.ORDER_AMOUNT, "99999999", test=T.AT_MOST),
        ask(F.OPEN_NOW, "yes", "no"),
        ask(F.STANDING, "loyal"),
    ):
        assert not holds(condition, bare)
    assert holds(ask(F.REASON, "none"), bare)
    assert holds(ask(F.STORE, "0"), bare)
    assert holds(ask(F.STANDING, "none"), bare)


def test_the_domain_below_a_domain_counts_and_one_that_only_ends_alike_does_not() -> None:
    assert is_address("a@shop.verel.example", "verel.example")
    assert not is_address("a@notverel.example", "verel.example")


def test_later_rules_see_what_earlier_ones_set_and_decide_where_both_do() -> None:
    first = make_rule(ask(F.TEXT, "facture"), effects=Effects(reason_id=9, priority="high", tags=("a",)))
    second = make_rule(ask(F.REASON, "2"), id=2, effects=Effects(store_id=0, priority="low", tags=("b", "a")))
    outcome = evaluate([first, second], CASE, parents={9: 2, 2: None})
    assert [hit.rule_id for hit in outcome.hits] == [1, 2]
    assert outcome.effects == Effects(store_id=0, reason_id=9, priority="low", tags=("a", "b"))
    assert evaluate([second, first], CASE, parents={9: 2}).effects.store_id is None


def test_a_rule_that_stops_ends_the_list() -> None:
    stop = make_rule(ask(F.CHANNEL, "email"), stops_after=True)
    later = make_rule(ask(F.CHANNEL, "email"), id=2, effects=Effects(priority="low"))
    assert evaluate([stop, later], CASE).effects.priority == "high"
    assert evaluate([later, stop], CASE).effects.priority == "high"


def test_whether_another_store_is_open_is_not_known_after_a_rule_moved_the_ticket() -> None:
    move = make_rule(ask(F.STORE, "4"), effects=Effects(store_id=5))
    is_open = make_rule(ask(F.OPEN_NOW, "yes"), id=2)
    assert [hit.rule_id for hit in evaluate([move, is_open], CASE).hits] == [1]


def test_a_rule_is_kept_and_read_back_as_it_was() -> None:
    rule = make_rule(
        ask(F.TEXT, "facture"),
        match=RuleMatch.ANY,
        effects=Effects(store_id=0, tags=("pro",)),
        stops_after=True,
    )
    content = to_content(rule.match, rule.conditions, rule.effects, stops=rule.stops_after)
    assert from_content(content, rule_id=1, name="Rule", version_number=1, is_active=True) == rule


words = st.text(alphabet=string.ascii_letters + "éèçàœ0123456789", min_size=1, max_size=12)
conditions = st.one_of(
    st.builds(lambda v: ask(F.CHANNEL, v), st.sampled_from(["email", "sms", "form"])),
    st.builds(lambda v: ask(F.TEXT, v), words),
    st.builds(
        lambda v, t: ask(F.STORE, str(v), test=t), st.integers(0, 3), st.sampled_from([T.IS, T.IS_NOT])
    ),
    st.builds(lambda v: ask(F.PRIORITY, v), st.sampled_from(["normal", "high"])),
    st.builds(
        lambda v, t: ask(F.ORDER_AMOUNT, str(v), test=t),
        st.integers(0, 99),
        st.sampled_from([T.AT_LEAST, T.AT_MOST]),
    ),
)
effects = st.builds(
    Effects,
    store_id=st.none() | st.integers(0, 3),
    priority=st.none() | st.sampled_from(["low", "normal", "high"]),
    tags=st.lists(st.sampled_from("abc"), max_size=2).map(tuple),
)


def numbered(found: list[Rule]) -> list[Rule]:
    return [replace(rule, id=place) for place, rule in enumerate(found, 1)]


rules = st.lists(
    st.builds(
        lambda asked, match, is_active, stops, effect: make_rule(
            *asked, match=match, is_active=is_active, stops_after=stops, effects=effect
        ),
        st.lists(conditions, max_size=3),
        st.sampled_from(list(RuleMatch)),
        st.booleans(),
        st.booleans(),
        effects,
    ),
    max_size=5,
).map(numbered)
cases = st.builds(
    Case,
    channel=st.sampled_from(["email", "sms", "form"]),
    text=st.lists(words, max_size=4).map(" ".join),
    priority=st.sampled_from(["normal", "high"]),
    store_id=st.none() | st.integers(1, 3),
    order_cents=st.none() | st.integers(0, 99),
)


@given(rules, cases)
def test_rules_off_and_rules_behind_a_stop_change_nothing(given_rules: list[Rule], case: Case) -> None:
    outcome = evaluate(given_rules, case)
    hits = [hit.rule_id for hit in outcome.hits]
    assert hits == sorted(set(hits))
    assert evaluate([rule for rule in given_rules if rule.is_active], case) == outcome
    stopped = next((rule.id for rule in given_rules if rule.id in hits and rule.stops_after), None)
    if stopped is not None:
        assert evaluate([rule for rule in given_rules if rule.id <= stopped], case) == outcome
        assert hits[-1] == stopped
    for name, value in outcome.effects.given().items():
        if name != "tags":
            setting = [hit.changes[name] for hit in outcome.hits if name in hit.changes]
            assert setting[-1] == value


@given(st.lists(conditions, max_size=4), cases)
def test_what_meets_all_conditions_meets_any_and_no_condition_is_no_match(
    asked: list[Condition], case: Case
) -> None:
    every, one = make_rule(*asked), make_rule(*asked, match=RuleMatch.ANY)
    assert not matches(every, case) or matches(one, case)
    assert matches(every, case) == (bool(asked) and all(holds(each, case) for each in asked))
    assert matches(one, case) == any(holds(each, case) for each in asked)


@given(words, st.lists(words, max_size=3), st.lists(words, max_size=3))
def test_words_are_found_without_regard_to_accents_and_case(
    word: str, before: list[str], after: list[str]
) -> None:
    text = " ".join([*before, word.upper(), *after])
    assert has_words(text, [word])
    assert has_words(fold(text), [word])
    assert has_words(text, [fold(word)])
    assert has_words(text, [word[:1] + "*"])
