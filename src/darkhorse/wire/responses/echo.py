"""What of a request its response repeats. Parsing checks that it can be read again."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.wire.fields import ABSENT
from darkhorse.wire.responses.tools import Format

__all__ = ["Echo", "EchoedReasoning", "echo_decoder"]


class EchoedReasoning(Struct):
    effort: str | None = None
    summary: Any = None


class _Text(Struct):
    format: Format | None = None


class Echo(Struct):
    """What of the request stands in its response."""

    instructions: str | None = None
    tools: list[Raw] | None = None
    tool_choice: Raw = ABSENT
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    reasoning: EchoedReasoning | None = None
    text: _Text | None = None
    metadata: Any = None
    prompt_cache_key: Any = None
    safety_identifier: Any = None


echo_decoder = msgspec.json.Decoder(Echo)
