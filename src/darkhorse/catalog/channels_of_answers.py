"""Channels in an answer itself: counts, ids, fields, headers, errors, streams."""

from darkhorse.catalog.channel import Channel

__all__ = ["OF_ANSWERS"]

OF_ANSWERS: tuple[Channel, ...] = (
    Channel(
        "prompt-counts",
        "`usage.prompt_tokens` of chosen strings",
        "the tokenizer, hence the family",
        "normalised",
        "Public tokens: a quarter of a text's UTF-8 bytes, rounded up. Native counts are in"
        " the private record alone.",
        ("cloak/tokens.py", "router/admit.py"),
        ("tests/live/test_counts_alike.py",),
    ),
    Channel(
        "template-overhead",
        "`prompt_tokens` of a trivial prompt; what a tool or a system message adds",
        "the chat template",
        "normalised",
        "A message's frame counts 4 whatever the template makes of it; a tool counts as its"
        " text. What the model is told of itself counts nothing.",
        ("cloak/tokens.py",),
        ("tests/live/test_counts_alike.py",),
    ),
    Channel(
        "answer-counts",
        "`completion_tokens`, `reasoning_tokens`, and where `max_tokens` cuts",
        "the tokenizer of the output",
        "normalised",
        "Public tokens again. The engine is given room enough, and the cut is ours: at four"
        " bytes a token, between characters.",
        ("cloak/stream.py", "router/admit.py"),
        ("tests/live/test_counts_alike.py", "tests/cloak/test_cloak.py"),
    ),
    Channel(
        "context-limit",
        "where a long prompt is refused, and in which words",
        "the exact window, the engine",
        "normalised",
        "Refused at our edge by the public count, in our words. Go-live measures that prose"
        " and code fit. Where the native window is under four times the public one, a "
        "prompt of rare letters still meets it: whoever sends dozens of prompts as long as "
        "the context can count native tokens. A smaller context closes that; the audit says"
        " which it is.",
        ("router/admit.py", "cloak/faults.py", "launches/headroom.py"),
        ("tests/live/test_counts_alike.py", "tests/audit/test_audit_errors.py"),
    ),
    Channel(
        "logprobs",
        "`logprobs`, `top_logprobs`, `logit_bias`",
        "vocabulary and token ids",
        "closed",
        "Asked for, they are ignored for every upstream alike; nothing of them is in the "
        "one shape an answer has.",
        ("router/profile.py", "cloak/stream.py"),
        ("tests/live/test_canaries.py", "tests/live/test_profile_alike.py"),
    ),
    Channel(
        "piece-borders",
        "where a stream is cut into pieces",
        "one token a piece is the tokenizer",
        "normalised",
        "Every event of a stream has the same number of characters (`rhythm.piece`), the "
        "last of a part fewer.",
        ("cloak/parts.py",),
        ("tests/cloak/test_pieces.py", "tests/live/test_counts_alike.py"),
    ),
    Channel(
        "rhythm",
        "time to the first piece, pauses between pieces, speed",
        "hardware, speculative decoding, provider",
        "measured",
        "With a declared envelope (`[public.rhythm]`) nothing leaves before its moment, and"
        " a threefold difference cannot be told; docs/rhythm.md has the price. Without one "
        "it is measured, not closed: the audit says what an attacker reads. The listing's page "
        "keeps to the same: latency and tokens a second by the hour only without an envelope, "
        "uptime always.",
        ("api/pacing.py", "api/unhurried.py", "storage/figures.py"),
        ("tests/live/test_rhythm.py", "tests/live/test_envelope.py", "tests/api/test_pacing.py"),
    ),
    Channel(
        "answer-ids",
        "`id` and `created` of an answer",
        "the engine, by the form of its ids",
        "normalised",
        "Minted here, in every dialect; `created` is the moment of admission.",
        ("base/ids.py", "router/router.py"),
        ("tests/live/test_canaries.py",),
    ),
    Channel(
        "call-ids",
        "ids of tool calls, reasoning and message items",
        "the vendor's form, the model's template",
        "normalised",
        "Minted here; on the way back each engine gets ids in the form it takes.",
        ("cloak/stream.py", "upstream/fitting.py"),
        ("tests/live/test_canaries.py", "tests/cloak/test_cloak.py"),
    ),
    Channel(
        "fingerprint",
        "`system_fingerprint`, `service_tier`",
        "the engine's build",
        "normalised",
        "The key is there, its value is empty.",
        ("wire/chat/answer.py",),
        ("tests/live/test_canaries.py",),
    ),
    Channel(
        "finish-reason",
        "`finish_reason`, `native_finish_reason`, `stop_reason`",
        "the vendor's own words",
        "normalised",
        "One of five words; an unknown one is `stop`. `native_finish_reason` is the same "
        "word again.",
        ("wire/chat/engine.py", "cloak/stream.py"),
        ("tests/live/test_canaries.py",),
    ),
    Channel(
        "model-name",
        "`model` in body and in each event",
        "the real name, above all after a fallback",
        "normalised",
        "The listing's slug, in every event, after a fallback too.",
        ("router/generation.py",),
        ("tests/live/test_canaries.py", "tests/live/test_indistinguishable.py"),
    ),
    Channel(
        "extra-fields",
        "fields that are nobody's contract",
        "provider, engine",
        "closed",
        "Typed twice: what is read of an engine, and what is written to a client. Neither "
        "has room for another field.",
        ("wire/chunks.py", "cloak/stream.py"),
        ("tests/live/test_canaries.py",),
    ),
    Channel(
        "headers",
        "headers of the answer, their order and values",
        "host, provider, version",
        "closed",
        "None is copied. Ours are a fixed set in a fixed order.",
        ("api/reply.py", "upstream/http.py"),
        ("tests/live/test_canaries.py", "tests/live/test_house.py"),
    ),
    Channel(
        "error-bodies",
        "what an error says",
        "vendor, address, key, traceback",
        "closed",
        "Five sentences of our own; what an engine said is in the private record.",
        ("cloak/faults.py",),
        ("tests/live/test_canaries.py", "tests/live/test_errors.py"),
    ),
    Channel(
        "status-codes",
        "which status an error has",
        "the account's state, the vendor's habits",
        "normalised",
        "Every status becomes one of ours; what tells of our account with an engine is a 503.",
        ("cloak/faults.py",),
        ("tests/live/test_canaries.py", "tests/live/test_errors.py"),
    ),
    Channel(
        "stream-errors",
        "errors inside a stream of status 200",
        "the vendor's object",
        "normalised",
        "Read as a fault, told in our words, at whatever event it comes.",
        ("upstream/http.py", "cloak/faults.py"),
        ("tests/live/test_canaries.py", "tests/live/test_errors.py"),
    ),
    Channel(
        "stream-grammar",
        "comments, event names, pings, `[DONE]`, `role: null`",
        "the engine's dialect",
        "closed",
        "Decoded and written anew; the only comment is our own keep-alive.",
        ("wire/sse.py", "api/reply.py"),
        ("tests/live/test_canaries.py",),
    ),
    Channel(
        "reasoning-shape",
        "where thoughts stand, formats, signatures, tags",
        "the vendor, by name",
        "normalised",
        "One shape whatever came; format `unknown`, no signatures.",
        ("wire/think.py", "wire/chat/answer.py"),
        ("tests/live/test_canaries.py", "tests/live/test_thoughts.py"),
    ),
    Channel(
        "parameters",
        "which parameters and values are taken, and which refused",
        "the exact product line",
        "normalised",
        "One public profile a launch, enforced at our edge before an endpoint is chosen. An"
        " engine that refuses what the listing takes is asked again in plainer words; stops"
        " are kept by us, whatever the engine does.",
        ("catalog/profile.py", "router/profile.py", "router/plainer.py", "cloak/stops.py"),
        (
            "tests/live/test_profile_alike.py",
            "tests/router/test_profile.py",
            "tests/cloak/test_stops.py",
        ),
    ),
)
