"""No letter of the basket plan holds a promo code or speaks of a discount, in either language; nor does the plan give one."""

import re

import pytest

from hub.content.catalog import SOURCES, get_builtin
from hub.content.words import LANGUAGES
from hub.plans.builtin.abandoned_basket import PLAN
from hub.plans.reading import parse_definition
from hub.plans.words import StepKind

DEFINITION = parse_definition(PLAN.definition)
TEMPLATES = sorted({key for step in DEFINITION.steps for key in step.templates})
DISCOUNT = re.compile(
    r"\b(remises?|réductions?|rabais|promo\w*|soldes?|ristournes?|avoir|bons? d['’]achat|code|chèques? cadeaux?"
    r"|discount\w*|coupons?|vouchers?|sale|deals?|rebates?|gift cards?|reduced|reduction|cheaper|moins cher)\b|(?<!left )\boff\b|%",
    re.IGNORECASE,
)
VARIABLE = re.compile(r"\bpromo_\w+|\bvoucher\w*")


def test_every_profile_has_its_letters() -> None:
    assert TEMPLATES == [
        "basket_adviser", "basket_known", "basket_phone", "basket_reassure", "basket_second", "basket_second_sms",
        "basket_third",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TEMPLATES)
def test_a_basket_letter_speaks_of_no_discount(key: str, language: str) -> None:
    """What it says, what it asks for, and the examples of what is filled in."""
    words = (SOURCES / key / f"{language}.toml").read_text()
    asked = (SOURCES / key / "mail.toml").read_text() + (SOURCES / key / "mail.j2").read_text()
    assert [found.group() for found in DISCOUNT.finditer(words)] == []
    assert [word for word in get_builtin(key, language).examples() if VARIABLE.search(word)] == []
    assert VARIABLE.findall(asked) == []
    assert '"code"' not in asked


def test_the_plan_gives_no_code() -> None:
    assert not any(step.pool or step.kind is StepKind.PROMO for step in DEFINITION.steps)
