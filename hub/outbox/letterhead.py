"""What every mail says of the chain, its store and the customer: values merged when a message is posted.

They are frozen with the message, so that staff later read what the customer read. The unsubscribe and preferences
links are the exception: they follow from the address and are filled in when the message is rendered.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from itertools import groupby

from babel.dates import get_day_names

from hub.content import phrases
from hub.core import site
from hub.core.text import fold
from hub.core.words import Language, Purpose
from hub.customers.queries import CustomerRow
from hub.customers.rules import show_phone
from hub.outbox import addresses
from hub.stores.queries import ChainRow, StoreRow
from hub.stores.rules import Hours, Range

_LOCALES = {Language.FRENCH: "fr_FR", Language.ENGLISH: "en_GB"}
_CLOSED = {Language.FRENCH: "fermé", Language.ENGLISH: "closed"}
_MIDNIGHT = {Language.FRENCH: "minuit", Language.ENGLISH: "midnight"}
_TO = {Language.FRENCH: "au", Language.ENGLISH: "to"}
_COLON = {Language.FRENCH: "\u00a0: ", Language.ENGLISH: ": "}
WEEK = range(7)


def chain_values(chain: ChainRow) -> dict[str, str]:
    """`chain_name`, `chain_address` (setting "address") and the social profiles the mails know."""
    found = {"chain_name": chain.name, "chain_address": str(chain.settings.get("address", ""))}
    return found | phrases.social_values(chain.social_links)


def store_values(store: StoreRow, hours: Hours | None, language: Language) -> dict[str, str]:
    """`store_name`, `store_address` on one line, `store_phone` and `store_hours` in words."""
    town = f"{store.postcode} {store.town}".strip()
    return {
        "store_name": store.name,
        "store_address": ", ".join(part for part in (store.street, town) if part),
        "store_phone": show_phone(store.phone) if store.phone else "",
        "store_hours": hours_in_words(hours, language) if hours else "",
    }


def customer_values(customer: CustomerRow, language: Language) -> dict[str, str]:
    """`salutation` as the mails open; the rest is the caller's."""
    return {
        "salutation": phrases.salutation(
            customer.title, customer.first_name, customer.last_name, language.value
        )
    }


def sender_name(chain: ChainRow, store: StoreRow | None) -> str:
    """The name in the From line: the brand is always in it."""
    if store is None:
        return chain.sender_name
    is_named = fold(chain.name) in fold(store.name)
    return store.name if is_named else f"{chain.sender_name} {store.name}"


def reply_to(store: StoreRow | None, uuid: str, purpose: Purpose) -> str | None:
    """Where answers come back to: the store's mailbox, else an address that names the message; to staff, nowhere."""
    if store is not None:
        return f"{store.mailbox}@{site.inbound_domain()}"
    return None if purpose is Purpose.STAFF else addresses.reply_address_of(uuid, site.inbound_domain())


def hours_in_words(hours: Hours, language: Language) -> str:
    """One line per group of days with the same ranges; "" when no hours are known."""
    if not any(hours.weekly.values()):
        return ""
    names = get_day_names("wide", locale=_LOCALES[language])
    lines = []
    for ranges, days in groupby(WEEK, key=lambda day: tuple(hours.weekly.get(day, ()))):
        lines.append(_days(list(days), names, language) + _COLON[language] + _ranges(ranges, language))
    return "\n".join(lines)


def _days(days: list[int], names: Mapping[int, str], language: Language) -> str:
    first, last = names[days[0]], names[days[-1]]
    words = first if first == last else f"{first} {_TO[language]} {last}"
    return words[0].upper() + words[1:]


def _ranges(ranges: tuple[Range, ...], language: Language) -> str:
    if not ranges:
        return _CLOSED[language]
    return ", ".join(
        f"{_hour(each.opens_at, language)} – {_hour(each.closes_at, language)}" for each in ranges
    )


def _hour(at: time, language: Language) -> str:
    if at == time(0):
        return _MIDNIGHT[language]
    return phrases.hour_in_words(datetime(2000, 1, 1, at.hour, at.minute, tzinfo=UTC), language.value)
