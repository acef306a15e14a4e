"""Who may see what: every address, as every kind of person, about a child of every class of record."""
