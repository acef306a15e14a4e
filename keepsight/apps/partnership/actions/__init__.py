"""What changes newsletters: lists, subscribers, issues that go out."""

from keepsight.apps.partnership.actions.news import begin, send, subscribe, unsubscribe

__all__ = ["begin", "send", "subscribe", "unsubscribe"]
