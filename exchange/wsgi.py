"""The WSGI entry for servers other than `wdx serve`: `gunicorn exchange.wsgi:app`."""

from exchange.app import create_app
from exchange.config import read_settings
from exchange.core import logs

_settings = read_settings()
logs.configure(_settings.log_format)
app = create_app(_settings)
