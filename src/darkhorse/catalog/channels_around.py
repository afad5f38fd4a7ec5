"""Channels around an answer: catalogue, routes, words, style, time, people."""

from darkhorse.catalog.channel import Channel

__all__ = ["AROUND"]

AROUND: tuple[Channel, ...] = (
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
        "Cannot be closed. The audit measures it: unmask's own classifier says where the maker"
        " stands by style alone, and how many bits that is.",
        ("audit/attacks/together.py", "attribution/signals/style.py"),
        ("tests/audit/test_audit_together.py",),
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
        ("api/app.py", "wiring/protocol.py"),
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
    Channel(
        "together",
        "all channels at once, weighed by `darkhorse unmask`",
        "the maker, by many small hints none of which tells alone",
        "closed",
        "Beside what the model says, hundreds of questions leave an attacker's posterior where"
        " it was before the first; the audit asks them at both doors, and the duel below shows it.",
        ("audit/attacks/together.py", "attribution/judging.py"),
        ("tests/audit/test_audit_together.py", "tests/live/test_duel.py"),
    ),
)
