"""From an uploaded file to a stored, typed revision: formats, types, faults named cell by cell."""
