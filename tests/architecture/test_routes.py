"""Every route says who may call it, and refuses everybody else."""

import re

import pytest

#: The whole public surface; whoever adds to it changes this list.
PUBLIC = {
    "GET /",
    "GET /api/handles/<prefix>/<path:suffix>",
    "GET /api/v1/authority",
    "GET /api/v1/certificates/<number>",
    "GET /api/v1/demands",
    "GET /api/v1/demands/<demand_id>",
    "GET /api/v1/exchange-keys",
    "GET /authority/<kid>.crl",
    "GET /authority/<kid>.crl.pem",
    "GET /authority/<kid>.pem",
    "GET /certificates/<number>",
    "GET /demands/",
    "GET /demands/<demand_id>",
    "GET /healthz",
    "GET /id/<prefix>/<path:suffix>",
    "GET /readyz",
    "GET /sign-in",
    "POST /api/v1/access-tokens",
    "POST /api/v1/organisations",
    "POST /locale",
    "POST /sign-in",
    "POST /sign-out",
}
#: The routes that read and yet write a record of what they hand out.
METERED = {"/api/v1/agreements/<agreement_id>/rows", "/api/v1/agreements/<agreement_id>/file"}
#: Served by libraries: files of the portal, the API's description.
LIBRARY = {"portal.static", "api-docs.openapi_json"}


def own_rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in LIBRARY]


def methods_of(rule):
    return sorted(rule.methods - {"HEAD", "OPTIONS"})


def test_every_route_states_its_access(app):
    unstated = [
        rule.rule for rule in own_rules(app) if not hasattr(app.view_functions[rule.endpoint], "access")
    ]

    assert unstated == []


def test_the_public_list_is_exactly_this(app):
    public = {
        f"{method} {rule.rule}"
        for rule in own_rules(app)
        if app.view_functions[rule.endpoint].access == "public"
        for method in methods_of(rule)
    }

    assert public == PUBLIC


def test_anonymous_gets_401_on_every_other_route(app, client):
    app.config["WTF_CSRF_ENABLED"] = False  # the view itself refuses, not only the missing form token
    answers = {}
    for rule in own_rules(app):
        for method in methods_of(rule):
            if f"{method} {rule.rule}" in PUBLIC:
                continue
            path = re.sub(r"<int:[^>]+>", "1", rule.rule)
            path = re.sub(r"<[^>]+>", "some-id", path)
            response = client.open(path, method=method, headers={"Accept": "application/json"})
            answers[f"{method} {rule.rule}"] = response.status_code

    assert {route: status for route, status in answers.items() if status != 401} == {}


def test_exactly_the_gate_is_metered(app):
    metered = {
        rule.rule
        for rule in own_rules(app)
        if getattr(app.view_functions[rule.endpoint], "is_metered", False)
    }

    assert metered == METERED


def test_every_api_route_has_a_summary(app):
    document = app.test_client().get("/api/v1/openapi.json").get_json()

    missing = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and not operation.get("summary")
    ]

    assert missing == []


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/me", "/", "/no-such-page"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers

    assert {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"} <= set(
        headers.keys()
    )
