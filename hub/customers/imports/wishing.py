"""What a row of a contact file says about consent, and with which proof. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.core.words import Channel
from hub.customers import rules
from hub.customers.hygiene.findings import Field
from hub.customers.imports.rules import PARIS, Proof, Wish
from hub.customers.words import AddressKind


def read_wishes(
    values: Mapping[str, str],
    *,
    columns: Iterable[str],
    statement: Proof,
    covers: Iterable[Channel],
    now: datetime,
) -> tuple[list[Wish], bool]:
    """What the row says about consent, and whether a yes lacks its evidence (then it is left out).

    The row's own columns count before the statement for the file. A channel without a column is covered by the
    statement if that says so. A no needs no proof: it is of the day told, else of now. A yes of a day that is not yet is
    none.
    """
    proof = Proof(
        values.get(Field.CONSENT_SOURCE, "") or statement.source,
        moment_of(values.get(Field.CONSENT_AT, "")) or statement.happened_at,
        values.get(WORDING, "") or statement.wording,
    )
    is_late = _is_no_past_day(values.get(Field.CONSENT_AT, ""), proof, now)
    wishes: list[Wish] = []
    is_lacking = False
    known, covered = set(columns), set(covers)
    for channel, name, kind, fields in _CONSENTS:
        said = values.get(name, "") if name in known else "yes" if channel in covered else ""
        address = _address_of(values, fields, channel) if said in {"yes", "no"} else ""
        if not address:
            continue
        if said == "no":
            refusal = Proof(proof.source, now if is_late else proof.happened_at or now, proof.wording)
            wishes.append(Wish(channel, kind, address, is_given=False, proof=refusal))
        elif proof.is_complete and not is_late:
            wishes.append(Wish(channel, kind, address, is_given=True, proof=proof))
        is_lacking |= said == "yes" and (is_late or not proof.is_complete)
    return wishes, is_lacking


def _is_no_past_day(told: str, proof: Proof, now: datetime) -> bool:
    """Whether the row tells a day that is not yet, or that cannot be read, or the statement does."""
    is_unread = bool(told) and moment_of(told) is None
    return is_unread or (proof.happened_at is not None and proof.happened_at > now)


WORDING = "consent_wording"
"""A column of ours beside those of hygiene: the words somebody agreed to."""


_CONSENTS = (
    (Channel.EMAIL, Field.CONSENT_EMAIL.value, AddressKind.MAIL, (Field.MAIL,)),
    (Channel.SMS, Field.CONSENT_SMS.value, AddressKind.PHONE, (Field.MOBILE, Field.PHONE, Field.LANDLINE)),
)


def _address_of(values: Mapping[str, str], fields: Iterable[str], channel: Channel) -> str:
    """The first of the addresses the channel can reach."""
    given = (values[name] for name in fields if values.get(name))
    return next((each for each in given if channel is Channel.EMAIL or rules.is_mobile(each)), "")


def moment_of(text: str) -> datetime | None:
    """A moment in ISO form; a day alone begins when Paris begins it."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
