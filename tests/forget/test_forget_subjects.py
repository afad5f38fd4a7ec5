"""Of a subject that is erased no byte is left, and everybody else's record is as it was."""

import stat

import pytest

from darkhorse.storage.erasures import Subject
from darkhorse.storage.ledger.forget.absent import places_of
from darkhorse.storage.ledger.forget.work import WORK_FILE
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.reports import Feedback, Report
from darkhorse.storage.state.reports import SqlReportStore
from forget.forget_kit import (
    KINDS,
    PEOPLE,
    SHARED,
    SUBJECTS,
    Ledger,
    canary,
    expected_bodies,
    facts_of,
    key_of,
    name_of,
)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "data")
    yield made
    made.close()


def of_key(subject):
    return Subject(keys=(key_of(subject),))


def of_user(subject):
    person = PEOPLE.person(key=key_of(subject), user=canary(subject, "user"), address="")
    return Subject(people=(person,))


def of_ids(subject):
    return Subject(generations=tuple(name_of(subject, turn) for turn in range(3)))


def found(ledger, subject):
    return {kind for kind in KINDS if places_of(ledger.data, canary(subject, kind))}


def is_gone(ledger, subject):
    """Every canary ends alike; the search index knows whole words only."""
    ending, word = f"of{subject}", canary(subject, "prompt")
    return not places_of(ledger.data, ending) and not places_of(ledger.data, word)


@pytest.mark.parametrize(("subject_of", "seal"), [(of_key, True), (of_user, False), (of_ids, True)])
def test_one_after_the_other_goes_and_leaves_no_byte(ledger, subject_of, seal):
    ledger.write()
    ledger.keep(seal=seal)
    left = list(SUBJECTS)
    assert found(ledger, "ann") == set(KINDS)
    while left:
        gone = left.pop(0)
        assert not is_gone(ledger, gone)
        ledger.order(subject_of(gone))
        ledger.run()
        ledger.store.withdraw("ers-1")
        assert is_gone(ledger, gone)
        assert ledger.bodies() == expected_bodies(left)
        assert bool(places_of(ledger.data, SHARED)) == bool(left)


@pytest.mark.parametrize("seal", [True, False], ids=["sealed", "recent"])
def test_totals_are_those_of_a_ledger_that_never_had_it(ledger, tmp_path, seal):
    ledger.write()
    ledger.keep(seal=seal)
    ledger.order(of_key("ben"))
    ledger.run()
    other = Ledger(tmp_path / "other")
    other.write(("ann", "cyd"))
    other.keep(seal=seal)
    other.close()
    assert facts_of(ledger.data) == facts_of(other.data)
    ours, theirs = (Packed(each.layout.packed).counts() for each in (ledger, other))
    assert ours.starts == theirs.starts == 6
    assert ours.ends == theirs.ends
    assert ours.request_bytes == theirs.request_bytes
    assert ours.answer_bytes == theirs.answer_bytes
    assert ours.meta_bytes == theirs.meta_bytes
    assert ours.erased == 6


def test_what_is_left_of_an_order_is_that_it_happened(ledger):
    ledger.write()
    ledger.keep()
    asked = ledger.order(of_key("ann"))
    size = sum(len(body) for pair in expected_bodies(["ann"]).values() for body in pair)
    ledger.run()
    (done,) = ledger.store.erasures()
    assert (done.id, done.kind, done.asked_us) == (asked.id, "key", asked.asked_us)
    assert (done.stage, done.subject, done.generations, done.size) == ("done", None, 3, size)
    assert done.done_us
    assert not (ledger.data / WORK_FILE).exists()
    assert places_of(ledger.data, name_of("ann", 1)) == []


def test_everything_stays_private_to_its_owner(ledger):
    ledger.write()
    ledger.keep()
    ledger.order(of_key("ann"))
    forgetting = ledger.forgetting()
    while ledger.store.unfinished():
        forgetting.step()
        for path in ledger.data.rglob("*"):
            shown = stat.S_IMODE(path.lstat().st_mode)
            assert path.is_dir() or shown & 0o077 == 0, path
    forgetting.close()


def test_who_comes_back_is_stored_anew(ledger):
    ledger.write()
    ledger.keep()
    ledger.order(of_key("ann"))
    ledger.run()
    ledger.write(("ann",))
    ledger.keep()
    assert ledger.bodies() == expected_bodies(SUBJECTS)


def test_what_is_packed_while_it_is_marked_stays_whole(ledger):
    """The packer meets chains that are about to die, before and after they lose their names."""
    ledger.write()
    ledger.keep()
    ledger.order(of_ids("ann"))
    packer = ledger.packer()
    forgetting = ledger.forgetting(packer=packer)
    for turns in range(1, 40):
        forgetting.step()
        if turns in (3, 5, 7, 9):
            ledger.write(("cyd",), turns=3)
            while packer.step():
                pass
    packer.close()
    ledger.keep(seal=False)
    forgetting.close()
    ledger.run()
    bodies = ledger.bodies()
    assert set(bodies) == set(expected_bodies(("ben", "cyd")))
    assert set(map(bytes, bodies[name_of("cyd", 2)])) == set(
        expected_bodies(("cyd",))[name_of("cyd", 2)]
    )


def test_what_still_runs_is_waited_for(ledger):
    ledger.write(open_ended={("ann", 1)})
    ledger.keep()
    ledger.order(of_key("ann"))
    forgetting = ledger.forgetting()
    for _ in range(20):
        forgetting.step()
    (order,) = ledger.store.unfinished()
    assert (order.stage, order.generations) == ("finding", 3)
    assert order.why == "1 of its generations still run"
    assert not is_gone(ledger, "ann")
    ledger.end("ann", 1)
    ledger.keep()
    forgetting.close()
    ledger.run()
    assert is_gone(ledger, "ann")
    assert ledger.bodies() == expected_bodies(("ben", "cyd"))


def test_an_order_waits_until_the_journal_is_packed(ledger):
    ledger.write()
    ledger.order(of_key("ann"))
    forgetting = ledger.forgetting()
    for _ in range(5):
        assert not forgetting.step()
    (order,) = ledger.store.unfinished()
    assert (order.stage, order.why) == ("waiting", "1 files of the journal are not packed yet")
    assert (ledger.layout.journal / "relay.turn").exists()
    forgetting.close()


def test_reports_and_feedback_go_with_their_generation(ledger):
    ledger.write()
    ledger.keep()
    reports = SqlReportStore(ledger.store._engine)
    for subject in ("ann", "ben"):
        text = canary(subject, "report")
        about = name_of(subject, 0)
        report = Report(id=f"rep-{subject}", at_us=1, what="other", text=text, generation=about)
        assert reports.add(report, since_us=0, most=9, most_open=9)
        said = Feedback(
            generation=about, listing="l", key=key_of(subject), at_us=1, category="other"
        )
        assert reports.add_feedback(said)
    ledger.order(of_user("ann"))
    ledger.run()
    assert [each.id for each in reports.reports()] == ["rep-ben"]
    assert [each.key for each in reports.feedback()] == [key_of("ben")]
    assert places_of(ledger.data, canary("ann", "report")) == []


def test_facts_made_anew_in_the_middle_are_made_without_it(ledger):
    ledger.write()
    ledger.keep()
    ledger.order(of_key("ann"))
    forgetting = ledger.forgetting()
    while ledger.store.unfinished()[0].stage != "packed":
        forgetting.step()
    forgetting.close()
    ledger.layout.facts.unlink()
    ledger.keep()
    assert places_of(ledger.data, canary("ann", "app"))
    ledger.run()
    ledger.keep()
    assert is_gone(ledger, "ann")
    assert {row["listing"]: row["requests"] for row in facts_of(ledger.data)["total"]} == {
        "stealth/pony-alpha": 6
    }


@pytest.mark.parametrize("name", ["facts", "search"])
def test_what_is_made_anew_in_the_middle_leaves_nothing(ledger, name):
    """Nor does anybody seal or index again before the order is done."""
    ledger.write()
    ledger.keep()
    ledger.order(of_key("ann"))
    forgetting = ledger.forgetting()
    while ledger.store.unfinished()[0].stage != "packed":
        forgetting.step()
    forgetting.close()
    path = getattr(ledger.layout, name)
    for each in ledger.data.glob(f"{path.name}*"):
        each.unlink()
    ledger.keep()
    assert places_of(ledger.data, {"facts": "ofann", "search": canary("ann", "prompt")}[name])
    ledger.run()
    assert is_gone(ledger, "ann")
