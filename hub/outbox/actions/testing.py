"""Sends a draft of a template as a test: by the usual way out, marked, to a few chosen addresses, its links harmless."""

import re
from collections.abc import Sequence
from datetime import datetime

from hub.content.actions import publish_test
from hub.core import site
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language, Purpose
from hub.customers.rules import normalise_mail
from hub.outbox import letterhead
from hub.outbox.actions.posting import post_many
from hub.outbox.drafting import Draft
from hub.stores.queries import get_chain

MOST_ADDRESSES = 5
SOURCE = "template_test"
_BETWEEN = re.compile(r"[\s,;]+")


def send_test(
    *, template_key: str, language: Language, addresses: str, by: Actor, now: datetime
) -> list[str]:
    """Post the draft as it stands to the addresses (separated by spaces, commas or lines); returns them.

    The chain's name is the real one, everything else an example. Raises Invalid on a wrong or a sixth address,
    NotFound when there is no draft.
    """
    recipients = _read_addresses(addresses)
    test_key, examples = publish_test(
        key=template_key, language=language, harmless_url=f"{site.base_url()}/help/", now=now
    )
    real = letterhead.chain_values(get_chain())
    values = {name: value for name, value in examples.items() if not real.get(name)}
    drafts = [
        Draft(
            key=f"{SOURCE}:{template_key}:{language.value}:{now.isoformat()}:{number}",
            template_key=test_key,
            values=values,
            purpose=Purpose.STAFF,
            due_at=now,
            language=language,
            recipient=recipient,
            agent_id=by.agent_id,
            source_kind=SOURCE,
        )
        for number, recipient in enumerate(recipients)
    ]
    post_many(drafts, now=now)
    return recipients


def _read_addresses(text: str) -> list[str]:
    """The addresses, each once. Raises Invalid."""
    found: Sequence[str] = [normalise_mail(part) for part in _BETWEEN.split(text) if part]
    unique = list(dict.fromkeys(found))
    if not unique:
        raise Invalid(N_("Please enter the address that the test goes to."), field="addresses")
    if len(unique) > MOST_ADDRESSES:
        raise Invalid(
            N_("A test goes to at most %(count)s addresses."), field="addresses", count=MOST_ADDRESSES
        )
    return unique
