"""A relay as `darkhorse relay` runs it, on a disk that records what was synced.

python unplugged_relay.py DATA CONFIG SIDECAR
"""

import sys
from pathlib import Path

from darkhorse.storage.ledger.powercut import RecordingDisk
from darkhorse.wiring import config, relay

if __name__ == "__main__":
    data, path, sidecar = map(Path, sys.argv[1:])
    relay.run(data, config.load(path), disk=RecordingDisk(sidecar))
