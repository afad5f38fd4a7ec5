"""What an operator is told of an endpoint before a launch goes live on it."""

import asyncio
import socket
from contextlib import ExitStack

import pytest
from launch_engines import (
    QUICK,
    Engine,
    as_json,
    completion,
    delta,
    events,
    serving,
)

from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import Endpoint, Quirks
from darkhorse.launches.finding import Finding, worst
from darkhorse.launches.inquiry import Target, Waits
from darkhorse.launches.probe import EndpointProbe

KEY = "sk-of-this-test"


def probe(url, model="", waits=QUICK, **more) -> Finding:
    """The one finding; its sentence must have the form that all have."""
    target = Target(name="east", url=url, model=model, **more)
    (finding,) = asyncio.run(EndpointProbe(target, waits).run())
    assert finding.text.startswith("Endpoint east")
    assert finding.text.endswith((".", ")."))
    assert KEY not in finding.text
    return finding


def probe_engine(handle, model="", **more) -> Finding:
    async def run():
        async with serving(handle) as url:
            target = Target(name="east", url=url, model=model, **more)
            return await EndpointProbe(target, QUICK).run()

    (finding,) = asyncio.run(run())
    return finding


def whole(reply):
    """An engine that answers everything with this."""
    return lambda path, body: reply


def streams(reply):
    """A good engine but for its streams."""
    good = Engine()

    def handle(path, body):
        return reply if body and body["stream"] else good(path, body)

    return handle


def test_a_good_endpoint_answers(scripted):
    finding = probe(scripted, "ok")
    assert (finding.kind, finding.level) == ("answers", "ok")
    assert "answers, whole and streamed" in finding.text
    assert finding.figures["ms"] >= 0


@pytest.mark.parametrize(
    "model", ["reasoning", "tools", "crlf", "no-done", "until-close", "usage-odd", "finish-length"]
)
def test_an_odd_but_usable_answer_passes(scripted, model):
    assert probe(scripted, model).kind == "answers"


@pytest.mark.parametrize(
    ("model", "kind", "said"),
    [
        ("status-401", "wrong_key", "wants a key (HTTP 401), and none is set; set key_env"),
        ("status-403", "wrong_key", "HTTP 403"),
        ("status-402", "payment", "wants to be paid first (HTTP 402"),
        ("status-429", "busy", "is busy or over its quota (HTTP 429"),
        ("status-500", "failing", "fails (HTTP 500"),
        ("status-503?body=empty", "failing", "fails (HTTP 503, nothing)"),
        ("status-301", "redirect", "redirects to"),
        ("status-404?body=html", "no_chat", "lists its models, but answers chat completions with"),
        ("status-405?body=empty", "no_chat", "with HTTP 405 (nothing); see that it serves that"),
        ("ok?txet=hi", "rejected", "(HTTP 404, “CANARYMAKER: no parameter is named 'txet'; did"),
        ("status-418", "rejected", "refuses a plain request (HTTP 418"),
        ("no-such-scenario", "no_model", "does not know the model `no-such-scenario` (HTTP 404"),
        ("html-200", "web_page", "answers with a web page"),
        ("empty", "empty", "with nothing in it"),
        ("not-json", "dialect", "something that is no chat completion"),
        ("json-array", "dialect", "something that is no chat completion"),
        ("no-choices", "dialect", "something that is no chat completion"),
        ("choices-empty", "dialect", "something that is no chat completion"),
        ("cut-between", "dialect", "something that is no chat completion"),
        ("status-200-error", "error", "answers 200 with an error"),
        ("gzip-lie", "compressed", "compresses its answers unasked (“gzip”)"),
        ("refuse", "closed", "closes the connection without an answer"),
        ("cut-length", "cut", "breaks off in the middle"),
        ("bad-status-line", "no_http", "does not speak HTTP there"),
        ("endless", "too_large", "answers a short request without end"),
    ],
)
def test_each_trouble_has_its_own_sentence(scripted, model, kind, said):
    finding = probe(scripted, model)
    assert (finding.kind, finding.level) == (kind, "refuse")
    assert said in finding.text


def test_one_that_hangs_is_told_so(scripted):
    finding = probe(scripted, "hang", Waits(answer_s=0.3))
    assert (finding.kind, finding.level) == ("silent", "refuse")
    assert "gives no whole answer in time" in finding.text


def test_the_names_it_does_know_are_told_with_an_unknown_model():
    def handle(path, body):
        if path == "/v1/models":
            return as_json({"data": [{"id": f"m{n}"} for n in range(7)] + ["junk", {"id": 3}]})
        return as_json({"error": {"message": "The model `x` does not exist."}}, 400)

    finding = probe_engine(handle, "x")
    assert finding.kind == "no_model"
    assert "set `model` to a name it knows. It lists “m0”, “m1”, " in finding.text
    assert finding.text.endswith("“m4” and 2 more.")


def test_a_model_it_answers_for_but_does_not_list_is_a_warning():
    finding = probe_engine(Engine(), "other")
    assert (finding.kind, finding.level) == ("unlisted", "warn")
    assert "does not list the model `other`; it lists “m”." in finding.text


def test_an_alias_is_a_name_too():
    def handle(path, body):
        if path == "/v1/models":
            return as_json({"data": [{"id": "long/name", "aliases": ["m"]}]})
        return Engine()(path, body)

    assert probe_engine(handle, "m").kind == "answers"


@pytest.mark.parametrize("more", [{"key_from": "EAST_KEY"}, {"key_from": "/run/east.key"}])
def test_a_wrong_key_is_named_by_its_place_never_by_itself(scripted, more):
    finding = probe(scripted, "status-401", key=Secret(KEY), **more)
    assert f"does not accept the key from {more['key_from']} (HTTP 401)" in finding.text


def test_the_key_is_sent_and_the_quirks_are_heeded():
    engine = Engine()
    quirks = Quirks(max_tokens_name="max_completion_tokens", extra={"think": False})
    assert probe_engine(engine, quirks=quirks).kind == "answers"
    path, body = engine.seen[0]
    assert path == "/v1/chat/completions"
    assert (body["think"], "max_tokens" in body) == (False, False)
    assert body["max_completion_tokens"] > 0


@pytest.mark.parametrize(
    ("answer", "dialect"),
    [
        (
            {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "hi"}]},
            "Anthropic's Messages",
        ),
        ({"model": "m", "message": {"role": "assistant", "content": "hi"}, "done": True}, "Ollama"),
        ({"object": "response", "output": []}, "OpenAI's Responses"),
        ({"candidates": [{"content": {}}]}, "Gemini"),
        ({"content": "hi", "generation_settings": {}}, "llama.cpp's own completion"),
    ],
)
def test_another_dialect_is_called_by_its_name(answer, dialect):
    finding = probe_engine(whole(as_json(answer)))
    assert (finding.kind, finding.level) == ("dialect", "refuse")
    assert f"answers in another dialect, {dialect}" in finding.text


def test_legacy_completions_are_no_chat_completions():
    finding = probe_engine(whole(as_json({"choices": [{"text": "hi", "index": 0}]})))
    assert finding.kind == "dialect"


def test_a_stream_that_nobody_asked_for_is_refused():
    finding = probe_engine(whole(events(delta("hi", "stop"))))
    assert (finding.kind, finding.level) == ("dialect", "refuse")
    assert "a stream of events though none was asked for" in finding.text


@pytest.mark.parametrize(
    ("reply", "kind", "level", "said"),
    [
        (completion(), "unstreamed", "warn", "does not stream: asked for events, it answers in"),
        (completion(""), "empty", "refuse", "with nothing in it"),
        (as_json({"error": "no"}, 400), "unstreamable", "refuse", "refuses to stream (HTTP 400"),
        (events(delta("hi"), done=False), "stream_cut", "refuse", "ends without a finish"),
        (events(delta("", "stop")), "empty", "refuse", "with nothing in it"),
        (events({"error": {"message": "boom"}}), "stream_dialect", "refuse", "boom"),
        (events("words"), "stream_dialect", "refuse", "none of its dialect's (garbage)"),
        (
            events({"type": "content_block_delta", "delta": {"text": "hi"}}, done=False),
            "stream_cut",
            "refuse",
            "ends without a finish",
        ),
    ],
)
def test_a_stream_is_looked_at_too(reply, kind, level, said):
    finding = probe_engine(streams(reply))
    assert (finding.kind, finding.level) == (kind, level)
    assert said in finding.text


def test_hidden_reasoning_that_took_the_whole_answer_is_no_empty_answer():
    usage = {"prompt_tokens": 9, "completion_tokens": 64}
    finding = probe_engine(whole(completion("", usage=usage, finish="length")))
    assert finding.kind == "unstreamed"


def test_a_redirect_says_where_to(scripted):
    moved = (308, {"location": "https://elsewhere.example/v1"}, b"")
    finding = probe_engine(whole(moved))
    assert "redirects to “https://elsewhere.example/v1”; write the address" in finding.text


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("", "most engines want /v1 at its end."),
        ("/v1/chat/completions", "leave out /chat/completions at its end."),
        ("/v1", "correct the path."),
    ],
)
def test_a_wrong_path_has_a_hint(path, hint):
    async def run():
        async with serving(whole(as_json({"detail": "Not Found"}, 404))) as url:
            target = Target(name="east", url=url.removesuffix("/v1") + path)
            return await EndpointProbe(target, QUICK).run()

    (finding,) = asyncio.run(run())
    assert finding.kind == "wrong_path"
    assert finding.text.endswith(hint)


@pytest.mark.parametrize(
    ("status", "reply", "end"),
    [
        (404, {"detail": "Not Found"}, "(HTTP 404, “Not Found”); correct the path."),
        (404, {"error": "not_found"}, "(HTTP 404, “not_found”); correct the path."),
        (405, {"detail": "Method Not Allowed"}, "“Method Not Allowed”); correct the path."),
        (404, {"error": {"message": "Invalid URL (POST /v1/x)"}}, "/v1/x)”); correct the path."),
        (404, {"message": "no Route matched with those values"}, "values”); correct the path."),
        (404, {"code": 404}, '(HTTP 404, “{"code":404}”); correct the path.'),
    ],
)
def test_a_wrong_path_is_told_in_the_engines_own_words(status, reply, end):
    finding = probe_engine(whole(as_json(reply, status)))
    assert finding.kind == "wrong_path"
    assert finding.text.endswith(end)


@pytest.mark.parametrize("reply", [(404, {}, b"<html>gone</html>"), (410, {}, b"")])
def test_a_page_or_nothing_is_not_quoted(reply):
    finding = probe_engine(whole(reply))
    assert f"below its url (HTTP {reply[0]}); correct the path." in finding.text


def test_an_engine_that_says_what_it_misses_is_quoted_and_its_path_not_blamed():
    said = {"error": {"message": "there is no adapter `x` here", "code": 404}}
    finding = probe_engine(whole(as_json(said, 404)), "base?adapter=x")
    assert (finding.kind, finding.level) == ("rejected", "refuse")
    assert "(HTTP 404, “there is no adapter `x` here”); see whether `model` is right" in (
        finding.text
    )
    assert "path" not in finding.text


def test_who_lists_models_has_the_right_path_whatever_it_says_of_chat():
    def handle(path, body):
        if path == "/v1/models":
            return as_json({"data": [{"id": "m"}]})
        return as_json({"detail": "Not Found"}, 404)

    finding = probe_engine(handle, "x")
    assert (finding.kind, finding.level) == ("no_chat", "refuse")
    assert "lists its models, but answers chat completions with HTTP 404 (“Not Found”)" in (
        finding.text
    )
    assert finding.text.endswith("`model` is a name it knows. It lists “m”.")
    assert "path" not in finding.text


def test_nothing_that_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        finding = probe(f"http://127.0.0.1:{free.getsockname()[1]}/v1")
    assert finding.kind == "refused"
    assert "nothing listens there; start the engine, or correct its url" in finding.text


def test_a_host_nobody_knows():
    finding = probe(f"http://{'a' * 64}.invalid/v1")  # too long a label to be asked for
    assert finding.kind == "unknown_host"
    assert "has a host name that cannot be found" in finding.text


def test_a_connection_that_is_never_accepted():
    with ExitStack() as stack:
        busy = stack.enter_context(socket.socket())
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for _ in range(3):  # fill its queue
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(busy.getsockname())
        url = f"http://127.0.0.1:{busy.getsockname()[1]}/v1"
        finding = probe(url, waits=Waits(connect_s=0.3))
    assert finding.kind == "connect_timeout"
    assert "does not answer the connection" in finding.text


def test_tls_where_there_is_none(scripted):
    finding = probe(scripted.replace("http://", "https://"))
    assert finding.kind == "tls"
    assert "write http:// if it speaks plain HTTP" in finding.text


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1", "east"])
def test_a_url_that_is_none(url):
    finding = probe(url)
    assert (finding.kind, finding.level) == ("bad_url", "refuse")


def test_what_an_engine_says_cannot_steer_the_terminal():
    finding = probe_engine(
        whole(as_json({"error": {"message": "\x1b[2J\r\nno\x9b" + "x" * 999}}, 400))
    )
    assert "“�[2J no�x" in finding.text
    assert not any(ord(letter) < 32 for letter in finding.text)
    assert len(finding.text) < 600


def test_an_endpoint_becomes_a_target(monkeypatch, tmp_path):
    monkeypatch.setenv("EAST_KEY", KEY)
    target = Target.of(Endpoint(name="east", url="http://127.0.0.1:1/v1", key_env="EAST_KEY"))
    assert (target.key.reveal(), target.key_from) == (KEY, "EAST_KEY")
    embedded = Endpoint(name="own", url="embedded")
    target = Target.of(embedded, url="http://127.0.0.1:2/v1", key=Secret("k"))
    assert (target.url, target.key.reveal(), target.key_from) == ("http://127.0.0.1:2/v1", "k", "")


def test_the_worst_finding_counts():
    levels = [Finding(kind="a", level=level, text="") for level in ("ok", "refuse", "warn")]
    assert worst(levels) == "refuse"
    assert worst([]) == "ok"
