"""What may be shown of an address to people who are not to know all of it."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Host and port; paths and queries of webhooks often hold secrets of the receiver's."""
    return urlsplit(url).netloc
