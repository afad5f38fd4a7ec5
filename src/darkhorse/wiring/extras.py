"""What a run may lack: how to install it, in this checkout and this Python."""

import shlex
import sys
from pathlib import Path

__all__ = ["install_command"]

_REQUIREMENTS = Path(__file__).parents[3] / "requirements"


def install_command(name: str, package: str) -> str:
    """The shell command that installs requirements/`name`.txt; outside a checkout, `package`."""
    pip = (sys.executable, "-m", "pip", "install")
    listed = _REQUIREMENTS / f"{name}.txt"
    if listed.is_file():
        return shlex.join((*pip, "--require-hashes", "--no-deps", "-r", str(listed)))
    return shlex.join((*pip, package))
