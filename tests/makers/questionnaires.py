"""Known questionnaires: a document with every kind of question, one that is published, somebody asked, his answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.words import Language
from hub.questionnaires.links import Ticket, invitation_token, open_link_token
from hub.questionnaires.models import OpenLink, Questionnaire, QuestionnaireInvitation, QuestionnaireVersion
from hub.questionnaires.responding import nonces
from hub.questionnaires.responding.beginning import Sender, begin
from hub.questionnaires.responding.queries import get_entrance, get_page
from hub.questionnaires.responding.saving import Saved, SentPage, save_page
from hub.questionnaires.words import LinkKind, QuestionnaireState, ResponseState
from tests.conftest import TUESDAY

Document = dict[str, Any]


def said(french: str, english: str = "") -> dict[str, str]:
    return {"fr": french, "en": english or french}


def option(code: str, french: str = "", **more: Any) -> Document:
    return {"code": code, "words": said(french or code.capitalize(), code.capitalize()), **more}


def question(key: str, kind: str, french: str = "", **more: Any) -> Document:
    return {
        "key": key,
        "kind": kind,
        "words": said(french or f"La question {key} ?", f"Question {key}?"),
        **more,
    }


def clause(key: str, test: str, *codes: str, number: float | None = None) -> Document:
    return {"question": key, "test": test, "codes": list(codes), "number": number}


def document(*pages: Document, **more: Any) -> Document:
    """Without pages: one page with one question (`csat`, required)."""
    own = pages or ({"key": "one", "questions": [question("csat", "csat", is_required=True)]},)
    return {
        "format": 1,
        "title": said("Votre visite", "Your visit"),
        "introduction": said("Dites-nous comment cela s’est passé.", "Tell us how it went."),
        "thanks": said("Merci de votre réponse.", "Thank you for your answer."),
        "mode": "identified",
        "languages": ["fr", "en"],
        "pages": list(own),
        **more,
    }


CHOICES = [
    option("price", "Le prix"),
    option("advice", "Le conseil"),
    option("other", "Autre", is_fixed=True),
    option("none", "Rien de cela", is_exclusive=True, is_fixed=True),
]
SCORES = [
    question("csat", "csat", "Êtes-vous satisfait de votre visite ?", is_required=True,
             low=said("Pas du tout", "Not at all"), high=said("Tout à fait", "Very")),
    question("nps", "nps", "Nous recommanderiez-vous ?", low=said("Jamais", "Never"), high=said("Sûrement", "Surely")),
    question("ces", "ces", "Était-ce facile ?", low=said("Difficile", "Hard"), high=said("Facile", "Easy")),
    question("scale", "scale", "L’accueil", least=0, most=4, low=said("Froid", "Cold"), high=said("Chaleureux", "Warm")),
]  # fmt: skip
PICKS = [
    question("single", "single", "Comment êtes-vous venu ?", is_required=True,
             options=[option("foot", "À pied"), option("car", "En voiture", most=500), option("other", "Autrement")]),
    question("multiple", "multiple", "Qu’est-ce qui a compté ?", options=CHOICES, is_shuffled=True, most_count=2),
    question("ranking", "ranking", "Classez nos services", options=[option("pay", "Payer"), option("park", "Se garer"), option("find", "Trouver")]),
    question("matrix", "matrix", "Jugez le rayon", rows=[option("range", "Le choix"), option("order", "L’ordre")],
             options=[option("bad", "Mauvais"), option("fair", "Moyen"), option("good", "Bon")]),
]  # fmt: skip
TOLD = [
    question("text", "text", "En un mot ?"),
    question("long_text", "long_text", "Dites-nous plus", help=said("Sans nommer personne.", "Name nobody.")),
    question("date", "date", "Quel jour êtes-vous venu ?"),
    question("number", "number", "Combien de fois par an ?", least=0, most=365, unit=said("fois", "times")),
]
REST = [
    question("information", "information", "Encore quelques questions."),
    question("contact", "contact", "Pour vous rappeler", fields=["first_name", "email", "phone"]),
    question("consent", "consent", "J’accepte d’être rappelé."),
    question("file", "file", "Une photo du rayon"),
]  # fmt: skip


def every_kind(**more: Any) -> Document:
    """All sixteen kinds on four pages; "rest" is for who came by car or told nothing of it, "end" for no one at 1."""
    pages = [
        {"key": "scores", "title": said("Votre avis", "Your opinion"), "questions": SCORES,
         "ends_if": {"clauses": [clause("csat", "any_of", "1")], "join": "all"}},
        {"key": "picks", "questions": PICKS, "is_shuffled": True},
        {"key": "told", "questions": TOLD, "show_if": {"clauses": [clause("nps", "at_most", number=8)], "join": "all"}},
        {"key": "rest", "questions": REST},
    ]  # fmt: skip
    return document(*pages, hidden=["till", "source"], **more)


FORMS: tuple[dict[str, str | list[str]], ...] = (
    {"csat": "4", "nps": "7", "ces": "6", "scale": "0"},
    {"single": "car", "multiple": ["price", "other"], "multiple.other": "La vue", "ranking.pay": "2",
     "ranking.park": "3", "ranking.find": "1", "matrix.range": "good", "matrix.order": "fair"},
    {"text": "Bien", "long_text": "Très bien.\r\nMerci.", "date": "2026-03-01", "number": "12,5"},
    {"contact.first_name": "Eva", "contact.email": "eva@client.example", "contact.phone": "06 12 34 56 78", "consent": "yes"},
)  # fmt: skip
"""What a browser sends for the four pages of `every_kind`."""


@dataclass(frozen=True)
class Published:
    id: int
    version_id: int


def make_questionnaire(
    session: Session,
    document: Document | None = None,
    *,
    key: str = "visit",
    state: QuestionnaireState = QuestionnaireState.OPEN,
    closes_at: datetime | None = None,
    **more: Any,
) -> Published:
    """Published as version 1; without a document the one with every kind. `more` are columns."""
    told = every_kind() if document is None else document
    row = Questionnaire(
        key=key, name="Visite", state=state, draft=told, draft_changed_at=TUESDAY, closes_at=closes_at,
        created_at=TUESDAY, **more,
    )  # fmt: skip
    session.add(row)
    session.flush()
    version = QuestionnaireVersion(
        questionnaire_id=row.id, number=1, definition=told, moved={}, published_at=TUESDAY
    )
    session.add(version)
    session.flush()
    row.version_id = version.id
    session.flush()
    return Published(row.id, version.id)


def publish_again(session: Session, published: Published, document: Document, **moved: Any) -> Published:
    """The next version, as the builder freezes it."""
    row = session.get_one(Questionnaire, published.id)
    before = session.get_one(QuestionnaireVersion, row.version_id)
    version = QuestionnaireVersion(
        questionnaire_id=row.id, number=before.number + 1, definition=document, moved=moved, published_at=TUESDAY
    )  # fmt: skip
    session.add(version)
    session.flush()
    row.draft, row.version_id = document, version.id
    session.flush()
    return Published(row.id, version.id)


def make_asked(session: Session, published: Published, *, customer_id: int, **more: Any) -> tuple[int, str]:
    """An invitation and its token."""
    row = QuestionnaireInvitation(
        questionnaire_id=published.id,
        customer_id=customer_id,
        language=Language.FRENCH,
        created_at=TUESDAY,
        **more,
    )
    session.add(row)
    session.flush()
    return row.id, invitation_token(row.id)


def make_link(
    session: Session, published: Published, *, kind: LinkKind = LinkKind.LINK, **more: Any
) -> tuple[int, str]:
    """An open link and its token."""
    row = OpenLink(
        **{
            "questionnaire_id": published.id,
            "kind": kind,
            "name": "Page de la boutique",
            "most_a_day": 100,
            "created_at": TUESDAY,
            **more,
        }
    )
    session.add(row)
    session.flush()
    return row.id, open_link_token(row.id)


def a_first_nonce(token: str, *, seconds: float = 10, **query: str) -> str:
    """Of a first page that was opened so many seconds ago, with what its address says."""
    opened_at = clock.machine_now() - timedelta(seconds=seconds)
    entrance = get_entrance(token, now=TUESDAY)
    return nonces.sign_first(token, entrance.definition, query, machine_now=opened_at)


def start(
    token: str, *, nonce: str | None = None, address: str = "10.0.0.9", now: datetime = TUESDAY
) -> Ticket:
    """The button of the first page."""
    sender = Sender(Language.FRENCH, address, nonce or a_first_nonce(token), 1, clock.machine_now())
    return begin(token, sender, now=now)


def send_page(
    ticket: Ticket,
    page_key: str,
    fields: Mapping[str, str | list[str]],
    *,
    now: datetime = TUESDAY,
    **more: Any,
) -> Saved:
    """A page as a browser sends it."""
    opened_at = clock.machine_now() - timedelta(seconds=10)
    told: dict[str, Any] = {
        "page_key": page_key,
        "form": {name: value if isinstance(value, list) else [value] for name, value in fields.items()},
        "nonce": nonces.sign_page(ticket.key, machine_now=opened_at),
        "least_seconds": 1,
        "machine_now": clock.machine_now(),
        "address": "10.0.0.9",
    }
    return save_page(ticket, SentPage(**told | more), now=now)


def respond(
    token: str, fields: Mapping[str, str | list[str]], *, now: datetime = TUESDAY, address: str = "10.0.0.9"
) -> Ticket:
    """From the first page to the thanks: `fields` of all pages together, each page takes its own."""
    ticket = start(token, now=now, address=address)
    for _ in range(60):
        page = get_page(ticket, now=now)
        if page.state is not ResponseState.PARTIAL:
            return ticket
        saved = send_page(ticket, page.page_key, fields, now=now, address=address)
        assert not saved.errors, saved.errors
    raise AssertionError("The questionnaire has no end.")
