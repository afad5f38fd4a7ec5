"""Settings: sections of a TOML file, each field with type, default, bounds and help.

A section is a frozen struct; base/toml.py reads a file into a struct of sections.
`docs/settings.md` is generated from these definitions.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = [
    "DeskSettings",
    "JournalSettings",
    "LedgerSettings",
    "LogSettings",
    "ModelSettings",
    "ServerSettings",
    "UpstreamSettings",
]

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class ServerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[server]: the front door."""

    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port; 0 picks a free one.")] = 8000
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks whose X-Forwarded-For is believed: any proxy in "
            "front, since pages open at once are bounded by address."
        ),
    ] = ()
    max_body_bytes: Annotated[
        int, Meta(ge=1024, description="A larger request body is refused with 413.")
    ] = 32 * 1024 * 1024
    body_timeout_s: Annotated[
        Seconds,
        Meta(description="For a request's headers, and the longest pause while its body arrives."),
    ] = 30.0
    keepalive_s: Annotated[
        Seconds, Meta(description="A silent stream gets an SSE comment this often.")
    ] = 10.0
    client_stall_s: Annotated[
        Seconds, Meta(description="A client that reads nothing for so long counts as gone.")
    ] = 120.0
    drain_s: Annotated[
        Seconds, Meta(description="How long running generations may take to finish at shutdown.")
    ] = 30.0


class JournalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[journal]: the durable log."""

    gather_ms: Annotated[
        float, Meta(ge=0, le=1000, description="A commit waits so long for company.")
    ] = 2.0
    queue_bytes: Annotated[
        int, Meta(ge=65_536, description="Unwritten bytes allowed before requests wait.")
    ] = 64 * 1024 * 1024
    rotate_bytes: Annotated[
        int,
        Meta(ge=65_536, description="A journal file is closed at this size, then it is packed."),
    ] = 64 * 1024 * 1024
    rotate_s: Annotated[
        Seconds, Meta(description="A file that has held frames for so long is closed too.")
    ] = 300.0
    patience_s: Annotated[
        Seconds,
        Meta(
            description="How long a request or an answer waits to be on disk: then 503, or a "
            "stream ends with an error."
        ),
    ] = 10.0


class LedgerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[ledger]: what the keeper makes of the record."""

    search: Annotated[
        bool,
        Meta(description="Index what people wrote, for `darkhorse ledger search`."),
    ] = True


class UpstreamSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[upstream]: patience with the engines behind the listings."""

    connect_s: Annotated[Seconds, Meta(description="Time to connect.")] = 5.0
    first_token_s: Annotated[Seconds, Meta(description="Time to the first byte of an answer.")] = (
        300.0
    )
    idle_s: Annotated[
        Seconds,
        Meta(description="The longest pause between two pieces of an answer; comments are none."),
    ] = 60.0
    total_s: Annotated[Seconds, Meta(description="The longest attempt at an answer.")] = 3600.0
    attempts: Annotated[
        int, Meta(ge=1, le=10, description="Tries for one generation before its first byte.")
    ] = 2
    cooldown_s: Annotated[
        Seconds,
        Meta(description="Rest for an endpoint after an account fault, and after failures."),
    ] = 30.0
    failures_in_row: Annotated[
        int, Meta(ge=1, le=1000, description="After so many failures in a row an endpoint rests.")
    ] = 3
    longest_cooldown_s: Annotated[
        Seconds,
        Meta(description="While it goes on failing, each rest is twice the last, up to this."),
    ] = 300.0
    max_answer_bytes: Annotated[
        int, Meta(ge=65_536, description="A larger answer is cut with an error.")
    ] = 64 * 1024 * 1024


class ModelSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[model]: the embedded model's engine."""

    threads: Annotated[
        int, Meta(ge=1, le=256, description="Threads; more than cores - 1 hurts.")
    ] = 1
    context: Annotated[
        int, Meta(ge=512, description="Native tokens shared by all slots; not with `up --engine`.")
    ] = 16_384
    slots: Annotated[int, Meta(ge=1, le=64, description="Generations at a time.")] = 4
    engine_options: Annotated[
        tuple[str, ...],
        Meta(
            description="More options of `darkhorse-engine serve`, for `up --engine`.",
            examples=[["--quant", "int4", "--memory-mib", "2048"]],
        ),
    ] = ()


class DeskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[desk]: the operator's pages, docs/operating.md."""

    enabled: Annotated[bool, Meta(description="Start them with everything else.")] = True
    host: Annotated[
        str,
        Meta(description="Address to listen on. Others than this machine read along without TLS."),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port; 0 picks a free one.")] = 8790
    names: Annotated[
        tuple[str, ...],
        Meta(
            description="Names it is reached by, beside addresses and `localhost`: a proxy's.",
            examples=[["desk.example.org"]],
        ),
    ] = ()


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[log]: what the processes write on stderr; docs/operating.md has examples."""

    format: Annotated[
        Literal["text", "json"],
        Meta(description="Lines for people, or one JSON object a line."),
    ] = "text"
    requests: Annotated[
        Literal["none", "problems", "all"],
        Meta(
            description="Which requests get a line: none, those that failed or broke off, or all."
        ),
    ] = "problems"
