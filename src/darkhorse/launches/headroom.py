"""Does an endpoint hold what a listing promises? Public tokens against the engine's own.

A public token is four bytes; what it costs in native tokens depends on the vocabulary and on the
text. Samples of several kinds are counted, the listing's limits multiplied, and one prompt as long
as the listing allows is sent. Only the input side is tried: an answer of full length is not made.
"""

import math
from collections.abc import Iterator, Mapping

from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.listing import Listing
from darkhorse.cloak.tokens import MESSAGE_FRAME, count, size
from darkhorse.launches.finding import Finding, Level, number, quoted, worst
from darkhorse.launches.inquiry import Inquiry, Reply, Target, Waits
from darkhorse.launches.native import NativeContext, engine_context, native_context
from darkhorse.launches.proof import Proof, prove_context
from darkhorse.launches.ratios import (
    OnProgress,
    Ratio,
    Ratios,
    Refusal,
    Uncounted,
    honest_context,
    honest_output,
    measure_ratios,
    tokenize_counter,
    usage_counter,
)
from darkhorse.launches.verdict import judge_fault, judge_whole, refused
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.refusals import refusal

__all__ = ["Headroom", "KindNeed", "measure_headroom"]

_IN_SHORT = {
    "uncounted": "its counts are of no use",
    "implausible": "its counts are too low to be true",
    "contradiction": "quirks.context is over its own word",
    "unknown_context": "it does not say how long its context is",
    "output": "dear text ends early",
    "unproved": "it may have cut the proof",
}
"""Of the warnings, for the record of a move; the sentences themselves go to whoever looks on."""
_IMPLAUSIBLE = 0.35  # no vocabulary has English words of eleven bytes a token


class KindNeed(Struct, frozen=True, kw_only=True):
    """What one kind of text needs at the listing's limits. `fits`: None where nobody knows."""

    kind: str
    typical: bool
    native_per_public: float
    need: int  # native tokens at the full public context
    fits: bool | None
    overflows_at: int | None  # public tokens; None where the context is unknown
    output_need: int  # native tokens for the longest answer
    output_fits: bool | None


class Headroom(Struct, frozen=True, kw_only=True):
    """What was measured of one endpoint against one listing."""

    endpoint: str
    context: int  # public tokens, as are max_output and both honest limits
    max_output: int
    native_context: int | None
    native_context_source: str
    native_max_output: int | None
    overhead: int | None
    needs: tuple[KindNeed, ...]
    honest_context: int | None
    honest_output: int | None
    proof: Proof | None
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The gravest of the findings."""
        return worst(self.findings)

    def sentences(self) -> list[str]:
        """One a finding, the gravest first."""
        order = ("refuse", "warn", "ok")
        return [f.text for level in order for f in self.findings if f.level == level]

    def summary(self) -> str:
        """One line for the record of a move."""
        costs = ", ".join(f"{need.kind} {need.native_per_public:.2f}" for need in self.needs)
        most = max((need.need for need in self.needs if need.typical), default=None)
        parts = [
            f"native per public: {costs}" if costs else "native tokens not counted",
            f"{number(self.context)} public need {number(most)} native" if most else "",
            f"native context {number(self.native_context)} ({self.native_context_source})"
            if self.native_context
            else "native context unknown",
            f"proved with {number(self.proof.counted)} native"
            if self.proof and self.proof.counted
            else "not proved",
            self._verdict(),
        ]
        return f"{self.endpoint}: {'; '.join(filter(None, parts))}"

    def _verdict(self) -> str:
        """`ok`, or the level and what it is for."""
        grave = [finding for finding in self.findings if finding.level == self.level != "ok"]
        if not grave:
            return "ok"
        told = ", ".join(dict.fromkeys(_in_short(finding) for finding in grave))
        return f"{self.level}: {told}"


def _in_short(finding: Finding) -> str:
    if finding.kind == "overflow":
        return f"{finding.figures['kind']} overflows its context"
    return _IN_SHORT.get(finding.kind, finding.kind.replace("_", " "))


async def measure_headroom(
    target: Target,
    listing: Listing,
    *,
    waits: Waits | None = None,
    prove: bool = True,
    on_progress: OnProgress | None = None,
) -> Headroom:
    """Measure one endpoint. It should have passed the probe. Nothing is raised but bugs.

    Costs eight requests of 2 KB, or with llama.cpp next to nothing; and with `prove` one of the
    listing's full context.
    """
    waits = waits or Waits()
    try:
        inquiry = Inquiry(target, waits)
    except ConfigError as e:
        text = f"Endpoint {target.name}: {e}"
        problem = Finding(kind="bad_url", level="refuse", text=text)
        return _headroom(target, listing, NativeContext(), None, None, (problem,))
    async with inquiry:
        return await _measure(inquiry, listing, waits, prove=prove, on_progress=on_progress)


async def _measure(
    inquiry: Inquiry,
    listing: Listing,
    waits: Waits,
    *,
    prove: bool,
    on_progress: OnProgress | None,
) -> Headroom:
    target = inquiry.target
    native = await native_context(inquiry)
    ratios, found = await _ratios(inquiry, listing, on_progress)
    found += await _contradictions(inquiry, native)
    if ratios:
        found += tuple(_judge(target, listing, native, ratios))
    proof = None
    if prove and worst(found) != "refuse":
        proof = await prove_context(inquiry, listing.context, ratios, waits.proof_s)
        found += proof.findings
    return _headroom(target, listing, native, ratios, proof, found)


async def _ratios(
    inquiry: Inquiry, listing: Listing, on_progress: OnProgress | None
) -> tuple[Ratios | None, tuple[Finding, ...]]:
    """What may be said of the listing goes into each prompt, so it is part of the overhead."""
    target = inquiry.target
    try:
        ratios = await _count_samples(inquiry, on_progress)
    except Uncounted as problem:
        text = (
            f"Endpoint {target.name}: {problem}, so nobody can tell whether its context holds the "
            "listing's; switch usage on over there."
        )
        return None, (Finding(kind="uncounted", level="warn", text=text),)
    except Refusal as refusal:
        return None, (_sample_refused(target, refusal.reply),)
    except UpstreamFault as fault:
        return None, (judge_fault(target, fault),)
    said = math.ceil(ratios.prose * count(size(listing.identity)))
    whole = Ratios(overhead=ratios.overhead + said, kinds=ratios.kinds)
    return whole, tuple(_doubts(target, ratios))


def _sample_refused(target: Target, reply: Reply) -> Finding:
    fault = refusal(reply.status, reply.body)
    if fault.kind != "context":
        return judge_whole(target, reply) or judge_fault(target, fault)
    text = (
        f"does not take even a page of 2 KB (HTTP {reply.status}, {quoted(reply.body)}); give the "
        "engine a longer context."
    )
    return refused(target, "too_long", text, status=reply.status)


async def _count_samples(inquiry: Inquiry, on_progress: OnProgress | None) -> Ratios:
    """With llama.cpp's tokenizer where there is one, which costs next to nothing."""
    try:
        return await measure_ratios(tokenize_counter(inquiry), on_progress)
    except (Uncounted, UpstreamFault):
        return await measure_ratios(usage_counter(inquiry), on_progress)


def _doubts(target: Target, ratios: Ratios) -> Iterator[Finding]:
    if ratios.prose < _IMPLAUSIBLE:
        text = (
            f"Endpoint {target.name}: counts only {ratios.prose:.2f} native tokens for a public "
            "one of English; its counts are not true, or it cuts prompts already at 2 KB."
        )
        yield Finding(kind="implausible", level="warn", text=text)


async def _contradictions(inquiry: Inquiry, native: NativeContext) -> tuple[Finding, ...]:
    """What the operator says of the engine against what it says of itself."""
    if native.source != "quirks.context" or native.tokens is None:
        return ()
    own = await engine_context(inquiry)
    if own.tokens is None or own.tokens >= native.tokens:
        return ()
    text = (
        f"Endpoint {inquiry.target.name}: quirks.context is {number(native.tokens)}, but by "
        f"{own.source} it is {number(own.tokens)}; correct quirks.context, or leave it out."
    )
    figures = {"said": native.tokens, "own": own.tokens}
    return (Finding(kind="contradiction", level="warn", text=text, figures=figures),)


def _judge(
    target: Target, listing: Listing, native: NativeContext, ratios: Ratios
) -> Iterator[Finding]:
    needs = _needs(listing, native.tokens, target.quirks.max_output, ratios)
    if native.tokens is None:
        yield _unknown_context(target, listing, needs)
    else:
        yield from _judge_context(target, listing, native, ratios, needs)
    yield from _judge_output(target, listing, ratios, needs)


def _unknown_context(target: Target, listing: Listing, needs: tuple[KindNeed, ...]) -> Finding:
    most = max(need.need for need in needs if need.typical)
    text = (
        f"Endpoint {target.name}: does not say how long its context is; {number(listing.context)} "
        f"public tokens need up to {number(most)} native ones. Set quirks.context."
    )
    return Finding(kind="unknown_context", level="warn", text=text, figures={"need": most})


def _judge_context(
    target: Target,
    listing: Listing,
    native: NativeContext,
    ratios: Ratios,
    needs: tuple[KindNeed, ...],
) -> Iterator[Finding]:
    assert native.tokens is not None
    dearest = max((need for need in needs if need.typical), key=lambda need: need.need)
    promise = honest_context(ratios, native.tokens)
    figures = {"need": dearest.need, "native": native.tokens, "honest": promise}
    if not dearest.fits:
        text = (
            f"Endpoint {target.name}: {number(listing.context)} public tokens of {dearest.kind} "
            f"need about {number(dearest.need)} native ones, and its context is "
            f"{number(native.tokens)} (by {native.source}); {_remedy('context', promise)}"
        )
        yield Finding(kind="context", level="refuse", text=text, figures=figures)
        return
    text = (
        f"Endpoint {target.name}: the listing's {number(listing.context)} public tokens need up to "
        f"{number(dearest.need)} of {number(native.tokens)} native ones in prose and code (by "
        f"{native.source})."
    )
    yield Finding(kind="context", level="ok", text=text, figures=figures)
    for need in needs:
        if not need.fits:
            yield _overflow(target, need)


def _remedy(field: str, promise: int) -> str:
    if not promise:
        return "it holds nothing of the kind; give the listing another endpoint."
    return f"set {field} to {number(promise)} or less, or give the engine a longer one."


def _overflow(target: Target, need: KindNeed) -> Finding:
    text = (
        f"Endpoint {target.name}: a public token of {need.kind} costs "
        f"{need.native_per_public:.2f} native ones; from {number(need.overflows_at or 0)} public "
        "tokens on such text overflows its context and will be refused as too long."
    )
    figures: Mapping[str, int | float | str] = {
        "kind": need.kind,
        "need": need.need,
        "overflows_at": need.overflows_at or 0,
    }
    return Finding(kind="overflow", level="warn", text=text, figures=figures)


def _judge_output(
    target: Target, listing: Listing, ratios: Ratios, needs: tuple[KindNeed, ...]
) -> Iterator[Finding]:
    most = target.quirks.max_output
    short = [need for need in needs if need.output_fits is False]
    if most is None or not short:
        return
    dearest = max(short, key=lambda need: need.output_need)
    typical = [need for need in short if need.typical]
    told = max(typical, key=lambda need: need.output_need) if typical else dearest
    honest = honest_output(ratios, 2 * listing.max_output, most)
    text = (
        f"Endpoint {target.name}: an answer of {number(listing.max_output)} public tokens of "
        f"{told.kind} needs about {number(told.output_need)} native ones, and quirks.max_output is "
        f"{number(most)}; "
    )
    if typical:
        text += _remedy("max_output", honest)
    else:
        text += "such answers will end early."
    figures = {"need": told.output_need, "native": most, "honest": honest}
    level: Level = "refuse" if typical else "warn"
    yield Finding(kind="output", level=level, text=text, figures=figures)


def _needs(
    listing: Listing, native: int | None, native_output: int | None, ratios: Ratios
) -> tuple[KindNeed, ...]:
    return tuple(_need(ratio, listing, native, native_output, ratios) for ratio in ratios.kinds)


def _need(
    ratio: Ratio, listing: Listing, native: int | None, native_output: int | None, ratios: Ratios
) -> KindNeed:
    cost = ratio.native_per_public
    need = ratios.overhead + math.ceil(cost * (listing.context - MESSAGE_FRAME))
    room = None if native is None else math.floor((native - ratios.overhead) / cost)
    output = math.ceil(cost * listing.max_output)
    return KindNeed(
        kind=ratio.kind,
        typical=ratio.typical,
        native_per_public=cost,
        need=need,
        fits=None if native is None else need <= native,
        overflows_at=None if room is None else max(0, room + MESSAGE_FRAME),
        output_need=output,
        output_fits=None if native_output is None else output <= native_output,
    )


def _headroom(
    target: Target,
    listing: Listing,
    native: NativeContext,
    ratios: Ratios | None,
    proof: Proof | None,
    findings: tuple[Finding, ...],
) -> Headroom:
    context = honest_context(ratios, native.tokens) if ratios and native.tokens else None
    output = target.quirks.max_output
    return Headroom(
        endpoint=target.name,
        context=listing.context,
        max_output=listing.max_output,
        native_context=native.tokens,
        native_context_source=native.source,
        native_max_output=output,
        overhead=ratios.overhead if ratios else None,
        needs=_needs(listing, native.tokens, output, ratios) if ratios else (),
        honest_context=context,
        honest_output=honest_output(ratios, context, output) if ratios and context else None,
        proof=proof,
        findings=findings,
    )
