"""OpenAPI 3.1 from operations: paths, parameters, bodies, answers, errors, security.

Format: the OpenAPI Specification 3.1.1; types become JSON Schema by msgspec.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.api.openapi.errors import ErrorBody, responses_of
from darkhorse.api.operation import Operation

__all__ = ["Hot", "document"]

_REF = "#/components/schemas/{name}"
_HOLE = re.compile(r"\{(\w+)\}")
_TITLE = "Darkhorse"
_ABOUT = (
    "Models on trial without their maker's name, by the API of OpenRouter. Everything sent to a "
    "model is logged. Tokens are public tokens: UTF-8 bytes of text divided by four, the same for "
    "every model."
)


class Hot(Struct, frozen=True, kw_only=True):
    """What the document says of a route that no handler here serves: JSON Schemas by hand."""

    operation: Operation
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    error: Mapping[str, Any] | None = None  # None: our usual one


def document(operations: Iterable[Operation], hot: Iterable[Hot], version: str) -> bytes:
    """The document as JSON. `version` is this software's."""
    shown = list(operations)
    schemas = _Schemas(shown)
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for each in shown:
        paths[each.prefix + each.path][each.method.lower()] = _described(each, schemas)
    for route in hot:
        each = route.operation
        described = _common(each)
        described["requestBody"] = _body(route.request)
        described["responses"] = {
            "200": _answer(each, dict.fromkeys(each.media, route.answer), streams=True),
            **responses_of(each, route.error),
        }
        paths[each.prefix + each.path][each.method.lower()] = described
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": _TITLE, "version": version, "description": _ABOUT},
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
            "paths": dict(sorted(paths.items())),
            "components": {"schemas": schemas.components, "securitySchemes": {"bearer": _BEARER}},
        }
    )


_BEARER = {"type": "http", "scheme": "bearer", "description": "A key of this server."}


class _Schemas:
    """Every type that an operation names, as a JSON Schema."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        named = [kind for each in operations for kind in (each.body, each.answer, each.query)]
        kinds = [kind for kind in dict.fromkeys(named) if kind is not None]
        found, components = msgspec.json.schema_components([*kinds, ErrorBody], ref_template=_REF)
        self._by_kind = dict(zip(kinds, found, strict=False))
        self._all = components
        queries = {each.query.__name__ for each in operations if each.query}
        self.components = {name: it for name, it in components.items() if name not in queries}

    def of(self, kind: Any) -> dict[str, Any]:
        """A reference where it has a name."""
        found: dict[str, Any] = self._by_kind[kind]
        return found

    def fields(self, kind: type[Struct]) -> dict[str, Any]:
        """The schema of a query's type, whole."""
        found: dict[str, Any] = self._all[kind.__name__]
        return found


def _described(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described = _common(operation)
    if parameters := [*_in_path(operation), *_in_query(operation, schemas)]:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = _body(schemas.of(operation.body), form=bool(operation.form))
    schema = {"type": "string"} if operation.answer is None else schemas.of(operation.answer)
    json_or_text = {
        media: schema if media == "application/json" else {"type": "string"}
        for media in operation.media
    }
    answers = {str(operation.status): _answer(operation, json_or_text)}
    if operation.form:
        answers["303"] = _REDIRECT
    described["responses"] = {**answers, **responses_of(operation)}
    return described


_REDIRECT = {
    "description": "A form was taken, or not: its page says.",
    "headers": {"Location": {"schema": {"type": "string"}}},
}


def _common(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
    }
    if operation.access == "open":
        described["security"] = []
    elif operation.access == "management":
        described["description"] = "A management key is needed."
    return described


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in _HOLE.findall(operation.path)
    ]


def _in_query(operation: Operation, schemas: _Schemas) -> list[dict[str, Any]]:
    """`null` where it may be said is the word: it is as good as leaving the parameter out."""
    if operation.query is None:
        return []
    whole = schemas.fields(operation.query)
    required = whole.get("required", ())
    parameters = []
    for name, given in whole["properties"].items():
        schema = dict(given)
        about = {"description": told} if (told := schema.pop("description", "")) else {}
        if schema.get("default", "") is None:
            del schema["default"]
        parameter = {"name": name, "in": "query", "required": name in required, "schema": schema}
        parameters.append({**parameter, **about})
    return parameters


def _body(schema: Mapping[str, Any], *, form: bool = False) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    if form:
        content["application/x-www-form-urlencoded"] = {"schema": schema}
    return {"required": True, "content": content}


def _answer(
    operation: Operation, schemas: Mapping[str, Mapping[str, Any]], *, streams: bool = False
) -> dict[str, Any]:
    """Of an event stream the document says nothing: it is many documents, and comments."""
    content = {
        media: {} if media == "text/event-stream" else {"schema": schema}
        for media, schema in schemas.items()
    }
    told = "An answer, or a stream of its pieces." if streams else operation.summary
    return {"description": f"{told.rstrip('.')}.", "content": content}
