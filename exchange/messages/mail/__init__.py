"""Mail: an organisation's messages, for those of its people who want them by mail."""
