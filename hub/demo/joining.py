"""The demo's sign-up form, open on its own page and ready to be embedded."""

from datetime import datetime

from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.signups.actions import FormDetails, make_form, switch_form
from hub.signups.rules import ConsentLine, FormContent, Question, Texts
from hub.signups.words import FormKind, Mode

CLUB = FormContent(
    texts={
        "fr": Texts(
            "Le club Maison Verel",
            "Une lettre par mois : idées pour la maison et ventes réservées au club.",
            "Merci, votre inscription est enregistrée.",
        ),
        "en": Texts(
            "The Maison Verel club",
            "One letter a month: ideas for the home and sales for members of the club.",
            "Thank you, your registration is kept.",
        ),
    },
    fields={"email": Mode.REQUIRED, "first_name": Mode.OPTIONAL, "store": Mode.OPTIONAL},
    questions=(Question("Quelle pièce aménagez-vous en ce moment ?", "Which room are you furnishing now?"),),
    consents=(
        ConsentLine(
            Channel.EMAIL,
            Purpose.NEWSLETTER,
            "",
            "Je souhaite recevoir la lettre du club par e-mail.",
            "I would like to receive the letter of the club by e-mail.",
        ),
    ),
)


def make_signup_form(*, now: datetime) -> None:
    """Part of the demo's one transaction; needs the chain."""
    details = FormDetails(name="Club Maison Verel", opens_at=None, closes_at=None, content=CLUB)
    form_id = make_form(key="club", kind=FormKind.SIGNUP, details=details, by=SYSTEM, now=now)
    switch_form(form_id, is_active=True, by=SYSTEM, now=now)
