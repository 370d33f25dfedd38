"""Recommended products as the mails take them: numbered values. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from hub.content.phrases import money_in_words

MOST_PRODUCTS = 3


class Suggestion(NamedTuple):
    """One product to recommend; without `url` it is no link, without `cents` (0 or more) it shows no price."""

    name: str
    cents: int | None = None
    url: str = ""


def product_values(products: Iterable[Suggestion], *, currency: str, language: str) -> dict[str, str]:
    """Return `product_1_name`, `product_1_price`, `product_1_url` and so on: the first three that have a name.

    `currency` is an ISO 4217 code. No product gives no value: a mail that lives by them is then not sent.
    """
    named = [product for product in products if product.name.strip()]
    values: dict[str, str] = {}
    for number, product in enumerate(named[:MOST_PRODUCTS], start=1):
        values[f"product_{number}_name"] = " ".join(product.name.split())
        if product.cents is not None:
            values[f"product_{number}_price"] = money_in_words(product.cents, currency, language)
        if product.url:
            values[f"product_{number}_url"] = product.url
    return values
