"""The calls of the interface, and the pages about it."""
