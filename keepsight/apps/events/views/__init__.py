"""Pages of emergencies and exercises."""
