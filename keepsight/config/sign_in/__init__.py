"""Signing in: sessions, passwords and lock-out, second factors, terms of use. Each has a module."""
