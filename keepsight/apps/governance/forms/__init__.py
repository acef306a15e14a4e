"""What governance asks: one module a noun."""
