"""Questions to a stored revision: pages, files, samples, and the bytes they become."""
