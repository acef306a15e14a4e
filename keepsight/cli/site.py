"""Starts Django for the commands that work on the running system."""

import os


def start() -> None:
    """Make the register reachable. Called inside a command, so that ``keepsight --help`` stays quick."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
    django.setup()
