"""The world of ``tests/access``, on the database of this run."""

from tests.access.conftest import stand_still, world

__all__ = ["stand_still", "world"]
