"""Resumable uploads: a large file arrives in parts over any number of requests and becomes a revision once."""
