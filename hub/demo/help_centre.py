"""Fills the demo's knowledge base: published articles in two languages, one for the staff, standard replies."""

import re
from datetime import datetime, timedelta

from hub.core.actor import SYSTEM
from hub.core.text import slug
from hub.core.words import Language
from hub.demo.help_english import ENGLISH
from hub.demo.help_french import FRENCH, INTERNAL
from hub.demo.help_replies import PARAGRAPHS, REPLIES
from hub.knowledge.actions import save_article, save_standard_reply
from hub.knowledge.paragraphs import save_paragraph
from hub.knowledge.queries import get_article
from hub.knowledge.rows import NO_ACTS, ReplyActs
from hub.knowledge.words import AfterSending, ArticleState
from hub.reasons.queries import list_reasons
from hub.stores.queries import find_store_by_slug

ASKING = ("delivery-damaged",)
"""Replies that ask the customer for something: the ticket waits for him once they have left."""
WRITTEN_BEFORE = timedelta(days=200)
FRENCH_SIGN = re.compile(r" (?=[?!:;»])|(?<=«) ")


def write_help_centre(*, now: datetime) -> None:
    """Part of the demo's one transaction; needs the reasons and the stores."""
    reasons = {row.key: row.id for row in list_reasons(active=False)}
    written = now - WRITTEN_BEFORE
    _write(FRENCH, reasons, ArticleState.PUBLISHED, now=written)
    _write(INTERNAL, reasons, ArticleState.INTERNAL, now=written)
    _translate(now=written + timedelta(days=5))
    _write_replies(reasons, now=written)


def _write(
    articles: tuple[tuple[str, str, str, str, str], ...],
    reasons: dict[str, int],
    state: ArticleState,
    *,
    now: datetime,
) -> None:
    for key, reason, title, summary, body in articles:
        save_article(
            article_id=None,
            key=key,
            language=Language.FRENCH,
            title=_typeset(title),
            summary=_typeset(summary),
            body=_typeset(body),
            state=state,
            reason_id=reasons[reason],
            by=SYSTEM,
            now=now,
        )


def _typeset(text: str) -> str:
    """A French sign never begins a line of its own."""
    return FRENCH_SIGN.sub("\N{NO-BREAK SPACE}", text)


def _translate(*, now: datetime) -> None:
    for key, french_key, title, summary, body in ENGLISH:
        pair = get_article(french_key)
        save_article(
            article_id=None,
            key=key,
            language=Language.ENGLISH,
            title=title,
            summary=summary,
            body=body,
            state=ArticleState.PUBLISHED,
            reason_id=pair.reason_id,
            pair_id=pair.id,
            by=SYSTEM,
            now=now,
        )


def _write_replies(reasons: dict[str, int], *, now: datetime) -> None:
    french: dict[str, int] = {}
    for key, reason, title_fr, text_fr, title_en, text_en in REPLIES:
        texts = {Language.FRENCH: (title_fr, text_fr), Language.ENGLISH: (title_en, text_en)}
        for language, (title, text) in texts.items():
            if text:
                made = save_standard_reply(
                    reply_id=None,
                    key=key,
                    language=language,
                    title=title,
                    body=text,
                    reason_id=reasons[reason],
                    acts=ReplyActs(state=AfterSending.PENDING) if key in ASKING else NO_ACTS,
                    by=SYSTEM,
                    now=now,
                )
                french.setdefault(key, made)
    for key, store_name, text in PARAGRAPHS:
        store = find_store_by_slug(slug(store_name))
        if store is not None:
            save_paragraph(reply_id=french[key], store_id=store.id, text=text, by=SYSTEM, now=now)
