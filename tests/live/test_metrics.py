"""Figures of a relay that had faults: they add up, and their labels tell nobody anything."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from darkhorse.launches import file

from .stage import CANARY, REASON, Relay, eventually, go_live, launch_text

SETTINGS = "[upstream]\nfirst_token_s = 0.5\nidle_s = 0.5\ncooldown_s = 0.2\n"
FAULTS = (
    *("ok", "cut-between", "cut-first", "hang", "hang-mid", "status-500", "status-401"),
    *("status-429", "error-first", "error-mid", "garbage", "not-json", "bad-utf8", "reset"),
)
DRAFT = "stealth/not-yet"


class Scrape:
    """One answer of /metrics: samples by name."""

    def __init__(self, relay: Relay) -> None:
        reply = relay.get("/metrics", f"authorization: Bearer {relay.management_key}")
        assert reply.status == 200
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        self.text = reply.body.decode()
        families = text_string_to_metric_families(self.text)
        self.samples = [sample for family in families for sample in family.samples]

    def of(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name with these labels."""
        found = [each for each in self.samples if each.name == f"darkhorse_{name}"]
        return sum(each.value for each in found if labels.items() <= each.labels.items())

    @property
    def values(self) -> set[str]:
        return {value for sample in self.samples for value in sample.labels.values()}


@pytest.fixture
def relay(scripted, tmp_path):
    listings = {model: [(scripted.url, model)] for model in FAULTS}
    relay = Relay(tmp_path / "data", listings, SETTINGS).start()
    yield relay
    relay.close()


def slug(model: str) -> str:
    return f"stealth/listing-{FAULTS.index(model)}"


def test_after_faults_of_every_kind_the_figures_add_up(relay, scripted):
    jobs = [(model, stream) for model in FAULTS for stream in (False, True)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: relay.chat(job[0], stream=job[1], user="PRIVATEUSER"), jobs))
    relay.chat(CANARY)
    relay.chat("../../etc/passwd")
    eventually(lambda: Scrape(relay).of("generations_total") == len(jobs))
    scrape = Scrape(relay)
    ok = slug("ok")
    assert scrape.of("generations_total", listing=ok, outcome="done") == 2
    assert scrape.of("generation_seconds_count") == len(jobs)
    assert scrape.of("first_token_seconds_count", listing=ok) == 2
    assert scrape.of("generation_tokens_per_second_count", listing=ok) == 1
    assert scrape.of("attempts_total", listing=ok, outcome="ok") == 2
    assert scrape.of("attempts_total", listing=slug("status-500"), outcome="status") >= 2
    assert scrape.of("retries_total", listing=slug("status-500")) >= 1
    assert scrape.of("requests_refused_total", listing="", error_type="invalid_request") == 2
    failed = scrape.of("generations_total", outcome="failed")
    assert scrape.of("generations_failed_total") == failed > len(FAULTS) / 2
    assert scrape.of("journal_commit_seconds_count") > 0
    assert scrape.of("journal_writable") == 1
    assert scrape.of("generations_unrecorded") == scrape.of("journal_queue_bytes") == 0
    assert_public(scrape, scripted)


def assert_public(scrape: Scrape, scripted) -> None:
    """Every label's value is a slug of ours, a number, or a plain word."""
    slugs = {slug(model) for model in FAULTS} | {""}
    for value in scrape.values - slugs:
        assert re.fullmatch(r"[a-z_]+|[a-z]+/[a-z]+|[\d.]+|\+Inf", value)
    listings = {each.labels.get("listing", "") for each in scrape.samples}
    assert listings <= slugs
    for secret in (CANARY, "PRIVATEUSER", "passwd", "127.0.0.1"):
        assert secret.lower() not in scrape.text.lower()
    assert str(scripted.port) not in scrape.values


def test_a_running_stream_shows(relay, scripted):
    name = "stealth/slow"
    model = "slow?first_ms=0&delta_ms=50&deltas=400"
    go_live(relay.desk, launch_text(name, [(scripted.url, model)], title="Slow"))
    eventually(lambda: name in relay.get("/v1/models").body.decode())
    call = relay.begin(name, stream=True)
    call.read_until(b"data: ")
    assert Scrape(relay).of("listing_generations_running", listing=name) == 1
    call.close()
    eventually(lambda: Scrape(relay).of("listing_generations_running", listing=name) == 0)
    assert Scrape(relay).of("generations_total", listing=name, outcome="cancelled") == 1


def test_a_launch_shows_from_the_day_it_is_live(relay, scripted):
    draft = relay.desk.create(
        file.parse(launch_text(DRAFT, [(scripted.url, "ok")], title="Not yet"), "a draft"), REASON
    )
    eventually(lambda: Scrape(relay).of("launch_state", state="live") >= len(FAULTS))
    assert DRAFT not in Scrape(relay).text
    relay.desk.go_live(draft, REASON)
    eventually(lambda: Scrape(relay).of("launch_state", listing=DRAFT, state="live") == 1)
    assert Scrape(relay).of("launch_state", listing=DRAFT, state="retired") == 0


def test_a_limit_that_refuses_is_a_refusal(scripted, tmp_path):
    settings = "[limits.key]\nrequests_per_minute = 1\n"
    relay = Relay(tmp_path / "data", {"ok": [(scripted.url, "ok")]}, settings).start()
    assert [relay.chat("ok").status for _ in range(3)] == [200, 429, 429]
    refused = {"listing": "stealth/listing-0", "error_type": "rate_limit_exceeded"}
    assert Scrape(relay).of("requests_refused_total", **refused) == 2
    relay.close()
