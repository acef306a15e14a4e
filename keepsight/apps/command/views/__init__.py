"""Pages of command: thin, each declares its permission."""
