"""Pages for schools, providers, members and analysts. Import each view from its own module."""
