"""What a listing takes, gives, costs and allows, in plain words."""

from decimal import Decimal

from msgspec import Struct

from darkhorse.catalog.limits import Limits
from darkhorse.catalog.listing import Listing, ListingLimits, Modality
from darkhorse.catalog.price import Price

__all__ = [
    "Fact",
    "facts",
    "limit_facts",
    "limits_in_words",
    "modalities",
    "parameters",
    "price_in_words",
]

_MODALITIES: dict[Modality, str] = {"image": "images", "file": "files"}
_CENT = Decimal("0.01")
_NO_WORD = 1_000_000_000  # a range so wide is none


class Fact(Struct, frozen=True):
    """A name and its value, for a list of them."""

    name: str
    value: str


def facts(listing: Listing) -> tuple[Fact, ...]:
    """What holds in every state."""
    return (
        Fact("Reads", modalities(listing.input)),
        Fact("Writes", modalities(listing.output)),
        Fact("Context", f"{listing.context:,} tokens, prompt and answer together"),
        Fact("Longest answer", f"{listing.max_output:,} tokens"),
        Fact("Price", price_in_words(listing.price)),
        Fact(
            "Moderation",
            "Prompts are moderated" if listing.moderated else "Prompts are not moderated",
        ),
    )


def limit_facts(limits: ListingLimits) -> tuple[Fact, ...]:
    """Those that are set, for whom."""
    told = (
        Fact("Each key", limits_in_words(limits.key)),
        Fact("Each network address", limits_in_words(limits.address)),
        Fact("Everybody together", limits_in_words(limits.total)),
    )
    return tuple(fact for fact in told if fact.value)


def parameters(listing: Listing) -> tuple[Fact, ...]:
    """By name, with the values it takes where that is worth a word."""
    told = {
        "reasoning": ", ".join(listing.efforts),
        "reasoning_effort": ", ".join(listing.efforts),
        "tool_choice": ", ".join(listing.tool_choice),
    }
    return tuple(
        Fact(name, told.get(name) or _range(listing, name)) for name in sorted(listing.parameters)
    )


def _range(listing: Listing, name: str) -> str:
    low, high = getattr(listing.ranges, name, (0, _NO_WORD))
    if name == "max_tokens":
        high = min(high, listing.max_output)
    return f"{low:,g} to {high:,g}" if max(-low, high) < _NO_WORD else ""


def limits_in_words(limits: Limits) -> str:
    """`20 requests a minute, 4 at once`; empty where there are none."""
    counts = (
        (limits.requests_per_minute, "request", "a minute"),
        (limits.requests_per_day, "request", "a day"),
        (limits.tokens_per_minute, "token", "a minute"),
        (limits.concurrent, "request", "at once"),
    )
    told = [f"{n:,} {noun}{'s' * (n != 1)} {when}" for n, noun, when in counts if n is not None]
    if limits.spend_usd is not None:
        told.append(f"{_dollars(limits.spend_usd)} in all")
    return ", ".join(told)


def price_in_words(price: Price) -> str:
    """`Free`, or what is to be paid for what."""
    if price.is_free:
        return "Free"
    told = (
        (price.prompt, "per million prompt tokens"),
        (price.completion, "per million answer tokens"),
        (price.request, "per request"),
    )
    return ", ".join(f"{_dollars(amount)} {what}" for amount, what in told if amount)


def modalities(kinds: tuple[Modality, ...]) -> str:
    """`Text, images`."""
    return ", ".join(_MODALITIES.get(each, each) for each in kinds).capitalize()


def _dollars(amount: Decimal) -> str:
    """`$5`, `$0.60`, `$0.001`: cents in full, and whatever is finer."""
    amount = Decimal(format(amount.normalize(), "f"))  # 1E+1 is 10
    if amount != amount.to_integral_value() and amount == amount.quantize(_CENT):
        amount = amount.quantize(_CENT)
    return f"${amount:,f}"
