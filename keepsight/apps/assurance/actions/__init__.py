"""What changes audits, and what locks returns."""
