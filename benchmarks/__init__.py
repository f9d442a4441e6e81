"""Ratios against a peer or a physical limit, measured in the same run; never a timed test."""
