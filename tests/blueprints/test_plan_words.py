"""Every kind of step, condition and exit of a plan says itself in both languages; the page shows them without a script."""

import pytest
from flask import Flask
from flask_babel import force_locale

from hub.blueprints import plan_builtin_words, plan_condition_words, plan_words
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.definitions import AnyOf, Condition, Exit
from hub.plans.queries import PlanRow, PlanView, StepRow
from hub.plans.reading import parse_definition
from hub.plans.words import Ask, ExitReason, Skip, StepOutcome, Trigger, Wait

PARAMS = {
    Ask.PURCHASED: {"days": 4}, Ask.AMOUNT: {"against": "chain", "side": "above"}, Ask.BASKET_VALUE: {"at_least": 20000},
    Ask.BASKET: {"state": "paid"}, Ask.OPENED: {"step": "hello", "for_days": 3}, Ask.SEGMENT: {"id": 7},
    Ask.TIER: {"in": ["gold"]}, Ask.STAGE: {"in": ["new"]}, Ask.CONSENT: {"channel": "sms", "purpose": "promotion"},
    Ask.HAS_PRODUCT: {"family": "lamps"}, Ask.DEVICE: {"in": ["phone"]}, Ask.WEEKDAY: {"in": [0, 4]},
    Ask.REGION: {"property": "weather", "value": "rain"}, Ask.VALUE_TOP: {"percent": 10}, Ask.CHURN_BELOW: {"points": -5},
    Ask.ENTERED_BY: {"trigger": "order_paid"}, Ask.SUGGESTED: {"why": "complement"},
    Ask.IN_PLAN: {"plan": "replenishment", "days": 30}, Ask.ORDER_REACHED: {"least": "shipped"},
}  # fmt: skip
ASKED = [ask for ask in Ask if ask in plan_condition_words.SENTENCES or ask is Ask.SEGMENT]
PLAN = {
    "format": 2,
    "entry": {"on": "order_placed", "when": [{"is": "known_customer"}], "cooldown_hours": 24},
    "exits": [{"is": "purchased", "days": 4}, "returned"],
    "daily_limit": 500,
    "spread_days": 14,
    "steps": [
        {"key": "fork", "kind": "split", "when": [{"is": "segment", "id": 7}], "otherwise": "bye"},
        {"key": "code", "kind": "promo", "pool": "spring"},
        {"key": "hello", "template": "welcome_prospect", "delay": {"days": 8, "at": "09:30"}, "expires_minutes": 90, "next": "bye",
         "variants": [{"when": [{"is": "phone_known"}], "template": "other"}], "is_on": False, "channel": "sms"},
        {"key": "set", "kind": "property", "property": "plan_told", "value": True},
        {"key": "tell", "kind": "notify", "words": "Gold"},
        {"key": "call", "kind": "task", "subject": "Ask", "anchor": "date", "delay": {"days": -3, "minutes": 120}},
        {"key": "bye", "kind": "end"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_plan_of_the_product_is_told(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for plan in BUILTIN_PLANS:
            assert plan_builtin_words.plan_sentence(plan.key)
            for step in plan.definition["steps"]:
                assert plan_builtin_words.step_words(step["key"]) != step["key"], (plan.key, step["key"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_condition_exit_trigger_and_wait_has_words(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        said = [
            plan_condition_words.clause_words(Condition(ask, is_not, PARAMS.get(ask, {})), {7: "Lyon"})
            for ask in ASKED
            for is_not in (False, True)
        ]
        ends = [plan_condition_words.exit_words(reason) for reason in ExitReason]
        ins = [plan_condition_words.trigger_words(trigger) for trigger in Trigger]
        waits = [plan_words.wait_words(wait) for wait in Wait]
        skips = [plan_builtin_words.skip_words(skip) for skip in Skip]
    for words in (said, ends, ins, waits, skips):
        assert all(words)
        assert len(set(words)) == len(words)
    assert len(ASKED) == 26, "all that a plan may ask"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("if in the segment “Lyon” goes on here, otherwise to “The end”", "D+8 at 09:30 · after the entry",
                "switched off · by SMS · another selection if has a phone number · then to “The end” · dropped after 90 minutes",
                "D-3 2 hours · from the date", "order placed, if had ordered before", "bought again (within 4 days), order returned")),
        ("fr", ("si dans le segment « Lyon », continue ici, sinon va à « La fin »", "J+8 à 09:30 · après l’entrée",
                "désactivée · par SMS · autre sélection si a un numéro de téléphone · puis va à « La fin » · annulé après 90 minutes d’attente",
                "J-3 2 heures · à partir de la date", "commande passée, si avait déjà commandé", "nouvel achat (en 4 jours), commande retournée")),
    ],
)  # fmt: skip
def test_a_plan_is_told_in_the_reader_s_language(
    app: Flask, language: str, expected: tuple[str, ...]
) -> None:
    definition = parse_definition(PLAN)
    row = PlanRow(1, "mine", "Mien", "Mine", 60, 10, True, 1, 0, 0, None)
    rows = tuple(StepRow(step, 0, dict.fromkeys(StepOutcome, 1)) for step in definition.steps)
    view = PlanView(row, 1, definition, rows, {})
    with app.test_request_context(), force_locale(language):
        steps = {
            step.key: line
            for step, line in zip(definition.steps, plan_words.timeline(view, {7: "Lyon"}), strict=True)
        }
        told = dict(plan_words.rules_of(definition, {}))
    found = [steps["fork"]["detail"], steps["hello"]["when"], steps["hello"]["detail"], steps["call"]["when"]]
    found += list(told.values())[:2]
    plain = [str(each).replace("\xa0", " ").replace("\u202f", " ") for each in found]
    assert plain == list(expected)
    assert len(told) == 5
    assert steps["bye"]["is_end"]


def test_either_of_two_is_told(app: Flask) -> None:
    either = AnyOf((Condition(Ask.PHONE_KNOWN), Condition(Ask.ANSWERED, is_not=True)))
    with app.test_request_context(), force_locale("en"):
        assert (
            plan_condition_words.clause_words(either, {})
            == "one of these: has a phone number; not: answered the survey"
        )
        assert plan_condition_words.ends_words(Exit(ExitReason.PURCHASED)) == "bought again"
