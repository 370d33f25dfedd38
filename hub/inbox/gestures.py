"""Up to how much each role may give alone, and who decides above it. Pure."""

from collections.abc import Mapping
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.staff.words import Role

SETTING = "gestures"
HIGHEST_CENTS = 1_000_000
LONGEST_TEXT = 1000
DEFAULT_CEILINGS: Mapping[Role, int] = {
    Role.AGENT: 1_000,
    Role.STORE_MANAGER: 5_000,
    Role.REGION_MANAGER: 10_000,
    Role.HEAD_OFFICE: 30_000,
    Role.ADMINISTRATOR: 100_000,
}
"""Cents a gesture. Roles that are not named give nothing."""


def read_ceilings(settings: Mapping[str, Any]) -> dict[Role, int]:
    """Cents by role, the chain's choice over ours."""
    given = settings.get(SETTING, {}).get("ceilings", {})
    return {role: int(given.get(role.value, cents)) for role, cents in DEFAULT_CEILINGS.items()}


def may_decide(role: Role, amount_cents: int, ceilings: Mapping[Role, int]) -> bool:
    """Alone and at once."""
    return 0 < amount_cents <= ceilings.get(role, 0)


def check_ceilings(ceilings: Mapping[Role, int]) -> None:
    """Raises Invalid with the role as field."""
    for role, cents in ceilings.items():
        if role not in DEFAULT_CEILINGS or not 0 <= cents <= HIGHEST_CENTS:
            raise Invalid(
                N_("Please give an amount between 0 and %(most)s."),
                field=role.value,
                most=HIGHEST_CENTS // 100,
            )


def check_amount(amount_cents: int, *, left_cents: int | None) -> None:
    """`left_cents`: what of the order has not been given back yet; None without an order. Raises Invalid."""
    if not 0 < amount_cents <= HIGHEST_CENTS:
        raise Invalid(
            N_("Please give an amount between 0.01 and %(most)s."), field="amount", most=HIGHEST_CENTS // 100
        )
    if left_cents is not None and amount_cents > left_cents:
        raise Invalid(N_("This is more than the customer paid for the order."), field="amount")
