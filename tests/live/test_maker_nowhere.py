"""A day in small, with a maker, a model and endpoints of canary words: no page, no file tells them.

Everything that a client, a partner or whoever reads the logs can see is looked through: log lines
in both forms, metrics, all pages, all routes, exports, search. The operator's own commands do tell,
so that these words are there to be found. After the reveal the names show, and only where they are
meant to; the endpoints never do.
"""

import itertools
import json
import re
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin, urlsplit

import polars as pl
import pytest

from darkhorse.launches.desk import Reason

from .stage import (
    Call,
    Process,
    Relay,
    Reply,
    Scripted,
    chat_body,
    eventually,
    go_live,
    launch_text,
)

NAMES = ("QUOLLMAKER", "QUOLLMODEL", "QUOLLALIAS")
TOLD = ("QUOLLREVEAL", *NAMES)  # by the reveal, and not before
HOST = "127.77.0.1"
SECRETS = (
    *("QUOLLEAST", "QUOLLKEY", "QUOLLDIGEST", "QUOLLWHY", "QUOLLWHO", "PLANTEDWORD", HOST),
    *("seed=4444", "UPSTREAM_KEY", "chatcmpl", "Traceback"),
)
NUMBERS = re.compile(r"(?<!\d)(?:70001|70003|70009|140004|1111111111)(?!\d)")
SLUG = "stealth/mule-beta"
PRIVATE = """[private]
aliases = ["QUOLLALIAS"]
weights = "sha256:QUOLLDIGEST"
reveal = {text = "QUOLLREVEAL it was.", successor = "quoll/next"}
"""
WHY = Reason("QUOLLWHO", "QUOLLWHY")
SETTINGS = """
[upstream]
attempts = 1
first_token_s = 0.5
idle_s = 0.5
cooldown_s = 0.1
[log]
requests = "all"
"""
SCENES = (
    *("ok", "tools", "reasoning", "think-tags", "finish-odd", "strict", "status-500"),
    *("status-401", "status-429", "status-400", "html-200", "cut-between", "reset", "error-mid"),
    *("not-json", "hang-mid", "refuse"),
)
LISTED = {scene: f"stealth/day-{at}" for at, scene in enumerate(SCENES)}
PATHS = ("chat/completions", "completions", "responses", "messages")


class Planted(Scripted):
    """The scripted upstream at an address that nothing else has."""

    def __init__(self) -> None:
        self.process = Process(
            ["-m", "darkhorse", "scripted", "--host", HOST, "--json", "--canary", "PLANTEDWORD"]
        )
        self.url = json.loads(self.process.popen.stdout.readline())["url"]


def launch_of(slug: str, url: str, scenes: tuple[str, ...]) -> str:
    """A launch whose every private word is a canary; the first of `scenes` is asked first."""
    weights = [f"weight = {1000 / 10 ** (6 * at)}" for at in range(len(scenes))]
    models = [f"{scene}{'&' if '?' in scene else '?'}seed=4444" for scene in scenes]
    endpoints = [(url, *each) for each in zip(models, weights, strict=True)]
    text = launch_text(slug, endpoints, extra="parameters = ['max_tokens', 'tools', 'reasoning']")
    text = text.replace("CANARYMAKER Lab", "QUOLLMAKER Lab").replace(
        "CANARYMAKER-5", "QUOLLMODEL-5"
    )
    return text.replace("CANARYMAKER", "QUOLLEAST").replace("[private]\n", PRIVATE)


class Day:
    """Relay, keeper and pages over a day's traffic, and all that could be read of it."""

    def __init__(self, data, upstream: Scripted) -> None:
        env = {"DARKHORSE_PAGES_SOCKET": str(data / "pages.sock"), "UPSTREAM_KEY": "sk-QUOLLKEY"}
        self.port = upstream.port
        self.relay = Relay(data, {}, SETTINGS + 'format = "json"\n', env=env)
        for slug, scenes in {
            **{slug: (scene,) for scene, slug in LISTED.items()},
            SLUG: ("status-503", "cut-first", "ok"),
        }.items():
            go_live(self.relay.desk, launch_of(slug, upstream.url, scenes))
        self.relay.start()
        config = ("--data", str(data), "--config", str(self.relay.config))
        self._others = [
            Process(["-m", "darkhorse", name, *config], env, log=data / f"{name}.log")
            for name in ("keeper", "pages")
        ]
        for each in self._others:
            each.wait_ready()
        self.ids: list[str] = []
        self._traffic(*PATHS)
        self._write_as_text()
        self._traffic("chat/completions")

    def _write_as_text(self) -> None:
        """The relay again, with a log for people. Its journal file is closed, so it is packed."""
        self.relay.stop()
        self.relay.config.write_text(SETTINGS + 'format = "text"\n')
        self.relay.start()

    def _traffic(self, *paths: str) -> None:
        jobs = list(itertools.product((SLUG, *LISTED.values(), SLUG), paths, (False, True)))
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(lambda job: self._ask(*job), jobs))
        assert {200, 400, 429, 502, 503, 504} <= {reply.status for reply in replies}
        self.ids += [r.headers["x-generation-id"] for r in replies if r.status == 200]
        for body in (b"{", chat_body("nobody"), chat_body(SLUG, n=3)):
            assert self.relay.post(body).status == 400
        self._hang_up()
        heard = b"".join(reply.raw for reply in replies).decode("latin-1")
        assert_silent(heard, self.port, before=True)

    def _ask(self, slug: str, path: str, stream: bool) -> Reply:  # noqa: FBT001 (of a table)
        prompt = {"completions": {"prompt": "hi"}, "responses": {"input": "hi"}}.get(
            path,
            {
                "messages": [{"role": "user", "content": f"harbour dues of {slug[-2:]}"}],
                "max_tokens": 50,
            },
        )
        body = json.dumps({"model": slug, "stream": stream, **prompt}).encode()
        return self.relay.post(body, path=f"/api/v1/{path}")

    def _hang_up(self) -> None:
        call: Call = self.relay.begin(LISTED["hang-mid"], stream=True)
        call.read_until(b"data:")
        call.reset()

    # --- what can be read ---

    def logs(self) -> str:
        found = [self.relay.log, *(self.relay.data / f"{name}.log" for name in ("keeper", "pages"))]
        return "\n".join(path.read_text() for path in found if path.exists())

    def metrics(self) -> str:
        reply = self.relay.get("/metrics", f"authorization: Bearer {self.relay.management_key}")
        assert reply.status == 200
        return reply.raw.decode()

    def pages(self) -> dict[str, str]:
        """Every page that a link leads to from the first one, and what a robot looks for."""
        found: dict[str, str] = {}
        waiting = deque(["/", "/archive", "/llms.txt", "/robots.txt", "/nothing", f"/{SLUG}"])
        while waiting:
            path = waiting.popleft()
            if path in found:
                continue
            raw = self.relay.get(path).raw.decode("utf-8", "replace")
            found[path] = raw
            for link in re.findall(r'(?:href|src)="([^"#]+)"', raw):
                url = urlsplit(urljoin(f"http://localhost{path}", link.replace("&amp;", "&")))
                if url.netloc == "localhost":
                    waiting.append(url.path + (f"?{url.query}" if url.query else ""))
        return found

    def routes(self) -> dict[str, str]:
        """Every GET of our own document, with a developer's key and with the management key."""
        document = self.relay.get("/openapi.json")
        found = {"/openapi.json": document.raw.decode()}
        author, _, slug = SLUG.partition("/")
        known = {"author": author, "slug": slug, "name": SLUG, "model": SLUG}
        for path, verbs in document.json["paths"].items():
            if "get" not in verbs:
                continue
            filled = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], "x"), path)
            query = f"?id={self.ids[-1]}" if "generation" in path else ""
            for key in (self.relay.key, self.relay.management_key):
                for prefix in ("", "/api/v1"):
                    reply = self.relay.get(prefix + filled + query, f"authorization: Bearer {key}")
                    found[f"{prefix}{filled} {key[:12]}"] = reply.raw.decode("utf-8", "replace")
        return found

    def told(self, *words: str) -> str:
        """What a command prints."""
        ran = subprocess.run(
            [sys.executable, "-m", "darkhorse", *words, "--data", str(self.relay.data)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, (words, ran.stderr)
        return ran.stdout + ran.stderr

    def exports(self, folder) -> str:
        """What a partner is given; unmasked, since a mask might hide what must not be there."""
        said = [
            self.told("ledger", "export", str(folder / form), "--format", form, "--keep-secrets")
            for form in ("parquet", "chat")
        ]
        files = [path for path in folder.rglob("*") if path.suffix in (".json", ".jsonl")]
        assert len(files) >= 3
        tables = [str(pl.read_parquet(path).rows()) for path in folder.rglob("*.parquet")]
        return "".join([*said, *tables, *(path.read_text() for path in files)])

    def close(self) -> None:
        self.relay.close()
        for each in self._others:
            each.stop()


def assert_silent(text: str, port: int, *, before: bool) -> None:
    """None of the endpoints' words; and `before` the reveal, none of the names either."""
    low = text.lower()
    words = (*SECRETS, *(TOLD if before else ()))
    assert [word for word in words if word.lower() in low] == []
    assert not re.search(rf":{port}\b", text)
    assert not NUMBERS.search(text)


@pytest.fixture(scope="module")
def upstream():
    planted = Planted()
    yield planted
    planted.stop()


@pytest.fixture(scope="module")
def day(upstream, tmp_path_factory):
    day = Day(tmp_path_factory.mktemp("day"), upstream)
    yield day
    day.close()


@pytest.fixture(scope="module")
def before(day, tmp_path_factory):
    """All there is to read before the reveal, by place."""
    folder = tmp_path_factory.mktemp("given")
    eventually(lambda: len(list((day.relay.data / "journal").glob("*.dhj"))) == 1)  # is packed
    eventually(lambda: SLUG in day.told("ledger", "search", "harbour", "--listing", SLUG), 20)
    return {
        "logs": day.logs(),
        "metrics": day.metrics(),
        "pages": json.dumps(day.pages()),
        "routes": json.dumps(day.routes()),
        "search": day.told("ledger", "search", "harbour", "-n", "100", "--json"),
        "exports": day.exports(folder),
    }


@pytest.fixture(scope="module")
def after(day, before):
    """The same behind the end and the reveal of one launch."""
    launch = next(each for each in day.relay.desk.launches() if each.listing.slug == SLUG)
    desk = day.relay.desk
    desk.reveal(desk.retire(launch, WHY), WHY, text="", successor="")
    eventually(lambda: "QUOLLMAKER" in day.relay.get(f"/{SLUG}").raw.decode())
    eventually(lambda: day.relay.chat(SLUG).status != 200)
    return {
        "pages": day.pages(),
        "routes": day.routes(),
        "called": day.relay.chat(SLUG).raw.decode(),
        "logs": day.logs(),
        "metrics": day.metrics(),
    }


PLACES = ("logs", "metrics", "pages", "routes", "search", "exports")


@pytest.mark.parametrize("place", PLACES)
def test_nobody_reads_who_it_is(day, before, place):
    assert_silent(before[place], day.port, before=True)
    assert len(before[place]) > 100


def test_there_was_something_to_read(before):
    """Each place has the day in it; else its silence would say nothing."""
    for place in ("metrics", "pages", "routes", "search", "exports"):
        assert SLUG in before[place]
    assert "harbour dues" in before["exports"]
    assert '"event":"request"' in before["logs"]
    assert re.search(r"(?m)^(?!\{).*\b502\b", before["logs"])  # lines for people, too


def test_the_operator_does_read_it(day, before):
    shown = day.told("launch", "show", SLUG)
    wanted = ("QUOLLMAKER", "QUOLLMODEL", "QUOLLEAST", HOST, "seed=4444")
    assert [word for word in wanted if word not in shown] == []
    known = "".join(day.told("ledger", "show", each) for each in day.ids[-2:])
    assert [word for word in ("QUOLLEAST", "PLANTEDWORD", "70001") if word not in known] == []


def test_the_reveal_tells_the_names_where_it_is_meant_to(day, after):
    for path in (f"/{SLUG}", "/archive"):
        assert "QUOLLMAKER" in after["pages"][path]
        assert "QUOLLMODEL-5" in after["pages"][path]
    assert "QUOLLREVEAL" in after["pages"][f"/{SLUG}"]
    assert "QUOLLMODEL-5" in after["called"]


def test_the_reveal_tells_nothing_else_and_nowhere_else(day, after):
    for texts in (after["pages"], after["routes"]):
        for text in texts.values():
            assert_silent(text, day.port, before=False)
            assert "QUOLLALIAS" not in text
    for path, text in after["routes"].items():
        about_it = SLUG in path
        assert about_it or not any(word in text for word in TOLD), path
    for place in ("logs", "metrics"):
        assert_silent(after[place], day.port, before=True)
    assert_silent(after["called"], day.port, before=False)
