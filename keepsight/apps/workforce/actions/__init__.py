"""What changes rotas: made, filled by the solver, edited by hand, published (WRK-05)."""

from keepsight.apps.workforce.actions.rota import fill, make, publish, put, set_people

__all__ = ["fill", "make", "publish", "put", "set_people"]
