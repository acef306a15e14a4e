"""Slow, obvious twins of the engines: written another way, to be compared with."""
