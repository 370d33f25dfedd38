"""Every kind of step, condition and exit of a plan says itself in both languages; the page shows them without a script."""

import pytest
from flask import Flask
from flask_babel import force_locale

from hub.blueprints import plan_builtin_words, plan_condition_words, plan_words
from hub.blueprints.plan_editor.words import title_of
from hub.blueprints.plan_path import Path
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.definitions import AnyOf, Condition, Exit, Step
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
         "variants": [{"when": [{"is": "phone_known"}], "template": "vip_status"}], "is_on": False, "channel": "sms"},
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
        ("en", (["in the segment “Lyon”"], "D+8 at 09:30 after the entry",
                ["SMS “Welcome to a prospect”"], [("has a phone number", "VIP status")], "Left out if late by 90 minutes",
                "D-3 2 hours from the date", "order placed, if had ordered before", "bought again (within 4 days), order returned")),
        ("fr", (["dans le segment « Lyon »"], "J+8 à 09:30 après l’entrée",
                ["SMS « Bienvenue à un prospect »"], [("a un numéro de téléphone", "Statut VIP")], "Abandonnée après 90 minutes de retard",
                "J-3 2 heures à partir de la date", "commande passée, si avait déjà commandé", "nouvel achat (en 4 jours), commande retournée")),
    ],
)  # fmt: skip
def test_a_plan_is_told_in_the_reader_s_language(
    app: Flask, language: str, expected: tuple[object, ...]
) -> None:
    definition = parse_definition(PLAN)
    row = PlanRow(1, "mine", "Mien", "Mine", 60, 10, True, 1, 0, 0, None)
    rows = tuple(StepRow(step, 0, dict.fromkeys(StepOutcome, 1)) for step in definition.steps)
    view = PlanView(row, 1, definition, rows, {})
    with app.test_request_context(), force_locale(language):
        fork, bye = Path(view, pools=[("spring", "Printemps")], segments={7: "Lyon"}).lanes()["main"]["rows"]
        told = dict(plan_words.rules_of(definition, {}))
        call = plan_words.when(definition.step("call"))
    code, hello = fork["yes"]["rows"][:2]
    found = [fork["asked"], hello["when"], hello["effect"], hello["variants"], hello["expiry"], call]
    found += list(told.values())[:2]
    assert plain(found) == plain(list(expected))
    assert len(told) == 5
    assert code["effect"] == ["Printemps"]
    assert [bye["is_end"], hello["is_on"], hello["waiting"], fork["no"]["rows"]] == [True, False, 0, []]
    assert hello["letters"][0][0] == "welcome_prospect"


def test_a_step_without_a_name_is_called_by_its_message_on_every_page(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        mail = Step(key="send_1", template="basket_third")
        assert plain(plan_words.step_title(mail)) == "Panier, message 3 : dernier rappel"
        assert plan_words.step_name(mail) == title_of(mail) == plan_words.step_title(mail)


def plain(words: object) -> str:
    return (
        str(words).replace("\\xa0", " ").replace("\\u202f", " ").replace("\xa0", " ").replace("\u202f", " ")
    )


def test_either_of_two_is_told(app: Flask) -> None:
    either = AnyOf((Condition(Ask.PHONE_KNOWN), Condition(Ask.ANSWERED, is_not=True)))
    with app.test_request_context(), force_locale("en"):
        assert (
            plan_condition_words.clause_words(either, {})
            == "has a phone number, or else did not answer the survey"
        )
        both = plan_condition_words.clauses_words([Condition(Ask.KNOWN_CUSTOMER), either], {})
        assert both.startswith("had ordered before and (has a phone number, or else")
        no = Condition(Ask.CONSENT, is_not=True, params=PARAMS[Ask.CONSENT])
        assert plan_condition_words.clause_words(no, {}) == "does not agree to the offers by SMS"
        large = Condition(Ask.BASKET_VALUE, params={"at_least": 20_001})
        assert plan_condition_words.clause_words(large, {}) == "the basket is at least €200.01"
        assert plan_condition_words.ends_words(Exit(ExitReason.PURCHASED)) == "bought again"
