"""`bench/engine.py --quick` runs, and says what it measured."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[3] / "bench"


def test_a_quick_run_measures_llama_cpp_and_ours(smollm2, tmp_path):
    del smollm2  # what all of them run
    done = subprocess.run(
        [sys.executable, str(BENCH / "engine.py"), "--quick", "--only", "llama.cpp", "ours"],
        capture_output=True,
        text=True,
        timeout=250,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["failed"] == {}
    assert set(told["cpu_ms"]) == {"llama.cpp", "ours int4", "ours int8", "ours int4, dense"}
    for series, by in told["cpu_ms"].items():
        assert set(by) == {"256", "2048"}, series
        assert all(cost > 0 for cost in by.values()), series
    assert told["statistic"].startswith("median of 8 decoded tokens in 2 rounds")
