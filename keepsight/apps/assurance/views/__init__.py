"""Pages of audits, the evidence binder and returns to the Department."""
