"""What was agreed, and every delivery under it."""
