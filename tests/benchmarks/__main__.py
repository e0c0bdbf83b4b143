"""Run the benchmarks of all subjects, or of those named, and write their rows into the page.

python -m tests.benchmarks [SUBJECT ...]
"""

import importlib
import sys
from pathlib import Path

from tests.benchmarks.harness import write

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"


def run(names: list[str]) -> None:
    """Run some subjects one after the other, printing each row as soon as it is there."""
    for name in names:
        print(f"\n{name}")
        rows = []
        for row in importlib.import_module(f"tests.benchmarks.bench_{name}").bench():
            print(f"  {row}", flush=True)
            rows.append(row)
        write(PAGE, name, rows)


if __name__ == "__main__":
    every = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    run(sys.argv[1:] or every)
