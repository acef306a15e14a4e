"""Every write of governance: one module a noun. Import each action from its own module."""
