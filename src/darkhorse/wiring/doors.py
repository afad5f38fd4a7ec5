"""The two doors of an audit: an endpoint as it is, and the public API in front of it."""

from collections.abc import Callable
from pathlib import Path

from darkhorse.attribution.client.door import Door, Names, Spent
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint, Private
from darkhorse.catalog.launch import Definition
from darkhorse.upstream.http11 import Address
from darkhorse.wiring.model import KEY_VARIABLE, URL_VARIABLE
from darkhorse.wiring.targets import embedded_target, target_of

__all__ = ["OnCall", "endpoint_of", "model_facts", "public_door", "raw_door"]

OnCall = Callable[[Spent], None]


def endpoint_of(definition: Definition, name: str) -> Endpoint:
    """The endpoint of that name; the first where none is named. Raises ConfigError."""
    endpoints = definition.private.endpoint
    for each in endpoints:
        if name in ("", each.name):
            return each
    names = ", ".join(each.name for each in endpoints)
    raise ConfigError(f"{definition.public.slug} has no endpoint `{name}`; it has {names}.")


def raw_door(
    definition: Definition, endpoint: Endpoint, data: Path, clock: Clock, on_call: OnCall
) -> Door:
    """The endpoint itself. Raises ConfigError, also where its key is missing."""
    target = target_of(endpoint, data, as_server=False)
    _check(target.url, f"Endpoint {endpoint.name}")
    return Door(
        "raw",
        target.url,
        target.key,
        target.model,
        clock=clock,
        dialects=(endpoint.dialect,),
        limit_name=target.quirks.max_tokens_name,
        extra=target.quirks.extra,
        names=_names(definition.private),
        on_call=on_call,
    )


def public_door(
    definition: Definition | None,
    model: str,
    url: str,
    key: Secret,
    clock: Clock,
    on_call: OnCall,
) -> Door:
    """Any public address where it answers as `model`, ours or not. Raises ConfigError.

    Without a definition nothing is known of it but what it says.
    """
    _check(url, "The public address")
    return Door(
        "public",
        url,
        key,
        model,
        clock=clock,
        dialects=("chat", "completions", "responses", "messages"),
        names=_names(definition.private) if definition else Names(),
        aliases=definition.public.aliases if definition else (),
        on_call=on_call,
    )


def model_facts(definition: Definition, data: Path) -> dict[str, str]:
    """What a relay needs in its environment to reach the embedded model, where it is needed.

    Raises ConfigError: no server with an embedded model runs.
    """
    for endpoint in definition.private.endpoint:
        if endpoint.url == EMBEDDED and (target := embedded_target(endpoint, data)):
            return {URL_VARIABLE: target.url, KEY_VARIABLE: target.key.reveal()}
        target_of(endpoint, data, as_server=False)
    return {}


def _names(private: Private) -> Names:
    return Names(maker=private.maker, model=private.model, aliases=private.aliases)


def _check(url: str, whose: str) -> None:
    """As the relay itself would say it."""
    try:
        Address.parse(url)
    except ConfigError as e:
        raise ConfigError(f"{whose}: {e}") from None
