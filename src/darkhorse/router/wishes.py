"""What a request wants of whoever answers, held against the one provider a listing shows. Pure.

Honoured: `only`, `ignore`, `order` without fallbacks, `quantizations`, `max_price`,
`require_parameters`, `data_collection`, `zdr`, `enforce_distillable_text`. What chooses among
several providers (`sort`, `preferred_*`, `options`) has nothing to choose from here.
"""

from collections.abc import Iterable

from darkhorse.base.errors import (
    ClientGone,
    ContextExceeded,
    DarkhorseError,
    Draining,
    LedgerUnavailable,
    ModelDeprecated,
    NoEndpoints,
    PrivacyRestricted,
    RateLimited,
    ServerError,
    UnknownModel,
    UnsupportedByListing,
)
from darkhorse.catalog.listing import Listing
from darkhorse.wire.request import ANY_PROVIDER, GenerationRequest, ProviderWish

__all__ = ["SLUG", "check_wish", "may_pass_on"]

SLUG = "stealth"
"""The one provider, as clients write it."""
QUANTIZATION = "unknown"

_OURS = (ClientGone, Draining, LedgerUnavailable)
_PASSING = (
    ContextExceeded,
    ModelDeprecated,
    NoEndpoints,
    RateLimited,
    ServerError,
    UnknownModel,
    UnsupportedByListing,
)


def may_pass_on(error: DarkhorseError) -> bool:
    """May the next of `models` fare better? Not where the request or this server is at fault."""
    return isinstance(error, _PASSING) and not isinstance(error, _OURS)


def check_wish(request: GenerationRequest, listing: Listing) -> None:
    """Raises NoEndpoints, PrivacyRestricted."""
    wish = request.provider
    if wish is ANY_PROVIDER:
        return
    if wish.denies_logging:
        raise PrivacyRestricted
    _check_provider(wish)
    if wish.quantizations and QUANTIZATION not in wish.quantizations:
        raise NoEndpoints("No endpoints found: this model's quantization is unknown.")
    if wish.distillable:
        raise NoEndpoints("No endpoints found: this model does not allow distillation.")
    _check_price(wish, listing)
    if wish.require_parameters:
        _check_parameters(request, listing)


def _check_provider(wish: ProviderWish) -> None:
    ordered = not wish.allow_fallbacks and wish.order
    if (
        (wish.only and not _names(wish.only))
        or _names(wish.ignore)
        or (ordered and not _names(wish.order))
    ):
        raise NoEndpoints(f"No endpoints found: the only provider here is `{SLUG}`.")


def _names(slugs: Iterable[str]) -> bool:
    return any(slug.strip().lower() == SLUG for slug in slugs)


def _check_price(wish: ProviderWish, listing: Listing) -> None:
    price = listing.price
    pairs = (
        (wish.max_prompt_usd, price.prompt),
        (wish.max_completion_usd, price.completion),
    )
    if any(most is not None and float(asked) > most for most, asked in pairs):
        raise NoEndpoints("No endpoints found: this model costs more than `max_price`.")


def _check_parameters(request: GenerationRequest, listing: Listing) -> None:
    supported = {*listing.parameters, "max_tokens"}
    if missing := sorted(set(request.parameters) - supported):
        names = ", ".join(f"`{name}`" for name in missing)
        raise NoEndpoints(f"No endpoints found: this model does not take {names}.")
