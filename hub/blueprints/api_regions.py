"""Doors for machines: what is said of regions, such as the weather. Described at openapi.json."""

from typing import Any

from flask import g, jsonify
from flask.typing import ResponseReturnValue

from hub.blueprints.api import blueprint, check_query, key_rate, read_body, viewer_of_key
from hub.blueprints.api_regions_shapes import RegionBody
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.staff.words import ApiScope, Permission
from hub.stores.actions import set_properties
from hub.stores.properties import PropertyRow, RegionKey, get_region_by_key, list_properties, list_region_keys

WAYS = {
    "list_regions": ApiScope.REGIONS_WRITE,
    "show_region_properties": ApiScope.REGIONS_WRITE,
    "put_region_properties": ApiScope.REGIONS_WRITE,
}


@blueprint.get("/regions")
@limiter.limit("600/minute", key_func=key_rate)
def list_regions() -> ResponseReturnValue:
    _check()
    check_query()
    return jsonify(regions=_shapes(list_region_keys()))


@blueprint.get("/regions/<key>/properties")
@limiter.limit("1200/minute", key_func=key_rate)
def show_region_properties(key: str) -> ResponseReturnValue:
    _check()
    return jsonify(region=_shapes([get_region_by_key(key)])[0])


@blueprint.put("/regions/<key>/properties")
@limiter.limit("1200/minute", key_func=key_rate)
def put_region_properties(key: str) -> ResponseReturnValue:
    """Keys that are not named stay as they are."""
    _check()
    body, region = read_body(RegionBody), get_region_by_key(key)
    by = Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=g.api_key.name)
    with transaction():
        set_properties(
            region_id=region.id,
            values=body.values(),
            expires_hours=body.expires_hours,
            by=by,
            now=clock.business_now(),
        )
    return jsonify(region=_shapes([region])[0])


def _check() -> None:
    if not viewer_of_key().may(Permission.EDIT_SETTINGS):
        raise Forbidden(N_("The person of this key does not change settings. Please use another key."))


def _shapes(regions: list[RegionKey]) -> list[dict[str, Any]]:
    said = list_properties([each.id for each in regions], at=clock.business_now())
    return [
        {
            "key": each.key,
            "name": each.name,
            "properties": [_property(row) for row in said if row.region_id == each.id],
        }
        for each in regions
    ]


def _property(row: PropertyRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "value": row.value,
        "set_at": row.set_at.isoformat(),
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }
