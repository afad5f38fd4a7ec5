"""Fields that bodies of several dialects have in common, and what becomes of them.

Shapes and bounds: OpenRouter's (shared/reference/openrouter-api.md, 2.1 and 2.2). Fields that are
not named here are left alone: clients send many that mean nothing to a listing.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.request import ANY_PROVIDER, ProviderWish

__all__ = [
    "ABSENT",
    "SAMPLING",
    "Common",
    "Effort",
    "Positive",
    "Reasoning",
    "Sampling",
    "Stop",
    "Stops",
    "decode",
    "nearest_effort",
    "raw_parameters",
    "reasoning_parameter",
    "wish",
]

Penalty = Annotated[float, Meta(ge=-2, le=2)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[int, Meta(ge=1)]
Stop = Annotated[str, Meta(min_length=1)]
Stops = Annotated[list[Stop], Meta(max_length=4)]
Usd = Annotated[float, Meta(ge=0)]
Effort = Literal["max", "xhigh", "high", "medium", "low", "minimal", "none"]
Word = TypeVar("Word", bound=Effort)
_LADDER: Sequence[str] = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

ABSENT = Raw()
"""For fields that are passed on as they are: `Raw | None` would read as null alone."""

_NULL = Raw(b"null")

Body = TypeVar("Body")

_encode = msgspec.json.Encoder().encode


class _MaxPrice(Struct, frozen=True):
    prompt: Usd | str | None = None
    completion: Usd | str | None = None


class _Provider(Struct, frozen=True):
    order: list[str] | None = None
    only: list[str] | None = None
    ignore: list[str] | None = None
    allow_fallbacks: bool | None = None
    require_parameters: bool | None = None
    data_collection: Literal["allow", "deny"] | None = None
    zdr: bool | None = None
    enforce_distillable_text: bool | None = None
    quantizations: list[str] | None = None
    max_price: _MaxPrice | None = None


class Common(Struct, kw_only=True):
    """Which model, for whom, and who may answer."""

    model: str | None = None
    models: Annotated[list[str], Meta(max_length=16)] | None = None
    provider: _Provider | None = None
    stream: bool | None = None
    session_id: Annotated[str, Meta(max_length=256)] | None = None
    prompt_cache_key: str | None = None
    user: str | None = None

    def names(self) -> tuple[str, tuple[str, ...]]:
        """The model to ask first, and those to ask after it. Raises InvalidRequest."""
        names = [*([] if self.model is None else [self.model]), *(self.models or ())]
        if not names:
            raise InvalidRequest("Object missing required field `model`.")
        first, *others = dict.fromkeys(names)
        return first, tuple(others)

    @property
    def session(self) -> str:
        """The conversation; clients that name none still say which prompts share a cache."""
        return self.session_id or (self.prompt_cache_key or "")[:256]


class Sampling(Common, kw_only=True):
    """Also: how tokens are chosen; the same words in every dialect of OpenAI's kind."""

    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    min_p: Share | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    repetition_penalty: Annotated[float, Meta(gt=0, le=2)] | None = None
    seed: int | None = None


SAMPLING = tuple(
    name for name in Sampling.__struct_fields__ if name not in Common.__struct_fields__
)
"""Their names, which are the parameters' names too."""


class Reasoning(Struct, frozen=True, omit_defaults=True):
    """OpenRouter's `reasoning` object."""

    effort: Effort | None = None
    max_tokens: Annotated[int, Meta(ge=0)] | None = None
    exclude: bool | None = None
    enabled: bool | None = None

    @property
    def is_off(self) -> bool:
        """Is it not to think at all?"""
        return self.enabled is False or self.effort == "none" or self.max_tokens == 0


def nearest_effort(effort: Effort, taken: Sequence[Word]) -> Word:
    """Of the words that are taken, the nearest to `effort`; of two as near, the lower."""
    at = _LADDER.index(effort)
    return min(taken, key=lambda word: (abs(_LADDER.index(word) - at), _LADDER.index(word)))


def decode(decoder: "msgspec.json.Decoder[Body]", body: bytes) -> Body:
    """A body, or InvalidRequest in words that help whoever wrote it."""
    try:
        if not body.isascii():
            body.decode()  # what we only relay is not looked into
        return decoder.decode(body)
    except UnicodeDecodeError as e:
        raise InvalidRequest(f"The body is not valid UTF-8 (byte {e.start}).") from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None
    except msgspec.DecodeError as e:
        raise InvalidRequest(_explain(e)) from None


def _explain(problem: msgspec.DecodeError) -> str:
    """msgspec's own words, but for the one case where they mislead (half a surrogate pair)."""
    text = str(problem)
    if text == "Input data was truncated":
        return "The body is not complete JSON, or holds half a surrogate pair."
    return f"{text}."


class _Format(Struct):
    type: str = ""


_format = msgspec.json.Decoder(_Format)


def _is_plain(response_format: Raw) -> bool:
    """`{"type": "text"}` asks for nothing. Raises InvalidRequest where it is no such object."""
    try:
        return _format.decode(response_format).type == "text"
    except msgspec.ValidationError as e:
        raise InvalidRequest(f"`response_format`: {e}.") from None


def raw_parameters(fields: Mapping[str, Any]) -> dict[str, Raw]:
    """What of `fields` was set, as raw JSON; an empty list is nothing set."""
    found: dict[str, Raw] = {}
    for name, value in fields.items():
        if value is None or value is ABSENT:
            continue
        if isinstance(value, Raw):
            if value != _NULL:
                found[name] = value
        elif value != []:
            found[name] = Raw(_encode(value))
    if "response_format" in found and _is_plain(found["response_format"]):
        del found["response_format"]
    return found


def reasoning_parameter(
    reasoning: Reasoning | None, effort: Effort | None = None, *, include: bool | None = None
) -> tuple[Reasoning | None, bool]:
    """One object from OpenRouter's three ways of saying it; and whether to show what was thought.

    `exclude` is ours to keep, so it does not go on. Raises InvalidRequest where two contradict.
    """
    said = reasoning or Reasoning()
    if effort and said.effort and effort != said.effort:
        raise InvalidRequest("`reasoning_effort` and `reasoning.effort` differ; send one of them.")
    if include is not None and said.enabled is None and not said.effort and not effort and include:
        said = msgspec.structs.replace(said, enabled=True)
    shown = not said.exclude and include is not False
    told = msgspec.structs.replace(said, effort=said.effort or effort, exclude=None)
    return (told if told != Reasoning() else None), shown


def wish(provider: _Provider | None) -> ProviderWish:
    """What a client wants of whoever answers. Raises InvalidRequest for a price that is none."""
    if provider is None:
        return ANY_PROVIDER
    price = provider.max_price or _MaxPrice()
    return ProviderWish(
        only=tuple(provider.only or ()),
        ignore=tuple(provider.ignore or ()),
        order=tuple(provider.order or ()),
        allow_fallbacks=provider.allow_fallbacks is not False,
        require_parameters=bool(provider.require_parameters),
        denies_logging=provider.data_collection == "deny" or bool(provider.zdr),
        quantizations=tuple(provider.quantizations or ()),
        max_prompt_usd=_usd(price.prompt),
        max_completion_usd=_usd(price.completion),
        distillable=bool(provider.enforce_distillable_text),
    )


def _usd(value: float | str | None) -> float | None:
    try:
        usd = None if value is None else float(value)
    except ValueError:
        usd = -1.0
    if usd is not None and not usd >= 0:
        raise InvalidRequest("`provider.max_price`: a price is a number of dollars.")
    return usd
