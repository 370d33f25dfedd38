"""Live, ready, and the figures of this process for Prometheus."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import Config
from hub.blueprints.gauges import GAUGES
from hub.core import bell
from hub.core.db import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Live: the process answers. Asks nothing of the servers behind it."""
    return jsonify(state="live")


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """Ready: the database and Redis answer; 503 says which one does not."""
    found = {"database": _database_answers(), "redis": _redis_answers()}
    is_ready = all(found.values())
    return jsonify(state="ready" if is_ready else "not_ready", **found), 200 if is_ready else 503


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus text format. A figure that cannot be read is left out rather than wrong."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    for name, read in GAUGES.items():
        _add(registry, name, read)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _add(registry: CollectorRegistry, name: str, read: Callable[[], float]) -> None:
    try:
        value = float(read())
    except SQLAlchemyError:
        db.session.rollback()
        return
    Gauge(name, (read.__doc__ or name).strip().splitlines()[0], registry=registry).set(value)


def _database_answers() -> bool:
    try:
        return bool(db.session.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _redis_answers() -> bool:
    config: Config = current_app.config["COMPTOIR"]
    try:
        return config.redis_url is not None and bool(bell.connect_redis(config.redis_url).ping())
    except RedisError:
        return False
