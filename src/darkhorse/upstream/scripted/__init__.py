"""The scripted upstream: a real HTTP server that plays an engine and misbehaves as told.

The request's `model` names a scenario, with parameters behind it: `slow?first_ms=300&deltas=64`.
A test tool that ships in the product; docs/scripted.md lists the scenarios. Every answer holds a
canary word in everything but its text, so a canary seen by a client is a leak.
"""

from darkhorse.upstream.scripted.book import ScenarioError
from darkhorse.upstream.scripted.plant import (
    COMPLETION_TOKENS,
    CREATED,
    DEFAULT_CANARY,
    PROMPT_TOKENS,
)
from darkhorse.upstream.scripted.registry import SCENARIOS, describe, find, markdown
from darkhorse.upstream.scripted.server import ScriptedServer, serve
from darkhorse.upstream.scripted.text import DEFAULT_TEXT, REASONING_TEXT

__all__ = [
    "COMPLETION_TOKENS",
    "CREATED",
    "DEFAULT_CANARY",
    "DEFAULT_TEXT",
    "PROMPT_TOKENS",
    "REASONING_TEXT",
    "SCENARIOS",
    "ScenarioError",
    "ScriptedServer",
    "describe",
    "find",
    "markdown",
    "serve",
]
