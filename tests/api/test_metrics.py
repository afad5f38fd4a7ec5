"""Every metric has a name, a unit, a help text and a line in the documentation."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from darkhorse.api.gauges import ChoreSeen, KeeperSeen, Seen
from darkhorse.api.metrics import Metrics
from darkhorse.base.clock import SystemClock
from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import Usage, Withheld

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
SLUG = "stealth/pony"
NOW_US = 1_770_000_000_000_000
LABELS = {
    *("listing", "outcome", "error_type", "direction", "subject", "state", "version", "le"),
    "chore",
}


def launch(slug: str, state: str, closes_us: int | None = None) -> PublicLaunch:
    listing = Listing(slug=slug, title="x", context=1000, max_output=100)
    life = Life(state=state, created_us=1, live_us=2, closes_us=closes_us)
    return PublicLaunch(listing=listing, life=life)


LAUNCHES = [
    launch(SLUG, "live", NOW_US + 5_000_000),
    launch("stealth/over", "live", NOW_US - 1),
    launch("stealth/known", "revealed"),
    launch("stealth/draft", "draft", NOW_US),
]
KEEPER = KeeperSeen(
    3, 4096, (ChoreSeen("pack", NOW_US, is_failing=False), ChoreSeen("seal", 0, is_failing=True))
)


@pytest.fixture
def metrics() -> Metrics:
    metrics = Metrics(SystemClock())
    metrics.watch(
        Seen(
            now_us=lambda: NOW_US,
            launches=lambda: LAUNCHES,
            running=lambda: {SLUG: 3},
            unrecorded=lambda: 2,
            queued_bytes=lambda: 4096,
            is_writable=lambda: True,
            dropped_lines=lambda: 5,
            keeper=lambda: KEEPER,
        )
    )
    metrics.refused("", "invalid_request")
    metrics.limited(SLUG, "listing/key")
    metrics.late_piece(SLUG)
    metrics.committed(0.002)
    return metrics


def families(metrics: Metrics) -> dict:
    found = list(text_string_to_metric_families(metrics.render().decode()))
    assert len({family.name for family in found}) == len(found)
    return {family.name: family for family in found}


def values(metrics: Metrics) -> dict:
    """Sample name and label values → value."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families(metrics).values()
        for sample in family.samples
    }


def end(metrics: Metrics, *, streamed: bool = True, **fields: object) -> None:
    start = StartRecord(
        id="gen-1",
        at_us=1,
        listing=SLUG,
        dialect="chat",
        streamed=streamed,
        key="k",
        prompt_tokens=5,
    )
    metrics.ended(start, EndRecord(**{"id": "gen-1", "at_us": 2, "outcome": "done", **fields}))


def attempt(outcome: str) -> Attempt:
    return Attempt(endpoint="CANARY", duration_ms=1, outcome=outcome, detail="CANARY")


def test_a_generation_is_counted(metrics):
    usage = Usage(prompt=5, completion=21)
    end(metrics, usage=usage, first_token_ms=100.0, duration_ms=600.0, attempts=(attempt("ok"),))
    found = values(metrics)
    assert found["darkhorse_generations_total", "done", SLUG] == 1
    assert found["darkhorse_tokens_total", "prompt", SLUG] == 5
    assert found["darkhorse_tokens_total", "completion", SLUG] == 21
    assert found["darkhorse_generation_seconds_sum", SLUG] == 0.6
    assert found["darkhorse_first_token_seconds_sum", SLUG] == 0.1
    assert found["darkhorse_generation_tokens_per_second_sum", SLUG] == pytest.approx(40)
    assert found["darkhorse_attempts_total", "ok", SLUG] == 1
    assert ("darkhorse_retries_total", SLUG) not in found


def test_a_failure_and_its_retries_are_counted(metrics):
    kinds = ("connect", "status", "status")
    end(
        metrics,
        outcome="failed",
        status=503,
        error_type="provider_overloaded",
        attempts=tuple(map(attempt, kinds)),
    )
    found = values(metrics)
    assert found["darkhorse_generations_total", "failed", SLUG] == 1
    assert found["darkhorse_generations_failed_total", "provider_overloaded", SLUG] == 1
    assert found["darkhorse_attempts_total", "status", SLUG] == 2
    assert found["darkhorse_retries_total", SLUG] == 2
    assert ("darkhorse_first_token_seconds_count", SLUG) not in found


def test_names_that_were_taken_out_are_counted_and_not_told(metrics):
    said = Withheld(part="text", at=5, said="CANARY", shown="[a developer]")
    end(metrics, withheld=(said, said))
    assert values(metrics)["darkhorse_names_withheld_total", SLUG] == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"streamed": False, "usage": Usage(prompt=1, completion=9), "first_token_ms": 1.0},
        {"usage": Usage(prompt=1, completion=1), "first_token_ms": 1.0},
        {"usage": Usage(prompt=1, completion=9), "first_token_ms": 50.0},
        {"usage": Usage(prompt=1, completion=9)},
        {"first_token_ms": 1.0},
    ],
)
def test_a_pace_is_only_told_where_it_was_seen(metrics, fields):
    end(metrics, duration_ms=50.0, **fields)
    assert ("darkhorse_generation_tokens_per_second_count", SLUG) not in values(metrics)


def test_refusals_are_counted(metrics):
    found = values(metrics)
    assert found["darkhorse_requests_refused_total", "", "invalid_request"] == 1
    assert found["darkhorse_rate_limited_total", "listing/key", SLUG] == 1


def test_a_window_that_has_ended_is_retired_whatever_is_written(metrics):
    found = values(metrics)
    states = {
        (slug, state): found["darkhorse_launch_state", *sorted((slug, state))]
        for slug in (SLUG, "stealth/over", "stealth/known")
        for state in ("live", "retired", "revealed")
    }
    on = {which for which, value in states.items() if value}
    assert on == {(SLUG, "live"), ("stealth/over", "retired"), ("stealth/known", "revealed")}
    assert found["darkhorse_launch_closes_timestamp_seconds", SLUG] == NOW_US / 1e6 + 5
    assert ("darkhorse_launch_closes_timestamp_seconds", "stealth/known") not in found


def test_a_draft_is_nobodys_business(metrics):
    assert b"draft" not in metrics.render()


def test_what_is_read_at_a_scrape(metrics):
    found = values(metrics)
    assert found["darkhorse_listing_generations_running", SLUG] == 3
    assert found["darkhorse_listing_generations_running", "stealth/known"] == 0
    assert found["darkhorse_generations_unrecorded",] == 2
    assert found["darkhorse_journal_queue_bytes",] == 4096
    assert found["darkhorse_journal_writable",] == 1
    assert found["darkhorse_log_lines_dropped_total",] == 5
    assert found["darkhorse_journal_commit_seconds_count",] == 1
    assert found["darkhorse_journal_last_commit_timestamp_seconds",] > 1.7e9


def test_how_the_keeper_fares(metrics):
    found = values(metrics)
    assert found[("darkhorse_keeper_running",)] == 1
    assert found[("darkhorse_keeper_journal_files",)] == 3
    assert found[("darkhorse_keeper_journal_bytes",)] == 4096
    assert found[("darkhorse_keeper_last_ok_timestamp_seconds", "pack")] == NOW_US / 1_000_000
    assert ("darkhorse_keeper_last_ok_timestamp_seconds", "seal") not in found
    assert found[("darkhorse_keeper_failing", "pack")] == 0
    assert found[("darkhorse_keeper_failing", "seal")] == 1


def test_names_and_helps_follow_the_conventions(metrics):
    end(metrics, outcome="failed", error_type="server", attempts=(attempt("ok"), attempt("cut")))
    for name, family in families(metrics).items():
        assert re.fullmatch(r"(darkhorse|process)(_[a-z]+)+", name)
        assert family.documentation.endswith((".", "to it"))
        assert family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            assert set(sample.labels) <= LABELS
            assert (family.type == "counter") == sample.name.endswith("_total")
            assert not sample.name.endswith(("_ms", "_millis", "_kb", "_mb"))
    assert b"CANARY" not in metrics.render()


def documented() -> dict[str, tuple[str, set[str]]]:
    """Name → type and labels, as the table has them."""
    rows = re.findall(
        r"^\| (`(?:darkhorse|process)_[^|]*) \| (\w+) \|([^|]*)\|", PAGE, re.MULTILINE
    )
    return {
        name: (kind, set(labels.replace(",", " ").split()))
        for names, kind, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }


def test_the_table_in_the_documentation_is_all_of_it(metrics):
    end(
        metrics,
        usage=Usage(prompt=5, completion=21),
        first_token_ms=1.0,
        duration_ms=9.0,
        error_type="server",
        attempts=(attempt("ok"), attempt("cut")),
        withheld=(Withheld("text", 0, "CANARY", "[a developer]"),),
    )
    shown = {}
    for name, family in families(metrics).items():
        full = name + "_total" * (family.type == "counter")
        labels = set().union(*(sample.labels for sample in family.samples)) - {"le"}
        shown[full] = (family.type, labels)
    assert documented() == shown
