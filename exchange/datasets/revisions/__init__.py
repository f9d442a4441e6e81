"""The life of a revision after ingest: what differs from another one, whom that breaks, and its withdrawal."""
