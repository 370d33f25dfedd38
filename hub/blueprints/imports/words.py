"""Imports in words: fields, states, outcomes, reasons and what was found."""

import re
from contextlib import suppress
from datetime import date

from flask_babel import format_date, gettext

from hub.blueprints.imports.kinds import KINDS
from hub.core.text import N_
from hub.core.words import Purpose
from hub.customers.hygiene.findings import Field, FindingKind, Severity
from hub.customers.imports.rules import BOUND
from hub.customers.imports.wishing import WORDING
from hub.customers.imports.words import Clash, ImportKind, ImportState, RowOutcome, RowReason, UndoOutcome
from hub.customers.properties import list_definitions
from hub.customers.rules import show_phone

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")
E164 = re.compile(r"\+\d{6,15}")
FIELDS: dict[str, str] = {
    Field.TITLE: N_("Form of address"),
    Field.FIRST_NAME: N_("First name"),
    Field.LAST_NAME: N_("Last name"),
    Field.FULL_NAME: N_("First and last name together"),
    Field.COMPANY: N_("Company"),
    Field.MAIL: N_("E-mail address"),
    Field.PHONE: N_("Phone"),
    Field.MOBILE: N_("Mobile phone"),
    Field.LANDLINE: N_("Landline"),
    Field.BIRTH_ON: N_("Date of birth"),
    Field.STREET: N_("Street"),
    Field.POSTCODE: N_("Post code"),
    Field.TOWN: N_("Town"),
    Field.COUNTRY: N_("Country"),
    Field.LANGUAGE: N_("Language"),
    Field.LOYALTY_CARD: N_("Loyalty card"),
    Field.EXTERNAL_ID: N_("Customer number of another system"),
    Field.PREFERRED_STORE: N_("Store"),
    Field.CONSENT_EMAIL: N_("Consent to e-mails (yes or no)"),
    Field.CONSENT_SMS: N_("Consent to texts (yes or no)"),
    Field.CONSENT_AT: N_("Consent: when"),
    Field.CONSENT_SOURCE: N_("Consent: where"),
    WORDING: N_("Consent: by which words"),
    "preferred_store_id": N_("Store"),
    BOUND: N_("Customer in the base"),
}
STATES = {
    ImportState.READING: (N_("is being read"), "info"),
    ImportState.MATCHING: (N_("columns to be matched"), "warn"),
    ImportState.CHECKING: (N_("is being checked"), "info"),
    ImportState.CHECKED: (N_("report ready, nothing written yet"), "warn"),
    ImportState.APPLYING: (N_("is being written"), "info"),
    ImportState.APPLIED: (N_("written"), "ok"),
    ImportState.UNDOING: (N_("is being undone"), "info"),
    ImportState.UNDONE: (N_("undone"), "plain"),
    ImportState.CANCELLED: (N_("stopped"), "plain"),
    ImportState.FAILED: (N_("ended with an error"), "late"),
}
OUTCOMES = {
    RowOutcome.NEW: (N_("New customers"), "ok"),
    RowOutcome.UPDATED: (N_("Updated customers"), "ok"),
    RowOutcome.UNCHANGED: (N_("Unchanged"), "plain"),
    RowOutcome.REFUSED: (N_("Refused"), "late"),
    RowOutcome.SKIPPED: (N_("Left out"), "warn"),
}
REASONS = {
    RowReason.NO_ADDRESS: N_(
        "no usable mail address, phone, card or number: nobody could be found again by it"
    ),
    RowReason.PHONE_OF_OTHER: N_("its only address is the phone of a customer of another name"),
    RowReason.EMPTY: N_("no matched column holds anything"),
    RowReason.BY_HAND: N_("left out by your choice"),
    RowReason.IN_FILE: N_("the same customer stands further up in the file"),
    RowReason.KNOWN: N_("the customer is known already"),
    RowReason.FAILED: N_("the row broke the work and was put aside"),
}
CLASHES = {
    Clash.FILL: N_("Fill in what is empty, keep what is there"),
    Clash.OVERWRITE: N_("Overwrite with the file (a blank never erases)"),
    Clash.SKIP: N_("Leave the row out"),
}
PURPOSES = {Purpose.PROMOTION: N_("Offers"), Purpose.NEWSLETTER: N_("Newsletter")}
SEVERITIES = {
    Severity.ERROR: (N_("value not taken"), "late"),
    Severity.WARNING: (N_("to be checked"), "warn"),
    Severity.NOTICE: (N_("worth knowing"), "info"),
}
UNDONE = {
    UndoOutcome.REMOVED: N_("Customers removed"),
    UndoOutcome.KEPT: N_("New customers kept"),
    UndoOutcome.RESTORED: N_("Customers as they were before"),
    UndoOutcome.PARTLY: N_("Customers partly as before"),
    UndoOutcome.NOTHING: N_("Nothing to take back"),
}
ANSWERS = {"yes": N_("yes"), "no": N_("no")}
VALUES: dict[str, dict[str, str]] = {
    Field.TITLE: {"madam": N_("Ms"), "sir": N_("Mr")},
    Field.LANGUAGE: {"fr": N_("French"), "en": N_("English")},
    Field.CONSENT_EMAIL: ANSWERS,
    Field.CONSENT_SMS: ANSWERS,
}
"""What the base keeps as a key, by field."""
HANGING = {
    "tickets": N_("has a ticket"),
    "ticket_parties": N_("takes part in a ticket"),
    "orders": N_("has an order"),
    "facts": N_("something has happened since"),
    "addresses": N_("has another address since"),
    "external_ids": N_("has another number since"),
    "enrolments": N_("is in a plan"),
    "outbound_messages": N_("was written to"),
    "import_effects": N_("another import has him too"),
    "gone": N_("does not exist any more, or was merged"),
}


def field_words(name: str) -> str:
    """A field; a property of the chain by its key."""
    return gettext(FIELDS[name]) if name in FIELDS else name.removeprefix("property:")


def value_words(name: str, value: str) -> str:
    """A value as it is written, in words where the base keeps a key, in the reader's form where it keeps one of its own."""
    return gettext(VALUES[name][value]) if value in VALUES.get(name, {}) else _as_read(value)


def _as_read(value: str) -> str:
    """A day or a phone as the base keeps it, as people read it; anything else as it is."""
    if ISO_DAY.fullmatch(value):
        with suppress(ValueError):
            return str(format_date(date.fromisoformat(value[:10]), "d MMM y"))
    return show_phone(value) if E164.fullmatch(value) else value


def seen_words(kind: str, value: str) -> str:
    """What was found, as it stands in the file; where the base was compared, as the file was read."""
    return _as_read(value) if kind == ImportKind.VALUE_DIFFERS else value


def other_words(kind: str, other: str) -> str:
    """What a finding suggests, or what the base or another row of the file says."""
    if kind in {FindingKind.DUPLICATE_IN_FILE, ImportKind.ALIKE_IN_FILE}:
        return gettext("same as row %(row)s", row=other) if other else ""
    return _as_read(other)


def state_words(state: ImportState) -> tuple[str, str]:
    return gettext(STATES[state][0]), STATES[state][1]


def outcome_words(outcome: str) -> tuple[str, str]:
    words, tone = OUTCOMES[RowOutcome(outcome)]
    return gettext(words), tone


def reason_words(reason: str | None) -> str:
    return gettext(REASONS[RowReason(reason)]) if reason else ""


def clash_words(clash: Clash) -> str:
    return gettext(CLASHES[clash])


def severity_words(severity: Severity) -> tuple[str, str]:
    words, tone = SEVERITIES[severity]
    return gettext(words), tone


def kind_words(kind: str) -> str:
    """What was found, in a few words; a kind that has none by its own name."""
    return gettext(KINDS[kind]) if kind in KINDS else kind.replace("_", " ")


def undo_words(outcome: str) -> str:
    return gettext(UNDONE[UndoOutcome(outcome)])


def hanging_words(name: str) -> str:
    """What keeps a customer, or which field keeps its later value."""
    return gettext(HANGING[name]) if name in HANGING else field_words(name).replace("_", " ")


def say_row() -> str:
    return gettext("Row")


def say_outcome() -> str:
    return gettext("What became of it")


def say_reason() -> str:
    return gettext("Why")


def property_options() -> list[tuple[str, str]]:
    """Properties of the chain's own."""
    return [(f"property:{each.key}", each.label) for each in list_definitions()]
