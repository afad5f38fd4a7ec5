"""`coder`: which step comes, by what an agent offers and what it has sent back."""

import json

import pytest
from scripted_client import CANARY, send

BEFORE = "def add(a, b):\n    return a - b\n"
AFTER = "def add(a, b):\n    return a + b\n"
SYSTEM = "You code.\n<env>\n  Working directory: /work/a b\n  Platform: linux\n</env>"
PATCH = """apply_patch <<'EOF'
*** Begin Patch
*** Update File: calc.py
@@
-    return a - b
+    return a + b
*** End Patch
EOF"""
BASH = {"command": "python3 check.py", "description": "Runs the check"}
EDIT = {"oldString": "return a - b", "newString": "return a + b"}
WAYS = {
    "editor": (
        ("glob", "bash", "edit", "read"),
        ("read", {"filePath": "/work/a b/calc.py"}),
        ("edit", {"filePath": "/work/a b/calc.py", **EDIT}),
        ("bash", BASH),
    ),
    "shell": (
        ("exec_command", "view_image"),
        ("exec_command", {"cmd": "cat calc.py"}),
        ("exec_command", {"cmd": PATCH}),
        ("exec_command", {"cmd": "python3 check.py"}),
    ),
    "files": (
        ("read_file", "write_file", "run_command"),
        ("read_file", {"path": "/work/a b/calc.py"}),
        ("write_file", {"path": "/work/a b/calc.py", "content": AFTER}),
        ("run_command", {"command": "python3 check.py"}),
    ),
}
USER = {"role": "user", "content": [{"type": "text", "text": "Fix add()."}]}
START = [{"role": "system", "content": SYSTEM}, USER]


def results(*texts: str) -> list[dict]:
    return [
        {"role": "tool", "tool_call_id": f"call_{n}", "content": t} for n, t in enumerate(texts)
    ]


def ask(port: int, messages: list[dict], tools: tuple[str, ...], model: str = "coder", **fields):
    offered = [{"type": "function", "function": {"name": name}} for name in tools]
    usual = {"model": model, "stream": True, "messages": messages, "tools": offered}
    body = json.dumps(usual | fields).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: {len(body)}"
    return send(port, head.encode() + b"\r\n\r\n" + body)


def pieces(raw) -> list[dict]:
    deltas = [choice["delta"] for chunk in raw.chunks() for choice in chunk["choices"]]
    return [piece for delta in deltas for piece in delta.get("tool_calls", ())]


def calls(raw) -> list[tuple[str, dict]]:
    """Name and arguments of each call."""
    heads = [piece for piece in pieces(raw) if "id" in piece]
    assert len({head["id"] for head in heads}) == len(heads)
    assert all(CANARY in head["id"] and head["type"] == "function" for head in heads)
    texts = ["" for _ in heads]
    for piece in pieces(raw):
        texts[piece["index"]] += piece["function"]["arguments"]
    return [(h["function"]["name"], json.loads(t)) for h, t in zip(heads, texts, strict=True)]


@pytest.mark.parametrize("way", WAYS)
def test_one_step_a_turn_until_it_is_done(port, way):
    tools, *steps = WAYS[way]
    said = [BEFORE, "ok", "ran"]
    for done, step in enumerate(steps):
        raw = ask(port, START + results(*said[:done]), tools)
        assert calls(raw) == [step]
        assert raw.finishes() == ["tool_calls"]
    raw = ask(port, START + results(*said), tools)
    assert calls(raw) == []
    assert raw.deltas() == "Fixed, and the check passes."
    assert raw.finishes() == ["stop"]


def test_unstreamed_it_is_the_same_call(port):
    tools, read, *_ = WAYS["files"]
    raw = ask(port, START, tools, stream=False)
    [choice] = raw.json()["choices"]
    [call] = choice["message"]["tool_calls"]
    assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == read
    assert choice["finish_reason"] == "tool_calls"


def test_only_results_behind_the_last_user_message_count(port):
    tools, read, *_ = WAYS["editor"]
    raw = ask(port, [*START, *results(BEFORE, "ok"), USER], tools)
    assert calls(raw) == [read]


def test_two_files_are_read_in_one_turn(port):
    tools, read, write, run = WAYS["files"]
    model = "coder?also=check.py"
    first = ask(port, START, tools, model)
    assert calls(first) == [read, ("read_file", {"path": "/work/a b/check.py"})]
    assert calls(ask(port, START + results("import calc", BEFORE), tools, model)) == [write]
    assert calls(ask(port, START + results(BEFORE, "x", "ok"), tools, model)) == [run]


def test_arguments_come_in_small_pieces(port):
    raw = ask(port, START, WAYS["editor"][0], "coder?piece=3")
    sizes = [len(piece["function"]["arguments"]) for piece in pieces(raw)]
    assert sizes[0] == 0
    assert set(sizes[1:-1]) == {3}


@pytest.mark.parametrize("texts", [(), (BEFORE, "ok", "ran")], ids=["call", "text"])
def test_it_can_think_first(port, texts):
    raw = ask(port, START + results(*texts), WAYS["editor"][0], "coder?thinks=1")
    assert raw.deltas("reasoning_content").startswith("The question asks")
    assert bool(calls(raw)) == (not texts)


@pytest.mark.parametrize("times", [1, 2])
def test_a_result_written_as_json_is_read(port, times):
    tools, _, write, _ = WAYS["files"]
    text = BEFORE
    for _ in range(times):
        text = json.dumps(text)
    assert calls(ask(port, START + results(text), tools)) == [write]


def test_it_says_which_tools_it_does_not_know(port):
    raw = ask(port, START, ("paint", "fly"))
    assert raw.deltas() == "Of these tools I know none: fly, paint."


def test_without_a_root_paths_are_relative(port):
    assert calls(ask(port, [USER], WAYS["editor"][0])) == [("read", {"filePath": "calc.py"})]
    rooted = ask(port, START, WAYS["editor"][0], "coder?root=/elsewhere")
    assert calls(rooted) == [("read", {"filePath": "/elsewhere/calc.py"})]
