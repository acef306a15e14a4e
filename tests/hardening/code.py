"""
Looks for dangerous calls with bandit, and holds what it finds to what was reviewed: ``python -m tests.hardening.code``.

Needs no network.
"""

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REVIEWED = Path(__file__).with_name("reviewed.toml")


def found() -> Counter[tuple[str, str]]:
    """How often each test of bandit strikes in each file."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", "keepsight"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    results = json.loads(told.stdout)["results"]
    return Counter((one["filename"].removeprefix("keepsight/"), one["test_id"]) for one in results)


def differences(now: Counter[tuple[str, str]]) -> list[str]:
    """What was found and not reviewed, and what was reviewed and is gone, each in a sentence."""
    book = tomllib.loads(REVIEWED.read_text())
    everywhere = book.pop("everywhere")
    agreed = Counter({(file, key): count for file, row in book.items() for key, (count, _) in row.items()})
    seen = Counter({place: count for place, count in now.items() if place[1] not in everywhere})
    return [
        f"keepsight/{file}: {key} {seen[file, key]} times, {agreed[file, key]} in tests/hardening/reviewed.toml"
        for file, key in sorted(set(seen) | set(agreed))
        if seen[file, key] != agreed[file, key]
    ]


def main() -> int:
    """Print the differences."""
    wrong = differences(found())
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
