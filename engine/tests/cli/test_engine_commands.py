"""The commands: what they say, how they fail, and what they do not load."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from tokenizers import Tokenizer, models, pre_tokenizers

from darkhorse_engine.cli import main
from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from darkhorse_engine.weights.safetensors_dir import save
from engine_tiny_model import make_model


def run(*line: str, typed: str | None = None) -> Result:
    threads = torch.get_num_threads()
    try:
        return CliRunner().invoke(main, [*line], input=typed)
    finally:
        torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random, over bytes, with a template of one line."""
    where = tmp_path_factory.mktemp("model")
    config = Config.preset("tiny")
    save(where, config, Model.random(config, seed=2).state_dict())
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = Tokenizer(models.BPE({letter: at for at, letter in enumerate(letters)}, []))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    words.save(str(where / "tokenizer.json"))
    (where / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    )
    return where


@pytest.fixture(scope="module")
def tiny_glm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random, over bytes and GLM's tags; it thinks, and never ends."""
    return make_model(tmp_path_factory.mktemp("glm"))


@pytest.mark.parametrize("line", [["--help"], ["--version"], ["show", "glm-5"], ["show", "--help"]])
def test_what_needs_no_torch_does_not_load_it(line: list[str]):
    code = (
        "import sys\nfrom darkhorse_engine.cli import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "assert not {'torch', 'numpy', 'tokenizers'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_help_names_every_command():
    said = run("--help").output
    assert all(f"\n  {name} " in said for name in ("chat", "export", "lift", "serve", "show"))


@pytest.mark.parametrize("name", ["chat", "export", "lift", "serve", "show"])
def test_every_command_has_help(name: str):
    said = run(name, "--help")
    assert said.exit_code == 0
    assert "Usage:" in said.output


def test_the_published_size_comes_out():
    said = run("show", "glm-5").output
    assert "glm-5: 743.9B parameters" in said
    assert "14.5x" in said


def test_numbers_for_scripts():
    said = json.loads(run("show", "glm-5", "--json", "--context", "200000").output)
    assert round(said["parameters"]["total"] / 1e9) == 744
    (at,) = said["decoded"]
    assert at["dense_flops"] == 139_264 * 78 * 200_000
    assert at["flops"] == at["weights_flops"] + at["index_flops"] + at["sparse_flops"]
    assert said["cache_bytes_per_token"] == 78 * (1152 + 256)


def test_a_shape_of_ones_own(model: Path):
    said = [run("show", str(path), "--json").output for path in (model, model / "config.json")]
    assert said[0] == said[1]
    longest = max(each["context"] for each in json.loads(said[0])["decoded"])
    assert longest <= Config.load(model).max_position_embeddings


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["show", "glm-6"], "glm-5"),
        (["chat", "/nowhere", "--prompt", "x"], "no such file or directory"),
        (["chat", "{model}", "--prompt", "x", "--topk", "many"], "--topk"),
        (["chat", "{model}", "--prompt", "x" * 5000, "--max-tokens", "9"], "This prompt of 5007"),
        (["chat", "{model}", "--prompt", "x", "--drafts", "1"], "--drafts"),
        (["serve", "{model}", "--key-env", "NOT_THERE"], "NOT_THERE is not set"),
        (["serve", "{model}", "--port", "0", "--context", "0"], "--context"),
        (["lift", "{model}"], "is there already"),
        (["lift", "a", "b", "c"], "At most"),
        (["lift", "/nowhere.gguf", "{model}/new"], "/nowhere.gguf"),
        (["export", "{model}", "{model}"], "is a directory"),
        (["export", "{model}", "{model}/config.json"], "is there already"),
        (["export", "{model}", "{model}/out.gguf"], "--tokenizer"),
        (["export", "{model}", "{model}/out.gguf", "--tokenizer", "/nowhere.gguf"], "/nowhere"),
    ],
)
def test_mistakes_are_told_in_a_sentence(model: Path, line: list[str], why: str):
    said = run(*(each.replace("{model}", str(model)) for each in line))
    assert said.exit_code in (1, 2)
    assert isinstance(said.exception, SystemExit)
    assert why in said.output


EXACT = ("--quant", "none", "--dtype", "float32", "--max-tokens", "12")


def test_one_answer_for_a_script(model: Path):
    line = ("chat", str(model), *EXACT, "--seed", "3", "--json")
    said = [json.loads(run(*line, "--prompt", "hello").stdout) for _ in range(2)]
    piped = json.loads(run(*line, "--prompt", "-", typed="hello").stdout)
    assert said[0]["content"] == said[1]["content"] == piped["content"]
    assert said[0]["prompt_tokens"] == len("user: hello\n")
    assert said[0]["completion_tokens"] == 12
    assert said[0]["finish"] == "length"
    shown = run("chat", str(model), *EXACT, "--seed", "3", "--prompt", "hello").stdout
    assert shown == said[0]["content"] + "\n"


def test_a_conversation_remembers(model: Path):
    line = ("chat", str(model), *EXACT, "--temperature", "0")
    first = run(*line, "--prompt", "hello").stdout.removesuffix("\n")
    said = run(*line, typed="hello\nand then?\n\n").stdout
    assert first in said
    assert said.count("> ") == 3


def test_a_conversation_keeps_what_was_thought(tiny_glm: Path):
    """So that its next prompt begins with all of this one, which the cache still has."""
    line = ("chat", str(tiny_glm), *EXACT[:4], "--max-tokens", "200", "--seed", "3")
    room = Config.load(tiny_glm).max_position_embeddings
    long = ("--system", "x" * (room - 300))
    said = run(*line, *long, typed="hello\nand then?\n\n")
    assert said.exit_code == 1
    assert re.search(r"This prompt of \d+", said.output)
    assert run(*line, *long, typed="hello\n\n").exit_code == 0


@pytest.mark.parametrize("quant", ["int8", "int4"])
def test_fewer_bits_answer_too(model: Path, quant: str):
    line = ("chat", str(model), "--quant", quant, "--max-tokens", "3", "--prompt", "x", "--json")
    assert json.loads(run(*line).stdout)["completion_tokens"] <= 3


def test_a_port_that_answers_is_not_shared(model: Path):
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        done = run("serve", str(model), "--port", str(port))
    assert done.exit_code == 1
    assert f"127.0.0.1:{port} is taken" in done.output


def test_where_nothing_can_be_written_a_sentence_says_so():
    done = run("lift", "/proc/nowhere/lifted", "--no-check")
    assert done.exit_code == 1
    assert "/proc/nowhere: " in done.output or "/proc/nowhere/" in done.output
    assert isinstance(done.exception, SystemExit)
