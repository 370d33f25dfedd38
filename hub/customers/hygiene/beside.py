"""What one field says about another one of the same row. Pure."""

from collections.abc import Iterator, Mapping

from hub.customers.hygiene.belonging import contradicts, is_called_like
from hub.customers.hygiene.findings import PHONES, Field, FindingKind, Found
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.names import is_swapped, twice

Row = Mapping[str, str]
REACHED_BY = (Field.MAIL, *PHONES, Field.LOYALTY_CARD, Field.EXTERNAL_ID)


def across(clean: Row, texts: Row, known: Known) -> Iterator[tuple[str, Found]]:
    """Each finding with the field it is shown at, "" for the row as a whole."""
    yield from _names(clean)
    yield from _company(clean)
    yield from _consent(clean, texts, known)
    if not any(clean.get(field) for field in REACHED_BY):
        yield "", Found(FindingKind.NO_ADDRESS)
    elif Field.LAST_NAME in clean and not (
        clean.get(Field.LAST_NAME) or clean.get(Field.FIRST_NAME) or clean.get(Field.COMPANY)
    ):
        yield Field.LAST_NAME, Found(FindingKind.NO_NAME)


def _names(clean: Row) -> Iterator[tuple[str, Found]]:
    first, last = clean.get(Field.FIRST_NAME, ""), clean.get(Field.LAST_NAME, "")
    if not first or not last:
        return
    if is_swapped(first, last):
        yield Field.FIRST_NAME, Found(FindingKind.NAME_SWAPPED, last)
        yield Field.LAST_NAME, Found(FindingKind.NAME_SWAPPED, first)
        return
    found = twice(first, last)
    if found:
        yield Field.FIRST_NAME, found


def _company(clean: Row) -> Iterator[tuple[str, Found]]:
    """A domain of its own that is called unlike the company, and unlike the person either."""
    domain = clean.get(Field.MAIL, "").rpartition("@")[2]
    company = clean.get(Field.COMPANY, "")
    is_own = is_called_like(domain, clean.get(Field.LAST_NAME, "")) if domain and company else True
    if not is_own and contradicts(domain, company):
        yield Field.MAIL, Found(FindingKind.MAIL_COMPANY)


def _consent(clean: Row, texts: Row, known: Known) -> Iterator[tuple[str, Found]]:
    """A yes needs its date and its source (GDPR, article 7), and an address it is about."""
    for field, addresses in ((Field.CONSENT_EMAIL, (Field.MAIL,)), (Field.CONSENT_SMS, PHONES)):
        if clean.get(field) != "yes":
            continue
        has_evidence = clean.get(Field.CONSENT_AT) and clean.get(Field.CONSENT_SOURCE)
        if not has_evidence and not known.is_consent_known:
            yield field, Found(FindingKind.CONSENT_EVIDENCE)
        if not any(clean.get(address) for address in addresses) and not any(
            texts.get(each) for each in addresses
        ):
            yield field, Found(FindingKind.CONSENT_ADDRESS)
