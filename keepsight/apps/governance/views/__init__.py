"""Access asked for and given, who looked, what is kept. Import each view from its own module."""
