"""A checkpoint's own Jinja template, in a sandbox, and our way with tools where it knows none.

A template comes with weights from a stranger: it reaches no private attribute and changes nothing.
It is offered what transformers offers (`raise_exception`, `tojson`, loop controls), but no date: a
prompt that changes at midnight would be a cache that is worth nothing then.

Without tools in the template (SmolLM2): they are told in the system message, in the words that
Hermes and Qwen2.5 were taught; a call is `<tool_call>{"name": …, "arguments": …}</tool_call>` in
the assistant's text; a result is a message of role `tool`, or `user` where the template has no such
role, in `<tool_response>` tags.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from jinja2 import TemplateError, meta
from jinja2.ext import LoopControlExtension
from jinja2.sandbox import ImmutableSandboxedEnvironment

from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.messages import Message

__all__ = ["JinjaTemplate"]

_TOOLS = (
    "You may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n"
    "{tools}\n</tools>\n\n"
    "For each function call, return a JSON object with function name and arguments within "
    '<tool_call></tool_call> XML tags:\n<tool_call>\n{{"name": <function-name>, "arguments": '
    "<args-json-object>}}\n</tool_call>"
)
_PROBE = "\ufdd1"
"""A noncharacter, to be found again in what was rendered."""


class JinjaTemplate:
    """One template, compiled once."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        """`bos` and `eos` are the tokens' names, as templates ask for. Raises ChatError."""
        try:
            environment = _environment()
            self._template = environment.from_string(source)
            names = meta.find_undeclared_variables(environment.parse(source))
        except TemplateError as e:
            raise ChatError(f"The chat template cannot be read: {e}") from None
        self._tokens = {"bos_token": bos, "eos_token": eos}
        self._knows_tools = "tools" in names
        self._tool_role = "tool" if self._knows_tools or self._knows_role("tool") else "user"

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        options: Mapping[str, Any],
        *,
        goes_on: bool,
    ) -> str:
        """The prompt's text; `options` are further variables. Raises ChatError.

        `goes_on`: the last message is an answer's beginning, and the text ends with it.
        """
        if goes_on:
            messages = [*messages[:-1], _marked(messages[-1])]
        if not self._knows_tools:
            messages = _with_tools_told(messages, tools, self._tool_role)
        text = self._render(
            options,
            messages=messages,
            tools=list(tools) or None,
            add_generation_prompt=not goes_on,
        )
        return _up_to_mark(text) if goes_on else text

    def _render(self, options: Mapping[str, Any], **ours: Any) -> str:
        try:
            return self._template.render(**{**options, **self._tokens, **ours})
        except TemplateError as e:
            raise ChatError(f"The chat template refuses these messages: {e}") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as e:
            raise ChatError(f"The chat template fails on these messages: {e}") from None

    def _knows_role(self, role: str) -> bool:
        """Does what is said in this role come out at all?"""
        said = [{"role": "user", "content": "?"}, {"role": role, "content": _PROBE}]
        try:
            return _PROBE in self._render({}, messages=said, add_generation_prompt=False)
        except ChatError:
            return False


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[LoopControlExtension]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    return environment


def _tojson(
    value: Any,
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002 templates give it so
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002
) -> str:
    """Jinja's own escapes `<`, which no model was trained on."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _raise_exception(message: str) -> NoReturn:
    raise TemplateError(message)


def _with_tools_told(
    messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], tool_role: str
) -> list[Message]:
    told = [_in_words(message, tool_role) for message in messages]
    if not tools:
        return told
    lines = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
    instruction = "# Tools\n\n" + _TOOLS.format(tools=lines)
    if told[0]["role"] == "system":
        said = f"{told[0]['content']}\n\n{instruction}"
        return [{**told[0], "content": said}, *told[1:]]
    return [{"role": "system", "content": instruction}, *told]


def _in_words(message: Message, tool_role: str) -> Message:
    """The same with calls and results as text."""
    if message["role"] == "tool":
        said = f"<tool_response>\n{message['content']}\n</tool_response>"
        return {"role": tool_role, "content": said}
    calls = [_call(call["function"]) for call in message.get("tool_calls", ())]
    said = "\n".join([message["content"], *calls] if message["content"] else calls)
    return {"role": message["role"], "content": said}


def _call(function: Mapping[str, Any]) -> str:
    name = json.dumps(function["name"], ensure_ascii=False)
    return f'<tool_call>\n{{"name": {name}, "arguments": {function["raw"]}}}\n</tool_call>'


def _marked(message: Message) -> Message:
    """With a mark at its end; what it says may stand in the template too, and be found there."""
    said = message["content"].strip()
    return {**message, "content": said and said + _PROBE}


def _up_to_mark(text: str) -> str:
    """Of what closes an answer, nothing."""
    said, mark, _ = text.rpartition(_PROBE)
    if not mark:
        raise ChatError("The last message cannot be gone on from: it is empty, or not rendered.")
    return said
