"""Mails the question of a double opt-in: "was it you?"."""

from datetime import datetime

from hub.content.phrases import day_in_words
from hub.core import site
from hub.core.words import Purpose
from hub.customers.optin import OptinRow, note_optin_sent, optin_token
from hub.outbox.actions.posting import post
from hub.outbox.letter import CONFIRMATION
from hub.outbox.words import SendQueue


def ask_to_confirm(request: OptinRow, *, customer_id: int | None, about: str, now: datetime) -> bool:
    """Post the confirmation, the one message an unconfirmed address receives. False when it was sent often enough.

    `about` is the title of what was signed up for; the words that were ticked stand below it.
    """
    if not request.may_send:
        return False
    sent = note_optin_sent(request.id, now=now)
    post(
        key=f"optin:{sent.id}:{sent.sent_count}",
        template_key="optin_confirmation",
        values={
            "what": "\n".join(dict.fromkeys([about, *(wish.wording for wish in sent.wishes)])),
            "confirm_url": f"{site.base_url()}/confirm/{optin_token(sent.id)}",
            "valid_until": day_in_words(sent.expires_at.date(), sent.language),
        },
        purpose=Purpose.SERVICE,
        language=sent.language,
        customer_id=customer_id,
        recipient=sent.address,
        source_kind=CONFIRMATION,
        source_id=sent.id,
        due_at=now,
        expires_at=sent.expires_at,
        queue=SendQueue.URGENT,
        now=now,
    )
    return True
