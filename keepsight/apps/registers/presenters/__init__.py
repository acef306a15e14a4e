"""What pages of registers show, as plain values."""
