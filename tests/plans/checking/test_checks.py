"""Every finding by a minimal plan that has it, and the same plan mended."""

from dataclasses import replace
from typing import Any

import pytest

from hub.core.words import Language
from hub.plans.checking.known import Known
from tests.plans.checking.world import WORLD, findings, plan, send, told

Plan = dict[str, Any]
FORK = {"key": "fork", "kind": "split", "otherwise": "b", "when": [{"is": "known_customer"}]}
END = {"key": "end", "kind": "end"}
GIVE = {"key": "give", "kind": "promo", "pool": "ten"}
YES_TO_SMS = {"is": "consent", "channel": "sms", "purpose": "promotion"}
UNHAPPY = {"is": "segment", "id": 2}
SERVICE: dict[str, Any] = {"purpose": "service"}


CASES: tuple[tuple[str, str, Plan, Plan], ...] = (
    ("after an end", "unreachable b", plan(send("a"), END, send("b", days=4)), plan(send("a"), send("b", days=4), END)),
    (
        "jumped over",
        "unreachable b",
        plan(send("a", next="c"), send("b", days=4), send("c", days=5)),
        plan(send("a"), send("b", days=4), send("c", days=5)),
    ),
    (
        "a fork that asks nothing",
        "unreachable b",
        plan(FORK | {"when": []}, send("a"), END, send("b", is_branch=True)),
        plan(FORK, send("a"), END, send("b", is_branch=True)),
    ),
    (
        "a branch no answer leads to",
        "unreachable b",
        plan(send("a"), send("b", anchor="answer", is_branch=True)),
        plan(send("a"), send("b", days=1)),
    ),
    ("a letter to colleagues", "not_for_customers a", plan(send("a", template="password")), plan(send("a"))),
    (
        "a letter of another room",
        "no_value a",
        plan(send("a", template="confirm", **SERVICE)),
        plan(send("a", template="sorry", **SERVICE)),
    ),
    (
        "sells after the purchase",
        "no_exit",
        plan(send("a"), send("b", days=4), exits=()),
        plan(send("a"), send("b", days=4), exits=("purchased",)),
    ),
    (
        "sells after the purchase, mended by a condition",
        "no_exit",
        plan(send("a"), send("b", days=4), exits=()),
        plan(send("a"), send("b", days=4, when=[{"is": "purchased", "not": True}]), exits=()),
    ),
    (
        "always too late",
        "always_late b",
        plan(send("a", days=10), send("b", days=2, expires_days=7)),
        plan(send("a", days=10), send("b", days=12, expires_days=7)),
    ),
    (
        "too late for its first message",
        "always_late b",
        plan(send("a", days=10), send("b", days=0, anchor="entry", expires_days=3)),
        plan(send("a", days=10), send("b", days=2, anchor="first_message", expires_days=3)),
    ),
    (
        "a code that never comes in time",
        "always_late give",
        plan(send("a", days=10), GIVE, send("b", days=12)),
        plan(send("a", days=10), GIVE | {"delay": {"days": 12}}, send("b", days=12)),
    ),
    ("goes back", "(backwards b)", plan(send("a", days=4), send("b", days=2)), plan(send("a", days=2), send("b", days=4))),
    (
        "goes back within a day",
        "(backwards b)",
        plan(send("a", delay={"days": 4, "at": "18:00"}), send("b", delay={"days": 4, "at": "10:00"})),
        plan(send("a", delay={"days": 4, "at": "10:00"}), send("b", delay={"days": 4, "at": "18:00"})),
    ),
    ("of no customer", "no_purpose a", plan(send("a", purpose="staff")), plan(send("a"))),
    ("advertises as service", "weak_purpose a", plan(send("a", **SERVICE)), plan(send("a", purpose="promotion"))),
    (
        "asks as service",
        "weak_purpose a",
        plan(send("a", template="survey", **SERVICE)),
        plan(send("a", template="survey", purpose="survey")),
    ),
    (
        "asks for more than it needs",
        "(other_purpose a)",
        plan(send("a", template="sorry")),
        plan(send("a", template="sorry", **SERVICE)),
    ),
    ("no template", "no_template a", plan(send("a", template="nothing")), plan(send("a"))),
    ("no English", "no_translation a", plan(send("a", template="french")), plan(send("a"))),
    (
        "no English in a variant",
        "no_translation a",
        plan(send("a", variants=[{"when": [{"is": "known_customer"}], "template": "french"}])),
        plan(send("a", variants=[{"when": [{"is": "known_customer"}], "template": "shop"}])),
    ),
    (
        "no short form",
        "no_sms_text a",
        plan(send("a", template="no_sms", channel="sms", when=[YES_TO_SMS])),
        plan(send("a", channel="sms", when=[YES_TO_SMS])),
    ),
    (
        "nobody asked for SMS",
        "(sms_unasked a)",
        plan(send("a", channel="sms")),
        plan(send("a", channel="sms", when=[YES_TO_SMS])),
    ),
    ("no code to show", "no_value a", plan(send("a", template="code")), plan(GIVE, send("a", template="code"))),
    ("no code of its own", "no_value a", plan(send("a", template="code")), plan(send("a", template="code", pool="ten"))),
    (
        "the code comes after",
        "no_value a",
        plan(send("a", template="code"), GIVE | {"delay": {"days": 1}}),
        plan(GIVE, send("a", template="code")),
    ),
    (
        "no order",
        "no_value a",
        plan(send("a", template="order", **SERVICE), on="account_created"),
        plan(send("a", template="order", **SERVICE), on="order_placed"),
    ),
    ("no basket", "no_value a", plan(send("a", template="basket")), plan(send("a"))),
    ("no day of erasure", "no_value a", plan(send("a", template="erasure", **SERVICE)), plan(send("a"))),
    ("a code nobody sees", "(pool_unshown a)", plan(send("a", pool="ten")), plan(send("a", template="code", pool="ten"))),
    ("no pool", "no_pool give", plan(GIVE | {"pool": "none"}), plan(GIVE)),
    ("a closed pool", "no_pool give", plan(GIVE | {"pool": "closed"}), plan(GIVE)),
    ("an empty pool", "pool_empty give", plan(GIVE | {"pool": "empty"}), plan(GIVE | {"pool": "shared"})),
    ("a small pool", "(pool_small give)", plan(GIVE | {"pool": "few"}), plan(GIVE | {"pool": "enough"})),
    (
        "over before it is given",
        "pool_over give",
        plan(GIVE | {"pool": "soon", "delay": {"days": 11}}),
        plan(GIVE | {"delay": {"days": 11}}),
    ),
    (
        "over before it is recalled",
        "pool_over a",
        plan(GIVE | {"pool": "soon"}, send("a", days=12)),
        plan(GIVE, send("a", days=12)),
    ),
    (
        "the code ends first",
        "code_over a",
        plan(GIVE, send("a", days=31)),
        plan(GIVE, send("a", days=29)),
    ),
    ("ends soon", "(pool_ends give)", plan(GIVE | {"pool": "soon"}), plan(GIVE)),
    (
        "review by a condition",
        "review_gating a",
        plan(send("a", template="thanks", when=[UNHAPPY | {"not": True}], **SERVICE)),
        plan(send("a", template="thanks", when=[{"is": "answered"}], **SERVICE)),
    ),
    (
        "review by the churn score",
        "review_gating a",
        plan(send("a", template="thanks", when=[{"is": "churn_below", "points": -5, "not": True}], **SERVICE)),
        plan(send("a", template="thanks", when=[{"is": "segment", "id": 1}], **SERVICE)),
    ),
    (
        "review by the entry",
        "review_gating a",
        plan(send("a", template="thanks", **SERVICE), entry={"when": [UNHAPPY | {"not": True}]}),
        plan(send("a", template="thanks", **SERVICE)),
    ),
    (
        "review by what lets in",
        "review_gating a",
        plan(send("a", template="thanks", **SERVICE), on="churn_below", entry={"points": -5}),
        plan(send("a", template="sorry", **SERVICE), on="churn_below", entry={"points": -5}),
    ),
    (
        "review by a variant",
        "review_gating a",
        plan(send("a", template="thanks", variants=[{"when": [UNHAPPY], "template": "sorry"}], **SERVICE)),
        plan(send("a", template="thanks", variants=[{"when": [UNHAPPY], "template": "thanks"}], **SERVICE)),
    ),
    (
        "review by a fork",
        "review_gating b",
        plan(FORK | {"when": [UNHAPPY]}, send("a", template="sorry", **SERVICE), END, send("b", template="thanks", is_branch=True, **SERVICE)),
        plan(FORK | {"when": [UNHAPPY]}, send("a", template="thanks", **SERVICE), END, send("b", template="thanks", is_branch=True, **SERVICE)),
    ),
    (
        "asks of a later step",
        "never_true a",
        plan(send("a", when=[{"is": "opened", "step": "b"}]), send("b", days=4)),
        plan(send("b"), send("a", days=4, when=[{"is": "opened", "step": "b"}])),
    ),
    (
        "asks of a step that is off",
        "never_true b",
        plan(send("a", is_on=False), send("b", days=4, when=[{"is": "clicked", "step": "a"}])),
        plan(send("a"), send("b", days=4, when=[{"is": "clicked", "step": "a"}])),
    ),
    (
        "asks of another branch",
        "never_true b",
        plan(FORK, send("a"), END, send("b", is_branch=True, when=[{"is": "engaged", "step": "a"}])),
        plan(FORK, send("a"), END, send("b", is_branch=True)),
    ),
    (
        "asks of a message before any",
        "never_true a",
        plan(send("a", when=[{"is": "first_message_sent"}])),
        plan(send("b"), send("a", days=4, when=[{"is": "first_message_sent"}])),
    ),
    (
        "both ways round",
        "never_true a",
        plan(send("a", when=[{"is": "phone_known"}, {"is": "phone_known", "not": True}])),
        plan(send("a", when=[{"any": [{"is": "phone_known"}, {"is": "phone_known", "not": True}]}])),
    ),
    (
        "no code to use",
        "never_true b",
        plan(send("a"), send("b", days=4, when=[{"is": "code_used"}])),
        plan(GIVE, send("a"), send("b", days=4, when=[{"is": "code_used"}])),
    ),
    (
        "no basket here",
        "never_true a",
        plan(send("a", when=[{"is": "basket_value", "at_least": 100}])),
        plan(send("a", when=[{"is": "amount", "against": "chain", "side": "above"}])),
    ),
    (
        "none of a choice",
        "never_true a",
        plan(send("a", when=[{"any": [{"is": "basket", "state": "paid"}, {"is": "first_message_sent"}]}])),
        plan(send("a", when=[{"any": [{"is": "basket", "state": "paid"}, {"is": "known_customer"}]}])),
    ),
    (
        "by another way in",
        "never_true a",
        plan(send("a", when=[{"is": "entered_by", "trigger": "account_created"}])),
        plan(send("a", when=[{"is": "entered_by", "trigger": "first_order"}])),
    ),
    (
        "nobody enters",
        "never_entered",
        plan(send("a"), entry={"when": [{"is": "first_message_sent"}]}),
        plan(send("a"), entry={"when": [{"is": "phone_known"}]}),
    ),
    ("a segment that is gone", "no_segment a", plan(send("a", when=[{"is": "segment", "id": 9}])), plan(send("a", when=[{"is": "segment", "id": 1}]))),
    ("a tier that is gone", "no_tier a", plan(send("a", when=[{"is": "tier", "in": ["gold"]}])), plan(send("a", when=[{"is": "tier", "in": ["vip"]}]))),
    (
        "a property that is gone",
        "no_property p",
        plan({"key": "p", "kind": "property", "property": "gone", "value": "1"}),
        plan({"key": "p", "kind": "property", "property": "home_room", "value": "1"}),
    ),
    (
        "a word never said of a region",
        "(no_region_word a)",
        plan(send("a", when=[{"is": "region", "property": "weather", "value": "snow"}])),
        plan(send("a", when=[{"is": "region", "property": "weather", "value": "rain"}])),
    ),
    (
        "no room under the cap",
        "(no_room c)",
        plan(send("a"), send("b", days=1), send("c", days=3, expires_days=4)),
        plan(send("a"), send("b", days=1), send("c", days=3, expires_days=5)),
    ),
    (
        "no room as far as the hours tell",
        "(no_room c)",
        plan(send("a", delay={"at": "10:00"}), send("b", days=1), send("c", delay={"days": 6, "at": "09:00"}, expires_days=1)),
        plan(send("a", delay={"at": "10:00"}), send("b", days=1), send("c", delay={"days": 6, "at": "10:01"}, expires_days=1)),
    ),
    (
        "room on one way only",
        "(no_room c)",
        plan(FORK, send("a"), send("b", days=1), send("c", days=3, expires_days=1)),
        plan(FORK, send("a", next="c"), send("b", days=1, is_branch=True), send("c", days=3, expires_days=1)),
    ),
    (
        "messages without a cap take no room",
        "(no_room c)",
        plan(send("a"), send("b", days=1), send("c", days=3, expires_days=1)),
        plan(send("a"), send("b", template="sorry", days=1, **SERVICE), send("c", days=3, expires_days=1)),
    ),
    (
        "dropped at night",
        "(quiet_hours a)",
        plan(send("a", expires_days=None, expires_minutes=60)),
        plan(send("a", delay={"at": "10:00"}, expires_days=None, expires_minutes=60)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "bad", "mended"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_finding(line: str, bad: Plan, mended: Plan) -> None:
    assert line in told(bad)
    assert line not in told(mended)


@pytest.mark.parametrize(("world", "line"), [
    (replace(WORLD, control_percent=0), "(no_control)"),
    (replace(WORLD, has_shop=False), "no_value a"),
    (replace(WORLD, needed_steps=frozenset({"thank"})), "needed_step"),
])  # fmt: skip
def test_what_lies_in_the_world(world: Known, line: str) -> None:
    data = plan(send("a", template="shop"))
    assert line in told(data, world)
    assert line not in told(data)


def test_a_step_that_is_off_is_not_looked_at() -> None:
    assert told(plan(send("a"), send("b", template="nothing", days=2, is_on=False))) == []


def test_a_language_nobody_speaks_is_not_missed() -> None:
    french = replace(WORLD, languages={Language.FRENCH: 900})
    assert told(plan(send("a", template="french")), french) == []


def test_a_needed_step_may_be_a_branch() -> None:
    world = replace(WORLD, needed_steps=frozenset({"thank"}))
    assert told(plan(send("a"), send("thank", anchor="answer", is_branch=True)), world) == []


def test_the_pool_counts_what_both_steps_take_and_says_both_numbers() -> None:
    """100 entries, 90 of them treated, half of them reach the second step: 90 + 45 codes."""
    data = plan(GIVE | {"pool": "enough"}, send("a", days=2, template="code", pool="enough"))
    world = replace(WORLD, reached={"give": 1.0, "a": 0.5})
    (small,) = findings(data, world)
    assert (small.step_key, small.values["left"], small.values["wanted"], small.values["days"]) == (
        "a",
        90,
        135,
        30,
    )


def test_what_stops_stands_first() -> None:
    data = plan(send("a", channel="sms"), send("b", days=3, template="nothing"))
    assert told(data) == ["no_template b", "(sms_unasked a)"]


def test_the_way_of_a_fork_that_rests_is_no_dead_end() -> None:
    """Switched on, it is walked: the second message of a basket by SMS is delivered so."""
    rests = plan(FORK | {"is_on": False}, send("a"), END, send("b", is_branch=True))
    assert "unreachable b" not in told(rests)
    leads_elsewhere = plan(FORK | {"is_on": False, "otherwise": "a"}, send("a"), END, send("b"))
    assert "unreachable b" in told(leads_elsewhere)
