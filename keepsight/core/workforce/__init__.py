"""Staff: who is at work and when too few are, the out-of-hours rota, who may be lent to whom (WRK)."""
