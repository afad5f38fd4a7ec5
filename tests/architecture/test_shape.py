"""How the code is cut: sizes, names, docstrings, and who may import what."""

import ast
import json
import pkgutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import darkhorse

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "darkhorse"
SOURCES = sorted(SRC.rglob("*.py"))
ALL = [
    *SOURCES,
    *(p for part in ("tests", "bench", "scripts") for p in (ROOT / part).rglob("*.py")),
]

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
HEAVY = {"torch", "numpy", "scipy", "httpx", "requests"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}


def here(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, methods and nested ones included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield f"{here(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_no_file_is_long():
    long = [here(p) for p in ALL if len(p.read_text().splitlines()) > LONGEST_FILE]
    assert long == []


def test_no_function_is_long():
    long = [name for p in ALL for name, lines in functions(p) if lines > LONGEST_FUNCTION]
    assert long == []


def test_the_ordinary_function_is_short():
    lengths = [lines for p in SOURCES for _, lines in functions(p)]
    assert statistics.median(lengths) < MEDIAN_FUNCTION


def test_no_module_is_a_drawer():
    assert [here(p) for p in SOURCES if DRAWERS & {p.stem.strip("_"), p.parent.name}] == []


def test_every_module_says_what_it_is():
    assert [here(p) for p in SOURCES if not ast.get_docstring(tree(p))] == []


def test_every_public_module_says_what_it_offers():
    silent = [here(p) for p in SOURCES if is_public(p) and defines(p) and not offers(p)]
    assert silent == []


def is_public(path: Path) -> bool:
    return path.stem == "__init__" or not path.stem.startswith("_")


def defines(path: Path) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return any(isinstance(node, kinds) for node in tree(path).body)


def offers(path: Path) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
        for node in tree(path).body
    )


LEARNING = "darkhorse.attribution.learn."


def modules() -> list[str]:
    found = pkgutil.walk_packages(darkhorse.__path__, "darkhorse.")
    return sorted(module.name for module in found if not module.name.endswith("__main__"))


def test_every_name_that_is_offered_is_there():
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    module = importlib.import_module(name)\n"
        "    for offer in getattr(module, '__all__', ()):\n"
        "        assert hasattr(module, offer), (name, offer)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *modules()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_whole_product_loads_without_anything_heavy():
    code = (
        "import importlib, json, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))\n"
    )
    light = [name for name in modules() if not name.startswith(LEARNING)]
    done = subprocess.run(
        [sys.executable, "-c", code, *light], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "darkhorse" in loaded
    assert HEAVY & loaded == set()


def test_only_the_cloak_can_claim_the_mint():
    users = {p for p in SOURCES if "claim_mint" in names(p)}
    strangers = [here(p) for p in users if p.parent != SRC / "cloak"]
    assert strangers == ["src/darkhorse/wire/chunks.py"]  # where it is defined
    assert len(users) > 1


def names(path: Path) -> set[str]:
    """Every identifier in a file, however it is reached."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str(name)):  # getattr(chunks, "claim_mint")
                found.add(name)
    return found


def test_a_trespass_would_be_seen(tmp_path):
    intruder = tmp_path / "intruder.py"
    intruder.write_text("from darkhorse.wire import chunks\nm = getattr(chunks, 'claim_mint')()\n")
    assert "claim_mint" in names(intruder)


@pytest.mark.skipif(not (ROOT / "docs" / "structure.md").exists(), reason="not written yet")
def test_the_structure_page_knows_every_package():
    page = (ROOT / "docs" / "structure.md").read_text()
    packages = {p.parent.name for p in SRC.glob("*/__init__.py")}
    assert [name for name in sorted(packages) if f"`{name}" not in page] == []
