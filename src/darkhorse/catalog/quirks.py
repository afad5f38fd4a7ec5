"""[private.endpoint.quirks]: where an engine differs from the usual. Private, like its endpoint.

What each word makes of a request or an answer is in upstream/fitting.py, upstream/thinking.py and
upstream/emulation/.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from darkhorse.catalog.listing import Count, Parameter

__all__ = ["USUAL", "Effort", "Quirks", "canonical", "embedded"]

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Quirks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[private.endpoint.quirks]: where an engine differs from the usual."""

    context: Annotated[
        Count | None,
        Meta(description="Its context in native tokens, where it does not say so itself."),
    ] = None
    max_output: Annotated[
        Count | None, Meta(description="Most native tokens to ask it for.", examples=[8192])
    ] = None
    max_tokens_name: Annotated[
        Literal["max_tokens", "max_completion_tokens"],
        Meta(description="What it calls the limit of an answer."),
    ] = "max_tokens"
    drop: Annotated[tuple[Parameter, ...], Meta(description="Parameters it must not be sent.")] = ()
    extra: Annotated[
        dict[str, Any], Meta(description="Fields added to every request, such as a template's.")
    ] = {}
    thinking: Annotated[
        Literal["auto", "open", "off"],
        Meta(
            description="Thoughts in its text. `auto`: an answer that begins with `<think>`. "
            "`open`: its template opens the tag, so all up to `</think>`. `off`: none."
        ),
    ] = "auto"
    reasoning: Annotated[
        Literal["effort", "template", "object", "none"],
        Meta(
            description="How it is told how much to think. `effort`: `reasoning_effort`. "
            "`template`: a switch in `chat_template_kwargs`. `object`: OpenRouter's `reasoning`. "
            "`none`: not at all."
        ),
    ] = "effort"
    efforts: Annotated[
        tuple[Effort, ...],
        Meta(
            min_length=1,
            description="Words it takes for `effort`; the nearest is sent. Where `none` is not "
            "among them it cannot be kept from thinking, and is sent the least.",
        ),
    ] = ("low", "medium", "high")
    template_switch: Annotated[
        str, Meta(min_length=1, description="The template's switch.", examples=["thinking"])
    ] = "enable_thinking"
    budget_name: Annotated[
        str,
        Meta(
            description="Its field for the most tokens to think, where it has one.",
            examples=["thinking_budget"],
        ),
    ] = ""
    reasoning_back: Annotated[
        Literal["reasoning_content", "reasoning", "drop"],
        Meta(description="Where in a past answer it is given what it thought then."),
    ] = "reasoning_content"
    call_ids: Annotated[
        Literal["as_sent", "short", "functions"],
        Meta(
            description="Ids of past tool calls. `short`: nine letters and digits. `functions`: "
            "`functions.NAME:0`, counted."
        ),
    ] = "as_sent"
    prefill: Annotated[
        Literal["native", "continue", "none"],
        Meta(
            description="A conversation that ends with the assistant's own words. `native`: it "
            "goes on from there. `continue`: when told by `continue_final_message`. `none`: "
            "it cannot, and is not asked."
        ),
    ] = "native"
    told: Annotated[
        Literal["system", "none"],
        Meta(
            description="How it is told what to say of itself. `system`: in a system message, or "
            "in front of the client's own. `none`: not at all, where its template has no place."
        ),
    ] = "system"
    tools: Annotated[
        Literal["native", "schema"],
        Meta(
            description="`schema`: it knows no tools, but keeps to a JSON schema; calls are asked "
            "for and read as JSON."
        ),
    ] = "native"
    schemas: Annotated[
        Literal["as_sent", "simple", "gbnf"],
        Meta(
            description="How it is given a JSON schema. `simple`: without references and "
            "other words that grammar compilers stumble over. `gbnf`: as llama.cpp's `grammar`."
        ),
    ] = "as_sent"


USUAL = Quirks()


def embedded(quirks: Quirks) -> Quirks:
    """Those of our own model, whatever the launch says.

    llama.cpp without a tool template has no tools; it never thinks on demand; and a schema goes to
    it as a grammar of our making, because its own converter crashes on some that clients may send.
    """
    return structs.replace(
        quirks, tools="schema", schemas="gbnf", reasoning="none", reasoning_back="drop"
    )


def canonical(quirks: Quirks) -> Quirks:
    """Those of an engine whose dialect says reasoning in its own way: it is rendered from ours."""
    return structs.replace(
        quirks,
        reasoning="none" if quirks.reasoning == "none" else "object",
        reasoning_back="drop" if quirks.reasoning_back == "drop" else "reasoning",
    )
