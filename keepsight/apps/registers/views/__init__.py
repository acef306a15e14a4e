"""Pages of registers. Each view: reach the entry within the person's reach, one call, present, draw."""
