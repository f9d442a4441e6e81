"""The shell of the site: layout, style and charts that every stage's pages stand in."""
