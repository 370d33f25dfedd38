"""The promo code that a standard reply gives, in words: of which pool, of what worth, and why it cannot be given."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox.gestures import money
from hub.core import clock
from hub.inbox.gestures import may_decide
from hub.inbox.queries.gestures import get_ceilings
from hub.knowledge.rows import ReplyRow
from hub.knowledge.rules import code_mark, marks_of
from hub.loyalty.vouchers import Voucher, get_vouchers


def voucher_of(row: ReplyRow) -> dict[str, Any]:
    """For `inserted` of the answer (`hub/inbox/actions/vouchers.py`)."""
    return {
        "pool_id": row.acts.pool_id,
        "title": row.title,
        "language": row.language.value,
        "places": marks_of(row.language),
    }


def code_words(voucher: Voucher) -> str:
    """`Gesture (5,00 €)`, and why it gives none."""
    words = f"{voucher.name} ({money(voucher.amount_cents)})"
    if voucher.is_giving:
        return words
    return f"{words} · " + (gettext("no longer valid") if voucher.is_over else gettext("no code left"))


def gives_words(wanted: Mapping[int, Mapping[str, Any]], *, is_mine: bool = True) -> dict[int, Sequence[str]]:
    """By the same key: a sentence or two; what one may give alone is said to who gives it only."""
    vouchers = get_vouchers({each["pool_id"] for each in wanted.values()}, now=clock.business_now())
    ceilings = get_ceilings() if vouchers and is_mine else None
    return {key: _words(vouchers.get(each["pool_id"]), each, ceilings) for key, each in wanted.items()}


def _words(voucher: Voucher | None, wanted: Mapping[str, Any], ceilings: Any) -> list[str]:
    place = code_mark(wanted["language"])
    if voucher is None or voucher.is_over:
        return [gettext("Its promo codes have ended: please take %(place)s out of the text.", place=place)]
    if voucher.is_empty:
        return [
            gettext(
                "No promo code of “%(pool)s” is left: please take %(place)s out of the text, or ask the head office.",
                pool=voucher.name,
                place=place,
            )
        ]
    gives = gettext(
        "It gives a code of “%(pool)s”, %(amount)s, in place of %(place)s when it is sent.",
        pool=voucher.name,
        amount=money(voucher.amount_cents),
        place=place,
    )
    if ceilings is None or may_decide(viewer().role, voucher.amount_cents, ceilings):
        return [gives]
    return [
        gives,
        gettext("That is more than you may give alone: please take it out, or ask for it as a gesture."),
    ]
