"""Make and revoke API keys; the secret is shown once and kept only as SHA-256."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.staff.models import Agent, ApiKey
from hub.staff.rules import clean_person_name
from hub.staff.words import ApiScope


def make_api_key(
    *, name: str, scopes: Collection[ApiScope], agent_id: int | None, by: Actor, now: datetime
) -> str:
    """A new key; returns its secret, which cannot be shown again. A key that may reply is bound to a person.

    Raises Invalid for an empty name, no scope, or a person who is unknown, missing or gone.
    """
    if not scopes:
        raise Invalid(N_("Please choose at least one right."), field="scopes")
    if ApiScope.TICKETS_REPLY in scopes and agent_id is None:
        raise Invalid(N_("A key that replies acts for a person. Please choose one."), field="agent_id")
    if agent_id is not None:
        agent = db.session.get(Agent, agent_id)
        if agent is None or agent.deactivated_at is not None:
            raise Invalid(N_("This person has left. Please choose another one."), field="agent_id")
    prefix = f"cpt_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKey(
        name=clean_person_name(name),
        prefix=prefix,
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=sorted(scope.value for scope in scopes),
        agent_id=agent_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    note_change(
        "api_key.made",
        subject_kind="api_key",
        subject_id=row.id,
        by=by,
        now=now,
        scopes=row.scopes,
        agent_id=agent_id,
    )
    return secret


def revoke_api_key(*, key_id: int, by: Actor, now: datetime) -> None:
    """The key opens nothing from now on; revoking twice changes nothing. Raises NotFound."""
    row = db.session.get(ApiKey, key_id)
    if row is None:
        raise NotFound(N_("This key does not exist. Please reload the list."))
    if row.revoked_at is None:
        row.revoked_at = now
        note_change("api_key.revoked", subject_kind="api_key", subject_id=key_id, by=by, now=now)
        db.session.flush()
