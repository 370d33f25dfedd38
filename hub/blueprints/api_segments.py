"""Doors for machines: segments with their counts, and who is in one. Described at openapi.json."""

from collections.abc import Sequence
from typing import Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints.api import blueprint, check_query, key_rate, page_size, viewer_of_key
from hub.blueprints.api_customers import customer_shapes
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Forbidden, NotFound
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.customers.queries import get_customers
from hub.segments.saved import actions, queries
from hub.segments.saved.rows import SegmentRow
from hub.staff.words import ApiScope, Permission

WAYS = {"list_segments": ApiScope.SEGMENTS_READ, "list_segment_members": ApiScope.SEGMENTS_READ}


@blueprint.get("/segments")
@limiter.limit("600/minute", key_func=key_rate)
def list_segments() -> ResponseReturnValue:
    """By name, without archived ones; `customers` is the count of `counted_at`."""
    _check()
    check_query()
    found = queries.list_segments(after=request.args.get("after"), size=page_size())
    return jsonify(segments=[_shape(row) for row in found.rows], next=found.next_key)


@blueprint.get("/segments/<int:segment_id>/members")
@limiter.limit("120/minute", key_func=key_rate)
def list_segment_members(segment_id: int) -> ResponseReturnValue:
    """Who is in it now, by id; of a static segment whom it keeps. Each page has its line in the audit trail.

    A key that may not read customers gets their ids and nothing else.
    """
    _check()
    check_query()
    row = queries.get_segment(segment_id)
    if row.archived_at is not None:
        raise NotFound(queries.GONE)
    now, after = clock.business_now(), request.args.get("after")
    found = queries.list_member_ids(row, now=now, after=after, size=page_size())
    members = _members(found.rows)
    with transaction():
        actions.note_export(segment_id, by=_actor(), now=now)
    return jsonify(members=members, next=found.next_key)


def _members(ids: Sequence[int]) -> list[dict[str, Any]]:
    is_reader = ApiScope.CUSTOMERS_READ in g.api_key.scopes
    if not is_reader or not viewer_of_key().may(Permission.READ_CUSTOMERS):
        return [{"id": one} for one in ids]
    people = get_customers(ids)
    return customer_shapes([people[one] for one in ids if one in people])


def _shape(row: SegmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "kind": row.kind.value,
        "customers": row.customer_count,
        "counted_at": row.counted_at.isoformat() if row.counted_at else None,
        "refreshed_at": row.refreshed_at.isoformat() if row.refreshed_at else None,
    }


def _check() -> None:
    if not viewer_of_key().may(Permission.READ_SEGMENTS):
        raise Forbidden(N_("The person of this key does not see segments. Please use another key."))


def _actor() -> Actor:
    return Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=g.api_key.name)
