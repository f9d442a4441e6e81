"""Data keys: one random key for each revision and each upload, wrapped by the master key."""
