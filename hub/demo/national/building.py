"""Builds and publishes the demo's questionnaires through the room's own actions, with the themes of their comments."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.words import ActorKind
from hub.demo.national.themes import THEMES
from hub.questionnaires.definitions import Definition
from hub.questionnaires.drafts import editing
from hub.questionnaires.drafts.actions import change_draft, create_questionnaire
from hub.questionnaires.drafts.documents import Document
from hub.questionnaires.drafts.queries import get_questionnaire
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.models import QuestionnaireVersion
from hub.questionnaires.publishing import close, publish, set_closing
from hub.questionnaires.reading import read_definition
from hub.questionnaires.results.theming import save_theme
from hub.questionnaires.words import QuestionKind
from hub.reasons.queries import find_reason_by_key
from hub.staff.models import Agent
from hub.staff.words import Role

MOST_ANSWERS = 12_000
YEAR = timedelta(days=364)
BUILT, PUBLISHED, REPUBLISHED = timedelta(days=66), timedelta(days=56), timedelta(days=30)
CLOSES = timedelta(days=21)
ABOUT_STORE = {
    "words": {
        "fr": "Les deux questions qui suivent portent sur votre magasin de {{store|proximité}}.",
        "en": "The next two questions are about your store{{store| nearby}}.",
    }
}
HOURS = {"code": "hours", "words": {"fr": "Les horaires d’ouverture", "en": "The opening hours"}}


@dataclass(frozen=True)
class Edition:
    """One questionnaire as it is answered: its versions with the moment from which each is."""

    id: int
    versions: tuple[tuple[int, datetime, Definition], ...]

    def version_at(self, moment: datetime) -> tuple[int, Definition]:
        found = [each for each in self.versions if each[1] <= moment] or list(self.versions[:1])
        return found[-1][0], found[-1][2]


def marketer() -> Actor:
    found = db.session.scalar(select(Agent.id).where(Agent.role == Role.MARKETER).order_by(Agent.id).limit(1))
    return Actor(ActorKind.AGENT, agent_id=found) if found else SYSTEM


def save_themes(*, now: datetime) -> None:
    for name_fr, name_en, keywords, reason_key in THEMES:
        reason = find_reason_by_key(reason_key) if reason_key else None
        save_theme(
            theme_id=None,
            name_fr=name_fr,
            name_en=name_en,
            keywords=keywords,
            reason_id=reason.id if reason else None,
            by=marketer(),
            now=now,
        )


def build_last_year(*, now: datetime) -> Edition:
    """Of another scale in one question, which is therefore not compared."""
    document = deepcopy(dict(TEMPLATES[Template.YEARLY][1]))
    document = editing.set_question(document, "price_image", {"most": 10})
    year = (now - YEAR).year
    made = _publish(f"Enquête nationale {year}", document, at=now - YEAR - PUBLISHED)
    return _edition(made)


def close_last_year(edition: Edition, *, now: datetime) -> None:
    close(edition.id, by=marketer(), now=now - YEAR + CLOSES)


def build_this_year(earlier: Edition, *, now: datetime) -> Edition:
    """Twenty questions from the template, a word on the customer's store, a limit; later an answer more, as version 2."""
    by, began = marketer(), now - BUILT
    made = create_questionnaire(
        name=f"Enquête nationale {now.year}",
        document=TEMPLATES[Template.YEARLY][1],
        earlier_id=earlier.id,
        by=by,
        now=began,
    )
    seen = _change(made, _with_store(get_questionnaire(made).document), now=began)
    publish(made, seen=seen, by=by, now=now - PUBLISHED)
    options = editing.find_question(get_questionnaire(made).document, "disappointed_by")["options"]
    added = editing.set_question(
        get_questionnaire(made).document, "disappointed_by", {"options": [*options[:-1], HOURS, options[-1]]}
    )
    publish(made, seen=_change(made, added, now=now - REPUBLISHED), by=by, now=now - REPUBLISHED)
    set_closing(made, closes_at=now + CLOSES, by=by, now=now - REPUBLISHED)
    return _edition(made)


def build_leaving(*, now: datetime) -> Edition:
    """Asked without knowing who answers."""
    return _edition(_publish("Pourquoi vous venez moins", TEMPLATES[Template.LEAVING][1], at=now - PUBLISHED))


def _with_store(document: Mapping[str, Any]) -> Document:
    changed = editing.set_about(document, {"most": MOST_ANSWERS})
    changed, key = editing.add_question(changed, "store", ABOUT_STORE, kind=QuestionKind.INFORMATION)
    for _ in editing.find_page(changed, "store")["questions"][1:]:
        changed = editing.move_question(changed, key, -1)
    return changed


def _change(questionnaire_id: int, document: Mapping[str, Any], *, now: datetime) -> str:
    seen = get_questionnaire(questionnaire_id).seen
    return change_draft(
        questionnaire_id=questionnaire_id, document=document, seen=seen, by=marketer(), now=now
    )


def _publish(name: str, document: Mapping[str, Any], *, at: datetime) -> int:
    made = create_questionnaire(name=name, document=document, by=marketer(), now=at)
    publish(made, by=marketer(), now=at)
    return made


def _edition(questionnaire_id: int) -> Edition:
    rows = db.session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireVersion.number)
    )
    return Edition(
        questionnaire_id, tuple((row.id, row.published_at, read_definition(row.definition)) for row in rows)
    )
