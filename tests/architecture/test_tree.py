"""Nothing in the tree that only one machine would understand."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOSTS = re.compile(r"(index-url|registry\.npmjs|pypi\.org|files\.pythonhosted|deb\.debian\.org)")
MACHINE = re.compile(r"(/root/|/home/\w+/|/work/(main|shared))")


def committed() -> list[Path]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts():
    for path in committed():
        readable = path.suffix in (".py", ".md", ".toml", ".lock", ".sh", ".html", ".yaml", "", ".txt")
        if readable and path != Path(__file__).resolve():
            yield path, path.read_text(errors="replace")


def test_no_registry_hosts():
    assert [str(path.relative_to(ROOT)) for path, text in texts() if HOSTS.search(text)] == []


def test_no_machine_paths():
    assert [str(path.relative_to(ROOT)) for path, text in texts() if MACHINE.search(text)] == []


def test_locks_carry_hashes():
    for name in ("run.lock", "dev.lock"):
        text = (ROOT / "requirements" / name).read_text()
        assert text.count("--hash=sha256:") >= text.count("==")
