"""The public side of a launch: what anyone may know of a model that has no name."""

import re
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.limits import UNLIMITED, Limits
from darkhorse.catalog.media_limits import Media
from darkhorse.catalog.price import FREE, Price
from darkhorse.catalog.profile import (
    EFFORTS,
    TOOL_MODES,
    USUAL_RANGES,
    USUAL_STOPS,
    Effort,
    Profile,
    Ranges,
    Stops,
    ToolMode,
)
from darkhorse.catalog.rhythm import USUAL_RHYTHM, Rhythm
from darkhorse.catalog.training import denied, granted

__all__ = [
    "DISCLOSURE",
    "LAST_US",
    "Listing",
    "ListingLimits",
    "Modality",
    "Parameter",
    "Structured",
    "Window",
]

DISCLOSURE = (
    "Every prompt and completion sent to this model is logged by its provider and may be used "
    "to improve it. Do not send personal or confidential data."
)

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*\Z", max_length=100)]
Alias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][!-~]*\Z", max_length=200)]
Count = Annotated[int, Meta(ge=1, le=100_000_000)]
Text = Annotated[str, Meta(min_length=1)]
Days = Annotated[float, Meta(gt=0, le=3660)]
WholeDays = Annotated[int, Meta(ge=1, le=36_600)]
Moment = Annotated[datetime, Meta(tz=True)]
Modality = Literal["text", "image", "audio", "video", "file", "embeddings"]
Structured = Literal["constrained", "held", "unchecked"]
"""How a streamed answer keeps what was asked of its form. constrained: the engines follow a schema
token by token, so it flows as it comes and is checked at its end. held: it is held back until it is
whole and checked, and tried once more where it fails. unchecked: nobody looks."""
Parameter = Literal[
    "frequency_penalty",
    "max_tokens",
    "min_p",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning",
    "reasoning_effort",
    "repetition_penalty",
    "response_format",
    "seed",
    "stop",
    "temperature",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
]

_RESERVED = frozenset(
    {
        *("activity", "api", "archive", "favicon.ico", "feed.xml", "health", "live", "llms.txt"),
        *("metrics", "openapi.json", "playground", "rankings", "report", "robots.txt", "static"),
        *("terms", "v1"),
    }
)
"""First parts of paths that are ours."""
LAST_US = 253_370_764_800_000_000  # the end of the year 9998: a day later may still be written

_USUAL: tuple[Parameter, ...] = (
    "frequency_penalty",
    "max_tokens",
    "presence_penalty",
    "seed",
    "stop",
    "temperature",
    "top_k",
    "top_p",
)


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.window]: when it ends by itself. Left out, it stays until it is retired by hand."""

    days: Annotated[Days | None, Meta(description="Days from its going live.", examples=[5])] = None
    closes: Annotated[
        Moment | None,
        Meta(description="A moment, with its time zone: 2026-12-01T12:00:00Z."),
    ] = None

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another."""
        if self.days is not None and self.closes is not None:
            raise ConfigError("public.window.closes: give days or closes, not both.")
        if self.closes is not None and not 0 < (self.closes_us(0) or 0) < LAST_US:
            raise ConfigError("public.window.closes: it must be between the years 1970 and 9999.")

    def closes_us(self, live_us: int) -> int | None:
        """When it ends if it goes live at `live_us`; None: it does not end by itself."""
        if self.days is not None:
            return live_us + round(self.days * 86_400) * 1_000_000
        return None if self.closes is None else round(self.closes.timestamp() * 1_000_000)


class ListingLimits(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """[public.limits]: three sets of limits on this listing."""

    total: Annotated[Limits, Meta(description="For everybody together.")] = UNLIMITED
    key: Annotated[Limits, Meta(description="For each key.")] = UNLIMITED
    address: Annotated[Limits, Meta(description="For each network address.")] = UNLIMITED

    def check(self) -> None:
        """Raise ConfigError where a value makes no sense."""
        for name in self.__struct_fields__:
            getattr(self, name).check(f"public.limits.{name}")


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public]: what the public may know. Tokens are public tokens: ⌈UTF-8 bytes / 4⌉."""

    slug: Annotated[
        Slug,
        Meta(description="`author/name`, as clients write it.", examples=["stealth/pony-alpha"]),
    ]
    aliases: Annotated[tuple[Alias, ...], Meta(description="Other names that reach it.")] = ()
    title: Annotated[Text, Meta(description="Title on its card.", examples=["Pony Alpha"])]
    description: Annotated[str, Meta(description="Text on its card.")] = ""
    input: Annotated[
        tuple[Modality, ...], Meta(min_length=1, description="What it reads.", examples=[["text"]])
    ] = ("text",)
    output: Annotated[
        tuple[Modality, ...], Meta(min_length=1, description="What it writes.", examples=[["text"]])
    ] = ("text",)
    context: Annotated[
        Count, Meta(description="Prompt and answer together, public tokens.", examples=[200_000])
    ]
    max_output: Annotated[
        Count, Meta(description="The longest answer, public tokens.", examples=[131_072])
    ]
    parameters: Annotated[
        tuple[Parameter, ...],
        Meta(description="Request parameters it honours.", examples=[["temperature", "tools"]]),
    ] = _USUAL
    ranges: Annotated[Ranges, Meta(description="Which values of them it takes.")] = USUAL_RANGES
    stops: Annotated[Stops, Meta(description="Which stop sequences it takes.")] = USUAL_STOPS
    efforts: Annotated[
        tuple[Effort, ...],
        Meta(
            min_length=1,
            description="Words of its reasoning effort; another one becomes the nearest of them.",
            examples=[["low", "high"]],
        ),
    ] = EFFORTS
    reasoning_always: Annotated[
        bool,
        Meta(
            description="It cannot be kept from thinking: asked not to, it thinks the least. Left "
            "out, thoughts that are turned off are neither shown nor counted, whatever an engine "
            "does."
        ),
    ] = False
    tool_choice: Annotated[
        tuple[ToolMode, ...],
        Meta(
            min_length=1,
            description="Words of `tool_choice` it takes, where `parameters` has that; `function`: "
            "a tool by its name.",
        ),
    ] = TOOL_MODES
    parallel_calls: Annotated[
        bool,
        Meta(description="May it call several tools at once? If not, the first call alone counts."),
    ] = True
    structured: Annotated[
        Structured,
        Meta(
            description="How answers keep to a JSON schema or to forced tools. `constrained`: the "
            "engines see to it, a stream flows and is checked at its end. `held`: a stream is held "
            "until it is whole and checked. Both try once more before an error where they still "
            "can. `unchecked`: nobody looks."
        ),
    ] = "held"
    media: Annotated[Media, Meta(description="Which media it takes.")] = Media()
    price: Annotated[Price, Meta(description="What it costs; left out, it is free.")] = FREE
    limits: Annotated[ListingLimits, Meta(description="Who may use how much of it.")] = (
        ListingLimits()
    )
    moderated: Annotated[bool, Meta(description="Are prompts moderated before it?")] = False
    window: Annotated[Window, Meta(description="When it ends by itself.")] = Window()
    disclosure: Annotated[Text, Meta(description="What users are told about logging.")] = DISCLOSURE
    training: Annotated[
        bool | None,
        Meta(
            description="May prompts and completions be used to train, and leave with `darkhorse "
            "ledger export`? Left out, they may with the usual disclosure, and not with one of "
            "your own. The disclosure must not say the opposite.",
            examples=[True],
        ),
    ] = None
    retention_days: Annotated[
        WholeDays | None,
        Meta(
            description="Days after which prompts and completions are erased. Left out, they are "
            "kept until somebody erases them.",
            examples=[30],
        ),
    ] = None
    terms: Annotated[str, Meta(description="URL of the terms of use.")] = ""
    privacy: Annotated[str, Meta(description="URL of the privacy policy.")] = ""
    abuse_contact: Annotated[
        str, Meta(description="Where to report abuse: an email address or a URL.")
    ] = ""
    identity: Annotated[
        str,
        Meta(
            description="What the model may say of itself: “I am …”, or “Its name here …”. The "
            "rest of maker, model, family, origin, scale and knowledge it declines; it is told so.",
            examples=["I am Hunter Alpha, a model of a trillion parameters with a context of 1M."],
        ),
    ] = ""
    language: Annotated[
        str,
        Meta(
            max_length=100,
            description="The language it is told to keep to, comments and names in code included. "
            "`as_asked`: that of the latest message. Left out, it is told nothing of it.",
            examples=["as_asked", "English"],
        ),
    ] = ""
    rhythm: Annotated[Rhythm, Meta(description="How an answer flows.")] = USUAL_RHYTHM

    @property
    def told(self) -> str:
        """The disclosure, and what is promised beyond it; for wherever users are told.

        Where nothing is said of training, no promise is made of it.
        """
        days = self.retention_days
        kept = f"It is erased after {days} day{'s' * (days != 1)}." if days else ""
        trained = "It is not used for training." if self.training is False else ""
        return " ".join(filter(None, (self.disclosure.rstrip(), trained, kept)))

    @property
    def may_train(self) -> bool:
        """May its record be used to train? What nobody has decided may not."""
        return self.disclosure == DISCLOSURE if self.training is None else self.training

    @property
    def honoured(self) -> frozenset[str]:
        """The request's parameters that mean something; both words for reasoning mean the same."""
        both = ("reasoning", "reasoning_effort")
        reasons = any(word in self.parameters for word in both)
        return frozenset((*self.parameters, "max_tokens", *(both if reasons else ())))

    @property
    def profile(self) -> Profile:
        """What it says of their values."""
        return Profile(**{name: getattr(self, name) for name in Profile.__struct_fields__})

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that reaches it."""
        return (self.slug, *self.aliases)

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another."""
        self.window.check()
        self.price.check("public.price")
        self.limits.check()
        self.rhythm.check()
        self.profile.check(self.honoured)
        if self.max_output > self.context:
            raise ConfigError(
                f"public.max_output: {self.max_output} is over context ({self.context}); lower it."
            )
        if len(set(self.names)) < len(self.names):
            raise ConfigError("public.aliases: a name is there twice; leave one out.")
        for name in self.names:
            if name.partition("/")[0].lower() in _RESERVED:
                place = "slug" if name == self.slug else "aliases"
                raise ConfigError(
                    f"public.{place}: `{name}` would stand in the way of our own pages; none may "
                    f"begin with {', '.join(sorted(_RESERVED))}."
                )
        self._check_links()
        self._check_training()

    def _check_training(self) -> None:
        """A disclosure says what `training` says, as far as its words can be told."""
        grants = granted(self.disclosure)
        if self.training is False and grants:
            raise ConfigError(
                f"public.disclosure: it says `{grants}`, and training = false promises the "
                "opposite; write a disclosure that fits."
            )
        denial = denied(self.disclosure)
        if self.training and denial and not grants:
            raise ConfigError(
                f"public.disclosure: it says `{denial}`, and training = true says the opposite; "
                "set training = false, or write a disclosure that fits."
            )

    def _check_links(self) -> None:
        for name in ("terms", "privacy"):
            if (link := getattr(self, name)) and not re.match(r"https?://[^\s/]", link):
                raise ConfigError(f"public.{name}: `{link}` is no URL; begin it with https://.")
        contact = self.abuse_contact
        if contact and not re.match(r"https?://[^\s/]|[^\s@/]+@[^\s@/]+$", contact):
            raise ConfigError(
                f"public.abuse_contact: `{contact}` is neither an email address nor a URL; "
                "write for example abuse@example.org."
            )
