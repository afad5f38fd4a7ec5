"""Removes one rule of the cloak after the other, and asks the tests whether they notice.

README: `python tests/mutation/cloak_rules.py [--only WORD …] [--jobs N] [--json]`. The rules are in
the rules_….py beside this; --only takes names or channels. The checkout is copied into a temporary
folder; there one mutation at a time is made, the tests named for it are run, and the file is put
back. First of all every test is run without a mutation: one that fails then proves nothing.

Exit status 1 where a mutation is not killed (it survives, does not apply any more, does not run, or
its tests fail anyway), or where a channel that the registry calls closed or normalised has none.
pytest does not collect this.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from rules_answers import ANSWERS
from rules_counts import COUNTS
from rules_doors import DOORS
from rules_house import HOUSE
from rules_words import WORDS

from darkhorse.catalog.channels import CHANNELS
from mutation import Mutation

ROOT = Path(__file__).parents[2]
COPIED = ("src", "tests", "scripts", "docs", "examples", "bench", "requirements", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*.log")
PATIENCE_S = 300
USUAL = (
    *("-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *("-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin"),  # the others take a second to load
)
RULES = (*COUNTS, *ANSWERS, *WORDS, *DOORS, *HOUSE)
WHY = re.compile(r"^E +(\S.*)", re.MULTILINE)
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """`outcome`: killed, survived, or why nobody can say. `by`: the test that failed."""

    name: str
    channel: str
    outcome: str
    by: str
    why: str  # the first line of its complaint: it should be the rule's, not a slip of the mutation
    seconds: float


class Checkout:
    """A copy of this one, in which files may be changed."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "main"
        self._root.mkdir(parents=True)
        for name in COPIED:
            source, copy = ROOT / name, self._root / name
            if source.is_dir():
                shutil.copytree(source, copy, ignore=LEFT_OUT)
            elif source.exists():
                shutil.copy2(source, copy)
        shared = ROOT.parent / "shared"
        if shared.exists():  # some tests read the specification beside the checkout
            (folder / "shared").symlink_to(shared)
        self._turn = 0
        self._check_import()

    def _check_import(self) -> None:
        """The copy's package must be the one that is imported, not the installed one."""
        code = "import darkhorse; print(darkhorse.__file__)"
        found = self._run([sys.executable, "-c", code]).stdout.strip()
        assert Path(found).is_relative_to(self._root), found

    def test(self, words: Iterable[str]) -> subprocess.CompletedProcess[str]:
        """Run pytest with these words behind the usual ones."""
        return self._run([sys.executable, "-m", "pytest", *USUAL, *words])

    def _run(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        own = {"PYTHONPATH": str(self._root / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        env = {**os.environ, **own}
        ran = subprocess.Popen(
            argv,
            cwd=self._root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # servers of its tests go with it
        )
        try:
            told, _ = ran.communicate(timeout=PATIENCE_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(ran.pid, signal.SIGKILL)
            ran.wait()
        return subprocess.CompletedProcess(argv, ran.returncode, told)

    @contextmanager
    def mutated(self, mutation: Mutation) -> Iterator[bool]:
        """Whether it applies; afterwards the file is as it was."""
        path = self._root / "src" / "darkhorse" / mutation.file
        whole = path.read_text(encoding="utf-8") if path.exists() else ""
        if whole.count(mutation.old) != 1:
            yield False
            return
        try:
            self._write(path, whole.replace(mutation.old, mutation.new))
            yield True
        finally:
            self._write(path, whole)

    def _write(self, path: Path, text: str) -> None:
        """At a moment of its own: what Python compiled is known by size and seconds alone."""
        path.write_text(text, encoding="utf-8")
        self._turn += 1
        moment = time.time() + 2 * self._turn
        os.utime(path, (moment, moment))


def tried(checkout: Checkout, mutation: Mutation) -> Result:
    """Make it, and see whether its tests fail."""
    began = time.monotonic()
    outcome, by, why = "does not apply", "", ""
    with checkout.mutated(mutation) as applies:
        if applies:
            outcome, by, why = judged(checkout, mutation)
    seconds = round(time.monotonic() - began, 1)
    return Result(mutation.name, mutation.channel, outcome, by, why, seconds)


def judged(checkout: Checkout, mutation: Mutation) -> tuple[str, str, str]:
    """Outcome, the test that failed, and the first line of why."""
    try:
        done = checkout.test(["-x", *mutation.words])
    except subprocess.TimeoutExpired:
        return "does not run", f"not done in {PATIENCE_S} s", ""
    if done.returncode == 0:
        return "survived", "", ""
    found = FAILED.search(done.stdout)
    if done.returncode == 1 and found:
        why = WHY.search(done.stdout)
        return "killed", found[1], why[1] if why else ""
    return "does not run", " ".join(done.stdout.split()[-30:]), ""


def played(rules: list[Mutation], folder: Path, jobs: int) -> Iterator[Result]:
    """Each in a checkout that nobody else has just then."""
    free: SimpleQueue[Checkout] = SimpleQueue()
    for number in range(jobs):
        free.put(Checkout(folder / str(number)))

    def play(mutation: Mutation) -> Result:
        checkout = free.get()
        try:
            return tried(checkout, mutation)
        finally:
            free.put(checkout)

    checkout = free.get()
    failing = failing_as_it_is(checkout, rules)
    free.put(checkout)
    fit = [each for each in rules if not set(failing) & set(each.words)]
    for each in rules:
        if each not in fit:
            by = next(failing[word] for word in each.words if word in failing)
            yield Result(each.name, each.channel, "cannot tell", f"{by} fails as it is", "", 0)
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(play, fit)


def failing_as_it_is(checkout: Checkout, rules: list[Mutation]) -> dict[str, str]:
    """Words behind which a test fails without any mutation, and one such test."""
    said("first, the tests as they are")
    words = {word for each in rules for word in each.words}
    asked = sorted(word for word in words if word.partition("::")[0] not in words - {word})
    done = checkout.test(asked)
    failed = FAILED.findall(done.stdout)
    if done.returncode and not failed:
        raise SystemExit(f"the tests do not run: {' '.join(done.stdout.split()[-40:])}")
    return {word: each for word in words for each in failed if _holds(word, each)}


def _holds(word: str, test: str) -> bool:
    return test == word or test.startswith((f"{word}::", f"{word}["))


def chosen(only: list[str]) -> list[Mutation]:
    if not only:
        return list(RULES)
    return [each for each in RULES if {each.name, each.channel} & set(only)]


def problems_of_the_list() -> list[str]:
    """Channels without a rule, rules without a channel, names given twice."""
    known = {channel.name for channel in CHANNELS}
    owed = {channel.name for channel in CHANNELS if channel.treatment != "measured"}
    has = {each.channel for each in RULES}
    twice = [name for name, count in Counter(each.name for each in RULES).items() if count > 1]
    return [
        *(f"{name}: no rule of this channel is tried" for name in sorted(owed - has)),
        *(f"{name}: no such channel" for name in sorted(has - known)),
        *(f"{name}: the name of two rules" for name in twice),
    ]


def said(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    wrong = problems_of_the_list()
    for line in wrong:
        said(line)
    rules, results = chosen(options.only), list[Result]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cloak-rules-") as folder:
        for number, result in enumerate(played(rules, Path(folder), options.jobs), 1):
            results.append(result)
            where = f"{result.channel}: {result.name}"
            said(
                f"{number:3}/{len(rules)} {result.outcome}  {where}  {result.seconds} s {result.by}"
            )
    counts = Counter(result.outcome for result in results)
    summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    said(f"{len(results)} mutations in {time.monotonic() - began:.0f} s: {summary}")
    if options.json:
        print(json.dumps([asdict(result) for result in results], indent=1))
    return int(bool(wrong) or counts.total() != counts["killed"] or not results)


if __name__ == "__main__":
    sys.exit(main())
