"""Known messages: a small published template of each purpose, and drafts that post with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.words import TemplateState
from hub.core.words import Channel, Language, Purpose
from hub.customers import actions as customers
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox import actions as outbox
from hub.outbox.actions import Draft
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY

UNSUBSCRIBABLE = (Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER)


def make_template(
    session: Session,
    key: str = "test_service",
    purpose: Purpose = Purpose.SERVICE,
    *,
    is_refusable: bool | None = None,
) -> TemplateVersion:
    """One published French version: `[[words]]` is required, advertising and surveys carry the unsubscribe link."""
    known = session.scalar(select(TemplateVersion).join(MessageTemplate).where(MessageTemplate.key == key))
    if known is not None:
        return known
    template = MessageTemplate(key=key, purpose=purpose, is_builtin=True, created_at=TUESDAY)
    session.add(template)
    session.flush()
    names = {"words": True, "salutation": False, "store_name": False}
    footer = ""
    if purpose in UNSUBSCRIBABLE if is_refusable is None else is_refusable:
        names |= {"unsubscribe_url": True}
        footer = "[[unsubscribe_url]]"
    version = TemplateVersion(
        template_id=template.id,
        language=Language.FRENCH,
        number=1,
        state=TemplateState.PUBLISHED,
        subject="[[words]]",
        source="",
        source_hash=key,
        html=f"<p>[[words]] {footer}</p>",
        text=f"[[words]] {footer}",
        variables=[
            {
                "name": name,
                "kind": "act" if name.endswith("_url") else "text",
                "is_required": is_required,
                "fallback": "",
            }
            for name, is_required in names.items()
        ],
        published_at=TUESDAY,
    )
    session.add(version)
    session.flush()
    return version


def make_draft(
    session: Session, key: str = "draft:1", *, purpose: Purpose = Purpose.SERVICE, **fields: Any
) -> Draft:
    """A draft due on Tuesday 10:00; the template of its purpose is made when there is none."""
    template_key = f"test_{purpose}"
    make_template(session, template_key, purpose)
    known = {"template_key": template_key, "values": {"words": "Votre lampe est prête"}, "due_at": TUESDAY}
    return Draft(key=key, purpose=purpose, **{**known, **fields})


def post_draft(
    session: Session, key: str = "draft:1", *, now: datetime = TUESDAY, **fields: Any
) -> OutboundMessage:
    """Post a draft and return its row."""
    posted = outbox.post_many([make_draft(session, key, **fields)], now=now)[0]
    return session.get_one(OutboundMessage, posted.message_id_row)


def give_consent(
    address: str,
    purpose: Purpose = Purpose.PROMOTION,
    *,
    action: ConsentAction = ConsentAction.GIVEN,
    now: datetime = TUESDAY,
) -> int:
    """The id of what now stands in the ledger."""
    from hub.core.actor import CUSTOMER

    return customers.record_consent(
        address_kind=AddressKind.MAIL,
        address=address,
        channel=Channel.EMAIL,
        purpose=purpose,
        action=action,
        legal_basis=LegalBasis.CONSENT,
        wording="Oui",
        wording_version="1",
        collection_point="form",
        by=CUSTOMER,
        now=now,
    )
