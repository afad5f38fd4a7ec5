"""Real answers of ours, held against OpenRouter's own document."""

import json

import jsonschema_rs
import pytest
from contract_kit import LISTING, House, openrouter_spec, yesterday

from live.stage import CANARY

TODAY = {"end_date": "2999-01-01"}
READS = {
    "/models": {},
    "/models/count": {},
    "/models/user": {},
    "/model/{author}/{slug}": {},
    "/models/{author}/{slug}/endpoints": {},
    "/embeddings/models": {},
    "/endpoints/zdr": {},
    "/providers": {},
    "/generation": {},
    "/generation/content": {},
    "/key": {},
    "/keys": {},
    "/keys/{hash}": {},
    "/credits": {},
    "/activity": {"date": yesterday()},
    "/datasets/rankings-daily": TODAY,
    "/datasets/app-rankings": TODAY,
    "/datasets/session-cost": {},
}
EMPTY = {"/embeddings/models", "/endpoints/zdr"}
MANAGED = {"/keys", "/keys/{hash}", "/credits", "/activity"}


@pytest.fixture(scope="module")
def spec():
    return openrouter_spec()


def answered(spec, path, method="get", status="200"):
    """A validator of that answer."""
    response = spec["paths"][path][method]["responses"][status]
    schema = response["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": spec["components"]})


def read(house: House, path):
    author, _, slug = LISTING.partition("/")
    filled = path.format(author=author, slug=slug, hash=house.key_hash)
    query = {**READS[path], **({"id": house.generation} if "generation" in path else {})}
    return house.json(filled, management=path in MANAGED, **query)


@pytest.mark.parametrize("path", READS)
def test_what_is_read_is_what_their_document_says(house, spec, path):
    answer = read(house, path)
    answered(spec, path).validate(answer)
    assert CANARY not in json.dumps(answer)
    if path not in EMPTY:
        assert answer["data"], "an empty answer proves nothing"


def test_a_key_lives_as_their_document_says(house, spec):
    created = house.ask("POST", "/keys", {"name": "a key", "limit": 1.5}, management=True)
    assert created.status == 201
    answered(spec, "/keys", "post", "201").validate(created.json)
    data = created.json["data"]
    assert (data["name"], data["limit"], data["limit_remaining"]) == ("a key", 1.5, 1.5)
    place = f"/keys/{data['hash']}"
    changed = house.ask("PATCH", place, {"disabled": True, "limit": None}, management=True)
    answered(spec, "/keys/{hash}", "patch").validate(changed.json)
    assert changed.json["data"]["disabled"]
    assert changed.json["data"]["limit"] is None
    gone = house.ask("DELETE", place, management=True)
    answered(spec, "/keys/{hash}", "delete").validate(gone.json)
    assert house.ask("GET", place, management=True).status == 404


def test_feedback_is_taken_once(house, spec):
    said = {"generation_id": house.relay.chat("ok").id, "category": "latency", "comment": "slow"}
    taken = house.ask("POST", "/generation/feedback", said, management=True)
    answered(spec, "/generation/feedback", "post").validate(taken.json)
    assert house.ask("POST", "/generation/feedback", said, management=True).status == 409


def test_every_other_path_of_theirs_is_a_wellformed_404(house, spec):
    ours = house.json("/openapi.json")["paths"]
    others = [path for path in spec["paths"] if f"/api/v1{path}" not in ours]
    assert len(others) > 40
    for path in others:
        for method in spec["paths"][path]:
            if method in ("get", "post", "put", "patch", "delete"):
                filled = path.replace("{", "").replace("}", "")
                reply = house.ask(method.upper(), filled, None if method == "get" else {})
                assert reply.headers["content-type"] == "application/json", (method, path)
                assert reply.status in (404, 405), (method, path)
                assert reply.json["error"]["code"] == reply.status
