"""Answers about access and retention: one module a noun."""
