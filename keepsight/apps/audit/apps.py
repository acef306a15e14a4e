from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate, pre_save


class AuditConfig(AppConfig):
    name = "keepsight.apps.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keepsight.apps.audit import jobs, migrating

        connection_created.connect(lend_link, dispatch_uid="audit.lend_link")
        pre_save.connect(jobs.leave_words_out, sender="django_tasks_database.DBTaskResult")
        pre_migrate.connect(migrating.step_aside, sender=self)
        post_migrate.connect(migrating.stand_again, sender=self)


def lend_link(connection: Any, **_: Any) -> None:
    """SQLite knows no SHA-256: its triggers borrow ours, so nothing but Keepsight can add an event."""
    from keepsight.core.chain import link_of

    if connection.vendor == "sqlite":
        connection.connection.create_function("keepsight_link", 3, link_of, deterministic=True)
