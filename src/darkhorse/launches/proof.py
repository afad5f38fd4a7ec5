"""The proof of a listing's context: a prompt as long as it allows, and whether all of it is read.

An engine may say what it likes about its limits; some cut a long prompt without a word.
"""

from msgspec import Struct

from darkhorse.cloak.tokens import BYTES, MESSAGE_FRAME
from darkhorse.launches.finding import Finding, number, quoted
from darkhorse.launches.inquiry import Inquiry, Reply
from darkhorse.launches.ratios import Ratios, Uncounted, usage_of
from darkhorse.launches.samples import PROSE, samples
from darkhorse.launches.verdict import judge_fault, judge_whole, refused
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.refusals import refusal

__all__ = ["Proof", "prove_context"]

_ANSWER = 16  # public tokens left for an answer
_MOST = 16_000_000  # public tokens: a prompt of 64 MB
_TRUE = 0.85  # of the count foreseen: the samples are exact, so less means that text was cut


class Proof(Struct, frozen=True, kw_only=True):
    """What was sent, in public tokens, and what came of it, in native ones."""

    public: int
    foreseen: int | None  # None where the samples could not be counted
    counted: int | None  # None where the engine reports no usage, or did not take it
    findings: tuple[Finding, ...]


async def prove_context(
    inquiry: Inquiry, context: int, ratios: Ratios | None, wait_s: float
) -> Proof:
    """Send prose as long as a listing of `context` public tokens allows, for one token back."""
    public = max(1, context - MESSAGE_FRAME - _ANSWER)
    if public > _MOST:
        finding = _unsent(inquiry, public)
        return Proof(public=public, foreseen=None, counted=None, findings=(finding,))
    wait_s = inquiry.target.first_token_s or wait_s  # the router waits no longer
    foreseen = round(ratios.overhead + ratios.prose * public) if ratios else None
    try:
        reply = await inquiry.chat(_prose(public), max_tokens=1, wait_s=wait_s)
    except UpstreamFault as fault:
        finding = _broken(inquiry, public, fault, wait_s)
        return Proof(public=public, foreseen=foreseen, counted=None, findings=(finding,))
    counted, finding = _judge(inquiry, public, foreseen, reply)
    return Proof(public=public, foreseen=foreseen, counted=counted, findings=(finding,))


def _prose(public: int) -> str:
    """So many public tokens of prose; it is ASCII, so a byte is a letter."""
    text = next(sample.text for sample in samples() if sample.kind == PROSE)
    wanted = public * BYTES
    return (text * (wanted // len(text) + 1))[:wanted]


def _judge(
    inquiry: Inquiry, public: int, foreseen: int | None, reply: Reply
) -> tuple[int | None, Finding]:
    try:
        if reply.status != 200:
            raise refusal(reply.status, reply.body)
        counted = usage_of(inquiry.target, reply.body)
    except Uncounted as problem:
        return None, _unproved(inquiry, public, f"it {problem}")
    except UpstreamFault as fault:
        return None, _not_taken(inquiry, public, foreseen, reply, fault)
    if foreseen is None:
        return counted, _unproved(inquiry, public, "its counts cannot be compared")
    return counted, _compare(inquiry, public, foreseen, counted)


def _compare(inquiry: Inquiry, public: int, foreseen: int, counted: int) -> Finding:
    figures = {"public": public, "foreseen": foreseen, "counted": counted}
    if counted < _TRUE * foreseen:
        text = (
            f"takes {number(public)} public tokens without complaint but counts only "
            f"{number(counted)} native ones where about {number(foreseen)} are due: it truncates "
            "prompts; lower the listing's context, or give the engine a longer one."
        )
        return refused(inquiry.target, "truncates", text, **figures)
    text = (
        f"Endpoint {inquiry.target.name}: read a prompt of {number(public)} public tokens to its "
        f"end ({number(counted)} native, {number(foreseen)} foreseen)."
    )
    return Finding(kind="proved", level="ok", text=text, figures=figures)


def _not_taken(
    inquiry: Inquiry, public: int, foreseen: int | None, reply: Reply, fault: UpstreamFault
) -> Finding:
    """Too long for it, if it says so or gives no reason that has another name."""
    other = judge_whole(inquiry.target, reply)
    if other and fault.kind != "context" and other.kind not in ("rejected", "error"):
        return other
    native = f" (about {number(foreseen)} native)" if foreseen is not None else ""
    text = (
        f"does not take a prompt of {number(public)} public tokens{native}: HTTP {reply.status}, "
        f"{quoted(reply.body)}; lower the listing's context, or give the engine a longer one."
    )
    return refused(inquiry.target, "too_long", text, public=public, status=reply.status)


def _unproved(inquiry: Inquiry, public: int, why: str) -> Finding:
    text = (
        f"Endpoint {inquiry.target.name}: took a prompt of {number(public)} public tokens, but "
        f"{why}, so it may have cut it; ask it about the beginning of a long text."
    )
    return Finding(kind="unproved", level="warn", text=text, figures={"public": public})


def _unsent(inquiry: Inquiry, public: int) -> Finding:
    text = (
        f"Endpoint {inquiry.target.name}: a prompt of {number(public)} public tokens is too long "
        f"to be tried here; nothing over {number(_MOST)} is."
    )
    return Finding(kind="unproved", level="warn", text=text, figures={"public": public})


def _broken(inquiry: Inquiry, public: int, fault: UpstreamFault, wait_s: float) -> Finding:
    if fault.kind != "first_token_timeout":
        return judge_fault(inquiry.target, fault)
    text = (
        f"Endpoint {inquiry.target.name}: a prompt of {number(public)} public tokens had no answer "
        f"in {wait_s:g} s, and the router waits no longer. Lower the listing's context, "
        "raise the endpoint's first_token_s, or go live without the proof (--no-prove)."
    )
    return Finding(kind="slow", level="refuse", text=text, figures={"public": public})
