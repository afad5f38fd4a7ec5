"""The small promises of a running relay that only bytes on a wire show."""

import json

import pytest

from .stage import Relay


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    relay = Relay(tmp_path_factory.mktemp("doors"), {"ok": [(scripted.url, "ok")]}).start()
    yield relay
    relay.close()


def test_a_stream_that_went_well_ends_with_done(relay):
    assert relay.chat("ok", stream=True).body.endswith(b"data: [DONE]\n\n")


def test_a_prompt_is_counted_as_it_is_charged(relay):
    said = {"messages": [{"role": "user", "content": "Good day to you."}]}
    counted = relay.post(
        json.dumps({"model": "ok", **said}).encode(), path="/api/v1/messages/count_tokens"
    )
    charged = relay.chat("ok", **said).json["usage"]["prompt_tokens"]
    assert counted.json["input_tokens"] == charged == 8
