"""The pieces the description of the API is made of: operations, their answers and parameters."""

from typing import Any

from hub.blueprints.openapi_schemas import NUMBER, TEXT, ref, whole

READ = {
    "401": "no good key",
    "403": "scope or permission missing",
    "404": "not found",
    "422": "a field to correct",
}
LATER = {"429": "too many requests", "503": "come back in some seconds"}
WRITE = {
    "400": "not readable",
    **READ,
    "409": "the state does not allow it, or somebody was faster",
    "413": "too large",
    "415": "another content type is needed",
}
Operation = dict[str, Any]


def get(
    summary: str, answer: dict[str, Any], parameters: list[dict[str, Any]], *, tagged: bool = False
) -> Operation:
    responses = _responses("200", answer, READ, tagged=tagged)
    return {"summary": summary, "parameters": parameters, "responses": responses}


def send(
    summary: str,
    body: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    *,
    status: str = "201",
    tagged: bool = False,
) -> Operation:
    """A POST or PATCH of JSON; `tagged`: its answer carries an ETag, and it may say what the caller had seen."""
    problems = {**WRITE, "412": "changed since it was read"} if tagged else WRITE
    return {
        "summary": summary,
        "parameters": parameters or [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref(body)}}},
        "responses": _responses(status, answer, problems, tagged=tagged),
    }


def upload(summary: str) -> Operation:
    form = whole(
        {"file": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}}
    )
    return {
        "summary": summary,
        "parameters": [],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": _responses("201", whole({"attachment": ref("Upload")}), WRITE),
    }


def download(
    summary: str, parameter: dict[str, Any], media_type: str = "application/octet-stream"
) -> Operation:
    file = {"type": "string", "format": "binary"}
    responses = _responses("200", {}, READ)
    responses["200"]["content"] = {media_type: {"schema": file}}
    return {"summary": summary, "parameters": [parameter], "responses": responses}


def _responses(
    status: str, answer: dict[str, Any], problems: dict[str, str], *, tagged: bool = False
) -> dict[str, Any]:
    error = {"application/json": {"schema": ref("Error")}}
    answers: dict[str, Any] = {
        code: {"description": words, "content": error} for code, words in {**problems, **LATER}.items()
    }
    answers[status] = {"description": "done", "content": {"application/json": {"schema": answer}}}
    if tagged:
        answers[status]["headers"] = {"ETag": {"schema": TEXT}}
    return answers


def query(name: str, description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or TEXT}


def paging() -> list[dict[str, Any]]:
    size = {**NUMBER, "minimum": 1, "maximum": 100}
    return [query("after", "`next` of the page before"), query("size", "rows of a page", size)]


def number() -> dict[str, Any]:
    return {"name": "number", "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}


def message_id() -> dict[str, Any]:
    return {"name": "message_id", "in": "path", "required": True, "schema": {**NUMBER, "minimum": 1}}


def attachment_id() -> dict[str, Any]:
    return {"name": "attachment_id", "in": "path", "required": True, "schema": {**NUMBER, "minimum": 1}}


def who() -> dict[str, Any]:
    words = "id, mail address, phone number, or `system:id` of another system"
    return {
        "name": "who",
        "in": "path",
        "required": True,
        "schema": {**TEXT, "minLength": 1},
        "description": words,
    }


def once() -> dict[str, Any]:
    return _header("Idempotency-Key", "a request repeated with the same one has its effect once")


def match() -> dict[str, Any]:
    return _header("If-Match", "the ETag that was read; 412 when it is not that any more")


def _header(name: str, words: str) -> dict[str, Any]:
    schema = {**TEXT, "maxLength": 200, "pattern": r"^[!-~]*$"}
    return {"name": name, "in": "header", "required": False, "description": words, "schema": schema}
