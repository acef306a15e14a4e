"""
Holds the packages to their locks, without a network: ``python -m tests.hardening.packages``.

Every package is pinned to one version with hashes, what is installed is what the lock says, nothing is
installed beside it, and what they need of each other fits. Whether a version has become known to be
vulnerable can only be asked of a service: ``make audit`` does, where there is a network.
"""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {name: ROOT / "requirements" / f"{name}.lock" for name in ("run", "dev")}
TOOLS = {"pip", "setuptools", "uv", "wheel"}  # that make the environment itself
_PIN = re.compile(r"^([A-Za-z0-9_.\-]+)==([^ ;\\]+)(?: *; *([^\\]+))?", re.MULTILINE)


def name_of(package: str) -> str:
    """The one spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", package).lower()


def pins(lock: Path) -> dict[tuple[str, str], str]:
    """Package and the condition under which it is installed → version. One package may have several."""
    return {
        (name_of(name), (marker or "").strip()): version for name, version, marker in _PIN.findall(lock.read_text())
    }


def pins_here(lock: Path) -> dict[str, str]:
    """Package → version, as the lock wants it on this Python and this system."""
    return {name: version for (name, marker), version in pins(lock).items() if not marker or Marker(marker).evaluate()}


def without_hash(lock: Path) -> list[str]:
    """Packages that the lock names without a hash, or otherwise than by one version."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", re.sub(r"(?m)^#.*\n", "", lock.read_text()))
    return [
        block.split(" ")[0]
        for block in blocks
        if block.strip() and ("==" not in block.split("\n")[0] or "--hash=sha256:" not in block)
    ]


def differing(lock: Path) -> list[str]:
    """What is installed otherwise than the lock says, in sentences."""
    held = {name_of(each.metadata["Name"]): each.version for each in metadata.distributions()}
    locked = pins_here(lock)
    wrong = [
        f"{name} {held[name]} is installed, the lock says {version}"
        for name, version in locked.items()
        if name in held and held[name] != version
    ]
    wrong += [f"{name} is not installed" for name in locked if name not in held]
    return wrong + [f"{name} is installed and not in the lock" for name in sorted(set(held) - set(locked) - TOOLS)]


def main() -> int:
    """Say what does not hold."""
    wrong = [f"{name}.lock: {package} has no hash" for name, lock in LOCKS.items() for package in without_hash(lock)]
    run, dev = pins(LOCKS["run"]), pins(LOCKS["dev"])
    wrong += [f"{pin[0]} is {run[pin]} in run.lock and not so in dev.lock" for pin in run if dev.get(pin) != run[pin]]
    wrong += differing(LOCKS["dev"])
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    wrong += fits.stdout.splitlines() if fits.returncode else []
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
