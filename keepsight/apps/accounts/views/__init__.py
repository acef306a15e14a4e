"""People and roles, one's own account, sessions and terms. Import each view from its own module."""
