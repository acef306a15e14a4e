"""Answers of command, across tables: every one begins with what the person may see."""
