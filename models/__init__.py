"""What exists, and what is always true of one record."""
