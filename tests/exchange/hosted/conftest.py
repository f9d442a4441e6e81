"""A provider's own API on the loopback interface, and its description."""

import threading
from dataclasses import replace

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

COMPANY = {"uscc": "91420100MA4K000003", "score": 712.5, "grade": "A", "arrears_days": 0}


class CreditApi:
    """A power-credit index: one company per call, `code` says what was found."""

    def __init__(self):
        self.asked = []
        self.answer = {"code": "0000", "data": {"rows": [COMPANY]}}
        self.status = 200
        self.app = Flask("provider")
        self.app.add_url_rule("/v1/credit/<uscc>", view_func=self._credit, methods=["GET", "POST"])

    def _credit(self, uscc):
        self.asked.append({"uscc": uscc, "headers": dict(request.headers), "query": dict(request.args)})
        return jsonify(self.answer), self.status


@pytest.fixture
def provider():
    api = CreditApi()
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    api.host = f"127.0.0.1:{server.port}"
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def described(provider):
    """The description of the provider's API."""
    return {
        "url": f"http://{provider.host}/v1/credit/{{uscc}}",
        "method": "GET",
        "auth": {"kind": "header", "name": "X-Api-Key"},
        "parameters": [
            {"name": "uscc", "in": "path"},
            {"name": "period", "in": "query", "required": False},
        ],
        "answer": {
            "records_at": "data.rows",
            "code_at": "code",
            "fields": [
                {"name": "uscc", "type": "text"},
                {"name": "score", "type": "number"},
                {"name": "grade", "type": "text"},
                {"name": "arrears_days", "type": "integer", "nullable": True},
            ],
        },
        "codes": [
            {"status": 200, "code": "0000", "outcome": "hit"},
            {"status": 200, "code": "1001", "outcome": "no_hit", "meaning_en": "no such company"},
            {"status": 500, "outcome": "failure"},
        ],
    }


@pytest.fixture
def market(market, provider):
    """The market whose operator allows the provider's private host."""
    settings = replace(market.context.settings, egress_hosts=provider.host)
    return replace(market, context=replace(market.context, settings=settings))


@pytest.fixture
def try_api(market, described):
    """Have the exchange try the API; the changes are made to the description."""

    def call(*, by=None, arguments=None, secret="s3cret", **changes):
        body = {"api": described | changes, "arguments": arguments or {"uscc": COMPANY["uscc"]}}
        return market.api(by or market.grid_co).post(
            "/connection-tests/", body | ({"secret": secret} if secret else {})
        )

    return call
