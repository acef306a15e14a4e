"""Providers: the market page reads registers; it has no tables of its own."""
