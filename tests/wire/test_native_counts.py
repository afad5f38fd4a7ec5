"""What an engine counts is recorded, whatever else of its answer is missing."""

import json

import pytest

from darkhorse.wire.dialects import ENGINES
from darkhorse.wire.native import usage_of


def test_every_count_of_an_engine_is_kept():
    counted = usage_of(
        {
            "prompt_tokens": 9,
            "completion_tokens": 7,
            "completion_tokens_details": {"reasoning_tokens": 5},
            "prompt_tokens_details": {"cached_tokens": 3},
        }
    )
    assert (counted.prompt, counted.completion) == (9, 7)
    assert (counted.reasoning, counted.cached) == (5, 3)


@pytest.mark.parametrize(
    ("dialect", "choice"),
    [("completions", {"text": "hi"}), ("chat", {"message": {"content": "hi"}})],
)
def test_a_whole_answer_without_a_finish_is_a_stop(dialect, choice):
    found = ENGINES[dialect].whole(json.dumps({"choices": [choice]}).encode())
    assert (found.text, found.finish) == ("hi", "stop")
