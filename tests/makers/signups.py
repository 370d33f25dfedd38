"""Sign-up forms and what somebody sends in by them."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.words import Channel, Language, Purpose
from hub.signups import actions
from hub.signups.actions import FormDetails, Sender, Sent
from hub.signups.queries import FormPage, find_form, get_form
from hub.signups.rules import ConsentLine, FormContent, Question, Texts
from hub.signups.submitting import make_nonce
from hub.signups.words import FormKind, Mode
from tests.conftest import TUESDAY

OFFERS = ConsentLine(
    Channel.EMAIL,
    Purpose.PROMOTION,
    "",
    "J’accepte de recevoir les offres par e-mail.",
    "I would like to receive offers by e-mail.",
)
CONTENT = FormContent(
    texts={
        "fr": Texts("Le club Verel", "Des idées chaque mois.", "À bientôt."),
        "en": Texts("The Verel club", "Ideas every month.", "See you soon."),
    },
    fields={"email": Mode.REQUIRED, "first_name": Mode.OPTIONAL},
    questions=(Question("Votre pièce préférée ?", "Your favourite room?"),),
    consents=(OFFERS,),
)
GIVEN = {"email": "Eva@Client.example", "first_name": "eva", "c0": "1"}


def make_form(
    key: str = "club", *, kind: FormKind = FormKind.SIGNUP, is_active: bool = True, **changes: Any
) -> FormPage:
    """A form that is open. `changes` are fields of the form or of its content."""
    times = {name: changes.pop(name, None) for name in ("opens_at", "closes_at")}
    details = FormDetails(name="Le club", content=replace(CONTENT, **changes), **times)
    form_id = actions.make_form(key=key, kind=kind, details=details, by=SYSTEM, now=TUESDAY)
    actions.switch_form(form_id, is_active=is_active, by=SYSTEM, now=TUESDAY)
    return get_form(form_id)


def a_nonce(form: FormPage, *, seconds: float = 10) -> str:
    """The nonce of a page that was opened so many seconds ago."""
    opened_at = clock.machine_now() - timedelta(seconds=seconds)
    return make_nonce(form.id, salt=secrets.token_hex(8), machine_now=opened_at)


def send(form: FormPage, *, nonce: str | None = None, now: datetime = TUESDAY, **changes: str) -> Sent:
    """The form as Eva sends it."""
    sender = Sender(nonce or a_nonce(form), Language.FRENCH, "10.0.0.9", "Firefox")
    given = {**GIVEN, **changes}
    return actions.submit(form.slug, given, sender=sender, now=now, machine_now=clock.machine_now())


def reload(form: FormPage) -> FormPage:
    found = find_form(form.slug)
    assert found is not None
    return found
