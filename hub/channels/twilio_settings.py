"""The settings of the phone channels as they are written in the environment, read into values. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """An approved WhatsApp template: its ContentSid, and the names of our values for {{1}}, {{2}}, …"""

    external_id: str
    variables: tuple[str, ...]


def read_prices(text: str) -> dict[str, Decimal]:
    """`+33=0.0798,+32=0.08`: price of a segment by the beginning of the number. Raises ValueError on anything else."""
    prices: dict[str, Decimal] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        prefix, _, price = part.partition("=")
        try:
            prices[prefix.strip()] = Decimal(price.strip())
        except InvalidOperation as error:
            raise ValueError(f"SMS_PRICES: {part!r} is not like +33=0.08") from error
        if not prefix.strip().startswith("+"):
            raise ValueError(f"SMS_PRICES: {part!r} does not begin like a number (+33)")
    return prices


def read_contents(text: str) -> dict[tuple[str, str], ContentTemplate]:
    """`{"survey:fr": {"sid": "HX…", "variables": ["order_number"]}}`: by template key and language. Raises ValueError."""
    found: Mapping[str, Mapping[str, object]] = json.loads(text or "{}")
    contents: dict[tuple[str, str], ContentTemplate] = {}
    for name, content in found.items():
        key, _, language = name.partition(":")
        variables = content.get("variables", [])
        if not language or "sid" not in content or not isinstance(variables, list):
            raise ValueError(f"TWILIO_CONTENTS: {name!r} needs a language, a sid and a list of variables")
        contents[key, language] = ContentTemplate(str(content["sid"]), tuple(map(str, variables)))
    return contents
