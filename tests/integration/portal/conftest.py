"""The pages for others are tested with the people and the clock of the desk."""

from tests.integration.desk.conftest import leader, manager, sign_in, stand_still, team, worker

__all__ = ["leader", "manager", "sign_in", "stand_still", "team", "worker"]
