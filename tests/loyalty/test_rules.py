"""What a code looks like, how long it is good, and what one on an order is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.loyalty import rules
from hub.loyalty.rules import CodeHistory, Validity
from hub.loyalty.words import PoolKind, RedemptionVerdict
from tests.conftest import TUESDAY

DAY = timedelta(days=1)
POOL = Validity(TUESDAY, TUESDAY + 10 * DAY, None)
MINE = CodeHistory(
    kind=PoolKind.UNIQUE,
    validity=POOL,
    is_single_use=True,
    holder_ids=frozenset({7}),
    ends_at=POOL.ends_at,
    used_count=0,
)


@pytest.mark.parametrize("typed", ["MERCI-AB12", "merci ab12", " Merci_AB12 ", "merci.ab 12"])
def test_a_code_is_read_as_customers_type_it(typed: str) -> None:
    assert rules.normal_code(typed) == "MERCIAB12"


def test_a_list_is_read_with_its_bad_lines() -> None:
    codes, bad = rules.read_codes("\ufeffcode;state\nMERCI-1;free\nmerci1;free\n\nAB\n=1+1;x\nBIEN2,\n")
    assert codes == ["MERCI1", "BIEN2"]
    assert bad == [(5, "AB"), (6, "=1+1")]


@given(st.text(max_size=300))
def test_whatever_is_read_is_letters_and_digits(text: str) -> None:
    codes, _ = rules.read_codes(text)
    assert all(rules.CODE.fullmatch(code) for code in codes)
    assert len(codes) == len(set(codes))


def test_a_grant_ends_with_the_pool_or_sooner() -> None:
    assert rules.end_of_grant(POOL, TUESDAY) == POOL.ends_at
    assert rules.end_of_grant(replace(POOL, valid_days=3), TUESDAY) == TUESDAY + 3 * DAY
    assert rules.end_of_grant(replace(POOL, valid_days=30), TUESDAY) == POOL.ends_at
    assert not rules.is_giving(POOL, is_active=True, now=POOL.ends_at)
    assert not rules.is_giving(POOL, is_active=False, now=TUESDAY)
    assert rules.is_giving(POOL, is_active=True, now=TUESDAY - DAY)


@pytest.mark.parametrize(
    ("history", "customer_id", "days", "verdict"),
    [
        (MINE, 7, 1, RedemptionVerdict.VALID),
        (None, 7, 1, RedemptionVerdict.UNKNOWN_CODE),
        (MINE, 7, -1, RedemptionVerdict.TOO_EARLY),
        (MINE, 7, 11, RedemptionVerdict.TOO_LATE),
        (replace(MINE, ends_at=TUESDAY + 2 * DAY), 7, 3, RedemptionVerdict.TOO_LATE),
        (replace(MINE, used_count=1), 7, 1, RedemptionVerdict.USED_BEFORE),
        (replace(MINE, used_count=1, is_single_use=False), 7, 1, RedemptionVerdict.VALID),
        (MINE, 8, 1, RedemptionVerdict.OTHER_CUSTOMER),
        (replace(MINE, holder_ids=frozenset()), 8, 1, RedemptionVerdict.NOT_GIVEN),
        (replace(MINE, kind=PoolKind.SHARED, holder_ids=frozenset()), 8, 1, RedemptionVerdict.VALID),
    ],
)
def test_a_code_on_an_order_is_judged(
    history: CodeHistory | None, customer_id: int, days: int, verdict: RedemptionVerdict
) -> None:
    assert rules.judge(history, customer_id=customer_id, ordered_at=TUESDAY + days * DAY) is verdict


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"discount_percent": None}, "discount_percent"),
        ({"discount_cents": 500}, "discount_percent"),
        ({"discount_percent": 101}, "discount_percent"),
        ({"discount_percent": None, "discount_cents": 0}, "discount_amount"),
        ({"ends_at": TUESDAY}, "ends_on"),
        ({"valid_days": 0}, "valid_days"),
        ({"alert_below": -1}, "alert_below"),
    ],
)
def test_a_pool_that_cannot_be_is_refused_beside_its_field(changes: dict[str, object], field: str) -> None:
    fields: dict[str, object] = {
        "name": "Bienvenue",
        "discount_percent": 10,
        "discount_cents": None,
        "starts_at": TUESDAY,
        "ends_at": TUESDAY + DAY,
        "valid_days": None,
        "alert_below": 0,
    }
    with pytest.raises(Invalid) as refused:
        rules.check_pool(**(fields | changes))  # type: ignore[arg-type]  # fields by name
    assert refused.value.field == field
