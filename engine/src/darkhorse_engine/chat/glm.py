"""GLM-5's chat template, by hand: messages to text as the model was trained to read it.

Facts are those of the published template (GLM-4.7's form, which 5 and 5.1 kept; 5.2 tells its
effort and writes thoughts that are empty). With `clear_thinking=False` nothing said is changed on
its way back, neither blanks nor the writing of an argument, so that a conversation's text begins
with that of the turn before and its cache is used again. The default, as published, drops the
thoughts before the last user's turn and trims what it keeps: there the cache ends at the first
answer.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.messages import Message

__all__ = ["render_glm"]

_TOOLS_BEFORE = (
    "<|system|>\n# Tools\n\n"
    "You may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n"
)
_TOOLS_BEHIND = (
    "</tools>\n\n"
    "For each function call, output the function name and arguments within the following XML "
    "format:\n<tool_call>{function-name}<arg_key>{arg-key-1}</arg_key>"
    "<arg_value>{arg-value-1}</arg_value><arg_key>{arg-key-2}</arg_key>"
    "<arg_value>{arg-value-2}</arg_value>...</tool_call>"
)
_EFFORTS = {"low": "High", "medium": "High", "high": "High", "xhigh": "Max", "max": "Max"}
"""OpenAI's words too, though the model knows two efforts only."""
_SPACE = " \t\n\r"


def render_glm(
    messages: Sequence[Message],
    tools: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    *,
    goes_on: bool,
    tells_effort: bool = False,
) -> str:
    """The prompt's text; `tells_effort`: as of GLM-5.2. Raises ChatError.

    `options`: enable_thinking (true), clear_thinking (true), reasoning_effort ("high", "max").
    `goes_on`: the last message is an answer's beginning, and the model writes on from there.
    """
    thinks = bool(options.get("enable_thinking", True))
    is_cleared = bool(options.get("clear_thinking", True))
    last_user = max((at for at, each in enumerate(messages) if each["role"] == "user"), default=-1)
    no_thoughts = "<think></think>" if tells_effort else "</think>"
    text = ["[gMASK]<sop>", _tools(tools)]
    if tells_effort and thinks:
        text.append(_effort(options.get("reasoning_effort") or "max"))
    for at, message in enumerate(messages):
        if message["role"] == "assistant":
            shows = at > last_user or not is_cleared
            trims = is_cleared and not (goes_on and at == len(messages) - 1)
            text.append(_assistant(message, no_thoughts, shows=shows, trims=trims))
        elif message["role"] == "tool":
            text.append("" if at and messages[at - 1]["role"] == "tool" else "<|observation|>")
            text.append(f"<tool_response>{message['content']}</tool_response>")
        else:
            text.append(f"<|{message['role']}|>{message['content']}")
    if not goes_on:
        text.append("<|assistant|>" + ("<think>" if thinks else no_thoughts))
    return "".join(text)


def _tools(tools: Sequence[Mapping[str, Any]]) -> str:
    if not tools:
        return ""
    lines = (json.dumps(tool, ensure_ascii=False) + "\n" for tool in tools)
    return _TOOLS_BEFORE + "".join(lines) + _TOOLS_BEHIND


def _effort(effort: Any) -> str:
    if effort not in _EFFORTS:
        raise ChatError(f"reasoning_effort is {effort!r}; this model knows {', '.join(_EFFORTS)}.")
    return f"<|system|>Reasoning Effort: {_EFFORTS[effort]}"


def _assistant(message: Message, no_thoughts: str, *, shows: bool, trims: bool) -> str:
    """One answer. Untrimmed, thoughts of "" are those that were begun and ended at once."""
    thoughts = message.get("reasoning_content") if shows else None
    content = message["content"]
    if trims:
        thoughts, content = (thoughts or "").strip(_SPACE) or None, content.strip(_SPACE)
    head = no_thoughts if thoughts is None else f"<think>{thoughts}</think>"
    calls = (_call(call["function"], writes_anew=trims) for call in message.get("tool_calls", ()))
    return f"<|assistant|>{head}{content}{''.join(calls)}"


def _call(function: Mapping[str, Any], *, writes_anew: bool) -> str:
    """A string is written as it is, anything else as JSON: the model's own, or written anew."""
    written = {} if writes_anew else _values_as_written(function["raw"])
    pairs = (
        f"<arg_key>{key}</arg_key><arg_value>{_value(value, written.get(key))}</arg_value>"
        for key, value in function["arguments"].items()
    )
    return f"<tool_call>{function['name']}{''.join(pairs)}</tool_call>"


def _value(value: Any, written: str | None) -> str:
    if isinstance(value, str):
        return value
    return written or json.dumps(value, ensure_ascii=False)


def _values_as_written(raw: str) -> dict[str, str]:
    """The JSON text of each value of an object, which is known to be one."""
    decoder, values = json.JSONDecoder(), {}
    at = _blanks(raw, raw.index("{") + 1)
    while raw[at] != "}":
        key, at = decoder.raw_decode(raw, at)
        start = _blanks(raw, _blanks(raw, at) + 1)
        _, at = decoder.raw_decode(raw, start)
        values[key] = raw[start:at]
        at = _blanks(raw, at)
        at = _blanks(raw, at + 1) if raw[at] == "," else at
    return values


def _blanks(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at
