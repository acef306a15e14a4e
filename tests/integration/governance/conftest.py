"""Governance stands still on the same Wednesday as the desk, and signs in without the form."""

from tests.integration.desk.conftest import leader, manager, sign_in, stand_still, team, worker  # noqa: F401
