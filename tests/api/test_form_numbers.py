"""A form says numbers in letters."""

from msgspec import Struct
from operations_kit import ask

from darkhorse.api.operation import Form, Operation

FORM_TYPE = [("content-type", "application/x-www-form-urlencoded")]


class Body(Struct):
    name: str
    count: int = 0


def test_a_number_in_a_form_is_a_number():
    seen = []

    async def note(asked):
        seen.append(asked.body)

    form = Form(done=lambda _: "/done", failed=lambda e, _: f"/failed?{e.status}")
    usual = {"id": "x", "path": "/x", "summary": "x", "tag": "x", "access": "open"}
    operation = Operation(**usual, method="POST", body=Body, form=form, handler=note)
    told = ask([operation], "POST", "/x", body=b"name=7&count=7", headers=FORM_TYPE)
    assert (told.headers["location"], seen) == ("/done", [Body("7", 7)])
