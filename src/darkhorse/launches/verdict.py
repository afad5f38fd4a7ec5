"""What a reply to a plain request means, in one sentence that says what to do. Pure."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from darkhorse.launches.finding import Finding, quoted
from darkhorse.launches.inquiry import Reply, Target
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.sse import EventTooLarge, SseDecoder

__all__ = ["judge_fault", "judge_listed", "judge_stream", "judge_whole", "refused"]

_MODEL = re.compile(r"\bmodels?\b", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"not (exist|found)|does ?n.t exist|unknown|invalid model|no such|not (a )?(valid|supported)",
    re.IGNORECASE,
)
_NO_SUCH_PATH = re.compile(
    r"^\W*(404|405)?\W*(\w+ )?(not[ _]found|not allowed)\W*$|\burl\b|\bpath\b|\broute\b|"
    r"\bendpoint\b|\bmethod\b|/chat/completions|nothing is at",
    re.IGNORECASE,
)
_DIALECTS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "Anthropic's Messages": lambda it: it.get("type") == "message" and "content" in it,
    "Ollama's own": lambda it: "done" in it and ("message" in it or "response" in it),
    "OpenAI's Responses": lambda it: it.get("object") == "response",
    "Gemini's own": lambda it: "candidates" in it,
    "llama.cpp's own completion": lambda it: "content" in it and "generation_settings" in it,
}


def refused(target: Target, kind: str, text: str, **figures: float | str) -> Finding:
    """A finding that keeps a launch from going live."""
    told = f"Endpoint {target.name} ({target.url}) {text}"
    return Finding(kind=kind, level="refuse", text=told, figures=figures)


def judge_fault(target: Target, fault: UpstreamFault) -> Finding:
    """No reply, or none that is HTTP."""
    if fault.kind == "connect":
        return _unconnected(target, fault.detail)
    if fault.kind == "first_token_timeout":
        text = (
            "takes the request and gives no whole answer in time; see whether it is overloaded, or "
            "still loading its model."
        )
        return refused(target, "silent", text)
    if fault.kind == "cut":
        return refused(target, "cut", "breaks off in the middle of its answer; see its log.")
    if fault.kind == "too_large":
        return refused(target, "too_large", "answers a short request without end; correct its url.")
    return refused(
        target, "no_http", "does not speak HTTP there; check scheme and port in its url."
    )


def _unconnected(target: Target, detail: str) -> Finding:
    error = detail.partition(":")[0]
    if error in ("gaierror", "UnicodeError"):
        return refused(
            target, "unknown_host", "has a host name that cannot be found; correct its url."
        )
    hung_up = error in ("ConnectionResetError", "ConnectionAbortedError")
    if error.startswith(("SSL", "Certificate")) or (hung_up and target.url.startswith("https:")):
        text = (
            f"makes no trusted TLS connection ({quoted(detail)}); check its certificate, or write "
            "http:// if it speaks plain HTTP."
        )
        return refused(target, "tls", text)
    if error == "TimeoutError":
        return refused(
            target,
            "connect_timeout",
            "does not answer the connection; check the address, and the firewall between.",
        )
    if error == "ConnectionRefusedError" or "Connect call failed" in detail:
        return refused(
            target,
            "refused",
            "refuses the connection: nothing listens there; start the engine, or correct its url.",
        )
    if detail.startswith("closed"):
        return refused(
            target,
            "closed",
            "closes the connection without an answer; see its own log, and check the scheme (http "
            "or https) in its url.",
        )
    return refused(
        target, "unreachable", f"cannot be reached ({quoted(detail)}); check address and network."
    )


def judge_whole(target: Target, reply: Reply) -> Finding | None:
    """A reply to a request without `stream`; None if it is a usable answer."""
    if reply.status != 200:
        return _judge_status(target, reply)
    if problem := _judge_form(target, reply):
        return problem
    if reply.body.lstrip().startswith((b"data:", b"event:", b":")):
        text = (
            "answers with a stream of events though none was asked for; put an engine there that "
            "honours `stream: false`."
        )
        return refused(target, "dialect", text, dialect="events")
    if problem := _judge_object(target, reply):
        return problem
    try:
        chunk = target.engine.whole(reply.body)
    except UpstreamFault:
        return _other_dialect(target, reply.body)
    return None if _says_something([chunk]) else _empty(target)


def judge_stream(target: Target, reply: Reply) -> Finding | None:
    """A reply to a request with `stream`, from one that answers well without it."""
    if reply.status != 200:
        text = (
            f"answers whole, but refuses to stream (HTTP {reply.status}, "
            f"{quoted(_message(reply))}); allow streaming over there."
        )
        return refused(target, "unstreamable", text, status=reply.status)
    if problem := _judge_form(target, reply):
        return problem
    if reply.body.lstrip().startswith((b"{", b"[")):
        return _judge_unstreamed(target, reply)
    try:
        chunks, done = _events(target, reply.body)
    except UpstreamFault as fault:
        text = (
            "answers whole, but its stream is none of its dialect's "
            f"({quoted(fault.detail) if fault.kind == 'error_event' else fault.kind}); see its log."
        )
        return refused(target, "stream_dialect", text)
    if not done:
        text = "answers whole, but its stream ends without a finish; it would count as cut."
        return refused(target, "stream_cut", text)
    return None if _says_something(chunks) else _empty(target)


def _judge_unstreamed(target: Target, reply: Reply) -> Finding:
    problem = judge_whole(target, reply)
    if problem:
        return problem
    text = (
        f"Endpoint {target.name} ({target.url}) does not stream: asked for events, it answers in "
        "one piece, so its users wait for the whole answer; switch streaming on over there."
    )
    return Finding(kind="unstreamed", level="warn", text=text)


def _judge_form(target: Target, reply: Reply) -> Finding | None:
    coding = reply.headers.get(b"content-encoding", b"identity").lower()
    if coding != b"identity":
        text = (
            f"compresses its answers unasked ({quoted(coding)}); switch that off over there or in "
            "the proxy before it."
        )
        return refused(target, "compressed", text)
    if reply.body.lstrip()[:1] == b"<":
        return _web_page(target)
    if not reply.body.strip():
        return _empty(target)
    return None


def _judge_status(target: Target, reply: Reply) -> Finding:
    status, said = reply.status, _message(reply)
    if 300 <= status < 400:
        there = quoted(reply.headers.get(b"location", b""))
        text = f"redirects to {there}; write the address itself as its url."
        return refused(target, "redirect", text, status=status)
    if status in (401, 403):
        return _wrong_key(target, status)
    if status == 402:
        text = f"wants to be paid first (HTTP 402, {quoted(said)}); top up its account."
        return refused(target, "payment", text, status=status)
    if status == 429:
        text = (
            f"is busy or over its quota (HTTP 429, {quoted(said)}); try again later, or raise the "
            "quota."
        )
        return refused(target, "busy", text, status=status)
    if status >= 500:
        text = f"fails (HTTP {status}, {quoted(said)}); see its log, or wait until it is loaded."
        return refused(target, "failing", text, status=status)
    return _judge_refusal(target, reply, said)


def _judge_refusal(target: Target, reply: Reply, said: str) -> Finding:
    status = reply.status
    if _speaks_of_model(target, reply, said):
        text = (
            f"does not know the model `{target.model}` (HTTP {status}, {quoted(said)}); set "
            "`model` to a name it knows."
        )
        return refused(target, "no_model", text, status=status)
    if status in (404, 405, 410) and not _means_something_else(reply):
        return _wrong_path(target, reply, said)
    text = (
        f"refuses a plain request (HTTP {status}, {quoted(said)}); see whether `model` is right, "
        "and whether its quirks need max_tokens_name, drop or extra."
    )
    return refused(target, "rejected", text, status=status)


def _speaks_of_model(target: Target, reply: Reply, said: str) -> bool:
    """Is it the model that it does not know, rather than the path?"""
    if reply.body.lstrip()[:1] == b"<":
        return False
    named = bool(target.model) and target.model in said
    unknown = reply.status == 404 or _UNKNOWN.search(said) is not None
    return unknown and (named or _MODEL.search(said) is not None)


def _means_something_else(reply: Reply) -> bool:
    """Does an API say in a sentence what it misses, and it is not the path?"""
    said = _unpacked(reply.json())
    return isinstance(said, str) and " " in said.strip() and not _NO_SUCH_PATH.search(said)


def judge_listed(target: Target, reply: Reply) -> Finding:
    """Such a reply from one that lists its models below the same url: its path is right."""
    text = (
        f"lists its models, but answers {_asked(target)} with HTTP {reply.status} "
        f"({quoted(_message(reply))}); see that it serves that, and that `model` is a name it "
        "knows."
    )
    return refused(target, "no_chat", text, status=reply.status)


def _wrong_key(target: Target, status: int) -> Finding:
    if not target.key:
        text = f"wants a key (HTTP {status}), and none is set; set key_env or key_file."
    else:
        where = f"the key from {target.key_from}" if target.key_from else "its key"
        text = f"does not accept {where} (HTTP {status}); put a valid one there."
    return refused(target, "wrong_key", text, status=status)


def _wrong_path(target: Target, reply: Reply, said: str) -> Finding:
    is_page = reply.body.lstrip()[:1] == b"<"
    words = f", {quoted(said)}" if said.strip() and not is_page else ""
    return refused(
        target,
        "wrong_path",
        f"has no {_asked(target)} below its url (HTTP {reply.status}{words}); {_path_hint(target)}",
        status=reply.status,
    )


def _asked(target: Target) -> str:
    """What it is asked at, in words."""
    path = target.engine.path
    return "chat completions" if path == "/chat/completions" else f"`{path}`"


def _path_hint(target: Target) -> str:
    path = target.url.rstrip("/")
    if path.endswith(target.engine.path):
        return f"leave out {target.engine.path} at its end."
    if not path.endswith("/v1"):
        return "most engines want /v1 at its end."
    return "correct the path."


def _web_page(target: Target) -> Finding:
    text = f"answers with a web page: a site or a proxy's notice, not an API; {_path_hint(target)}"
    return refused(target, "web_page", text)


def _empty(target: Target) -> Finding:
    text = (
        "answers, but with nothing in it: no text, no reasoning, no tool call; try it by hand, and "
        "see its chat template."
    )
    return refused(target, "empty", text)


def _judge_object(target: Target, reply: Reply) -> Finding | None:
    """Whatever is JSON but no chat completion, by name where we know it."""
    it = reply.json()
    if not isinstance(it, dict):
        return _other_dialect(target, reply.body)
    if it.get("error"):
        text = f"answers 200 with an error ({quoted(_message(reply))}); see its log."
        return refused(target, "error", text)
    if it.get("choices") or target.dialect != "chat" or target.kind != "chat":
        return None
    for name, speaks in _DIALECTS.items():
        if speaks(it):
            text = f"answers in another dialect, {name}; give the url of its OpenAI-compatible API."
            return refused(target, "dialect", text, dialect=name)
    return None


def _other_dialect(target: Target, body: bytes) -> Finding:
    text = (
        f"answers 200 with something that is no chat completion ({quoted(body)}); give the url of "
        "an OpenAI-compatible API."
    )
    return refused(target, "dialect", text, dialect="unknown")


def _message(reply: Reply) -> str:
    """What an error body says, without its packing."""
    it = _unpacked(reply.json())
    return it if isinstance(it, str) else _packed(it, reply.body)


def _unpacked(it: Any) -> Any:
    for name in ("error", "message", "detail"):
        if isinstance(it, dict) and it.get(name):
            it = it[name]
    return it


def _packed(it: Any, body: bytes) -> str:
    return (msgspec.json.encode(it) if it else body).decode("utf-8", "replace")


def _events(target: Target, body: bytes) -> tuple[list[Chunk], bool]:
    """The chunks, and whether there was an end. Raises UpstreamFault."""
    decoder, reader = SseDecoder(), target.engine.reader()
    try:
        events = decoder.feed(body) + decoder.close()
    except EventTooLarge:
        raise UpstreamFault("too_large") from None
    chunks: list[Chunk] = []
    for data in events:
        if chunk := reader.event(data):
            chunks.append(chunk)
        if reader.done:
            return chunks, True
    return chunks, any(chunk.finish for chunk in chunks)


def _says_something(chunks: list[Chunk]) -> bool:
    """Hidden reasoning that used up the short answer is something too."""
    said = any(c.text or c.reasoning or c.refusal or c.tools or c.vectors for c in chunks)
    cut = any(c.finish == "length" for c in chunks)
    return said or (cut and any(c.usage and c.usage.completion for c in chunks))
