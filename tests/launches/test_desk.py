"""The operator's desk over the real store: every move noted, nothing half-done."""

import threading

import msgspec
import pytest
from launch_kit import DAY, LAUNCH, T0, HandClock, file_of
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError

from darkhorse.base.clock import SteadyClock
from darkhorse.base.errors import ConfigError
from darkhorse.launches.board import Board
from darkhorse.launches.clock import LaunchClock
from darkhorse.launches.desk import CLOCK, Desk, Reason
from darkhorse.storage.state.launches import SqlLaunchStore, SqlPublicLaunches
from darkhorse.storage.state.migrations import open_state

ANN = Reason("ann", "to see", ("no-audit",))
ENDLESS = LAUNCH.replace("mule", "endless").replace("window.days = 5\n", "")


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def store(tmp_path, clock):
    store = SqlLaunchStore(open_state(tmp_path / "state.sqlite", clock))
    yield store
    store.close()


@pytest.fixture
def desk(store, clock):
    numbers = iter(range(1000))
    return Desk(store, clock, lambda: f"lch-{next(numbers)}")


def test_every_move_is_kept_with_who_when_and_why(desk, clock):
    launch = desk.create(file_of(LAUNCH), Reason("ann", "for Monday"))
    clock.us += DAY
    launch = desk.go_live(
        launch, Reason("bob", "it is Monday", ("no-audit",)), detail="1.1 native a public"
    )
    launch = desk.extend(launch, Reason("cyd", "people like it"), closes_us=T0 + 9 * DAY)
    launch = desk.retire(launch, Reason("dan", "enough"))
    launch = desk.reveal(launch, Reason("eve", "the day"), text="Hello.", successor="a/b")
    rows = [(m.kind, m.who, m.why, m.at_us) for m in desk.moves(launch)]
    assert rows == [
        ("create", "ann", "for Monday", T0),
        ("go-live", "bob", "it is Monday", T0 + DAY),
        ("extend", "cyd", "people like it", T0 + DAY),
        ("retire", "dan", "enough", T0 + DAY),
        ("reveal", "eve", "the day", T0 + DAY),
    ]
    assert desk.moves(launch)[1].detail == "1.1 native a public"
    assert desk.find("mule-beta") == launch
    assert (launch.reveal.text, launch.reveal.successor) == ("Hello.", "a/b")


def test_a_launch_comes_back_from_the_store_as_it_went(desk):
    launch = desk.create(file_of(LAUNCH), ANN)
    assert desk.find(launch.id) == launch
    assert launch.source == LAUNCH


def test_two_launches_never_share_a_name(desk, store):
    first = desk.create(file_of(LAUNCH), ANN)
    for taken in ('aliases = ["x", "stealth/mule-beta"]', 'aliases = ["mule"]'):
        text = LAUNCH.replace("stealth/mule-beta", "stealth/other").replace(
            'aliases = ["mule"]', taken
        )
        with pytest.raises(ConfigError, match="is a name of the launch stealth/mule-beta"):
            desk.create(file_of(text), ANN)
    with pytest.raises(ConfigError, match="a name is never used twice"):
        desk.create(file_of(LAUNCH), ANN)
    assert store.launches() == [first]
    desk.retire(desk.go_live(first, ANN), ANN)
    with pytest.raises(ConfigError, match=r"\(retired\)"):
        desk.create(file_of(LAUNCH), ANN)


def test_a_window_in_the_past_makes_no_draft(desk, store):
    text = LAUNCH.replace("days = 5", "closes = 2026-01-01T00:00:00Z")
    with pytest.raises(ConfigError, match=r"public\.window\.closes: that moment is past"):
        desk.create(file_of(text), ANN)
    assert store.launches() == []
    assert store.version() == 0


def test_who_comes_second_is_told_and_changes_nothing(desk):
    seen = desk.create(file_of(LAUNCH), ANN)
    desk.go_live(seen, ANN)
    with pytest.raises(ConfigError, match="was changed by somebody else just now"):
        desk.go_live(seen, ANN)
    assert [move.kind for move in desk.moves(seen)] == ["create", "go-live"]


def test_of_many_at_once_one_moves_it(desk):
    """Really at once: each thread has a connection of its own."""
    seen = desk.create(file_of(LAUNCH), ANN)
    gate, done = threading.Barrier(8), []

    def move():
        gate.wait()
        try:
            done.append(desk.go_live(seen, ANN))
        except ConfigError as e:
            done.append(e)

    threads = [threading.Thread(target=move) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, ConfigError) for each in done) == 7
    assert len(desk.moves(seen)) == 2


@pytest.mark.parametrize("name", ["stealth/mule-beta", "mule", "mule-beta", "lch-0"])
def test_a_launch_is_found_by_any_of_its_names(desk, name):
    made = desk.create(file_of(LAUNCH), ANN)
    assert desk.find(name) == made


def test_a_name_that_nobody_has(desk):
    with pytest.raises(ConfigError, match="is none yet: `darkhorse launch create FILE`"):
        desk.find("pony")
    desk.create(file_of(LAUNCH), ANN)
    with pytest.raises(ConfigError, match="there are stealth/mule-beta"):
        desk.find("pony")


def other(window="window.days = 9"):
    """A launch file for another launch."""
    text = LAUNCH.replace("mule-beta", "pony-beta").replace('["mule"]', "[]")
    return file_of(text.replace("window.days = 5", window))


def test_a_short_name_of_two_is_none(desk):
    first = desk.create(file_of(LAUNCH), ANN)
    text = LAUNCH.replace("stealth/mule-beta", "other/mule-beta").replace('["mule"]', "[]")
    second = desk.create(file_of(text), ANN)
    with pytest.raises(ConfigError, match="there are stealth/mule-beta, other/mule-beta"):
        desk.find("mule-beta")
    assert desk.find("other/mule-beta") == second
    assert desk.launches() == [first, second]


def test_the_store_has_the_oldest_first_and_the_public_the_newest(desk, clock, tmp_path):
    late = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    clock.us -= DAY
    early = desk.go_live(desk.create(other(), ANN), ANN)
    assert desk.launches() == [early, late]
    public = SqlPublicLaunches(tmp_path / "state.sqlite")
    assert public.launches() == [late.public(), early.public()]
    public.close()


def test_an_edit_is_kept_with_its_text(desk):
    draft = desk.create(file_of(LAUNCH), ANN)
    text = LAUNCH.replace("context = 1000", "context = 2000")
    assert desk.edit(draft, file_of(text), ANN) == desk.find("mule")
    assert (desk.find("mule").listing.context, desk.find("mule").source) == (2000, text)


def test_whether_it_could_go_live_is_asked_without_a_move(desk, clock):
    draft = desk.create(file_of(LAUNCH), ANN)
    desk.check_go_live(draft, ANN)
    assert desk.find("mule") == draft
    with pytest.raises(ConfigError, match="only a draft can go live"):
        desk.check_go_live(desk.go_live(draft, ANN), ANN)
    closing = desk.create(other("window.closes = 2026-02-06T00:00:01Z"), ANN)
    clock.us += 1_000_000
    with pytest.raises(ConfigError, match="its window ended on 6 February 2026"):
        desk.check_go_live(closing, ANN)


def test_a_window_that_closes_now_is_past(desk):
    with pytest.raises(ConfigError, match="that moment is past"):
        desk.create(other("window.closes = 2026-02-06T00:00:00Z"), ANN)
    assert desk.create(other(""), ANN).life.state == "draft"


def test_what_is_live_and_not_over_is_not_retired_by_a_reveal(desk):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    with pytest.raises(ConfigError, match=r"is live: .* Retire it first\."):
        desk.reveal(launch, ANN, text="", successor="")
    assert desk.find("mule") == launch


def test_the_launch_clock_leaves_those_alone_that_are_not_over(desk, store, clock):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    stays = desk.go_live(desk.create(other(), ANN), ANN)
    without = desk.go_live(desk.create(file_of(ENDLESS), ANN), ANN)
    told = []
    ticking = LaunchClock(store, desk, clock, told.append)
    clock.us = launch.life.closes_us
    ticking.tick()
    assert [each.id for each in told] == [launch.id]
    assert [desk.find(each.id) for each in (stays, without)] == [stays, without]
    clock.us = stays.life.closes_us
    ticking.tick()  # the next is due though nobody moved anything
    assert [each.id for each in told] == [launch.id, stays.id]
    assert desk.find(without.id) == without


def test_the_launch_clock_retires_what_is_over_once(desk, store, clock):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    told = []
    ticking = LaunchClock(store, desk, clock, told.append)
    ticking.tick()
    clock.us = launch.life.closes_us - 1
    ticking.tick()
    assert told == []
    clock.us += 3 * DAY  # nobody looked for three days
    ticking.tick()
    ticking.tick()
    clock.us -= 30 * DAY  # and the clock goes back
    ticking.tick()
    (over,) = told
    assert over.life.retired_us == launch.life.closes_us
    last = desk.moves(over)[-1]
    assert (last.kind, last.who, last.why) == ("retire", CLOCK, "its window ended")
    assert desk.find("mule").life.state_at(clock.us) == "retired"


def test_a_retirement_by_hand_after_the_end_is_of_the_end(desk, clock):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    clock.us += 6 * DAY
    over = desk.retire(launch, ANN)
    assert over.life.retired_us == over.changes[-1].at_us == launch.life.closes_us
    last = desk.moves(over)[-1]
    assert (last.who, last.at_us, last.shown) == ("ann", clock.us, "Its window ended.")


def test_a_reveal_notes_an_end_that_nobody_noted(desk, clock):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    clock.us += 6 * DAY
    desk.reveal(launch, ANN, text="", successor="")
    kinds = [(move.kind, move.who) for move in desk.moves(launch)]
    assert kinds[-2:] == [("retire", CLOCK), ("reveal", "ann")]


def test_nothing_is_ended_for_good_by_a_clock_that_has_just_started(desk, store, clock):
    """A machine's clock is often ahead until the network has set it."""
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    clock.us += 30 * DAY
    machine = StartedClock(clock)
    steady = SteadyClock(machine, doubt_s=120)
    ticking = LaunchClock(store, desk, steady, lambda _: None)
    for _ in range(100):
        machine.seconds += 1
        ticking.tick()
    clock.us = T0
    for _ in range(1000):
        machine.seconds += 1
        ticking.tick()
    assert desk.find(launch.id).life.state == "live"
    clock.us = T0 + 6 * DAY
    for _ in range(250):
        machine.seconds += 1
        ticking.tick()
    assert desk.find(launch.id).life.state == "retired"


class StartedClock:
    """The hand's wall clock on a machine whose own pace goes on."""

    def __init__(self, wall):
        self.wall = wall
        self.seconds = 0

    def now_us(self):
        return self.wall.us + self.seconds * 1_000_000

    def monotonic(self):
        return float(self.seconds)


def test_a_move_is_never_before_the_last_one(desk, clock):
    clock.us += DAY  # a clock that is ahead, and set right later
    live = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    clock.us -= DAY
    retired = desk.retire(live, ANN)
    assert retired.life.retired_us == live.life.live_us


def test_the_launch_clock_follows_a_window_that_is_moved(desk, store, clock):
    launch = desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    ticking = LaunchClock(store, desk, clock, lambda _: None)
    ticking.tick()
    desk.extend(launch, ANN, closes_us=T0 + 9 * DAY)
    clock.us = T0 + 6 * DAY
    ticking.tick()
    assert desk.find("mule").life.state == "live"
    desk.extend(desk.find("mule"), ANN, closes_us=clock.us + 1)
    clock.us += 1
    ticking.tick()
    assert desk.find("mule").life.state == "retired"


def test_the_board_follows_the_store(desk, store):
    seen = []
    board = Board(store, seen.append)
    board.load()
    board.load()
    assert len(seen) == 1
    desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    assert board.catalogue().live(T0) == []
    board.load()
    assert [each.listing.slug for each in board.catalogue().live(T0)] == ["stealth/mule-beta"]
    assert seen[-1] is board.catalogue()


def test_the_publics_reader_has_no_draft_and_no_private_side(desk, tmp_path):
    public = SqlPublicLaunches(tmp_path / "state.sqlite")
    launch = desk.create(file_of(LAUNCH), ANN)
    assert public.launches() == []
    live = desk.go_live(launch, ANN)
    assert public.launches() == [live.public()]
    text = msgspec.json.encode(public.launches()).decode()
    for word in ("Example", "east", "127.0.0.1", "EAST_KEY"):
        assert word not in text
    public.close()


def test_the_publics_reader_waits_for_a_file(tmp_path):
    public = SqlPublicLaunches(tmp_path / "state.sqlite")
    assert public.launches() == []
    public.close()


def test_a_file_that_is_taken_away_is_a_failure_and_not_an_empty_house(desk, tmp_path):
    path = tmp_path / "state.sqlite"
    public = SqlPublicLaunches(path)
    desk.go_live(desk.create(file_of(LAUNCH), ANN), ANN)
    assert len(public.launches()) == 1
    path.rename(tmp_path / "away")
    with pytest.raises(DatabaseError):
        public.launches()
    (tmp_path / "away").rename(path)
    assert len(public.launches()) == 1
    public.close()


def test_a_full_disk_is_one_sentence_and_changes_nothing(desk, store):
    launch = desk.create(file_of(LAUNCH), ANN)
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # of this connection alone
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    full = file_of(LAUNCH.replace("A launch", "A launch " + "x" * 5_000_000))
    event.listen(
        store._engine,
        "checkout",
        lambda c, *_: c.execute(f"PRAGMA max_page_count = {pages + 3}"),
    )
    with pytest.raises(ConfigError, match=r"cannot be written .*; nothing was changed"):
        desk.edit(launch, msgspec.structs.replace(full, definition=wider(full)), ANN)
    assert desk.find(launch.id) == launch


def wider(full):
    public = msgspec.structs.replace(full.definition.public, description="more")
    return msgspec.structs.replace(full.definition, public=public)
