"""A relay as `darkhorse relay` runs it, on a disk that records what was synced.

python unplugged_relay.py DATA CONFIG SIDECAR
"""

import sys
from pathlib import Path

from darkhorse.storage.ledger.powercut import RecordingDisk
from darkhorse.wiring import config, relay


def run(data: str, path: str, sidecar: str) -> None:
    relay.run(Path(data), config.load(Path(path)), disk=RecordingDisk(Path(sidecar)))


if __name__ == "__main__":
    run(*sys.argv[1:])
