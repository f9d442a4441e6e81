"""What can be said of a revision's quality, counted over all of its rows."""
