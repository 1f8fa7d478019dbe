"""The OpenAPI document is valid, and the real answers are as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from spinechat.channels.assets import script
from spinechat.channels.website import WebsiteChannel, openapi_document
from spinechat.settings import ChannelSettings
from tests.conftest import Server, check_answer, resolved_in

DOCUMENT = openapi_document()
PATHS = DOCUMENT["paths"]
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}

# The parts of the OpenAPI 3.0 meta schema (spec.openapis.org/oas/3.0/schema/2021-09-28) that this
# document uses; a part that is not here is not allowed. schemathesis checks the whole of it
# (tests/trials/test_bad_input.py).
_TEXT = {"type": "string", "minLength": 1}
_REF = {
    "type": "object",
    "required": ["$ref"],
    "properties": {"$ref": {"type": "string", "pattern": "^#/components/[a-z]+/[A-Za-z0-9]+$"}},
    "additionalProperties": False,
}


def _closed(needed: list[str], /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": False,
    }


def _either(name: str) -> dict[str, Any]:
    return {"oneOf": [_REF, {"$ref": f"#/definitions/{name}"}]}


META = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_closed(
        ["openapi", "info", "paths"],
        openapi={"type": "string", "pattern": r"^3\.0\.\d(-.+)?$"},
        info=_closed(["title", "version"], title=_TEXT, version=_TEXT, description=_TEXT),
        servers={"type": "array", "items": _closed(["url"], url=_TEXT, description=_TEXT)},
        paths={
            "type": "object",
            "patternProperties": {
                "^/": {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"enum": sorted(METHODS)},
                    "additionalProperties": {"$ref": "#/definitions/Operation"},
                }
            },
            "additionalProperties": False,
        },
        components=_closed(
            [],
            schemas={"type": "object", "additionalProperties": _either("Schema")},
            responses={"type": "object", "additionalProperties": _either("Response")},
        ),
    ),
    "definitions": {
        "Operation": _closed(
            ["responses"],
            summary=_TEXT,
            description=_TEXT,
            parameters={"type": "array", "items": {"$ref": "#/definitions/Parameter"}},
            requestBody=_closed(
                ["content"],
                required={"type": "boolean"},
                content={"$ref": "#/definitions/Content"},
                description=_TEXT,
            ),
            responses={
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": "^([1-5]([0-9]{2}|XX)|default)$"},
                "additionalProperties": _either("Response"),
            },
        ),
        "Parameter": _closed(
            ["name", "in", "schema"],
            **{"in": {"enum": ["header", "path", "query"]}},
            name=_TEXT,
            required={"type": "boolean"},
            description=_TEXT,
            schema=_either("Schema"),
        ),
        "Response": _closed(
            ["description"],
            description=_TEXT,
            content={"$ref": "#/definitions/Content"},
            headers={"type": "object"},
        ),
        "Content": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+/[a-z.+-]+$"},
            "additionalProperties": _closed(["schema"], schema=_either("Schema")),
        },
        "Schema": _closed(
            ["type"],
            type={"enum": ["array", "boolean", "integer", "number", "object", "string"]},
            description=_TEXT,
            required={"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT},
            properties={"type": "object", "additionalProperties": _either("Schema")},
            additionalProperties={"type": "boolean"},
            items=_either("Schema"),
            enum={"type": "array", "minItems": 1, "uniqueItems": True},
            minLength={"type": "integer", "minimum": 0},
            maxLength={"type": "integer", "minimum": 0},
            minItems={"type": "integer", "minimum": 0},
            minimum={"type": "integer"},
            pattern={"type": "string", "format": "regex"},
        ),
    },
}


def check_document(document: Any) -> None:
    jsonschema.Draft7Validator.check_schema(META)
    jsonschema.Draft7Validator(META).validate(document)


def references(part: Any) -> Iterator[str]:
    """Every $ref in a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for member in part:
            yield from references(member)


def test_the_document_is_valid() -> None:
    check_document(DOCUMENT)


def test_every_reference_leads_somewhere_and_everything_is_used() -> None:
    found = set(references(DOCUMENT))
    assert all(resolved_in(DOCUMENT, {"$ref": reference}) for reference in found)
    parts = {f"#/components/{kind}/{name}" for kind, all_of in DOCUMENT["components"].items()
             for name in all_of}  # fmt: skip
    assert parts == found


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft4Validator.check_schema(SCHEMAS[name])


def test_its_limits_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINECHAT_MAX_CHARACTERS", raising=False)
    limits = ChannelSettings.from_environment()
    assert SCHEMAS["Message"]["properties"]["message"]["maxLength"] == limits.max_characters


def test_its_paths_are_the_channels_routes() -> None:
    channel = WebsiteChannel(ChannelSettings.from_environment(), b"k" * 32)
    routes = channel.blueprint(lambda message: None)._future_routes
    served = {(f"/chat{route.uri}", method.lower()) for route in routes for method in route.methods}
    # The page, the script and the document itself are not for programs.
    files = {"/chat/", "/chat/openapi.json", "/chat/widget.js", f"/chat/{script().name}"}
    served = {(path, method) for path, method in served if path not in files}
    assert served == {(path, method) for path in PATHS for method in PATHS[path]}


def test_it_is_served_as_it_is_written(server: Server) -> None:
    assert server.request("GET", "/chat/openapi.json") == (200, json.loads(json.dumps(DOCUMENT)))


@pytest.mark.parametrize("path", ["/chat/health", "/chat/ready"])
def test_status_is_as_it_says(server: Server, path: str) -> None:
    check_answer(path, "get", *server.request("GET", path))


def test_a_session_is_as_it_says(server: Server) -> None:
    check_answer("/chat/session", "post", *server.request("POST", "/chat/session"))


MESSAGES = {
    "an answer": ("How long will I be in the hospital?", 200),
    "a menu": ("menu", 200),
    "a greeting": ("hello", 200),
    "two questions": ("What are the risks and how long is the recovery?", 200),
    "the clinic's": ("Do you take my insurance?", 200),
    "an emergency": ("I can't move my legs", 200),
    "a crisis": ("I want to kill myself", 200),
    "a miss": ("asdf qwer", 200),
    "too long": ("a" * 1001, 413),
    "an emergency too long": ("I can't move my legs " * 60, 413),
    "no words": ("", 400),
    "no text": (7, 400),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_an_answer_is_as_it_says(server: Server, name: str) -> None:
    message, expected = MESSAGES[name]
    body = {"session": server.session(), "message": message}
    status, answer = server.request("POST", "/chat/message", body)
    assert status == expected
    check_answer("/chat/message", "post", status, answer)


@pytest.mark.parametrize(
    ("raw", "expected"), [(b"{", 400), (b"[]", 400), (b"{}", 401), (b"a" * 20_000, 413)]
)
def test_a_refusal_is_as_it_says(server: Server, raw: bytes, expected: int) -> None:
    status, answer = server.request("POST", "/chat/message", raw=raw)
    assert status == expected
    check_answer("/chat/message", "post", status, answer)


RIGHT: dict[str, Any] = {
    "replies": [{"text": "a", "buttons": []}],
    "outcome": "answered",
    "topics": [],
}
WRONG: dict[str, Any] = {
    "a text": {**RIGHT, "replies": "hello"},
    "silence": {**RIGHT, "replies": []},
    "an empty text": {**RIGHT, "replies": [{"text": "", "buttons": []}]},
    "no buttons": {**RIGHT, "replies": [{"text": "a"}]},
    "another outcome": {**RIGHT, "outcome": "ok"},
    "no topics": {"replies": RIGHT["replies"], "outcome": "answered"},
    "more than it says": {**RIGHT, "trace": ""},
}


@pytest.mark.parametrize("name", WRONG)
def test_teeth_a_wrong_answer_is_seen(name: str) -> None:
    check_answer("/chat/message", "post", 200, RIGHT)
    with pytest.raises(jsonschema.ValidationError):
        check_answer("/chat/message", "post", 200, WRONG[name])


def test_teeth_an_unknown_status_is_seen() -> None:
    with pytest.raises(AssertionError):
        check_answer("/chat/message", "post", 418, {})


@pytest.mark.parametrize("part", ["openapi", "info", "paths"])
def test_teeth_half_a_document_is_seen(part: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check_document({name: value for name, value in DOCUMENT.items() if name != part})
