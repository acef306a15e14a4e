"""
Runs a command with a private PostgreSQL: ``python -m tests.postgres -- pytest tests/integration``.

The server is started from the installed binaries, in a temporary folder, on a free port of this
machine, and is gone afterwards. The command finds it in ``KEEPSIGHT_DATABASE``.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _binaries() -> Path:
    """Where ``initdb`` is: Debian keeps it out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    if path := shutil.which("initdb"):
        return Path(path).parent
    sys.exit("No PostgreSQL server is installed. On Debian: apt-get install postgresql")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Start a server; give its address as a database URL; stop it and remove its files."""
    binaries, port = _binaries(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="keepsight-pg-", dir="/tmp"))
    # The server refuses to run as root, so it runs as the system's own postgres user then.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")

    def call(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        call(f"{binaries}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "keepsight", "-E", "UTF8")
        call(f"{binaries}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        yield f"postgres://keepsight@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*as_user, f"{binaries}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command after ``--`` beside a server."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    with server() as url:
        return subprocess.run(command, env=os.environ | {"KEEPSIGHT_DATABASE": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
