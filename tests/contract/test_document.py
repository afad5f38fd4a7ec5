"""Our OpenAPI document is valid, is served, and says of each route what OpenRouter says."""

import re

import pytest
from contract_kit import openrouter_spec
from openapi_spec_validator import OpenAPIV31SpecValidator

from darkhorse.base.errors import DarkhorseError
from live.stage import CANARY


@pytest.fixture(scope="module")
def document(house):
    return house.json("/openapi.json")


def operations(document):
    return {
        (method, path): each
        for path, item in document["paths"].items()
        for method, each in item.items()
    }


def test_it_is_valid(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


@pytest.mark.parametrize("path", ["/openapi.json", "/v1/openapi.json", "/api/v1/openapi.json"])
def test_anyone_may_read_it(house, path):
    reply = house.relay.get(path)
    assert reply.headers["content-type"] == "application/json"
    assert reply.body == house.relay.get("/api/v1/openapi.json").body


def test_every_operation_has_a_name_of_its_own(document):
    names = [each["operationId"] for each in operations(document).values()]
    assert len(names) == len(set(names)) > 25


def test_every_path_of_it_is_served(house, document):
    """With one method that no path has: 405 is a path that is there, 404 one that is not."""
    for _, path in operations(document):
        filled = path.replace("{author}", "a").replace("{slug}", "b").replace("{name}", "a")
        reply = house.relay.request(f"PUT {filled.replace('{hash}', 'a')} HTTP/1.1")
        assert reply.status == 405, path
        assert reply.headers["allow"]


def test_what_needs_no_key_says_so(house, document):
    for (method, path), each in operations(document).items():
        if "{" in path or method != "get":
            continue
        status = house.relay.get(path).status
        assert (status == 401) == (each.get("security") != []), path


def test_errors_are_in_one_envelope(document):
    for (_, path), each in operations(document).items():
        for status, response in each["responses"].items():
            if int(status) >= 400 and "/messages" not in path:
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    known = {each.status for each in leaves(DarkhorseError)}
    told = {int(s) for each in operations(document).values() for s in each["responses"]}
    assert told - {200, 201, 303} <= known


def leaves(root):
    for each in root.__subclasses__():
        yield each
        yield from leaves(each)


def test_it_names_nobody_behind(house):
    told = house.relay.get("/openapi.json").body.decode()
    assert not re.search(
        f"{CANARY}|llama|ggml|vllm|sglang|uvicorn|starlette|python", told, re.IGNORECASE
    )


def test_shared_operations_have_openrouters_names(document):
    theirs = openrouter_spec()["paths"]
    shared = 0
    for (method, path), each in operations(document).items():
        known = theirs.get(path.removeprefix("/api/v1"), {}).get(method)
        if known:
            shared += 1
            assert each["operationId"] == known["operationId"], path
    assert shared >= 24


def test_shared_operations_take_openrouters_parameters(document):
    spec = openrouter_spec()
    for (method, path), each in operations(document).items():
        known = spec["paths"].get(path.removeprefix("/api/v1"), {}).get(method, {})
        ours = {parameter["name"] for parameter in each.get("parameters", ())}
        theirs = {p["name"] for p in known.get("parameters", ()) if p.get("in") == "query"}
        assert theirs - ours <= {"workspace_id"}, path
