"""Live, ready and the figures, with the servers there and away."""

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from hub.blueprints import health


def test_the_process_is_live_and_ready(client: FlaskClient) -> None:
    assert client.get("/health").json == {"state": "live"}
    assert client.get("/ready").json == {"state": "ready", "database": True, "redis": True}


def test_it_is_not_ready_without_redis(
    client: FlaskClient, app: Flask, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = dataclasses.replace(settings, redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.config, "COMPTOIR", away)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"state": "not_ready", "database": True, "redis": False}


def test_figures_of_rooms_stand_beside_those_of_the_process(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(health.GAUGES, "comptoir_answer", lambda: 42)
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    assert "comptoir_answer 42.0" in answer.text
    assert "process_resident_memory_bytes" in answer.text
