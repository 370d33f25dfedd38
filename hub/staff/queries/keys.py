"""What the API door and the settings ask about keys."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from hub.core.db import db
from hub.core.text import N_
from hub.staff.models import Agent, ApiKey
from hub.staff.rules import PREFIX_SIZE, UnknownKeyError
from hub.staff.words import ApiScope


@dataclass(frozen=True)
class ApiKeyRow:
    """A key as it acts: `agent_id` is the person credited with its replies, None when it is bound to nobody."""

    id: int
    name: str
    scopes: frozenset[ApiScope]
    agent_id: int | None
    agent_name: str


@dataclass(frozen=True)
class ApiKeyCard:
    """A key as the settings show it; the secret itself is kept nowhere."""

    id: int
    name: str
    prefix: str
    scopes: tuple[ApiScope, ...]
    agent_name: str
    created_at: datetime
    revoked_at: datetime | None


def check_api_key(secret: str) -> ApiKeyRow:
    """The key behind a secret. Raises UnknownKeyError (401) when it is wrong, revoked, or its person has left."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    statement = (
        select(ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.agent_id, func.coalesce(Agent.name, ""))
        .outerjoin(Agent, Agent.id == ApiKey.agent_id)
        .where(
            ApiKey.secret_hash == digest, ApiKey.prefix == secret[:PREFIX_SIZE], ApiKey.revoked_at.is_(None)
        )
        .where(or_(ApiKey.agent_id.is_(None), Agent.deactivated_at.is_(None)))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise UnknownKeyError(
            N_("This key is not valid. Please check it, or ask an administrator for a new one.")
        )
    key_id, name, scopes, agent_id, agent_name = row
    return ApiKeyRow(key_id, name, frozenset(map(ApiScope, scopes)), agent_id, agent_name)


def list_api_keys() -> list[ApiKeyCard]:
    """All keys, the newest first; revoked ones stay visible."""
    found = db.session.execute(
        select(ApiKey, func.coalesce(Agent.name, ""))
        .outerjoin(Agent, Agent.id == ApiKey.agent_id)
        .order_by(ApiKey.id.desc())
    )
    return [
        ApiKeyCard(
            key.id,
            key.name,
            key.prefix,
            tuple(map(ApiScope, key.scopes)),
            name,
            key.created_at,
            key.revoked_at,
        )
        for key, name in found
    ]
