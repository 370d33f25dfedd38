"""Did you mean: what a form was given and what was probably meant, asked once, taken by one click, never forced."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import request

from hub.core import clock
from hub.customers.hygiene.base import suggest
from hub.customers.hygiene.findings import Field
from hub.stores.queries import find_day

PERSON: Mapping[str, str] = MappingProxyType(
    {
        "email": Field.MAIL,
        "phone": Field.PHONE,
        "first_name": Field.FIRST_NAME,
        "last_name": Field.LAST_NAME,
        "company": Field.COMPANY,
    }
)
"""The usual names of the fields of a person in our forms."""
ASKED, TAKE = "asked", "take"
"""Names of what the page sends back: each value that was asked about, and the field whose suggestion was pressed."""


def find_meant(given: Mapping[str, str]) -> dict[str, str]:
    """What was probably meant, by field of the checks; without what this person was asked before and kept."""
    values = {field: value for field, value in given.items() if value.strip()}
    if not values:
        return {}
    found = suggest(values, today=find_day(clock.business_now()), machine_now=clock.machine_now())
    asked = set(request.form.getlist(ASKED))
    return {field: meant for field, meant in found.items() if values.get(field) not in asked}


def taken(given: Mapping[str, str]) -> dict[str, str]:
    """The suggestion whose button was pressed, by its field; {} when none was. Both names when they were swapped."""
    pressed = request.form.get(TAKE, "")
    if pressed not in given:
        return {}
    values = {field: value for field, value in given.items() if value.strip()}
    found = suggest(values, today=find_day(clock.business_now()), machine_now=clock.machine_now())
    names = {Field.FIRST_NAME, Field.LAST_NAME}
    wanted = names if pressed in names and names <= set(found) else {pressed}
    return {field: found[field] for field in wanted if field in found}


def suggestions_of(body: object) -> dict[str, str]:
    """What a machine probably meant, by the names of its own body; what it sent is kept all the same."""
    given = {field: str(getattr(body, name, None) or "") for name, field in PERSON.items()}
    found = find_meant(given)
    return {name: found[field] for name, field in PERSON.items() if field in found}


class Meant:
    """The fields of one form that are checked: its own names and those of the checks (`{"email": Field.MAIL}`)."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def take(self, items: Mapping[str, Any]) -> None:
        """Put a suggestion that was pressed into its field."""
        chosen = taken(self._given(items))
        for name, field in self.names.items():
            if field in chosen:
                items[name].data = chosen[field]
                items[name].raw_data = [chosen[field]]

    def ask(self, items: Mapping[str, Any]) -> bool:
        """Whether there is something to ask; then each field carries `meant`, which the page shows beside it."""
        found = find_meant(self._given(items))
        for name, field in self.names.items():
            if field in found:
                items[name].meant = found[field]
                items[name].meant_field = field
        return bool(found)

    def _given(self, items: Mapping[str, Any]) -> dict[str, str]:
        return {field: str(items[name].data or "") for name, field in self.names.items() if name in items}
