"""The reference for the web bench: a Django list as a tutorial would write it. No scoping, no reading log."""
