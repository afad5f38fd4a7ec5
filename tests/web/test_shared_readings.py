"""A reading is shared, made in a thread, and nobody but the first visitor waits for a slow disk."""

import asyncio
import threading

from pages_kit import HandClock

from darkhorse.web.reading import Readings, SharedReading

SECOND = 1_000_000


class Disk:
    """Answers with a count; from `hold` on only when it is let go."""

    def __init__(self):
        self.reads = 0
        self.free = threading.Event()
        self.free.set()

    def read(self):
        self.reads += 1
        count = self.reads
        assert self.free.wait(30)
        return count


async def until(check):
    """A thread has no event of this loop to wait for."""
    while not check():  # noqa: ASYNC110
        await asyncio.sleep(0)


def test_a_stale_reading_is_shown_while_a_slow_disk_is_read_anew():
    disk, clock = Disk(), HandClock()
    shared = SharedReading("disk", disk.read, clock, patience_s=0)

    async def scene():
        assert (await shared.read()).value == 1  # the first visitor waits
        disk.free.clear()
        clock.us += SECOND
        shown = await asyncio.gather(*(shared.read() for _ in range(10)))
        assert [each.value for each in shown] == [1] * 10
        await until(lambda: disk.reads == 2)  # one reading for ten visitors
        disk.free.set()
        await until(shared._running.done)
        assert (await shared.read()).value == 2
        assert disk.reads == 2

    asyncio.run(scene())


def test_what_was_read_long_ago_is_not_shown_before_the_disk_had_its_time():
    disk, clock = Disk(), HandClock()
    shared = SharedReading("disk", disk.read, clock, patience_s=0)

    async def scene():
        assert (await shared.read()).value == 1
        clock.us += 3600 * SECOND  # a quiet hour
        assert (await shared.read()).value == 2
        disk.free.clear()
        clock.us += 3600 * SECOND
        late = asyncio.create_task(shared.read())
        await until(lambda: disk.reads == 3)
        clock.us += 2 * SECOND  # it does not answer: nobody else waits so long
        assert (await shared.read()).value == 2
        assert not late.done()
        disk.free.set()
        assert (await late).value == 3

    asyncio.run(scene())


def test_a_well_disk_is_waited_for():
    disk, clock = Disk(), HandClock()
    shared = SharedReading("disk", disk.read, clock, patience_s=30)

    async def scene():
        assert (await shared.read()).value == 1
        clock.us += SECOND
        assert (await shared.read()).value == 2

    asyncio.run(scene())


def test_the_first_visitors_wait_for_one_reading():
    disk, shared = Disk(), None
    shared = SharedReading("disk", disk.read, HandClock(), patience_s=0)
    disk.free.clear()

    async def scene():
        first = [asyncio.create_task(shared.read()) for _ in range(5)]
        await until(lambda: disk.reads == 1)
        assert not any(task.done() for task in first)
        disk.free.set()
        assert [each.value for each in await asyncio.gather(*first)] == [1] * 5

    asyncio.run(scene())


def test_a_visitor_who_leaves_takes_no_reading_with_him():
    disk = Disk()
    shared = SharedReading("disk", disk.read, HandClock(), patience_s=0)
    disk.free.clear()

    async def scene():
        first = asyncio.create_task(shared.read())
        await until(lambda: disk.reads == 1)
        first.cancel()
        second = asyncio.create_task(shared.read())
        disk.free.set()
        assert (await second).value == 1

    asyncio.run(scene())


def test_questions_do_not_wait_for_each_other():
    slow, quick = Disk(), Disk()
    readings = Readings(HandClock(), most=8, patience_s=0)
    slow.free.clear()

    async def scene():
        first = asyncio.create_task(readings.ask("slow", 1, slow.read, fresh_s=1))
        await until(lambda: slow.reads == 1)
        assert (await readings.ask("quick", 1, quick.read, fresh_s=1)).value == 1
        slow.free.set()
        await first

    asyncio.run(scene())


def test_each_question_has_its_own_answer_and_its_own_time():
    clock, disk = HandClock(), Disk()
    readings = Readings(clock, most=8, patience_s=30)

    async def scene():
        async def ask(about, fresh_s):
            return (await readings.ask("disk", about, disk.read, fresh_s=fresh_s)).value

        assert [await ask(1, 1), await ask(2, 60)] == [1, 2]
        clock.us += 2 * SECOND
        assert [await ask(1, 1), await ask(2, 60)] == [3, 2]

    asyncio.run(scene())


def test_it_is_read_as_the_newest_visitor_asks():
    clock = HandClock()
    readings = Readings(clock, most=8, patience_s=30)

    async def scene():
        for day in ("today", "tomorrow"):
            read = await readings.ask("days", "pony", lambda day=day: day, fresh_s=1)
            assert read.value == day
            clock.us += SECOND

    asyncio.run(scene())


def test_what_nobody_asks_for_is_forgotten():
    disk = Disk()
    readings = Readings(HandClock(), most=3, patience_s=30)

    async def scene():
        for about in (1, 2, 3, 1, 4):
            await readings.ask("disk", about, disk.read, fresh_s=60)
        assert disk.reads == 4
        await readings.ask("disk", 1, disk.read, fresh_s=60)
        assert disk.reads == 4
        await readings.ask("disk", 2, disk.read, fresh_s=60)
        assert disk.reads == 5

    asyncio.run(scene())
