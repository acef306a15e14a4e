"""Readers: a file as a council exports it → canonical frames and findings. See ``frames.py``."""
