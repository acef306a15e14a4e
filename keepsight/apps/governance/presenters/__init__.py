"""Wording of governance: one module a noun."""
