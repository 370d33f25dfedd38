"""What lets customers into a plan says itself, with what the plan asks of it, in both languages."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from hub.blueprints.plan_words import rules_of
from hub.plans.reading import parse_definition

ENTRIES: list[tuple[dict[str, Any], str, str]] = [
    ({"on": "inactive", "months": 6}, "no order for 6 months", "aucune commande depuis 6 mois"),
    ({"on": "no_sign_of_life", "months": 24}, "no sign of life for 24 months", "aucun signe de vie depuis 24 mois"),
    ({"on": "date", "of": "first_order", "at": "day"}, "anniversary of the first order: on the day itself",
     "anniversaire de la première commande : le jour même"),
    ({"on": "date", "of": "property:pet_born_on", "at": "month_start"},
     "the date “pet_born_on” each year: on the first day of its month",
     "la date « pet_born_on », chaque année : le premier jour de son mois"),
    ({"on": ["basket_left", "by_hand"]}, "basket left for 30 minutes, by hand", "panier laissé depuis 30 minutes, à la main"),
    ({"on": "event", "name": "warranty_ended"}, "the event “warranty_ended”", "l’événement « warranty_ended »"),
]  # fmt: skip


def told(app: Flask, entry: dict[str, Any], language: str) -> dict[str, str]:
    steps = [{"key": "hello", "template": "birthday"}]
    definition = parse_definition({"format": 2, "entry": entry, "steps": steps})
    with app.test_request_context(), force_locale(language):
        return dict(rules_of(definition, {}))


@pytest.mark.parametrize(("entry", "english", "french"), ENTRIES)
def test_the_way_in_is_told_with_its_numbers(
    app: Flask, entry: dict[str, Any], english: str, french: str
) -> None:
    assert told(app, entry, "en")["Enters"] == english
    assert french in {words.replace("\xa0", " ") for words in told(app, entry, "fr").values()}


def test_who_is_silent_already_is_told(app: Flask) -> None:
    name = "When it is switched on, enters"
    silent = {"on": "inactive", "months": 6}
    assert told(app, silent, "en")[name] == "only who becomes silent from then on"
    caught_up = told(app, {**silent, "catch_up_days": 30}, "en")[name]
    assert caught_up == "who became silent in the last 30 days before"
    assert name not in told(app, {"on": "basket_left"}, "en")
