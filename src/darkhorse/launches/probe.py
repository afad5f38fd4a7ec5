"""A first look at an endpoint: is it there, does it let us in, does it speak our dialect?"""

from typing import Any

from msgspec import structs

from darkhorse.base.errors import ConfigError
from darkhorse.launches.finding import Finding, quoted
from darkhorse.launches.inquiry import Inquiry, Reply, Target, Waits
from darkhorse.launches.verdict import judge_fault, judge_listed, judge_stream, judge_whole
from darkhorse.wire.faults import UpstreamFault

__all__ = ["EndpointProbe"]

_QUESTION = "Say the word ready."
_ANSWER_TOKENS = 64
_NAMES_SHOWN = 5


class EndpointProbe:
    """Three short requests to one endpoint: whole, streamed, and what models it lists."""

    def __init__(self, target: Target, waits: Waits | None = None) -> None:
        self._target = target
        self._waits = waits or Waits()

    async def run(self) -> tuple[Finding, ...]:
        """What was found; the first that refuses is the last."""
        try:
            inquiry = Inquiry(self._target, self._waits)
        except ConfigError as e:
            problem = Finding(
                kind="bad_url", level="refuse", text=f"Endpoint {self._target.name}: {e}"
            )
            return (problem,)
        async with inquiry:
            return await self._look(inquiry)

    async def _look(self, inquiry: Inquiry) -> tuple[Finding, ...]:
        target = self._target
        try:
            whole = await inquiry.chat(_QUESTION, max_tokens=_ANSWER_TOKENS)
            if problem := judge_whole(target, whole):
                return (await self._with_names(inquiry, problem, whole),)
            if target.kind == "embedding":  # nothing of it is streamed
                return (await self._judge_names(inquiry) or _answers(target, whole),)
            streamed = await inquiry.chat(_QUESTION, max_tokens=_ANSWER_TOKENS, stream=True)
        except UpstreamFault as fault:
            return (judge_fault(target, fault),)
        found = [judge_stream(target, streamed), await self._judge_names(inquiry)]
        findings = tuple(finding for finding in found if finding)
        return findings or (_answers(target, whole),)

    async def _with_names(self, inquiry: Inquiry, problem: Finding, reply: Reply) -> Finding:
        """What it does list is the best remedy where it does not know our model.

        And whoever lists anything has the right path, whatever it says of chat.
        """
        asked = problem.kind in ("no_model", "wrong_path")
        names = await _model_names(inquiry) if asked else []
        if not names:
            return problem
        if problem.kind == "wrong_path":
            problem = judge_listed(self._target, reply)
        return structs.replace(problem, text=f"{problem.text} It lists {_told(names)}.")

    async def _judge_names(self, inquiry: Inquiry) -> Finding | None:
        model = self._target.model
        names = await _model_names(inquiry) if model else []
        if not names or model in names:
            return None
        text = (
            f"Endpoint {self._target.name} ({self._target.url}) answers, but does not list the "
            f"model `{model}`; it lists {_told(names)}. See that it is the right one that answers."
        )
        return Finding(kind="unlisted", level="warn", text=text)


async def _model_names(inquiry: Inquiry) -> list[str]:
    """The models it lists, aliases too; none where it does not say."""
    return [name for entry in await inquiry.models() for name in _names(entry)]


def _names(entry: dict[str, Any]) -> list[str]:
    aliases = entry.get("aliases")
    names = [entry.get("id"), *(aliases if isinstance(aliases, list) else [])]
    return [name for name in names if isinstance(name, str)]


def _told(names: list[str]) -> str:
    shown = ", ".join(quoted(name) for name in names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown


def _answers(target: Target, reply: Reply) -> Finding:
    how = "" if target.kind == "embedding" else ", whole and streamed"
    text = f"Endpoint {target.name} ({target.url}) answers{how} ({reply.ms:.0f} ms)."
    return Finding(kind="answers", level="ok", text=text, figures={"ms": round(reply.ms)})
