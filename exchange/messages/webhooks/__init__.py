"""Webhooks: an organisation's messages, sent to the addresses of its own programs."""
