"""Answers as pages show them: words, tags, addresses."""
