"""What can be found in the data of a customer: the fields, the kinds of finding and how grave each is. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column of a file may hold. A property of the chain's own is the plain text `property:<key>`.

    `full_name` is split into first and last name; `mobile` and `landline` are phones of which the kind is claimed.
    """

    TITLE = "title"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    COMPANY = "company"
    MAIL = "mail"
    PHONE = "phone"
    MOBILE = "mobile"
    LANDLINE = "landline"
    BIRTH_ON = "birth_on"
    STREET = "street"
    POSTCODE = "postcode"
    TOWN = "town"
    COUNTRY = "country"
    LANGUAGE = "language"
    LOYALTY_CARD = "loyalty_card"
    EXTERNAL_ID = "external_id"
    PREFERRED_STORE = "preferred_store"
    CONSENT_EMAIL = "consent_email"
    CONSENT_SMS = "consent_sms"
    CONSENT_AT = "consent_at"
    CONSENT_SOURCE = "consent_source"


PHONES = (Field.PHONE, Field.MOBILE, Field.LANDLINE)
PROPERTY = "property:"


class Severity(StrEnum):
    """`error`: the value cannot be kept. `warning`: probably wrong. `notice`: repaired, or only worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class FindingKind(StrEnum):
    """What is wrong. `SEVERITIES` says how grave."""

    MAIL_SYNTAX = "mail_syntax"
    MAIL_AT_MISSING = "mail_at_missing"
    MAIL_DOT_MISSING = "mail_dot_missing"
    MAIL_SPACES = "mail_spaces"
    MAIL_DOMAIN_TYPO = "mail_domain_typo"
    MAIL_ROLE = "mail_role"
    MAIL_THROW_AWAY = "mail_throw_away"
    MAIL_COMPANY = "mail_company"
    MAIL_NO_SERVER = "mail_no_server"
    MAIL_SEVERAL = "mail_several"
    MAIL_ACCENT = "mail_accent"
    PHONE_SYNTAX = "phone_syntax"
    PHONE_TOO_SHORT = "phone_too_short"
    PHONE_TOO_LONG = "phone_too_long"
    PHONE_PREFIX = "phone_prefix"
    PHONE_LOST_ZERO = "phone_lost_zero"
    PHONE_SCIENTIFIC = "phone_scientific"
    PHONE_FOREIGN = "phone_foreign"
    PHONE_NOT_MOBILE = "phone_not_mobile"
    PHONE_NOT_LANDLINE = "phone_not_landline"
    PHONE_SEVERAL = "phone_several"
    NAME_CASE = "name_case"
    NAME_SWAPPED = "name_swapped"
    NAME_COMPANY = "name_company"
    NAME_TITLE = "name_title"
    NAME_ODD = "name_odd"
    NAME_TWICE = "name_twice"
    TITLE_UNKNOWN = "title_unknown"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IMPOSSIBLE = "date_impossible"
    DATE_FUTURE = "date_future"
    DATE_TOO_OLD = "date_too_old"
    DATE_TOO_YOUNG = "date_too_young"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_SERIAL = "date_serial"
    DATE_SHORT_YEAR = "date_short_year"
    POSTCODE_SYNTAX = "postcode_syntax"
    POSTCODE_LOST_ZERO = "postcode_lost_zero"
    POSTCODE_TOWN = "postcode_town"
    TOWN_TYPO = "town_typo"
    COUNTRY_UNKNOWN = "country_unknown"
    LANGUAGE_UNKNOWN = "language_unknown"
    STORE_UNKNOWN = "store_unknown"
    NUMBER_SCIENTIFIC = "number_scientific"
    CONSENT_UNREADABLE = "consent_unreadable"
    CONSENT_EVIDENCE = "consent_evidence"
    CONSENT_ADDRESS = "consent_address"
    ENCODING = "encoding"
    WHITESPACE = "whitespace"
    INVISIBLE = "invisible"
    QUOTES = "quotes"
    LINE_BREAK = "line_break"
    PLACEHOLDER = "placeholder"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    WRONG_COLUMN = "wrong_column"
    CELL_COUNT = "cell_count"
    NO_ADDRESS = "no_address"
    NO_NAME = "no_name"
    NO_CUSTOMER = "no_customer"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    DUPLICATE_IN_BASE = "duplicate_in_base"


_ERRORS = frozenset(
    {
        FindingKind.MAIL_SYNTAX,
        FindingKind.MAIL_AT_MISSING,
        FindingKind.MAIL_DOT_MISSING,
        FindingKind.PHONE_SYNTAX,
        FindingKind.PHONE_TOO_SHORT,
        FindingKind.PHONE_TOO_LONG,
        FindingKind.PHONE_PREFIX,
        FindingKind.DATE_UNREADABLE,
        FindingKind.DATE_IMPOSSIBLE,
        FindingKind.DATE_FUTURE,
        FindingKind.POSTCODE_SYNTAX,
        FindingKind.NUMBER_SCIENTIFIC,
        FindingKind.PHONE_SCIENTIFIC,
        FindingKind.CONSENT_UNREADABLE,
        FindingKind.CONSENT_EVIDENCE,
        FindingKind.TOO_LONG,
        FindingKind.NO_ADDRESS,
        FindingKind.NO_CUSTOMER,
    }
)
_NOTICES = frozenset(
    {
        FindingKind.MAIL_ROLE,
        FindingKind.MAIL_COMPANY,
        FindingKind.PHONE_LOST_ZERO,
        FindingKind.PHONE_NOT_MOBILE,
        FindingKind.PHONE_NOT_LANDLINE,
        FindingKind.NAME_CASE,
        FindingKind.DATE_SERIAL,
        FindingKind.DATE_SHORT_YEAR,
        FindingKind.WHITESPACE,
        FindingKind.INVISIBLE,
        FindingKind.QUOTES,
        FindingKind.LINE_BREAK,
        FindingKind.NO_NAME,
    }
)
SEVERITIES = {
    kind: Severity.ERROR if kind in _ERRORS else Severity.NOTICE if kind in _NOTICES else Severity.WARNING
    for kind in FindingKind
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `row` is the number a person sees (docs/customers-check.md), `field` a `Field` or
    `property:<key>`, "" for the row as a whole; `value` is the cell as it was read.

    `suggestion` is what the cell should hold, to be applied by one click; "" empties it, None when nobody can tell.
    """

    row: int
    field: str
    value: str
    kind: FindingKind
    suggestion: str | None
    severity: Severity


@dataclass(frozen=True, slots=True)
class Found:
    """A finding before its row and field are known: what one rule says of one value, `severity` when not the usual."""

    kind: FindingKind
    suggestion: str | None = None
    severity: Severity | None = None


def place(found: Found, *, row: int, field: str, value: str) -> Finding:
    """The finding of a rule in its row and field, with the severity of its kind unless it has its own."""
    return Finding(row, field, value, found.kind, found.suggestion, found.severity or SEVERITIES[found.kind])
