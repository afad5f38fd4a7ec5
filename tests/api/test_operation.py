"""What an operation says of itself is what is served: query, body, form, methods, errors."""

from typing import Annotated
from urllib.parse import unquote

import pytest
from msgspec import Meta, Struct
from operations_kit import ask
from starlette.responses import Response

from darkhorse.api.operation import Form, Operation
from darkhorse.base.errors import Conflict, RateLimited


class Query(Struct):
    limit: Annotated[int, Meta(ge=1)] = 5
    word: str | None = None


class Body(Struct):
    name: Annotated[str, Meta(max_length=5)]
    count: int = 0


async def echo(asked):
    return {"params": asked.params, "query": asked.query, "body": asked.body}


def operation(**fields):
    usual = {"id": "x", "method": "GET", "path": "/x", "summary": "x", "tag": "x", "access": "open"}
    return Operation(**{**usual, "handler": echo, **fields})


GET = operation(query=Query)
POST = operation(method="POST", body=Body, status=201)
FORM = operation(
    method="POST",
    body=Body,
    form=Form(
        done=lambda answer: f"/done?{answer['body'].name!a}",
        failed=lambda e, fields: f"/failed?{e.status}&{sorted(fields)}",
    ),
)
FORM_TYPE = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")]


def test_a_query_becomes_what_its_type_says():
    told = ask([GET], "GET", "/x", query="limit=7&word=a+b%21&unknown=1")
    assert told.json["query"] == {"limit": 7, "word": "a b!"}
    assert ask([GET], "GET", "/x").json["query"] == {"limit": 5, "word": None}


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "limit=1.5", "limit="])
def test_a_bad_query_names_its_field(query):
    told = ask([GET], "GET", "/x", query=query)
    assert told.status == 400
    assert "`limit`" in told.problem


def test_a_body_becomes_what_its_type_says():
    told = ask([POST], "POST", "/x", body=b'{"name":"a","other":1}')
    assert (told.status, told.json["body"]) == (201, {"name": "a", "count": 0})


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"{}", "`name`"),
        (b'{"name":"toolong"}', "`name`"),
        (b'{"name":"a","count":"1"}', "`count`"),
        (b'{"name":"\xff"}', "UTF-8"),
        (b'{"name":"a","x":"\xff"}', "UTF-8"),
        (b'{"name":' + b"[" * 100_000, ""),
    ],
)
def test_a_bad_body_names_its_field(body, word):
    told = ask([POST], "POST", "/x", body=body)
    assert told.status == 400
    assert word in told.problem


def test_an_explanation_is_short():
    told = ask([GET], "GET", "/x", query="limit=" + "9" * 100_000 + "x")
    assert told.status == 400
    assert len(told.body) < 1000


def test_a_body_has_an_end():
    assert ask([POST], "POST", "/x", body=b" " * 300_000).status == 413
    assert ask([POST], "POST", "/x", headers=[("content-encoding", "gzip")]).status == 415


def test_a_form_leads_to_its_page():
    told = ask([FORM], "POST", "/x", body=b"name=a&count=&more=1", headers=FORM_TYPE)
    assert (told.status, told.headers["location"]) == (303, "/done?'a'")
    for body, left in (
        (b"name=toolong&count=", ["name"]),
        (b"", []),
        (b"&".join([b"a=1"] * 99), []),
        (b"name=%ff%ff%ff%ff%ff%ff", ["name"]),
    ):
        told = ask([FORM], "POST", "/x", body=body, headers=FORM_TYPE)
        assert (told.status, unquote(told.headers["location"])) == (303, f"/failed?400&{left}")


def test_a_form_that_is_too_large_is_told_so():
    told = ask([FORM], "POST", "/x", body=b"name=" + b"x" * 300_000, headers=FORM_TYPE)
    assert unquote(told.headers["location"]) == "/failed?413&[]"


def test_browsers_line_ends_count_once():
    told = ask([FORM], "POST", "/x", body=b"name=a%0D%0A%0D%0Ab%0D", headers=FORM_TYPE)
    assert unquote(told.headers["location"]) == r"/done?'a\n\nb\r'"


def test_what_is_no_form_is_json_with_json_errors():
    assert ask([FORM], "POST", "/x", body=b"{}").status == 400
    assert ask([POST], "POST", "/x", body=b"name=a", headers=FORM_TYPE).status == 400


def test_one_path_with_several_methods():
    both = [operation(), operation(method="DELETE", id="y")]
    assert ask(both, "GET", "/x").status == ask(both, "DELETE", "/x").status == 200
    told = ask(both, "POST", "/x")
    assert (told.status, told.headers["allow"]) == (405, "DELETE, GET, HEAD")
    assert told.json["error"]["code"] == 405


def test_words_go_before_holes():
    routes = [operation(path="/a/{b}", id="hole"), operation(path="/a/word", id="word")]
    assert ask(routes, "GET", "/a/word").json["params"] == {}
    assert ask(routes, "GET", "/a/other").json["params"] == {"b": "other"}
    told = ask(routes, "GET", "/a")
    assert (told.status, told.json["error"]["metadata"]["error_type"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("error", "status"), [(Conflict(), 409), (RateLimited(retry_after=9), 429), (ValueError(), 500)]
)
def test_what_a_handler_raises_is_told_in_our_envelope(error, status):
    async def fail(_):
        raise error

    if status == 500:  # Starlette raises it once more, for the log
        with pytest.raises(ValueError):  # noqa: PT011 (it is the one from above)
            ask([operation(handler=fail)], "GET", "/x")
        return
    told = ask([operation(handler=fail)], "GET", "/x")
    assert (told.status, told.json["error"]["code"]) == (status, status)
    assert told.headers.get("retry-after") == ("9" if status == 429 else None)


def test_a_handler_may_answer_as_it_likes():
    async def text(_):
        return Response("hello", media_type="text/plain")

    told = ask([operation(handler=text)], "GET", "/x")
    assert (told.body, told.headers["content-type"]) == (b"hello", "text/plain; charset=utf-8")
