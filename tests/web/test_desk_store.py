"""Sessions and links of the desk: in SQL, and in the tests' stand-in for it."""

import threading

import pytest
from desk_kit import Remembered
from pages_kit import HandClock

from darkhorse.base.errors import ConfigError
from darkhorse.storage.desk import DeskSession
from darkhorse.storage.state.desk import SqlDeskStore, open_desk_state


@pytest.fixture
def sql(tmp_path):
    store = SqlDeskStore(open_desk_state(tmp_path / "desk.sqlite", HandClock()))
    yield store
    store.close()


@pytest.fixture(params=["sql", "in memory"])
def store(request):
    return Remembered() if request.param == "in memory" else request.getfixturevalue("sql")


def session(name, *, made_us=10, used_us=20, **more):
    return DeskSession(id=name, made_us=made_us, used_us=used_us, **{"by": "link", **more})


def test_a_session_comes_back_as_it_went(store):
    whole = session("a", by="key", key="ff", label="Ada's ☃", browser="<b>\x1b[31m")
    store.add(whole)
    assert store.session("a") == whole
    assert store.session("b") is None
    assert store.sessions() == [whole]


def test_the_last_used_comes_first(store):
    store.add(session("a", used_us=1))
    store.add(session("b", used_us=2))
    store.use("a", 3)
    store.use("nobody", 4)
    assert [(each.id, each.used_us) for each in store.sessions()] == [("a", 3), ("b", 2)]


def test_one_ends_or_all_others(store):
    for name in "abcd":
        store.add(session(name))
    store.end("b")
    store.end("nobody")
    assert store.end_others("c") == 2
    assert [each.id for each in store.sessions()] == ["c"]


def test_what_is_old_is_forgotten(store):
    store.add(session("idle", made_us=100, used_us=49))
    store.add(session("long", made_us=9, used_us=99))
    store.add(session("young", made_us=10, used_us=50))
    store.add_link("over", 5)
    store.add_link("good", 6)
    store.forget(50, 10, 5)
    assert [each.id for each in store.sessions()] == ["young"]
    assert not store.spend_link("over", 0)
    assert store.spend_link("good", 5)


def test_a_link_is_spent_once_and_in_time(store):
    store.add_link("a", 100)
    assert not store.spend_link("b", 1)
    assert not store.spend_link("a", 100), "that late it is over"
    assert store.spend_link("a", 99)
    assert not store.spend_link("a", 99)


def test_of_many_at_once_one_has_the_link(sql):
    sql.add_link("a", 100)
    got = []
    asking = [threading.Thread(target=lambda: got.append(sql.spend_link("a", 1))) for _ in range(8)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_file_of_something_else_is_named(tmp_path):
    path = tmp_path / "desk.sqlite"
    path.write_bytes(b"this is no database at all, whatever it is" * 99)
    with pytest.raises(ConfigError, match=r"desk\.sqlite"):
        open_desk_state(path, HandClock())
