"""Takes in what somebody sent by a form: checked, kept, the customer found or made, consents asked or recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core import signing
from hub.core.db import db
from hub.core.errors import Gone, HubError, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.actions import CustomerDetails, find_or_create_customer
from hub.customers.contactability import is_against
from hub.customers.optin import Wish, get_optin, list_unknown, mark_unconfirmed
from hub.customers.words import AddressKind
from hub.outbox.actions import ask_to_confirm
from hub.signups import rules
from hub.signups.models import SignupEntry, SignupForm
from hub.signups.queries import FormPage, find_open_form
from hub.signups.rules import Answers
from hub.signups.wishes import Sender, hold_for_phone, record_consents, remember, wishes_of
from hub.signups.words import EntryState, FieldKind, FormKind
from hub.stores.queries import list_stores

NONCE = "signup-page"
AGAIN = "signup-again"
SHORTEST = timedelta(seconds=2)
LONGEST = timedelta(hours=24)
TOO_FAST = N_("Please look at the form once more, then send it again.")
TOO_OLD = N_("The page was open for too long. Please send it again.")
REPEATED = "repeated"
CLOSED = N_("This form is closed. Please write to us or ask in one of our stores.")


@dataclass(frozen=True)
class Sent:
    """What became of a form. With `errors` it must be shown again; `again` is the token that mails the question again.

    `is_mailed` is False when the question was mailed too often to be mailed now.
    """

    entry_id: int | None
    state: EntryState
    errors: dict[str, HubError] = field(default_factory=dict)
    again: str = ""
    is_mailed: bool = True


def make_nonce(form_id: int, *, salt: str, machine_now: datetime) -> str:
    """What a page carries: signed, with its moment, good for one entry between 2 s and 24 h later."""
    return signing.sign(NONCE, {"f": form_id, "n": salt, "t": machine_now.timestamp()})


def submit(
    key: str, given: Mapping[str, str], *, sender: Sender, now: datetime, machine_now: datetime
) -> Sent:
    """Take an entry in; the same page sent twice is one entry. Raises Gone when the form is closed, NotFound.

    A bad entry is kept too, with its reasons, and answered by `errors`: this does not raise for what was typed.
    """
    form = find_open_form(key, now=now)
    if form is None:
        raise Gone(CLOSED)
    salt, problem = _read_nonce(sender.nonce, form.id, machine_now)
    answers = rules.read_answers(form.content, given, today=now.date())
    answers = _with_store_checked(answers)
    if problem is not None:
        answers = replace(answers, errors={**answers.errors, "form": problem})
    if answers.errors:
        reason = "; ".join(sorted(f"{name}: {error}" for name, error in answers.errors.items()))
        entry_id = _keep(form, answers, sender, EntryState.REFUSED, now=now, reason=reason)
        return Sent(entry_id, EntryState.REFUSED, answers.errors)
    return _accept(form, answers, sender, salt, now)


def _accept(form: FormPage, answers: Answers, sender: Sender, salt: str, now: datetime) -> Sent:
    db.session.execute(select(SignupForm.id).where(SignupForm.id == form.id).with_for_update(key_share=True))
    same = select(SignupEntry).where(SignupEntry.form_id == form.id, SignupEntry.nonce == salt)
    old = db.session.scalar(same)
    if old is not None:
        return Sent(old.id, old.state, again=_again_token(old.optin_id))
    customer_id = _find_customer(form, answers, sender, now)
    if form.kind is FormKind.CONTEST and has_entered(form.id, customer_id):
        entry_id = _keep(form, answers, sender, EntryState.REFUSED, now=now, reason=REPEATED, nonce=salt)
        return Sent(entry_id, EntryState.REFUSED)
    wishes = wishes_of(form, answers, sender.language)
    mine = [wish for wish in wishes if wish.kind is AddressKind.MAIL]
    hold_for_phone(form, [wish for wish in wishes if wish.kind is AddressKind.PHONE], sender, now)
    if form.content.is_double_optin or any(
        is_against(wish.address, wish.channel, wish.purpose, wish.theme) for wish in mine
    ):
        return _ask(form, answers, mine, sender, customer_id=customer_id, salt=salt, now=now)
    record_consents(form, mine, sender, now)
    return Sent(
        _keep(form, answers, sender, EntryState.ACCEPTED, now=now, nonce=salt, customer_id=customer_id),
        EntryState.ACCEPTED,
    )


def _find_customer(form: FormPage, answers: Answers, sender: Sender, now: datetime) -> int:
    """Anybody can type an address: one we did not know stays unconfirmed, a phone always, a mail if it will be asked."""
    unknown = list_unknown(
        [
            address
            for address in _addresses_of(answers)
            if form.content.is_double_optin or address[0] is AddressKind.PHONE
        ]
    )
    details = _details_of(answers, sender.language)
    customer_id = find_or_create_customer(details, now=now, is_typed=True)
    mark_unconfirmed(unknown, now=now)
    return customer_id


def _ask(
    form: FormPage,
    answers: Answers,
    wishes: list[Wish],
    sender: Sender,
    *,
    customer_id: int,
    salt: str,
    now: datetime,
) -> Sent:
    """Double opt-in: nothing is recorded before the button of the mail was pressed."""
    request = remember(form, answers.values[FieldKind.EMAIL], wishes, sender, now)
    title = form.content.text(sender.language).title
    is_sent = ask_to_confirm(request, customer_id=customer_id, about=title, now=now)
    entry_id = _keep(
        form,
        answers,
        sender,
        EntryState.WAITING,
        now=now,
        nonce=salt,
        customer_id=customer_id,
        optin_id=request.id,
    )
    return Sent(entry_id, EntryState.WAITING, again=_again_token(request.id), is_mailed=is_sent)


def resend(key: str, token: str, *, now: datetime, machine_now: datetime) -> bool:
    """Mail the question once more, from the thanks page. False when it was sent often enough. Raises NotFound."""
    optin_id = int(signing.read(AGAIN, token, now=machine_now)["o"])
    form = find_open_form(key, now=now)
    entry = db.session.scalar(
        select(SignupEntry).where(SignupEntry.optin_id == optin_id).order_by(SignupEntry.id.desc()).limit(1)
    )
    if form is None or entry is None or entry.form_id != form.id:
        raise NotFound(CLOSED)
    title = form.content.text(entry.language).title
    return ask_to_confirm(get_optin(optin_id), customer_id=entry.customer_id, about=title, now=now)


def _read_nonce(nonce: str, form_id: int, machine_now: datetime) -> tuple[str, HubError | None]:
    try:
        payload = signing.read(NONCE, nonce, now=machine_now)
    except (NotFound, ValueError):
        return "", Gone(TOO_OLD)
    age = machine_now.timestamp() - payload["t"]
    if payload["f"] != form_id or age > LONGEST.total_seconds():
        return "", Gone(TOO_OLD)
    if age < SHORTEST.total_seconds():
        return "", Gone(TOO_FAST)
    return str(payload["n"]), None


def _with_store_checked(answers: Answers) -> Answers:
    is_known = answers.store_id is None or any(row.id == answers.store_id for row in list_stores())
    return answers if is_known else replace(answers, store_id=None)


def _details_of(answers: Answers, language: Language) -> CustomerDetails:
    values = answers.values
    return CustomerDetails(
        email=values.get(FieldKind.EMAIL) or None,
        phone=values.get(FieldKind.PHONE) or None,
        first_name=values.get(FieldKind.FIRST_NAME, ""),
        last_name=values.get(FieldKind.LAST_NAME, ""),
        postcode=values.get(FieldKind.POSTCODE, ""),
        birth_on=answers.birth_on,
        preferred_store_id=answers.store_id,
        language=language,
    )


def _addresses_of(answers: Answers) -> list[tuple[AddressKind, str]]:
    pairs = ((AddressKind.MAIL, FieldKind.EMAIL), (AddressKind.PHONE, FieldKind.PHONE))
    return [(kind, answers.values[name]) for kind, name in pairs if answers.values.get(name)]


def has_entered(form_id: int, customer_id: int | None) -> bool:
    """A contest counts one entry a customer; one that is not confirmed yet may be sent again."""
    counted = (EntryState.ACCEPTED, EntryState.CONFIRMED)
    entry = select(SignupEntry.id).where(
        SignupEntry.form_id == form_id,
        SignupEntry.customer_id == customer_id,
        SignupEntry.state.in_(counted),
    )
    return db.session.scalar(entry.limit(1)) is not None


def _again_token(optin_id: int | None) -> str:
    return signing.sign(AGAIN, {"o": optin_id}) if optin_id else ""


def _keep(
    form: FormPage,
    answers: Answers,
    sender: Sender,
    state: EntryState,
    *,
    now: datetime,
    reason: str = "",
    nonce: str | None = None,
    customer_id: int | None = None,
    optin_id: int | None = None,
) -> int:
    kept: dict[str, Any] = dict(answers.values)
    kept["ticked"] = [form.content.consents[number].words(sender.language) for number in answers.ticked]
    if answers.errors:
        kept["errors"] = [[name, error.text, error.values] for name, error in sorted(answers.errors.items())]
    row = insert(SignupEntry).values(
        form_id=form.id,
        version_id=form.version_id,
        state=state,
        reason=reason[:1000],
        answers=kept,
        customer_id=customer_id,
        optin_id=optin_id,
        language=sender.language,
        nonce=nonce,
        ip=sender.ip,
        user_agent=sender.user_agent,
        created_at=now,
    )
    return db.session.scalars(row.returning(SignupEntry.id)).one()
