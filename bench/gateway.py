"""What the relay costs: CPU microseconds a request, journal on, against a direct call.

    python bench/gateway.py [--seconds 3] [--rounds 3] [--connections 16] [--profile]

The relay runs on one core, the scripted upstream and the load on the other. CPU is run time from
/proc/PID/task/*/schedstat of the process, divided by the requests it answered in that time. Direct
and relayed runs alternate; the figure is the median of the rounds. nginx as a plain reverse proxy
(no log, no parsing: far less work) is measured beside us where it is installed. A human table goes
to stderr; the last line of stdout is JSON.

    ns2k   a 2 KB body, unstreamed        sse   64 deltas, streamed, unpaced
    big    a 780 KB body (468 messages, 20 tools), unstreamed
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import uvloop
from load import drive
from rich.console import Console
from rich.table import Table

from darkhorse.base.clock import SystemClock
from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.keys import ensure_first_keys
from darkhorse.wiring.launches import open_desk

MODEL = "ok?deltas=64"
WHY = Reason("a benchmark", "to measure", ("no-audit",))


def bodies() -> dict[str, bytes]:
    """Requests by case."""
    filler = "The quick brown fox jumps over the lazy dog while the band plays on. "
    small = [{"role": "user", "content": (filler * 30)[:1900]}]
    turns = [
        {"role": ("user", "assistant")[at % 2], "content": (f"{at} " + filler * 30)[:1500]}
        for at in range(467)
    ]
    big = [{"role": "system", "content": filler * 60}, *turns]
    tools = [_tool(at, filler) for at in range(20)]
    return {
        "ns2k": _body(messages=small),
        "sse": _body(messages=small, stream=True),
        "big": _body(messages=big, tools=tools),
    }


def _tool(at: int, filler: str) -> dict:
    parameters = {
        "type": "object",
        "properties": {f"p{n}": {"type": "string", "description": filler} for n in range(25)},
    }
    function = {"name": f"tool_{at}", "description": filler * 5, "parameters": parameters}
    return {"type": "function", "function": function}


def _body(**fields) -> bytes:
    return json.dumps({"model": MODEL, **fields}).encode()


def http_request(body: bytes, key: str) -> bytes:
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def cpu_us(pid: int) -> float:
    """Run time of a process and its threads so far, microseconds."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1000


def peak_rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


class Stack:
    """A process under measurement and the port it answers on."""

    def __init__(self, name: str, pids: list[int], port: int, key: str) -> None:
        self.name = name
        self.pids = pids
        self.port = port
        self.key = key

    def cpu(self) -> float:
        return sum(map(cpu_us, self.pids))


def start_scripted(stack: contextlib.ExitStack) -> Stack:
    argv = [sys.executable, "-m", "darkhorse", "scripted", "--port", "0", "--json"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    stack.callback(_end, process)
    assert process.stdout
    said = json.loads(process.stdout.readline())
    return Stack("direct", [process.pid], said["port"], "none")


def launch_text(upstream: Stack) -> str:
    """A launch over the scripted upstream."""
    return (
        f"[public]\nslug='bench/pony'\naliases=['{MODEL}']\ntitle='Pony'\n"
        "context=2000000\nmax_output=100000\nparameters=['tools']\n"
        "[private]\nmaker='Scripted Lab'\nmodel='Scripted-1'\n"
        f"[[private.endpoint]]\nname='scripted'\nurl='http://127.0.0.1:{upstream.port}/v1'\n"
        f"model='{MODEL}'\n"
    )


def start_relay(stack: contextlib.ExitStack, data: Path, upstream: Stack) -> Stack:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    stack.callback(listener.close)
    desk = open_desk(data)
    desk.go_live(desk.create(file.parse(launch_text(upstream), "a benchmark's launch"), WHY), WHY)
    read, write = os.pipe()
    argv = [sys.executable, "-m", "darkhorse", "relay", "--data", str(data)]
    env = {"DARKHORSE_LISTEN_FD": str(listener.fileno()), "DARKHORSE_READY_FD": str(write)}
    key = ensure_first_keys(data, SystemClock()).developer.reveal()
    process = subprocess.Popen(argv, env={**os.environ, **env}, pass_fds=(listener.fileno(), write))
    os.close(write)
    stack.callback(_end, process)
    with os.fdopen(read) as pipe:
        assert pipe.readline() == "ready\n"
    return Stack("darkhorse", [process.pid], listener.getsockname()[1], key)


def start_nginx(stack: contextlib.ExitStack, data: Path, upstream: Stack) -> Stack | None:
    """A plain reverse proxy with keep-alive upstream, one worker; None where nginx is absent."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not binary:
        return None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = data / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {data}/nginx.pid; error_log stderr crit;\n"
        "events {}\nhttp { access_log off;\n"
        "client_max_body_size 64m; client_body_buffer_size 2m;\n"
        f"client_body_temp_path {data}/t1; proxy_temp_path {data}/t2;\n"
        f"fastcgi_temp_path {data}/t3;\n"
        f"uwsgi_temp_path {data}/t4; scgi_temp_path {data}/t5;\n"
        f"upstream u {{ server 127.0.0.1:{upstream.port}; keepalive 64; }}\n"
        f"server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000; location / {{\n"
        "proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection '';\n"
        "proxy_buffering off; } } }\n"
    )
    process = subprocess.Popen([binary, "-c", str(config), "-p", str(data)])
    stack.callback(_end, process)
    _wait_for(port)
    return Stack("nginx", [process.pid], port, "none")


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        os.sched_yield()


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(30)


def pin(pids: list[int], core: int) -> None:
    """Each party to its own core, where there are two."""
    if len(os.sched_getaffinity(0)) > 1:
        for pid in pids:
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), {core})


async def measure(stack: Stack, request: bytes, options: argparse.Namespace) -> dict:
    await drive(stack.port, request, connections=options.connections, seconds=0.3)  # warm
    before = stack.cpu()
    result = await drive(
        stack.port, request, connections=options.connections, seconds=options.seconds
    )
    assert result.requests, f"{stack.name} answered nothing"
    return {
        "cpu_us": (stack.cpu() - before) / result.requests,
        "rps": result.requests / result.wall_s,
        "p50_ms": result.percentile(0.5) * 1000,
        "p99_ms": result.percentile(0.99) * 1000,
        "wrong": result.wrong,
    }


async def run(options: argparse.Namespace, stacks: list[Stack]) -> dict:
    """Median of the rounds, by case and stack; stacks alternate within a round."""
    results: dict = {}
    for case, body in bodies().items():
        runs: dict[str, list[dict]] = {stack.name: [] for stack in stacks}
        for _ in range(options.rounds):
            for stack in stacks:
                runs[stack.name].append(
                    await measure(stack, http_request(body, stack.key), options)
                )
        results[case] = {name: _median(rounds) for name, rounds in runs.items()}
        results[case]["body_bytes"] = len(body)
    return results


def _median(rounds: list[dict]) -> dict:
    return {
        name: round(statistics.median(r[name] for r in rounds), 3 if name.endswith("ms") else 1)
        for name in rounds[0]
    }


def summary(results: dict) -> dict:
    """The figures a reader compares: ours against the direct call and against nginx."""
    out: dict = {}
    for case, stacks in results.items():
        ours, direct = stacks["darkhorse"], stacks["direct"]
        out[case] = {
            "cpu_us": ours["cpu_us"],
            "upstream_cpu_us": direct["cpu_us"],
            "cpu_ratio_to_direct": round(ours["cpu_us"] / direct["cpu_us"], 2),
            "added_p50_ms": round(ours["p50_ms"] - direct["p50_ms"], 3),
            "rps": ours["rps"],
            "direct_rps": direct["rps"],
            "wrong": ours["wrong"],
        }
        if "nginx" in stacks:
            out[case]["nginx_cpu_us"] = stacks["nginx"]["cpu_us"]
            out[case]["cpu_ratio_to_nginx"] = round(ours["cpu_us"] / stacks["nginx"]["cpu_us"], 2)
    return out


def show(results: dict) -> None:
    table = Table(title="CPU a request, journal on", title_justify="left")
    for column in ("case", "stack", "CPU µs", "req/s", "p50 ms", "p99 ms", "wrong"):
        table.add_column(column, justify="left" if column in ("case", "stack") else "right")
    for case, stacks in results.items():
        for name, figures in stacks.items():
            if isinstance(figures, dict):
                table.add_row(case, name, *(f"{value:,}" for value in figures.values()))
    Console(stderr=True).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd())))
        upstream = start_scripted(stack)
        relay = start_relay(stack, data, upstream)
        nginx = start_nginx(stack, data, upstream)
        stacks = [upstream, relay, *([nginx] if nginx else [])]
        cores = sorted(os.sched_getaffinity(0))
        pin([os.getpid(), *upstream.pids], cores[-1])
        for measured in stacks[1:]:
            pin(measured.pids, cores[0])
        results = uvloop.run(run(options, stacks))
        show(results)
        figures = {
            "cases": summary(results),
            "relay_peak_rss_mb": round(peak_rss_mb(relay.pids[0])),
        }
    print(json.dumps(figures | {"connections": options.connections, "cores": len(cores)}))


if __name__ == "__main__":
    main()
