"""Every write: one function is one verb, one transaction, one audit entry."""
