"""The language of segments: what is refused, in which words; what it says in English; how groups work together."""

from datetime import date
from typing import Any

import pytest

from hub.core.errors import Invalid
from hub.segments.conditions.fields import FIELDS
from hub.segments.conditions.reading import MOST_CONDITIONS, read_tree, write_tree
from hub.segments.conditions.sentences import Speaker, ids_named, say_tree
from hub.segments.conditions.tree import Condition, Group, conditions_of, holds, pruned, segments_in, without
from hub.segments.conditions.words import Match, Source

ENGLISH = Speaker(
    say=lambda text, **values: text % values if values else text,
    name=lambda source, value: f"{source}-{value}",
    day=lambda day: f"{day:%d/%m/%Y}",
    money=lambda cents: f"€{cents / 100:.2f}",
    number=lambda number: f"{number}",
)


def tree(*parts: Any, match: str = "all") -> Group:
    return read_tree({"version": 1, "root": {"match": match, "parts": list(parts)}}, FIELDS)


def part(field: str, test: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "test": test} | ({} if value is None else {"value": value}) | more


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (part("customer.shoe", "yes"), "Nothing is known as “customer.shoe”"),
        (part("customer.age", "contains", ["x"]), "Please choose how “Age in years” is compared"),
        (part("customer.age", "at_least", "old"), "Please give a number"),
        (part("customer.age", "at_least", True), "Please give a number"),
        (part("customer.age", "at_least", float("inf")), "Please give a number"),
        (part("customer.age", "between", [9]), "Please give both ends"),
        (part("customer.age", "between", [9, 3]), "The first value is above the second"),
        (part("customer.birthday", "in_next", 400), "from 1 to 366"),
        (part("customer.created", "since", "03/03/2026"), "Please give a date"),
        (part("customer.language", "one_of", []), "at least one value"),
        (part("customer.language", "one_of", ["de"]), "“de” is not one of the values"),
        (part("store.preferred", "one_of", ["1; DROP"]), "is not one of the values"),
        (part("customer.company", "contains", ["x\x00"]), "is not one of the values"),
        (part("customer.company", "contains", ["x"] * 1 + [str(n) for n in range(300)]), "too many values"),
        (part("orders.placed", "at_least", 1.5), "Please give a whole number"),
        (part("orders.placed", "ever", within={"last_days": 0}), "from 1 to 36500"),
        (part("orders.placed", "ever", within={}), "first or the last day"),
        (
            part("orders.placed", "ever", within={"from": "2026-03-01", "to": "2026-02-01"}),
            "ends before it begins",
        ),
        (part("customer.card", "yes", within={"last_days": 3}), "has no period"),
        (part("orders.placed", "ever", only={"colour": ["red"]}), "cannot be narrowed like that"),
        (part("consents.given", "yes", only={"channel": ["email"]}), "at least one value in each list"),
        (part("customer.card", "yes", **{"not": "maybe"}), "cannot be read"),
        ({"match": "most", "parts": []}, "group of the segment cannot be read"),
        ("nonsense", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_with_its_place(given: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        tree(part("customer.card", "yes"), given)
    assert refused.value.field == "root.1"


def test_size_and_depth_end_somewhere() -> None:
    card = part("customer.card", "yes")
    with pytest.raises(Invalid, match="at most 40 conditions"):
        tree(*[card] * (MOST_CONDITIONS + 1))
    deep: dict[str, Any] = card
    for _ in range(4):
        deep = {"match": "all", "parts": [deep]}
    tree(deep)
    with pytest.raises(Invalid, match="at most 5 deep"):
        tree({"match": "all", "parts": [deep]})
    with pytest.raises(Invalid, match="version 1"):
        read_tree({"version": 2, "root": {}}, FIELDS)


def test_what_is_written_is_read_again() -> None:
    root = tree(
        part("orders.placed", "between", [1, 3], within={"from": "2026-01-01"}, only={"store": ["4"]}),
        {"match": "none", "parts": [part("customer.created", "until", "2025-12-31", **{"not": True})]},
    )
    assert read_tree(write_tree(root), FIELDS) == root
    assert [each.values for each in conditions_of(root)] == [(1, 3), (date(2025, 12, 31),)]


def test_groups_and_or_not() -> None:
    one, two = part("customer.card", "yes"), part("customer.mail", "yes")

    def held(root: Group, *said: str) -> bool:
        return holds(root, lambda each: each.field.key in {f"customer.{word}" for word in said})

    assert [held(tree(one, two), *said) for said in ((), ("card",), ("card", "mail"))] == [False, False, True]
    either = tree(one, two, match="any")
    assert [held(either, *said) for said in ((), ("card",), ("card", "mail"))] == [False, True, True]
    neither = tree(one, two, match="none")
    assert [held(neither, *said) for said in ((), ("card",), ("card", "mail"))] == [True, False, False]
    assert held(tree({**one, "not": True}, two), "mail")
    nested = tree(two, {"match": "any", "parts": [one, {"match": "all", "parts": []}]})
    assert [part.match for part in pruned(nested).parts if isinstance(part, Group)] == [Match.ANY]
    assert [each.field.key for each in conditions_of(without(nested, 1))] == ["customer.mail"]
    assert not any(isinstance(each, Group) for each in without(nested, 1).parts)


def test_a_segment_is_said_in_words() -> None:
    root = tree(
        part("products.bought", "at_least", 2, only={"sku": ["LAMPE-01"]}, within={"last_days": 90}),
        {
            "match": "any",
            "parts": [
                part("orders.net", "between", [5_000, 10_000]),
                part("customer.language", "one_of", ["fr", "en"], **{"not": True}),
                {"match": "none", "parts": [part("messages.clicked", "ever", within={"to": "2026-03-03"})]},
            ],
        },
    )
    assert say_tree(root, ENGLISH) == (
        "Bought an article: at least 2 times · of the articles sku-LAMPE-01 · in the last 90 days and "
        "(Amount ordered, less returns: from €50.00 to €100.00 or not: Language: language-fr or language-en or "
        "not (Clicked in a message: at least once · until 03/03/2026))"
    )
    assert say_tree(tree(), ENGLISH) == "every customer"


def test_what_a_segment_names_is_known() -> None:
    root = tree(part("segments.member", "one_of", ["3", "4"]), part("store.preferred", "one_of", ["9"]))
    assert segments_in(root) == {3, 4}
    assert ids_named(root) == {Source.SEGMENT: {3, 4}, Source.STORE: {9}}
    assert all(isinstance(each, Condition) for each in conditions_of(root))
