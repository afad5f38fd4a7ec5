"""A failure in a generation's content is told in our words, and names no provider."""

import json

from darkhorse.api.operations.content import content_answer
from darkhorse.storage.accounting import GenerationContent
from darkhorse.storage.records import Answer


def test_a_failure_names_nobody():
    found = GenerationContent(
        id="gen-1",
        dialect="chat",
        request=b'{"messages":[]}',
        answer=Answer(),
        outcome="failed",
        status=502,
    )
    told = json.loads(content_answer(found))["data"]["error"]
    assert (told["provider_name"], told["raw"], told["previous_errors"]) == (None, None, [])
    assert told["status"] == 502
