"""What the pages of command ask."""
