"""Scheduled work of webhooks."""

from datetime import timedelta

from exchange.core.jobs import Job
from exchange.messages.webhooks.sending import send_due

#: Every node may run it: endpoints are taken in turns.
SEND_WEBHOOKS = Job("send_webhooks", send_due, timedelta(seconds=1), leased=False)
