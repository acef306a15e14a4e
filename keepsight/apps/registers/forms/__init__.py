"""What registers ask."""
