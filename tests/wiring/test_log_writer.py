"""The thread between whoever logs and a stderr that may be slow, full, closed or gone."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from darkhorse.wiring.log_writer import LineWriter

SMALLEST_PIPE = 4096


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    yield read, write
    for fd in (read, write):
        if fd_is_open(fd):
            os.close(fd)


def fd_is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def writer(fd: int, bound: int = 100) -> LineWriter[str]:
    return LineWriter(fd, str.encode, lambda lost: f"lost {lost}\n", bound=bound)


def read_lines(fd: int) -> list[str]:
    """All there is until the other end is closed."""
    pieces = []
    while piece := os.read(fd, 65536):
        pieces.append(piece)
    return b"".join(pieces).decode().splitlines()


def test_lines_come_whole_and_in_order(pipe):
    read, write = pipe
    lines = writer(write)
    for number in range(100):
        lines.put(f"line {number}\n")
    lines.close()
    os.close(write)
    assert read_lines(read) == [f"line {number}" for number in range(100)]
    assert lines.dropped == 0


def test_a_reader_who_does_not_read_costs_lines_and_nothing_else(pipe):
    read, write = pipe
    lines = writer(write, bound=10)
    put = 2000
    for number in range(put):  # never waits, or this test would not end
        lines.put(f"line {number} {'.' * 200}\n")
    dropped = lines.dropped
    assert dropped > put // 2
    collected: list[str] = []
    reader = threading.Thread(target=lambda: collected.extend(read_lines(read)))
    reader.start()
    lines.close()
    os.close(write)
    reader.join()
    said = [line for line in collected if line.startswith("line ")]
    told = [int(line.split()[1]) for line in collected if line.startswith("lost ")]
    assert len(said) == put - dropped
    assert sum(told) == dropped
    numbers = [int(line.split()[1]) for line in said]
    assert numbers == sorted(set(numbers))


def test_what_is_written_at_once_is_never_torn(pipe):
    """Two processes share a pipe: a write of up to 4096 bytes stays in one piece."""
    read, write = pipe
    first, second = writer(write, 10_000), writer(write, 10_000)
    collected: list[str] = []
    reader = threading.Thread(target=lambda: collected.extend(read_lines(read)))
    reader.start()
    for _ in range(500):
        first.put("a" * 300 + "\n")
        second.put("b" * 300 + "\n")
    first.close()
    second.close()
    os.close(write)
    reader.join()
    assert set(collected) == {"a" * 300, "b" * 300}
    assert len(collected) == 1000


def test_it_closes_though_nobody_reads(pipe):
    lines = writer(pipe[1], bound=1000)
    for _ in range(500):
        lines.put("." * 200 + "\n")
    lines.close()
    lines.close()
    lines.put("too late\n")
    assert lines._thread.is_alive()  # it waits for a reader, and nobody waits for it
    os.close(pipe[0])  # its thread ends with its reader, before the number is another file's
    lines._thread.join(10)
    assert not lines._thread.is_alive()


def test_a_reader_who_is_gone_is_no_error(pipe):
    read, write = pipe
    os.close(read)
    lines = writer(write)
    lines.put("a\n")
    lines.put("b\n")
    lines.close()
    assert lines.dropped >= 2


def test_a_descriptor_that_does_not_block_gets_all_of_it(pipe):
    read, write = pipe
    os.set_blocking(write, False)
    lines = writer(write, bound=1000)
    collected: list[str] = []
    for number in range(500):
        lines.put(f"{number} {'.' * 200}\n")
    reader = threading.Thread(target=lambda: collected.extend(read_lines(read)))
    reader.start()
    lines.close()
    os.close(write)
    reader.join()
    assert [int(line.split()[0]) for line in collected] == list(range(500))


def test_a_line_that_cannot_be_rendered_is_counted(pipe):
    read, write = pipe
    lines = writer(write)
    lines.put("\ud800\n")  # half a surrogate pair is no UTF-8
    lines.put("next\n")
    lines.close()
    os.close(write)
    assert read_lines(read) == ["next", "lost 1"]


KEEPER = """
import signal, sys
from darkhorse.base.settings import LogSettings
from darkhorse.wiring import logs
logs.configure("keeper", LogSettings())
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("ready", flush=True)
sys.stdin.readline()  # busy, as in the middle of a fold
sys.exit(0 if signal.sigtimedwait([signal.SIGTERM], 30) else 1)
"""


def test_the_thread_takes_no_signal_from_a_process_that_waits_for_it():
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", KEEPER], stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.wait(30) == 0
