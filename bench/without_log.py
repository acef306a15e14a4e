"""The same pages, but that no event is written. For the bench only."""

from keepsight.config.wsgi import application  # isort: skip – makes Django ready for the next

from keepsight.apps.audit import actions

actions.record = lambda *_, **__: None

__all__ = ["application"]
