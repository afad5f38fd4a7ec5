"""Every known way in which an anonymous model can be told, and what is done about each.

docs/anonymity.md is made from this. The first 34 are published cases and our own threat model; the
others were found on the way. The audit names its findings by the same words. Pure data.
"""

from typing import Literal

from msgspec import Struct

__all__ = ["CHANNELS", "Channel", "Treatment"]

Treatment = Literal["closed", "normalised", "measured"]
"""closed: nothing of the upstream passes. normalised: a value of ours stands in its place.
measured: the model itself speaks, or time does; it cannot be closed, so an audit says how much."""


class Channel(Struct, frozen=True):
    """One way to tell a maker. `by`: modules that treat it; `tests`: what holds them to it."""

    name: str
    what: str
    tells: str
    treatment: Treatment
    how: str
    by: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


CHANNELS: tuple[Channel, ...] = (
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
        "it is measured, not closed: the audit says what an attacker reads.",
        ("api/pacing.py", "api/unhurried.py"),
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
    Channel(
        "catalogue",
        "what `/models` and its kin say",
        "family and size",
        "closed",
        "A projection that has no endpoint in it; what would tell of the engine is null or "
        "`Other`.",
        ("catalog/public.py", "catalog/cards.py"),
        ("tests/catalog/test_public.py",),
    ),
    Channel(
        "generation-record",
        "`/generation`: native counts, upstream ids, providers",
        "everything",
        "closed",
        "Public values; the private reader is another object.",
        ("api/operations/",),
        ("tests/facts/test_generation_lookup.py",),
    ),
    Channel(
        "side-routes",
        "`/model/info`, `/tokenize`, `/metrics`, `/version` and their kin",
        "engine and address",
        "closed",
        "Nothing is forwarded but the five kinds of generation; any other path is our own 404.",
        ("api/app.py",),
        ("tests/live/test_side_routes.py",),
    ),
    Channel(
        "self-identification",
        "what the model says of itself, in text, thoughts and tool arguments",
        "name and maker",
        "normalised",
        "The model is told what it may say of itself and to decline the rest; a filter "
        "replaces what it says all the same, in eight languages, in text, thoughts and "
        "arguments. What no filter reads (riddles, ciphers, first letters) is not promised.",
        ("cloak/words/", "cloak/telling.py"),
        ("tests/cloak/words/test_recall.py", "tests/cloak/frames/test_frames.py"),
    ),
    Channel(
        "false-identity",
        "a model told to claim another origin",
        "a tell in itself, and a lie",
        "closed",
        "It is told to claim no other origin, and a false name is replaced like a true one.",
        ("cloak/telling.py", "cloak/words/"),
        ("tests/cloak/test_telling.py",),
    ),
    Channel(
        "style",
        "style, knowledge, refusals, odd strings",
        "the family, by a classifier",
        "measured",
        "Cannot be closed. The audit will measure it with `unmask`, which is not built yet;"
        " until then its row says untested.",
        ("audit/",),
        (),
    ),
    Channel(
        "dialects",
        "the same model asked in another dialect",
        "what one of them tells and the others hide",
        "closed",
        "One launch drives every dialect, behind one cloak.",
        ("wire/dialects.py", "cloak/stream.py"),
        ("tests/live/test_counts_alike.py",),
    ),
    Channel(
        "cache-and-cost",
        "steps of `cached_tokens`, prices, `cost_details`",
        "block size, price list",
        "normalised",
        "`cached_tokens` is 0, the cost is the listing's price.",
        ("wire/chat/answer.py", "catalog/price.py"),
        ("tests/live/test_counts_alike.py", "tests/live/test_canaries.py"),
    ),
    Channel(
        "partner-names",
        "names in exports, configurations, pages and feeds for partners",
        "endpoint ids, the vendor",
        "closed",
        "The alias is all that a partner sees; a launch file whose public side says the "
        "maker is refused.",
        ("catalog/launch.py", "wiring/log_form.py"),
        ("tests/live/test_maker_nowhere.py", "tests/launches/test_launch_file.py"),
    ),
    Channel(
        "battles",
        "what an arena shows before the vote",
        "model, tokens, speed",
        "closed",
        "There are none: no route shows two models side by side yet.",
        ("api/app.py",),
        ("tests/live/test_side_routes.py",),
    ),
    Channel(
        "records",
        "logs, metrics, traces, exports inside the house",
        "the true name",
        "closed",
        "Logs, metrics, pages and exports know the slug alone; what an upstream said is in "
        "the ledger, which is the operator's.",
        ("wiring/log_form.py", "api/metrics.py", "storage/ledger/export/"),
        ("tests/live/test_maker_nowhere.py",),
    ),
    Channel(
        "transport",
        "HTTP version, order of headers, 404 page, bad requests, body limits",
        "the engine's or a proxy's stack",
        "closed",
        "One front answers everything, and no byte of an engine's connection reaches a client.",
        ("api/app.py", "wiring/server.py"),
        ("tests/live/test_house.py", "tests/live/test_bad_input.py"),
    ),
    Channel(
        "media",
        "how many tokens an image costs, which sizes and formats are taken",
        "the vision encoder",
        "normalised",
        "Kinds, sizes and formats are the listing's, told by the bytes; each part counts 1,024.",
        ("catalog/media.py", "cloak/tokens.py"),
        ("tests/live/test_media_requests.py",),
    ),
    Channel(
        "events-in-time",
        "`created` that moves, outages, an end together with an official launch",
        "the lab, by correlation",
        "measured",
        "`created` is fixed, and the reveal is a step of its own, later than the end. "
        "Outages and dates are for whoever runs the launch to mind.",
        ("catalog/public.py", "catalog/moves.py"),
        ("tests/live/test_launch_life.py",),
    ),
    Channel(
        "language",
        "comments or names in a language the prompt did not use",
        "what the model was trained on",
        "measured",
        "A launch may pin the language (`language`); the audit measures how much of an "
        "answer drifts.",
        ("cloak/telling.py", "audit/attacks/language.py"),
        ("tests/audit/test_audit_identity.py", "tests/cloak/test_telling.py"),
    ),
    Channel(
        "structured-answers",
        "which schemas an engine keeps to by itself, and which only after a second try or "
        "not at all",
        "the engine's grammar, by its gaps",
        "measured",
        "An answer is held against its schema here, whatever the engine did, and tried once"
        " more; what it fails twice is a 422, and that can differ between engines. Leave "
        "`response_format` out of `parameters` where that matters.",
        ("router/promises.py",),
        ("tests/live/test_structured.py",),
    ),
    Channel(
        "word-filter",
        "which names the filter of words reacts to",
        "the maker, one guess at a time",
        "closed",
        "Every maker and model we know is watched, not this launch's alone, so repeating "
        "names tells nothing. A maker that is on no list can still be found by guessing it.",
        ("cloak/words/watch.py", "catalog/makers.py"),
        ("tests/cloak/words/test_watch_beside.py", "tests/audit/test_audit_identity.py"),
    ),
)
