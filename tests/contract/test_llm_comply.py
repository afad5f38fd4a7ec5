"""llm-comply, somebody else's suite for three dialects, against the real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from live.stage import Relay, Scripted

PROGRAM = Path(sys.executable).with_name("llm-comply")
PLAIN, GPT, CLAUDE = "pony", "gpt-5-pony", "claude-4-pony"
"""It tries reasoning only with a model whose name it takes for a thinker's."""
EXTRA = """
parameters = [
  'max_tokens', 'temperature', 'top_p', 'seed', 'stop', 'tools', 'tool_choice', 'response_format',
  'reasoning', 'parallel_tool_calls',
]
input = ['text', 'image']
"""


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    upstream = Scripted()
    listings = {
        name: [(upstream.url, f"obliging?seed={seed}&thinks={int(name != PLAIN)}")]
        for seed, name in enumerate((PLAIN, GPT, CLAUDE))
    }
    relay = Relay(tmp_path_factory.mktemp("comply"), listings, listing_extra=EXTRA).start()
    yield relay
    relay.close()
    upstream.stop()


def comply(relay, mode: str, model: str, *more: str) -> dict[str, list]:
    """What it says of each of its tests, by how they went."""
    server = f"http://127.0.0.1:{relay.port}/v1"
    command = [PROGRAM, "run", "--format", mode, "-u", server, "-k", relay.key, "-m", model]
    ran = subprocess.run(
        [*command, "-H", "anthropic-version:2023-06-01", *more, "--json"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(relay.data)},
    )
    found: dict[str, list] = {}
    for result in json.loads(ran.stdout)["results"]:
        found.setdefault(result["status"], []).append((result["id"], result.get("errors")))
    return found


@pytest.mark.parametrize(
    ("mode", "tests", "thinker", "thinkers_test"),
    [
        ("openai-chat", 9, GPT, "chat-reasoning-summary"),
        ("open-responses", 13, GPT, "reasoning-summary"),
        ("anthropic", 9, CLAUDE, "anth-thinking-display"),
    ],
)
def test_all_of_its_tests_pass(relay, mode, tests, thinker, thinkers_test):
    found = comply(relay, mode, PLAIN)
    assert "failed" not in found, found["failed"]
    assert [name for name, _ in found["skipped"]] == [thinkers_test]
    assert len(found["passed"]) == tests - 1
    found = comply(relay, mode, thinker, "-f", thinkers_test)
    assert [name for name, _ in found.get("passed", [])] == [thinkers_test], found
