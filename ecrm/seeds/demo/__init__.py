"""A believable company in bulk."""
