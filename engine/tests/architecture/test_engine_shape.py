"""How the engine is cut: sizes, names, docstrings, and what a module does when it is loaded."""

import ast
import pkgutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import darkhorse_engine

ENGINE = Path(__file__).parents[2]
SRC = ENGINE / "src" / "darkhorse_engine"
SOURCES = sorted(SRC.rglob("*.py"))
ALL = [*SOURCES, *sorted((ENGINE / "tests").rglob("*.py"))]

LONGEST_FILE = 350
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}
OUTSIDE = {"accelerate", "matplotlib", "openai", "transformers", "xllamacpp"}
"""For tests and benches."""

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORT = (ast.Import, ast.ImportFrom)


def here(path: Path) -> str:
    return str(path.relative_to(ENGINE)) if path.is_relative_to(ENGINE) else path.name


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[tuple[str, ast.AST, int]]:
    """Name, node and length in lines of each function, methods and nested ones included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, FUNCTION):
            assert node.end_lineno
            yield f"{here(path)}:{node.lineno} {node.name}", node, node.end_lineno - node.lineno + 1


def too_long(path: Path) -> list[str]:
    long = [name for name, _, lines in functions(path) if lines > LONGEST_FUNCTION]
    return [here(path), *long] if len(path.read_text().splitlines()) > LONGEST_FILE else long


def hidden_imports(path: Path) -> list[str]:
    """Imports inside a function: of a module that comes later, or of one that nobody declared."""
    found = (
        (name, inner)
        for name, node, _ in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, IMPORT)
    )
    return sorted({f"{name}: {ast.unparse(inner)}" for name, inner in found})


def silent(path: Path) -> list[str]:
    """What a module lacks of a docstring and, where it has more than that, `__all__`."""
    module = tree(path)
    lacks = [] if ast.get_docstring(module) else ["docstring"]
    offers = path.stem == "__main__" or has_offers(module) or len(module.body) + len(lacks) == 1
    return lacks if offers else [*lacks, "__all__"]


def has_offers(module: ast.Module) -> bool:
    assigned = (t for node in module.body if isinstance(node, ast.Assign) for t in node.targets)
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in assigned)


@pytest.mark.parametrize("path", ALL, ids=here)
def test_no_file_and_no_function_is_long(path):
    assert too_long(path) == []


def test_the_ordinary_function_is_short():
    lengths = [lines for path in SOURCES for _, _, lines in functions(path)]
    assert statistics.median(lengths) < MEDIAN_FUNCTION


def test_no_module_is_a_drawer():
    assert [here(p) for p in SOURCES if DRAWERS & {p.stem.strip("_"), p.parent.name}] == []


@pytest.mark.parametrize("path", SOURCES, ids=here)
def test_every_module_says_what_it_is_and_what_it_offers(path):
    assert silent(path) == []


@pytest.mark.parametrize("path", SOURCES, ids=here)
def test_no_import_hides_in_a_function(path):
    assert hidden_imports(path) == []


def test_every_test_file_has_a_name_of_its_own():
    """pytest knows files without packages by their names, and the root's tests are beside ours."""
    ours = [path.name for path in (ENGINE / "tests").rglob("test_*.py")]
    names = [*ours, *{path.name for path in (ENGINE.parent / "tests").rglob("test_*.py")}]
    assert sorted({name for name in ours if names.count(name) > 1}) == []


def modules() -> list[str]:
    found = pkgutil.walk_packages(darkhorse_engine.__path__, "darkhorse_engine.")
    return sorted(module.name for module in found if not module.name.endswith("__main__"))


def test_every_name_that_is_offered_is_there_and_no_oracle_is_loaded():
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    module = importlib.import_module(name)\n"
        "    for offer in getattr(module, '__all__', ()):\n"
        "        assert hasattr(module, offer), (name, offer)\n"
        f"loaded = {OUTSIDE} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *modules()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_trespass_would_be_seen(tmp_path):
    bad = tmp_path / "bad.py"
    body = "\n".join("    x = 1" for _ in range(LONGEST_FILE))
    bad.write_text(f"def f():\n    import json\n{body}\n")
    assert too_long(bad) == ["bad.py", "bad.py:1 f"]
    assert hidden_imports(bad) == ["bad.py:1 f: import json"]
    assert silent(bad) == ["docstring", "__all__"]
