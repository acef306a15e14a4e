"""Making accounts, giving and ending roles, cover during absence. One module a noun."""

from keepsight.apps.accounts.actions.people import link_worker, make_user
from keepsight.apps.accounts.actions.roles import give_role

__all__ = ["give_role", "link_worker", "make_user"]
