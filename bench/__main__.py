"""Every bench, one after another: ``make bench``, or ``python -m bench rate web``."""

import subprocess
import sys

BENCHES = {
    "rate": "rating, against a row-by-row twin",
    "annex_a": "reading the Annex A workbook, against liiatools and the bare reader",
    "load": "a council's whole delivery, and ten times the children",
    "web": "My work and a child's page, against a plain Django list",
    "registers": "a register of a million entries, against the same list written by hand",
    "activate": "activating the pandemic on the example council",
    "audit": "what the log of who looked costs a page, an event in the chain against a plain row, and its check",
}


def main() -> int:
    """Run the benches named, or all."""
    chosen = sys.argv[1:] or list(BENCHES)
    for name in chosen:
        print(f"\n== {name}: {BENCHES[name]}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
