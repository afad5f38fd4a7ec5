"""No launch goes live while one look can name it, or nobody has looked."""

import msgspec
import pytest
from launch_kit import DAY, LAUNCH, T0, HandClock, file_of

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.audits import Audit, Finding
from darkhorse.catalog.launch import subject_change, subject_of
from darkhorse.launches.desk import Desk, Reason
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.storage.state.migrations import open_state

SURE = Finding(name="headers/unknown", channel="headers", verdict="leaks", deterministic=True)
ODDS = Finding(name="rhythm", channel="rhythm", verdict="leaks")
MUTE = Finding(name="language", channel="language", verdict="untested", could_not=True)
CLOSED = Finding(name="transport", channel="transport", verdict="closed")
SHUT = 'url = "http://127.0.0.1:1/v1"'


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def desk(tmp_path, clock):
    store = SqlLaunchStore(open_state(tmp_path / "state.sqlite", clock))
    numbers = iter(range(1000))
    yield Desk(store, clock, lambda: f"lch-{next(numbers)}")
    store.close()


@pytest.fixture
def draft(desk):
    return desk.create(file_of(LAUNCH), Reason("ann", "for Monday"))


def go(desk, launch, *accepts):
    return desk.go_live(launch, Reason("bob", "it is Monday", accepts))


def audited(desk, launch, *findings, at_us=T0, **more):
    """Keep an audit of the launch as it is."""
    kept = desk.audits(launch)
    audit = Audit(
        **{
            "id": f"aud-{len(kept)}",
            "listing": launch.listing.slug,
            "subject": subject_of(launch.definition),
            "at_us": at_us,
            "version": "0",
            "findings": (CLOSED, *findings),
            **more,
        }
    )
    desk.keep_audit(launch, audit)
    return audit


def edited(desk, launch, *change):
    return desk.edit(launch, file_of(launch.source.replace(*change)), Reason("cyd", "better"))


def refused(desk, launch, *accepts):
    """What is said, before anything was measured and after it; nothing has moved."""
    moves = desk.moves(launch)
    with pytest.raises(ConfigError) as early:
        desk.check_go_live(launch, Reason("bob", "it is Monday", accepts))
    with pytest.raises(ConfigError) as late:
        go(desk, launch, *accepts)
    assert str(early.value) == str(late.value)
    assert desk.moves(launch) == moves
    return str(late.value)


def test_without_an_audit_it_stays_a_draft(desk, draft):
    said = refused(desk, draft)
    assert said == (
        "stealth/mule-beta was never audited: run `darkhorse audit stealth/mule-beta`, or go "
        "without one with --accept no-audit."
    )
    assert desk.standing(draft).sentence() == "not audited"


def test_an_audit_without_a_sure_leak_lets_it_go(desk, draft):
    audit = audited(desk, draft, ODDS)
    move = desk.moves(go(desk, draft))[-1]
    assert (move.kind, move.accepted) == ("go-live", ())
    assert audit.id in move.detail


def test_going_without_one_is_on_the_record(desk, draft):
    move = desk.moves(go(desk, draft, "no-audit"))[-1]
    assert (move.who, move.why, move.accepted) == ("bob", "it is Monday", ("no-audit",))
    assert "aud-" not in move.detail


def test_each_sure_leak_has_to_be_accepted_by_name(desk, draft):
    audited(desk, draft, SURE, msgspec.structs.replace(SURE, name="model-name"), ODDS)
    said = refused(desk, draft)
    assert "leaks at headers/unknown, model-name" in said
    assert "--accept headers/unknown --accept model-name" in said
    assert "leaks at model-name (" in refused(desk, draft, "headers/unknown")
    live = go(desk, draft, "model-name", "headers/unknown")
    assert desk.moves(live)[-1].accepted == ("headers/unknown", "model-name")


def test_no_audit_is_not_a_word_for_all_leaks(desk, draft):
    audited(desk, draft, SURE)
    assert "leaks at headers/unknown" in refused(desk, draft, "no-audit")


def test_a_finding_that_is_not_there_is_a_slip_of_the_pen(desk, draft):
    assert "--accept headers/unknwon: there is no audit" in refused(desk, draft, "headers/unknwon")
    assert "--accept x" in refused(desk, draft, "no-audit", "x")
    audited(desk, draft, SURE)
    assert "has no finding of that name" in refused(desk, draft, "headers/unknwon")
    assert "--accept transport: it does not stop" in refused(
        desk, draft, "headers/unknown", "transport"
    )


def test_a_channel_without_answers_stops_it_like_a_leak(desk, draft):
    audited(desk, draft, SURE, MUTE)
    assert "leaks at headers/unknown and did not answer enough for language (" in refused(
        desk, draft
    )
    assert "mule-beta did not answer enough for language (" in refused(
        desk, draft, "headers/unknown"
    )
    live = go(desk, draft, "headers/unknown", "language")
    assert desk.moves(live)[-1].accepted == ("headers/unknown", "language")


@pytest.mark.parametrize("age", [7 * DAY + 1, -7 * DAY - 1], ids=["past", "future"])
def test_an_audit_is_good_for_a_week(desk, draft, clock, age):
    audited(desk, draft, at_us=T0 - age)
    assert "was audited on " in (said := refused(desk, draft))
    assert "run `darkhorse audit stealth/mule-beta`" in said
    assert desk.standing(draft).sentence().endswith("7 days ago: too old to go live with")
    audited(desk, draft, at_us=T0 - 7 * DAY)
    assert go(desk, draft).life.state == "live"


def test_the_newest_audit_counts(desk, draft, clock):
    audited(desk, draft, SURE)
    audited(desk, draft, at_us=T0 + 1)
    assert [audit.id for audit in desk.audits(draft)] == ["aud-1", "aud-0"]
    assert go(desk, draft).life.state == "live"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ((SHUT, 'url = "http://127.0.0.1:2/v1"'), "its private side"),
        (('model = "Example-5"', 'model = "Example-6"'), "its private side"),
        (('model = "Example-5"', 'model = "Example-5"\naliases = ["X"]'), "its private side"),
        (("context = 1000", "context = 2000"), "its public side"),
        (
            ("max_output = 500", "max_output = 400"),
            "its public side",
        ),
    ],
)  # fmt: skip
def test_what_changed_since_has_to_be_audited_again(desk, draft, change, part):
    audited(desk, draft)
    changed = edited(desk, draft, *change)
    assert f"was audited before {part} changed: run `darkhorse audit" in refused(desk, changed)
    assert desk.standing(changed).sentence().endswith(f"before {part} changed")
    back = edited(desk, changed, *reversed(change))
    assert go(desk, back).life.state == "live"


def test_what_the_reveal_will_say_is_no_part_of_it(desk, draft):
    audited(desk, draft)
    told = edited(desk, draft, 'model = "Example-5"', 'model = "Example-5"\nreveal.text = "Hi."')
    assert go(desk, told).life.state == "live"


@pytest.mark.parametrize("part", [{"only": ("headers",)}, {"url": "https://example.com"}])
def test_half_an_audit_is_none(desk, draft, part):
    audited(desk, draft, **part)
    assert "was never audited" in refused(desk, draft)


def test_each_live_change_that_no_audit_saw_is_noted(desk, draft):
    audited(desk, draft)
    live = go(desk, draft)
    live = edited(desk, live, SHUT, 'url = "http://127.0.0.1:2/v1"')
    move = desk.moves(live)[-1]
    assert "private: endpoint; audited on " in move.detail
    assert "before its private side changed" in move.detail
    assert desk.standing(live).kind == "changed"
    again = edited(desk, live, "127.0.0.1:2", "127.0.0.1:3")
    assert desk.moves(again)[-1].detail == move.detail
    told = edited(desk, again, "window.days", 'description = "A mule."\nwindow.days')
    both = "before its private side and its public side changed"
    assert desk.moves(told)[-1].detail.endswith(both)
    ready = edited(desk, told, "[private]", '[private]\nreveal.text = "Hi."')
    assert desk.moves(ready)[-1].detail == "private: reveal"  # no audit would see that


def test_a_launch_that_was_never_audited_is_not_said_to_have_changed(desk, draft):
    live = edited(desk, go(desk, draft, "no-audit"), "127.0.0.1:1", "127.0.0.1:2")
    assert desk.moves(live)[-1].detail == "private: endpoint"


def test_the_state_of_a_launch_matters_more_than_its_audit(desk, draft):
    live = go(desk, draft, "no-audit")
    with pytest.raises(ConfigError, match="only a draft can go live"):
        go(desk, live)


def test_a_discarded_draft_leaves_no_audit(desk, draft):
    audit = audited(desk, draft)
    desk.discard(draft)
    assert desk.audits(draft) == []
    with pytest.raises(ConfigError, match="was discarded while it was audited"):
        desk.keep_audit(draft, audit)


def test_an_audit_comes_back_as_it_went(desk, draft):
    audit = audited(desk, draft, SURE, calls=3, seconds=0.5, endpoint="east")
    assert desk.audits(draft) == [audit]


def test_a_subject_is_of_what_answers_and_of_what_is_told():
    one = file_of(LAUNCH).definition
    spelt = file_of(
        "[private]" + LAUNCH.split("[private]")[1] + "\n" + LAUNCH.split("[private]")[0]
    )
    subject = subject_of(one)
    assert subject == subject_of(spelt.definition)
    assert [len(half) for half in subject.split(":")] == [64, 64]
    both = LAUNCH.replace("127.0.0.1:1", "127.0.0.1:2").replace("Mule Beta", "Mule Gamma")
    other = subject_of(file_of(both).definition)
    assert subject_change(subject, other) == "its private side and its public side"
    assert subject_change(subject, subject) == ""
