"""Notices: what the buyers of a data set are told about its life, and whether they have read it."""
