"""The API against its own description: schemathesis sends what the description allows, and what it does not."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask, g
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy.orm import Session

from hub.blueprints.access import asks_of
from hub.blueprints.openapi import describe
from hub.core.db import db
from hub.staff.words import ApiScope
from tests.blueprints.test_api_tickets import DORA, Caller, caller

EXAMPLES = 300 if os.environ.get("LARGE") else 3
PROMISES: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in describe("http://localhost")["paths"].items()
    for method in methods
]
__all__ = ["caller"]


def behind(app: Flask) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The whole application; each request finds what the one before kept, and nothing else of it."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        db.session.commit()
        for name in list(g):
            g.pop(name)
        return app(environ, start_response)

    return wsgi


class Known:
    """What exists, to be put where a random word would only ever lead to 404 or 422."""

    def __init__(self, caller: Caller) -> None:
        self.number = caller.opened(attachments=[caller.upload()])
        thread = caller.call("GET", f"/tickets/{self.number}/messages").json["messages"]
        self.path = {"number": self.number, "who": "dora@client.example"}
        self.path["attachment_id"] = thread[0]["attachments"][0]["id"]
        noted = caller.call("POST", "/notes", {"ticket": self.number, "text": "Vu."}).json["note"]
        self.note = noted["message_id"]
        self.body = {
            "store": "LYO",
            "reason": "delivery",
            "assignee": "ada@verel.example",
            "agent": "ada@verel.example",
            "attachments": [],
            "customer": DORA,
            "email": "dora@client.example",
            "phone": "0612345678",
            "address": "dora@client.example",
            "text": "Bonjour",
            "ticket": self.number,
        }
        self.query = {"store": "LYO", "reason": "delivery", "assignee": "ada@verel.example", "after": ""}
        self.query["ticket"] = self.number

    def put_into(self, case: Any) -> None:
        for place, words in (
            (case.path_parameters, self.path),
            (case.query, self.query),
            (case.body, self.body),
        ):
            if isinstance(place, dict):
                if case.operation.path == "/notes/{message_id}" and "message_id" in place:
                    place["message_id"] = self.note
                place.update({name: value for name, value in words.items() if name in place})


@pytest.mark.parametrize("label", OPERATIONS)
def test_each_door_keeps_its_description(app: Flask, session: Session, caller: Caller, label: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", behind(app))
    method, path = label.split(" ", 1)
    operation = schema[path][method]
    known = Known(caller)
    modes = [operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not os.environ.get("LARGE"),
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=st.one_of(modes), is_known=st.sampled_from([True, True, True, False]))
    def run(case: Any, is_known: bool) -> None:
        if is_known:
            known.put_into(case)
        response = case.call(headers=caller.headers)
        case.validate_response(response, checks=PROMISES)

    run()


def test_every_door_of_the_api_is_described_with_its_method(app: Flask) -> None:
    """The description and the doors name the same methods, and every described door but one asks for a scope."""
    doors = {
        rule.endpoint: sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
    }
    assert len(OPERATIONS) == sum(len(methods) for methods in doors.values())
    assert {endpoint for endpoint in doors if not isinstance(asks_of(app, endpoint), ApiScope)} == set()
