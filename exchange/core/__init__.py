"""Ground floor: knows no business and imports nothing of ours."""
