"""Thoughts inside a text: for which requests an engine's template is taken to have opened them."""

import pytest
from engine_kit import Says, read, request, text

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.fitting import Fitted

OPEN = Quirks(thinking="open", reasoning="template")
USER = {"role": "user", "content": "hi"}


def thoughts(asked, quirks=OPEN):
    """Where the engine's answer is searched for thoughts."""
    inner = Says(*text("so"))
    read(Fitted(inner, quirks), asked)
    (sent,) = inner.asked
    return sent.thoughts


def test_an_open_template_is_open():
    for quirks in (OPEN, Quirks(), Quirks(thinking="off")):
        assert thoughts(request(), quirks) is None  # as it is anyway


@pytest.mark.parametrize(
    "asked",
    [
        request(reasoning={"enabled": False}),
        request(USER, {"role": "assistant", "content": "It is"}),
        request(response_format={"type": "json_object"}),
    ],
)
def test_an_open_template_is_closed_where_nothing_is_to_be_thought(asked):
    assert thoughts(asked) == "auto"


def test_one_that_cannot_be_told_not_to_think_goes_on_thinking():
    quirks = Quirks(thinking="open", reasoning="none")
    assert thoughts(request(reasoning={"enabled": False}), quirks) is None
