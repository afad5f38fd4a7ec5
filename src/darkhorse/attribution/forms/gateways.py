"""What stands between the model and us, and what it writes for everyone alike."""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from darkhorse.attribution.observation import Observation

__all__ = ["GATEWAYS", "NONE", "Gateway", "gateway_of"]


class Gateway(Struct, frozen=True, kw_only=True):
    """`rewrites`: where a mark is the gateway's own. What is not there came through it."""

    name: str
    rewrites: frozenset[str] = frozenset()
    knows: Callable[[Observation], str] = lambda _: ""  # by what an answer shows it; "": it is not


NONE = Gateway(name="")
_GENERATION = re.compile(r"gen-\d{9,11}-[0-9A-Za-z]{20}\Z")
_MINTED = ("id", "field", "header", "finish", "error")


def _header(*beginnings: str) -> Callable[[Observation], str]:
    def knows(seen: Observation) -> str:
        return next((f"header {n}" for n, _ in seen.headers if n.startswith(beginnings)), "")

    return knows


def _field(*names: str) -> Callable[[Observation], str]:
    def knows(seen: Observation) -> str:
        paths = (path for path, _ in seen.values)
        return next((f"field {p}" for p in paths if set(re.split(r"[.\[\]]+", p)) & {*names}), "")

    return knows


def _either(*ways: Callable[[Observation], str]) -> Callable[[Observation], str]:
    return lambda seen: next((shown for way in ways if (shown := way(seen))), "")


def _is_router(seen: Observation) -> str:
    if _GENERATION.match(seen.id):
        return f"id {seen.id}"
    if seen.native_finish:
        return f"native_finish_reason {seen.native_finish}"
    return _header("x-generation-id")(seen)


GATEWAYS: tuple[Gateway, ...] = (
    Gateway(
        name="LiteLLM",
        rewrites=frozenset({"id", "finish"}),
        knows=_either(
            _header("x-litellm-", "llm_provider-"),
            _field("provider_specific_fields", "hidden_params"),
        ),
    ),
    Gateway(name="Portkey", knows=_header("x-portkey-")),
    Gateway(name="Cloudflare's gateway", knows=_header("cf-aig-")),
    Gateway(name="Helicone", knows=_header("helicone-")),
    Gateway(name="Kong", knows=_header("x-kong-")),
    Gateway(name="Bifrost", knows=_field("extra_fields", "is_bifrost_error")),
    Gateway(name="new-api", knows=_header("x-oneapi-", "x-new-api-")),
    Gateway(
        name="OpenRouter, or one that writes like it",
        rewrites=frozenset(_MINTED),
        knows=_is_router,
    ),
)
_SHARE = 0.2  # of the answers that have to show it


def gateway_of(seen: Sequence[Observation]) -> tuple[Gateway, str]:
    """The gateway that most answers show, with what shows it; NONE where they show none."""
    shown = {g.name: [told for each in seen if (told := g.knows(each))] for g in GATEWAYS}
    for gateway in GATEWAYS:
        if len(shown[gateway.name]) > _SHARE * len(seen):
            return gateway, shown[gateway.name][0]
    return NONE, ""
