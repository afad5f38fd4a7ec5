"""The audit finds doors, pages and catalogue entries that are somebody's."""

import asyncio

import pytest

from darkhorse.attribution.forms.windows import bits, is_round
from darkhorse.audit.attacks.catalogue import Catalogue, Reading
from darkhorse.audit.attacks.record import GenerationRecord
from darkhorse.audit.attacks.routes import SideRoutes
from darkhorse.audit.attacks.transport import Transport
from darkhorse.audit.known.routes import ROUTES
from live.stage import Process, Relay

from .tamper_kit import MODEL, assert_leaks, findings, leaking, public_door, raw_door, target_of


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    """Relay and pages, as they run behind `darkhorse up`."""
    data = tmp_path_factory.mktemp("front")
    env = {"DARKHORSE_PAGES_SOCKET": str(data / "pages.sock"), "UPSTREAM_KEY": "x"}
    relay = Relay(data, {"ok": [(scripted.url, "ok")]}, env=env)
    argv = ["-m", "darkhorse", "pages", "--data", str(data), "--config", str(relay.config)]
    pages = Process(argv, env, log=data / "pages.log")
    pages.wait_ready()
    relay.start()
    yield relay
    relay.close()
    pages.stop()


@pytest.fixture(scope="module")
def odd(scripted, tmp_path_factory):
    """A relay without pages, whose listing has the window of many."""
    data = tmp_path_factory.mktemp("odd")
    relay = Relay(data, {"ok": [(scripted.url, "ok")]}, context=262_144, max_output=98_304).start()
    yield relay
    relay.close()


@pytest.fixture
def raw(scripted):
    return raw_door(scripted.url, "ok")


def serving(path, body, status=200, kind="application/json"):
    """A change: this path answers."""

    def change(asked, answer):
        if target_of(asked).partition("?")[0] == path:
            answer.say(body, status, "OK", kind)

    return change


METRICS = "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 3\n"
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "FastAPI"}, "paths": {"/tokenize": {}}}
SERVED = {
    "tokenize": serving("/tokenize", {"count": 1, "max_model_len": 4096, "tokens": [15339]}),
    "metrics": serving("/metrics", METRICS, kind="text/plain"),
    "version": serving("/version", {"version": "0.24.0"}),
    "api-tags": serving("/api/tags", {"models": []}),
    "model-info": serving("/model/info", {"data": [{"litellm_params": {"api_base": "x"}}]}),
    "v1-model-info": serving("/v1/model/info", {"data": []}),
    "health": serving("/health", {"status": "ok", "slots_idle": 1}),
    "openapi.json": serving("/openapi.json", DOCUMENT),
    "props": serving("/props", {"error": {"message": "no", "type": "not_supported_error"}}, 501),
    "get_server_info": serving("/get_server_info", "", 500),
    "docs": serving("/docs", "<title>FastAPI - Swagger UI</title>", kind="text/html"),
}


@pytest.mark.parametrize("name", SERVED)
def test_doors_of_engines_and_gateways(relay, raw, name):
    assert_leaks(findings(SideRoutes(), relay, raw, SERVED[name]), f"side-routes/{name}")


def test_a_door_that_is_hidden_in_another_way_than_none(relay, raw):
    """Its 404 is not that of a page which was never there."""
    change = serving("/server_info", "<h1>404</h1>", 404, "text/html")
    assert_leaks(findings(SideRoutes(), relay, raw, change), "side-routes/server_info")


def test_no_door_is_there(relay, odd, raw):
    for each in (relay, odd):
        found = findings(SideRoutes(), each, raw)
        assert {finding.verdict for finding in found.values()} == {"closed"}, found
    assert len(ROUTES) >= 80
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


# --- transport ---

NGINX = "<html><head><title>404</title></head><body><hr><center>nginx</center></body></html>"


def errors(change_one, *, only=""):
    """A change of every error, or of those of one path."""

    def change(asked, answer):
        if answer.status >= 400 and only.encode() in asked:
            change_one(answer)

    return change


def _say(body, kind="application/json"):
    return lambda answer: answer.say(body, kind=kind)


def _head(**fields):
    def change(answer):
        for name, value in fields.items():
            setattr(answer, name, value)

    return change


def _header(name, value):
    return lambda answer: answer.headers.append((name, value))


def _date(answer):
    kept = [pair for pair in answer.headers if pair[0] != "date"]
    answer.headers = [*kept, ("date", "2026-11-22T19:00:00Z")]


def _titles(answer):
    answer.headers = [(name.title(), value) for name, value in answer.headers]


def _everywhere(change_one):
    return lambda _asked, answer: change_one(answer)


SPOKEN = {
    "a version, always": (_everywhere(_head(version="HTTP/1.0")), "head"),
    "no reason, always": (_everywhere(_head(reason="")), "head"),
    "an nginx page": (errors(_say(NGINX, "text/html"), only="/no-such-page"), "page"),
    "uvicorn's words": (errors(_say("Invalid HTTP request received.", "text/plain")), "page"),
    "Starlette's words": (errors(_say("Not Found", "text/plain"), only="/no-such-page"), "page"),
    "FastAPI's words": (errors(_say({"detail": "Method Not Allowed"}), only="BREW"), "page"),
    "words of nobody's API": (errors(_say("no", "text/plain"), only="x-long"), "page"),
    "a trace": (errors(_say("at app.py:88", "text/plain"), only="/no-such-page"), "page"),
    "a reason of nginx's": (errors(_head(reason="Not Allowed"), only="DELETE"), "head"),
    "another version": (errors(_head(version="HTTP/1.0"), only="banana"), "head"),
    "another date": (errors(_date), "head"),
    "names in capitals": (errors(_titles, only="x-long"), "head"),
    "a server": (errors(_header("server", "hypercorn-h11")), "headers"),
    "a way": (errors(_header("via", "1.1 google"), only="OPTIONS"), "headers"),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_another_server_s_voice(relay, raw, name):
    change, what = SPOKEN[name]
    assert_leaks(findings(Transport(), relay, raw, change), f"transport/{what}")


def test_the_endpoint_s_own_page(relay, raw):
    """What the scripted engine says to a route it has not, passed on."""
    said = '{"error":{"message":"nothing lives here but CANARYMAKER","type":"CANARYMAKER"}}'
    found = findings(Transport(), relay, raw, errors(_say(said), only="/no-such-route"))
    assert "transport/page" in leaking(found)


def test_one_front_answers_all(relay, odd, raw):
    for each in (relay, odd):
        found = findings(Transport(), each, raw)
        assert {finding.verdict for finding in found.values()} == {"closed"}, found


# --- the catalogue ---


def card(**fields):
    """A change of the model's entries, wherever they are. `a__b` is a field of a field."""

    def change(_asked, answer):
        body = answer.json
        data = body.get("data", body) if isinstance(body, dict) else None
        for row in data if isinstance(data, list) else [data]:
            if isinstance(row, dict) and "architecture" in row:
                _set(row, fields)
                answer.say(body)

    return change


def endpoint(**fields):
    """A change of the one endpoint."""

    def change(asked, answer):
        if target_of(asked).endswith("/endpoints") and answer.json:
            body = answer.json
            for row in body["data"]["endpoints"]:
                _set(row, fields)
            answer.say(body)

    return change


def _set(row, fields):
    for name, value in fields.items():
        *path, last = name.split("__")
        at = row
        for step in path:
            at = at[step]
        at[last] = value


TOLD = {
    "tokenizer": card(architecture__tokenizer="Qwen3"),
    "instruct_type": card(architecture__instruct_type="chatml"),
    "hugging_face_id": card(hugging_face_id="zai-org/GLM-5"),
    "knowledge_cutoff": card(knowledge_cutoff="2025-05"),
    "owned_by": card(owned_by="vllm"),
    "fields": card(max_model_len=202_752),
    "default_parameters": card(default_parameters={"temperature": 0.6, "top_p": None}),
    "quantization": endpoint(quantization="fp8"),
    "provider_name": endpoint(provider_name="Novita"),
    "tag": endpoint(tag="novita/fp8"),
    "native_tools": endpoint(native_tools={"web_search": True}),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_an_entry_lets_slip(relay, raw, what):
    assert_leaks(findings(Catalogue(), relay, raw, TOLD[what]), f"catalogue/{what}")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/models", "/api/v1/models?use_rss=true", "/", "/stealth/listing-0"),
        *("/openapi.json", "/api/v1/providers"),
    ],
)
def test_a_name_on_any_page(relay, raw, path):
    def change(asked, answer):
        if target_of(asked) == path and answer.status == 200:
            answer.body = answer.body.replace(b"model", f"model {MODEL}".encode(), 1)
            answer.body += f"<!-- --> {MODEL}".encode() * (MODEL.encode() not in answer.body)

    found = findings(Catalogue(), relay, raw, change)
    assert "catalogue/names" in leaking(found)
    assert path in found["catalogue/names"].public


def test_a_provider_of_its_own(relay, raw):
    change = serving("/api/v1/providers", {"data": [{"name": "Novita", "slug": "novita", "x": 1}]})
    assert_leaks(findings(Catalogue(), relay, raw, change), "catalogue/fields")


def test_what_both_catalogues_say(relay, raw):
    """The endpoint's own card, put beside ours."""
    attack = Catalogue()
    here = asyncio.run(attack.read(public_door(relay)))
    own = {"id": "ok", "created": here.card["created"]}
    own["supported_parameters"] = here.card["supported_parameters"]
    there = Reading("ok", own, (), ())
    found = {each.name: each.verdict for each in attack.judge(there, here)}
    assert found == {"catalogue/created": "leaks", "catalogue/supported_parameters": "reduced"}


def test_exact_windows_are_measured(odd, raw):
    found = findings(Catalogue(), odd, raw)
    assert leaking(found) == set()
    window, most = found["catalogue/window"], found["catalogue/max_output"]
    assert (window.verdict, most.verdict) == ("reduced", "reduced")
    assert (window.unit, most.unit) == ("bits", "bits")
    assert 0 < window.left < most.left  # eight labs have the one, a single lab the other


def test_a_description_that_says_its_size(relay, raw):
    found = findings(Catalogue(), relay, raw, card(description="A model of 100B parameters."))
    assert found["catalogue/description"].verdict == "reduced"


def test_the_catalogue_of_nobody(relay, raw):
    for behind in (raw, None):
        found = findings(Catalogue(), relay, behind)
        assert {finding.verdict for finding in found.values()} == {"closed"}, found


def test_round_windows():
    assert [each for each in (8000, 32_000, 200_000, 1_000_000) if not is_round(each)] == []
    assert [each for each in (131_072, 163_840, 1_048_576, 202_752) if is_round(each)] == []
    assert bits(131_072) < bits(262_144) < bits(202_752) == bits(777_777)


# --- the record of a generation ---


def record(**fields):
    """A change of what `/generation` says."""

    def change(asked, answer):
        if target_of(asked).partition("?")[0].endswith("/generation") and answer.status == 200:
            body = answer.json
            body["data"].update(fields)
            answer.say(body)

    return change


KEPT = {
    "upstream_id": record(upstream_id="chatcmpl-8f3e"),
    "provider_name": record(provider_name="Z.AI"),
    "provider_responses": record(provider_responses=[{"status": 200, "provider_name": "Z.AI"}]),
    "native_finish_reason": record(native_finish_reason="end_turn"),
    "native_tokens_prompt": record(native_tokens_prompt=11),
    "native_tokens_completion": record(native_tokens_completion=70_003),
    "native_tokens_cached": record(native_tokens_cached=64),
    "upstream_inference_cost": record(upstream_inference_cost=0.00013),
    "fields": record(endpoint_id="ep-20260109111813-hztxv"),
    "names": record(origin=MODEL),
    "model": record(model="glm-5"),
}


@pytest.mark.parametrize("what", KEPT)
def test_what_a_record_lets_slip(odd, raw, what):
    found = findings(GenerationRecord(), odd, raw, KEPT[what])
    assert_leaks(found, f"generation-record/{what}")


def test_an_id_of_the_raw_answer_in_the_record(odd, raw):
    """Whatever the endpoint alone has said."""
    found = findings(GenerationRecord(), odd, raw, record(session_id="chatcmpl-CANARYMAKER"))
    assert leaking(found) == {"generation-record/names"}


def test_an_error_that_is_kept_with_its_maker(odd, raw):
    """The relay has no keeper here, which would have it ready."""
    error = {"message": "It failed.", "raw": "boom", "provider_name": "Z.AI"}
    content = {"data": {"input": {}, "output": {}, "error": error}}
    instead = {"/api/v1/generation/content": content}
    found = findings(GenerationRecord(), odd, raw, instead=instead)
    assert_leaks(found, "generation-record/content")


def test_the_record_of_nobody(odd, raw):
    found = findings(GenerationRecord(), odd, raw)
    assert {finding.verdict for finding in found.values()} == {"closed"}, found
