from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistersConfig(AppConfig):
    name = "keepsight.apps.registers"
    label = "registers"

    def ready(self) -> None:
        from keepsight.apps.duties import easements
        from keepsight.apps.registers.easing import uses_of

        easements.answered_by(uses_of)
        post_migrate.connect(put_up_search, sender=self)


def put_up_search(using: str, **_: Any) -> None:
    """Put up again what search needs: see ``words``."""
    from django.db import connections

    from keepsight.apps.registers import words

    if "registers_entry" in connections[using].introspection.table_names():
        words.put_up(connections[using])
