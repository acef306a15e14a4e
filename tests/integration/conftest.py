"""What integration tests share: a database of their own, for tests whose other processes must reach it."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[str]:
    """An empty database of its own: a file, and one in the server of the run where there is one."""
    server = os.environ.get("KEEPSIGHT_DATABASE", "")
    on_postgresql = server.startswith("postgres")
    if on_postgresql != (request.param == "postgresql"):
        pytest.skip("left out: the run on the other database does it")
    if not on_postgresql:
        yield f"sqlite:///{tmp_path}/own.sqlite3"
        return
    import psycopg

    name = f"keepsight_{request.node.originalname}"[:63]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield server.rsplit("/", 1)[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
