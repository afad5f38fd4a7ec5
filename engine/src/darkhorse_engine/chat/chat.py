"""The chat form of one model: messages to prompt ids, and an answer's text back to what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from darkhorse_engine.chat.calls import Form
from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.files import ChatFiles
from darkhorse_engine.chat.gguf_tokenizer import token_name
from darkhorse_engine.chat.glm import render_glm
from darkhorse_engine.chat.messages import Message, normal_messages, normal_tools
from darkhorse_engine.chat.parser import Parser
from darkhorse_engine.chat.templates import JinjaTemplate
from darkhorse_engine.chat.tokenizer import Tokenizer

__all__ = ["Chat", "GlmTemplate", "Prompt", "Template"]

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Prompt:
    """What the model is given: its ids, the text they stand for, and where that leaves it.

    `is_thinking`: the prompt has opened `<think>`, so the answer begins inside it.
    """

    ids: tuple[int, ...]
    text: str
    is_thinking: bool


class Template(Protocol):
    """Messages to text; `GlmTemplate` or `JinjaTemplate`."""

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        options: Mapping[str, Any],
        *,
        goes_on: bool,
    ) -> str:
        """The prompt's text. Raises ChatError."""
        ...


@dataclass(frozen=True)
class GlmTemplate:
    """GLM-5's, by hand; `tells_effort`: GLM-5.2's."""

    tells_effort: bool = False

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        options: Mapping[str, Any],
        *,
        goes_on: bool,
    ) -> str:
        """See Template."""
        return render_glm(messages, tools, options, goes_on=goes_on, tells_effort=self.tells_effort)


@dataclass(frozen=True)
class Chat:
    """A model's tokenizer, its template, and the form of its tool calls."""

    tokenizer: Tokenizer
    template: Template
    form: Form

    def prompt(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        options: Mapping[str, Any] = _NOTHING,
        *,
        goes_on: bool = False,
        most: int | None = None,
    ) -> Prompt:
        """Of messages and tools in OpenAI's shape. Raises ChatError.

        `options` are the request's `chat_template_kwargs`: `enable_thinking`, `clear_thinking`,
        `reasoning_effort`, or what else a checkpoint's template asks for. `goes_on`: the last
        message is the beginning of the answer. `most`: tokens that there is room for; TooLong is
        raised at once for what must have more, as cutting text into tokens takes its time.
        """
        guard = self.tokenizer.guard
        said = normal_messages(messages, guard)
        if goes_on and said[-1]["role"] != "assistant":
            raise ChatError("Only an assistant's message can be gone on from.")
        text = self.template.render(said, normal_tools(tools, guard), options, goes_on=goes_on)
        if most is not None:
            self.tokenizer.check_length(text, most)
        return Prompt(
            ids=tuple(self.tokenizer.encode(text)),
            text=self.tokenizer.unguarded(text),
            is_thinking=text.rstrip().endswith("<think>"),
        )

    def parser(self, prompt: Prompt, tools: Sequence[Mapping[str, Any]] = ()) -> Parser:
        """What reads the answer to `prompt`; without `tools` it holds no calls."""
        return Parser(self.form, tools, is_thinking=prompt.is_thinking)

    @classmethod
    def from_directory(cls, directory: str | Path) -> Self:
        """Of a Hugging Face directory, with its own template where it has one. Raises ChatError."""
        files = ChatFiles.load(Path(directory))
        return cls._with(
            Tokenizer.from_json(files.tokenizer, files.stop_ids),
            files.template,
            bos=files.bos,
            eos=files.eos,
            is_late=files.tells_effort,
        )

    @classmethod
    def from_gguf(cls, fields: Mapping[str, Any]) -> Self:
        """Of a GGUF's `tokenizer.*` fields, arrays as sequences. Raises ChatError."""
        return cls._with(
            Tokenizer.from_gguf(fields),
            fields.get("tokenizer.chat_template"),
            bos=token_name(fields, "bos"),
            eos=token_name(fields, "eos"),
            is_late=False,
        )

    @classmethod
    def _with(
        cls, tokenizer: Tokenizer, source: str | None, *, bos: str, eos: str, is_late: bool
    ) -> Self:
        if source is not None:
            form: Form = "glm" if "<arg_key>" in source else "hermes"
            return cls(tokenizer, JinjaTemplate(source, bos=bos, eos=eos), form)
        if "<|observation|>" in tokenizer.control_ids:
            return cls(tokenizer, GlmTemplate(tells_effort=is_late), "glm")
        raise ChatError(
            "There is no chat template: put the model's chat_template.jinja beside its "
            "tokenizer.json."
        )
