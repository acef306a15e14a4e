"""The reference for the bench of registers: one tracker, written by hand as a table of its own."""
