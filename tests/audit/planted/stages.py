"""The upstreams of the planted leaks, and one clean relay in front of all of them."""

from dataclasses import dataclass

from darkhorse.attribution.client.door import Door, Names
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from live.stage import Relay, Scripted, go_live, launch_text

from .played import PATIENCE_S, Stage

__all__ = ["CONTEXT", "MAKER", "MODEL", "SETS", "House", "stages_of"]

CONTEXT = 4000
MAKER, MODEL = "Zhipu AI", "GLM-5.3"
_NAMES = Names(maker=MAKER, model=MODEL, aliases=("Z.ai", "智谱"))
_ALL = ("reasoning", "reasoning_effort", "tools", "tool_choice", "response_format")
_TUNING = ("frequency_penalty", "max_tokens", "presence_penalty", "seed", "stop", "temperature")
_PARAMETERS = f"parameters = {[*_TUNING, 'top_k', 'top_p', *_ALL]}\n"
_FLOWING = "structured = 'constrained'\n"  # so that a stream can break in its midst


@dataclass(frozen=True)
class Set:
    """An upstream's scenario, lines of `[public]`, and of the endpoint."""

    scenario: str
    public: str = ""
    endpoint: str = ""


SETS = {
    "main": Set(f"imitate-zai?echo=1&context={8 * CONTEXT}", f"{_PARAMETERS}{_FLOWING}"),
    "plain": Set("ok?vocabulary=merges&template=marks&block=16"),
    "thinking": Set("reasoning", _PARAMETERS),
    "anthropic": Set("imitate-anthropic?echo=1", _PARAMETERS, "dialect = 'messages'\n"),
    "vllm": Set(f"imitate-vllm?echo=1&context={8 * CONTEXT}", _PARAMETERS),
    "seeing": Set("ok", "input = ['text', 'image', 'audio']\n"),
}


class House(Relay):
    """A relay with a listing for each of the sets."""

    def _go_live(self) -> None:
        for name, each in SETS.items():
            text = launch_text(
                f"stealth/{name}",
                self.listings[name],
                title=f"Mule {name.title()}",
                context=CONTEXT,
                max_output=2000,
                extra=each.public,
                endpoint_extra=each.endpoint,
            )
            text = text.replace("maker = 'CANARYMAKER Lab'", f"maker = '{MAKER}'")
            text = text.replace("model = 'CANARYMAKER-5'", f"model = '{MODEL}'")
            go_live(self.desk, text)


def stages_of(relay: House, scripted: Scripted) -> dict[str, Stage]:
    """By name: each upstream, raw and public."""
    return {name: _stage(relay, scripted, name, each) for name, each in SETS.items()}


def _stage(relay: House, scripted: Scripted, name: str, each: Set) -> Stage:
    dialect = "messages" if each.endpoint else "chat"

    def raw() -> Door:
        return Door(
            "raw",
            scripted.url,
            Secret("sk-raw"),
            each.scenario,
            clock=SystemClock(),
            dialects=(dialect,),
            names=_NAMES,
            patience_s=PATIENCE_S,
        )

    return Stage(raw, relay.port, relay.key, f"stealth/{name}", _NAMES)
