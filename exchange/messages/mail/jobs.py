"""Scheduled work of mail."""

from datetime import timedelta

from exchange.core.jobs import Job
from exchange.messages.mail.sending import send_mails

#: Every node may run it: mails are claimed.
SEND_MAILS = Job("send_mails", send_mails, timedelta(seconds=5), leased=False)
