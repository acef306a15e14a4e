"""Making accounts, giving and ending roles, cover during absence. One module a noun."""

from keepsight.apps.accounts.actions.people import give_role, link_worker, make_user

__all__ = ["give_role", "link_worker", "make_user"]
