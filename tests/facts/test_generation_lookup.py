"""One generation after its end, for the key that made it and for nobody else."""

import asyncio
import threading

import msgspec
import pytest
from accounting_kit import HERS, MINE, Traffic

from darkhorse.base.errors import RateLimited
from darkhorse.storage.accounting import ContentGone, ContentLate, GenerationFacts
from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger import lookup
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.lookup import LedgerGenerations
from darkhorse.storage.records import Answer

WHO = {
    "app_url": "https://app.example/page?q",
    "app_title": "An app",
    "user_agent": "curl/8",
    "address": "ad" * 12,
    "person": "9e" * 12,
    "session": "5e" * 12,
}


def test_facts_say_what_the_client_may_know(traffic):
    begun, ended = traffic.generate(usd=7, **WHO)
    traffic.fold()
    assert traffic.find(begun.id) == GenerationFacts(
        id=begun.id,
        key=MINE,
        at_us=begun.at_us,
        listing="a/one",
        dialect="chat",
        streamed=True,
        outcome="done",
        finish="stop",
        prompt_tokens=10,
        completion_tokens=5,
        reasoning_tokens=2,
        micro_usd=7,
        first_token_ms=ended.first_token_ms,
        duration_ms=ended.duration_ms,
        app=app_of("https://app.example", "").id,
        app_url="https://app.example/page?q",
        app_title="An app",
        user_agent="curl/8",
    )


@pytest.mark.parametrize(
    "more",
    [
        {"usage": None, "outcome": "failed", "status": 502, "error_type": "server"},
        {"outcome": "cancelled", "finish": None, "first_token_ms": None, "micro_usd": 3},
        {},
    ],
)
@pytest.mark.parametrize("who", [{}, WHO])
def test_before_the_fold_and_after_it_the_answer_is_the_same(traffic, more, who):
    begun, ended = traffic.generate(**who)
    ended = msgspec.structs.replace(ended, **more)
    other = LedgerGenerations(Layout(traffic.facts.data))
    other.ended(begun, ended)
    traffic.journal.cut(0)
    traffic.journal.begin_file()
    traffic.journal.append(begun, ended)
    traffic.fold()
    assert asyncio.run(other.facts(begun.id, MINE)) == traffic.find(begun.id) is not None
    other.close()


def test_nothing_of_an_endpoint_is_in_what_is_given(traffic):
    begun, _ = traffic.generate()
    traffic.fold()
    given = msgspec.json.encode([traffic.find(begun.id), traffic.content(begun.id)])
    assert b"second" not in given  # the endpoint
    assert b"native" not in given


def test_anothers_is_not_found_whether_folded_or_not(traffic):
    begun, ended = traffic.generate(key=HERS)
    for step in (lambda: traffic.read.ended(begun, ended), traffic.fold):
        step()
        assert traffic.find(begun.id, HERS).id == begun.id
        assert traffic.find(begun.id, MINE) is None
        assert traffic.content(begun.id, MINE) is None
        assert traffic.find(begun.id, None).key == HERS


def test_one_that_runs_is_not_found_yet(traffic):
    begun = traffic.begin()
    traffic.journal.append(begun)
    traffic.fold()
    assert traffic.find(begun.id) is None
    assert traffic.content(begun.id) is None


def test_where_there_are_no_facts_the_newest_are_known_all_the_same(tmp_path):
    reader = LedgerGenerations(Layout(tmp_path))
    assert asyncio.run(reader.facts("gen-1", MINE)) is None
    assert asyncio.run(reader.content("gen-1", MINE, str)) is None
    traffic = Traffic(tmp_path)
    begun, ended = traffic.generate()
    reader.ended(begun, ended)
    assert asyncio.run(reader.facts(begun.id, MINE)).id == begun.id
    traffic.close()
    reader.close()


def test_only_so_many_are_remembered(traffic):
    reader = LedgerGenerations(Layout(traffic.facts.data), kept=3)
    told = [traffic.generate() for _ in range(5)]
    for begun, ended in told:
        reader.ended(begun, ended)
    found = [asyncio.run(reader.facts(begun.id, MINE)) for begun, _ in told]
    assert [each is not None for each in found] == [False, False, True, True, True]
    reader.close()


# --- bodies ---


def test_content_is_the_body_as_it_came_and_the_answer(traffic):
    body = b'{"messages": [ 1 ]}'
    begun, _ = traffic.generate(body=body, answer="Hello.")
    traffic.fold()
    content = traffic.content(begun.id)
    assert (content.request, content.dialect) == (body, "chat")
    assert content.answer == Answer("Hello.", "hm")
    assert (content.outcome, content.status) == ("done", 200)


def test_each_has_its_own_across_files_and_between_damage(traffic):
    bodies = {}
    for number in range(12):
        body = b'{"n": %d, "pad": "%s"}' % (number, b"x" * (997 * number))
        begun, _ = traffic.generate(body=body, answer=f"answer {number}")
        bodies[begun.id] = body, f"answer {number}"
        if number in (3, 7):
            with traffic.journal.path.open("ab") as file:
                file.write(b"\xffDH\xfe noise" * 9)
        if number % 4 == 1:
            traffic.journal.begin_file()
    running = traffic.begin()
    traffic.journal.append(running, body=b'{"late": 1}')
    traffic.fold()
    traffic.journal.begin_file()
    late = traffic.generate()[1]
    traffic.journal.append(msgspec.structs.replace(late, id=running.id), body=b'{"content":"end"}')
    traffic.fold()
    bodies[running.id] = b'{"late": 1}', "end"
    for name, (body, answer) in bodies.items():
        content = traffic.content(name)
        assert (content.request, content.answer.content) == (body, answer)


def test_what_is_not_folded_yet_is_waited_for(traffic):
    begun, ended = traffic.generate(answer="soon")
    traffic.read.ended(begun, ended)

    async def ask():
        content = asyncio.create_task(
            traffic.read.generations.content(begun.id, MINE, lambda it: it)
        )
        done, _ = await asyncio.wait([content], timeout=0.2)
        assert not done
        await asyncio.to_thread(traffic.fold)
        return await content

    assert asyncio.run(ask()).answer.content == "soon"


def test_nobody_waits_for_what_was_never_there(traffic, monkeypatch):
    monkeypatch.setattr(lookup, "_POLL_S", 60)
    assert traffic.content("gen-none") is None
    begun, ended = traffic.generate(key=HERS)
    traffic.read.ended(begun, ended)
    assert traffic.content(begun.id, MINE) is None


def test_where_no_keeper_folds_the_wait_ends(traffic, monkeypatch):
    monkeypatch.setattr(lookup, "_POLLS", 2)
    begun, ended = traffic.generate()
    traffic.read.ended(begun, ended)
    with pytest.raises(ContentLate):
        traffic.content(begun.id)
    assert traffic.find(begun.id).id == begun.id


def test_a_file_that_is_gone_takes_its_bodies_along_and_no_facts(traffic):
    begun, _ = traffic.generate()
    traffic.fold()
    traffic.journal.path.unlink()
    with pytest.raises(ContentGone):
        traffic.content(begun.id)
    assert traffic.find(begun.id).id == begun.id


def test_another_frame_in_the_place_is_not_taken_for_it(traffic):
    begun, _ = traffic.generate()
    traffic.fold()
    size = traffic.journal.path.stat().st_size
    traffic.journal.number -= 1
    traffic.journal.begin_file()  # as a restart after a power cut would
    traffic.generate(key=HERS, body=b'{"secret": 1}')
    assert traffic.journal.path.stat().st_size >= size - 50
    with pytest.raises(ContentGone):
        traffic.content(begun.id)


def test_damaged_bytes_are_no_content(traffic):
    begun, _ = traffic.generate(body=b'{"a":"' + b"x" * 500 + b'"}')
    traffic.fold()
    raw = bytearray(traffic.journal.path.read_bytes())
    at = raw.index(b"x" * 100)
    raw[at] ^= 1
    traffic.journal.path.write_bytes(raw)
    with pytest.raises(ContentGone):
        traffic.content(begun.id)


def test_an_end_without_an_answer_is_an_empty_one(traffic):
    begun = traffic.begin()
    ended = msgspec.structs.replace(
        traffic.generate()[1], id=begun.id, outcome="interrupted", status=500
    )
    traffic.journal.append(begun, body=b"{}")
    traffic.journal.append(ended, body=b"")
    traffic.fold()
    content = traffic.content(begun.id)
    assert (content.answer, content.outcome, content.status) == (Answer(), "interrupted", 500)


def test_many_may_ask_at_once(traffic):
    names = [traffic.generate(answer=f"{n}")[0].id for n in range(20)]
    traffic.fold()

    async def ask():
        reader = traffic.read.generations
        return await asyncio.gather(
            *(reader.content(name, MINE, lambda it: it) for name in names * 3)
        )

    found = asyncio.run(ask())
    assert [each.answer.content for each in found] == [f"{n}" for n in range(20)] * 3


def test_two_bodies_are_in_memory_at_once_and_so_many_wait(traffic):
    begun, _ = traffic.generate()
    traffic.fold()
    shown, together, most = [], threading.Semaphore(0), []

    def show(content):
        shown.append(content.id)
        most.append(len(shown))
        together.acquire(timeout=30)
        shown.pop()
        return content.id

    async def ask():
        reader = traffic.read.generations
        asked = [asyncio.create_task(reader.content(begun.id, MINE, show)) for _ in range(80)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 80 - 2 - lookup._LINE:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        together.release(80)
        return [each.exception() for each in done], await asyncio.gather(*waiting)

    refused, found = asyncio.run(ask())
    assert {type(each) for each in refused} == {RateLimited}
    assert all(each.retry_after for each in refused)
    assert found == [begun.id] * (2 + lookup._LINE)
    assert max(most) <= 2
