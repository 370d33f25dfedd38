"""One row of data of a customer checked: what of it may be kept, and all that was found. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from hub.customers.hygiene.abroad import find_country
from hub.customers.hygiene.belonging import is_called_like
from hub.customers.hygiene.beside import across
from hub.customers.hygiene.consents import read_yes
from hub.customers.hygiene.dates import check_date
from hub.customers.hygiene.findings import (
    PHONES,
    SEVERITIES,
    Field,
    Finding,
    FindingKind,
    Found,
    Severity,
    place,
)
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.leftovers import is_no_customer
from hub.customers.hygiene.mails import check_mail
from hub.customers.hygiene.names import check_name, is_own_name, is_real_name, proper_case, split_full_name
from hub.customers.hygiene.phones import check_phone
from hub.customers.hygiene.places import (
    check_abroad,
    check_country,
    check_language,
    check_postcode,
    check_town,
    is_french,
    is_written_abroad,
)
from hub.customers.hygiene.plain import Tidy, tidy
from hub.customers.hygiene.single import check_number, check_store, check_title
from hub.customers.rules import HOME

IS_SAID = "=country"
"""Among the texts of a row: the country it says itself, "" when it says none."""
Checked: TypeAlias = tuple[str, list[Found]]
"""What may be kept of a value, "" when nothing; and what was found."""
Row: TypeAlias = Mapping[str, str]


def check_row(row: int, values: Mapping[str, str], known: Known) -> tuple[dict[str, str], list[Finding]]:
    """The values that may be kept, by field, and the findings of the row.

    What is kept is repaired where that is certain (spaces, letters, capitals, a phone as E.164, a date as ISO 8601, a
    country as ISO 3166, consent as `yes` or `no`); a full name becomes a first and a last one. What is only probably
    wrong is kept as it is, with the suggestion in its finding. What cannot be used (an error) and what only fills its
    place is "". Checking what was kept finds nothing to repair again.
    """
    plain = {field: tidy(value, field) for field, value in values.items()}
    if is_no_customer({field: each.text for field, each in plain.items()}):
        kind = FindingKind.NO_CUSTOMER
        return dict.fromkeys(values, ""), [Finding(row, "", "", kind, None, SEVERITIES[kind])]
    _trust_names(plain)
    texts = _texts(plain, known)
    clean: dict[str, str] = {}
    findings: list[Finding] = []
    for field, tidied in plain.items():
        kept, found = _check(field, tidied, texts, known)
        clean[field] = kept
        if found:
            findings += [place(each, row=row, field=field, value=values[field]) for each in found]
    if Field.FULL_NAME in clean:
        _split(clean)
    for field, each in across(clean, texts, known):
        if field in values or not field:
            findings.append(place(each, row=row, field=field, value=values.get(field, "")))
        else:
            findings.append(place(each, row=row, field=Field.FULL_NAME, value=values[Field.FULL_NAME]))
    return clean, _without_overruled(findings, clean)


def _trust_names(plain: dict[str, Tidy]) -> None:
    """Null and Test are surnames too: when the mail address is made of both names, or Null stands beside a given name."""
    for field, beside in ((Field.LAST_NAME, Field.FIRST_NAME), (Field.FIRST_NAME, Field.LAST_NAME)):
        name, other, mail = plain.get(field), plain.get(beside), plain.get(Field.MAIL)
        if name and other and name.is_nothing and not other.is_nothing:
            local = mail.text.partition("@")[0] if mail else ""
            if is_real_name(name.text, other.text, local):
                name.is_nothing, name.kinds = False, []


def values_of(cells: Sequence[str], columns: Mapping[int, str]) -> dict[str, str]:
    """The cells of a row by field; a cell the row does not have is ""."""
    return {field: cells[at] if at < len(cells) else "" for at, field in columns.items()}


def check_width(row: int, cells: Sequence[str], width: int) -> list[Finding]:
    """Whether a row holds more cells than there are headings."""
    if not any(cell.strip() for cell in cells[width:]):
        return []
    kind = FindingKind.CELL_COUNT
    return [Finding(row, "", str(len(cells)), kind, None, SEVERITIES[kind])]


def _texts(plain: Mapping[str, Tidy], known: Known) -> dict[str, str]:
    """What the checks of one field ask of the others: plain texts, with the country as its code."""
    texts = {field: each.text for field, each in plain.items() if not each.is_nothing}
    code = check_country(texts.get(Field.COUNTRY, "")).kept
    return texts | {Field.COUNTRY: code or known.country, IS_SAID: code}


def _check(field: str, tidied: Tidy, texts: Row, known: Known) -> Checked:
    """One field: what its rule keeps and finds, after what was repaired in any cell."""
    if tidied.is_nothing:
        return "", [Found(FindingKind.PLACEHOLDER, "")]
    if FindingKind.FORMULA in tidied.kinds:
        plain = tidied.text.lstrip("=+-@\t ")
        return "", [Found(FindingKind.FORMULA, plain if plain.replace(" ", "").isalnum() else None)]
    if FindingKind.TOO_LONG in tidied.kinds:
        return "", [Found(FindingKind.TOO_LONG)]
    rule = _RULES.get(field)
    kept, found = rule(tidied.text, texts, known) if rule and tidied.text else (tidied.text, [])
    if not tidied.kinds:
        return kept, found
    best = next((each.suggestion for each in found if each.suggestion), None) or tidied.text
    is_lost = "\ufffd" in tidied.text
    return kept, [Found(kind, None if is_lost else best) for kind in tidied.kinds] + found


def _split(clean: dict[str, str]) -> None:
    first, last = split_full_name(clean.pop(Field.FULL_NAME))
    for field, text in ((Field.FIRST_NAME, first), (Field.LAST_NAME, last)):
        if not clean.get(field):
            part = tidy(text, field)
            clean[field] = check_name(part.text, field).kept if part.text and not part.is_nothing else ""


def _without_overruled(findings: list[Finding], clean: Mapping[str, str]) -> list[Finding]:
    """A slip in a domain is none when the company or the person of the row is called like that domain."""
    if not any(each.kind is FindingKind.MAIL_DOMAIN_TYPO for each in findings):
        return findings
    return [
        each for each in findings if each.kind is not FindingKind.MAIL_DOMAIN_TYPO or not _is_own(each, clean)
    ]


def _is_own(finding: Finding, clean: Mapping[str, str]) -> bool:
    domain = clean.get(Field.MAIL, "").rpartition("@")[2]
    return bool(finding.suggestion) and any(
        is_called_like(domain, clean.get(field, "")) for field in (Field.COMPANY, Field.LAST_NAME)
    )


def _mail(text: str, texts: Row, known: Known) -> Checked:
    del texts
    check = check_mail(text, known)
    return check.kept, check.found


def _phone_of(field: Field) -> Callable[[str, Row, Known], Checked]:
    def rule(text: str, texts: Row, known: Known) -> Checked:
        del known
        check = check_phone(text, country=texts[Field.COUNTRY], field=field)
        return check.kept, check.found

    return rule


def _name_of(field: Field) -> Callable[[str, Row, Known], Checked]:
    def rule(text: str, texts: Row, known: Known) -> Checked:
        del known
        beside, local = texts.get(Field.FIRST_NAME, ""), texts.get(Field.MAIL, "").partition("@")[0]
        if field is Field.LAST_NAME and is_own_name(text, beside, local):
            kept = proper_case(text, field)
            return kept, [] if kept == text else [Found(FindingKind.NAME_CASE, kept)]
        check = check_name(text, field)
        return check.kept, check.found

    return rule


def _full_name(text: str, texts: Row, known: Known) -> Checked:
    """Kept as it is until it is split; its capitals tell which part is which."""
    del texts, known
    return text, check_name(text, Field.FULL_NAME).found


def _date_of(field: Field) -> Callable[[str, Row, Known], Checked]:
    def rule(text: str, texts: Row, known: Known) -> Checked:
        del texts
        is_mixed = field in known.is_day_first and known.is_day_first[field] is None
        check = check_date(
            text,
            today=known.today,
            is_day_first=known.is_day_first.get(field),
            is_mixed=is_mixed,
            is_birth=field == Field.BIRTH_ON,
        )
        return check.kept, check.found

    return rule


def _postcode(text: str, texts: Row, known: Known) -> Checked:
    if not texts.get(IS_SAID) and texts[Field.COUNTRY] == HOME and not is_french(text.strip()):
        country = find_country(texts)
        if country is not None or is_written_abroad(text):
            check = check_abroad(text, country or "")
            is_guessed = country is None and not check.found
            notice = [Found(FindingKind.POSTCODE_SYNTAX, None, Severity.NOTICE)] if is_guessed else []
            return check.kept, check.found + notice
    check = check_postcode(text, texts.get(Field.TOWN, ""), texts[Field.COUNTRY], known)
    return check.kept, check.found


def _town(text: str, texts: Row, known: Known) -> Checked:
    return text, check_town(text, texts.get(Field.POSTCODE, ""), known)


def _country(text: str, texts: Row, known: Known) -> Checked:
    del texts, known
    check = check_country(text)
    return check.kept, check.found


def _language(text: str, texts: Row, known: Known) -> Checked:
    del texts, known
    check = check_language(text)
    return check.kept, check.found


def _consent(text: str, texts: Row, known: Known) -> Checked:
    del texts, known
    said = read_yes(text)
    return ("", [Found(FindingKind.CONSENT_UNREADABLE)]) if said is None else ("yes" if said else "no", [])


_RULES: dict[str, Callable[[str, Row, Known], Checked]] = {
    Field.MAIL: _mail,
    **{field: _phone_of(field) for field in PHONES},
    **{field: _name_of(field) for field in (Field.FIRST_NAME, Field.LAST_NAME)},
    Field.FULL_NAME: _full_name,
    **{field: _date_of(field) for field in (Field.BIRTH_ON, Field.CONSENT_AT)},
    Field.POSTCODE: _postcode,
    Field.TOWN: _town,
    Field.COUNTRY: _country,
    Field.LANGUAGE: _language,
    Field.TITLE: check_title,
    Field.PREFERRED_STORE: check_store,
    Field.LOYALTY_CARD: check_number,
    Field.EXTERNAL_ID: check_number,
    Field.CONSENT_EMAIL: _consent,
    Field.CONSENT_SMS: _consent,
}
