"""The WSGI entry for servers other than `wdx serve`: `gunicorn exchange.wsgi:app`."""

from exchange.app import create_app

app = create_app()
