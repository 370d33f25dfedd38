"""One row of data of a customer checked: what of it may be kept, and all that was found. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from hub.core.errors import Invalid
from hub.customers.hygiene.findings import PHONES, Field, Finding, FindingKind, Found, place
from hub.customers.hygiene.known import Known
from hub.customers.rules import clean_name, normalise_mail, normalise_phone

Checked: TypeAlias = tuple[str, list[Found]]
"""What may be kept of a value, "" when nothing; and what was found."""


def check_row(row: int, values: Mapping[str, str], known: Known) -> tuple[dict[str, str], list[Finding]]:
    """The values that may be kept, by field, and the findings of the row.

    What is kept is repaired where that is certain (spaces, capitals, a phone as E.164, a date as ISO, a country as
    ISO 3166); what is only probably wrong is kept as it is, with the suggestion in its finding; what cannot be used
    (an error) is "". Checking what was kept finds nothing to repair again.
    """
    clean: dict[str, str] = {}
    findings: list[Finding] = []
    for field, value in values.items():
        kept, found = _RULES.get(field, _plain)(value, known)
        clean[field] = kept
        findings += [place(each, row=row, field=field, value=value) for each in found]
    return clean, findings


def values_of(cells: Sequence[str], columns: Mapping[int, str]) -> dict[str, str]:
    """The cells of a row by field; a cell the row does not have is ""."""
    return {field: cells[at] if at < len(cells) else "" for at, field in columns.items()}


def _plain(value: str, known: Known) -> Checked:
    del known
    return " ".join(value.split()), []


def _mail(value: str, known: Known) -> Checked:
    del known
    try:
        return (normalise_mail(value), []) if value.strip() else ("", [])
    except Invalid:
        return "", [Found(FindingKind.MAIL_SYNTAX)]


def _phone(value: str, known: Known) -> Checked:
    try:
        return (normalise_phone(value, known.country), []) if value.strip() else ("", [])
    except Invalid:
        return "", [Found(FindingKind.PHONE_SYNTAX)]


def _name(value: str, known: Known) -> Checked:
    del known
    kept = clean_name(value)
    return kept, [Found(FindingKind.NAME_CASE, kept)] if kept != " ".join(value.split()) else []


_RULES: dict[str, Callable[[str, Known], Checked]] = {
    Field.MAIL: _mail,
    **dict.fromkeys(PHONES, _phone),
    Field.FIRST_NAME: _name,
    Field.LAST_NAME: _name,
}
