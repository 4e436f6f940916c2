"""What breaks on purpose: `make faults` runs these against the shipped server and prints what came of it."""
