"""A small app around the shell: the templates, their macros and the addresses they name."""

import pytest
from flask import Blueprint, Flask
from flask_babel import Babel


@pytest.fixture(scope="session")
def shell():
    app = Flask(__name__, static_folder=None)
    app.secret_key = "only for the tests"
    Babel(app, default_locale="en", default_timezone="Asia/Shanghai")
    portal = Blueprint(
        "portal",
        "exchange.portal",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    for name in ("home", "sign_in", "sign_out", "switch_locale"):
        portal.add_url_rule(f"/{name}", name, lambda: "", methods=["GET", "POST"])
    app.register_blueprint(portal)
    app.jinja_env.globals["csrf_token"] = lambda: "the-token"
    app.jinja_env.globals["role_label"] = str.title
    return app
