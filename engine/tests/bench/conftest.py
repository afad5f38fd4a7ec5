"""The benches are scripts; their modules are found from their own folder."""

import sys
from pathlib import Path

BENCH = Path(__file__).parents[3] / "bench"
sys.path.insert(0, str(BENCH))
