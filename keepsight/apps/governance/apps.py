from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "keepsight.apps.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from keepsight.apps.governance.queries.retention import holds_of
        from keepsight.apps.people import holds

        holds.answered_by(holds_of)
