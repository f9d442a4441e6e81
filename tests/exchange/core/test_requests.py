from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from exchange.core import i18n
from exchange.core.database import MAX_ATTEMPTS
from exchange.core.errors import Conflict, WrongState
from exchange.core.jobs import JobLease
from exchange.core.problems import ProblemHandlers
from exchange.core.requests import get_session, metered, now, run_views_in_transactions


@pytest.fixture
def visit(database):
    """Serve a view at one address and call it once."""

    def call(view, method="POST", **constraint_errors):
        app = Flask("site")
        app.extensions["wdx"] = SimpleNamespace(database=database)
        i18n.init_app(app)
        ProblemHandlers.init_app(app)
        app.add_url_rule("/api/thing", view_func=view, methods=[method])
        run_views_in_transactions(app, constraint_errors)
        return app.test_client().open("/api/thing", method=method)

    return call


@pytest.fixture
def kept(database):
    def names():
        with database.reading() as session:
            return list(session.scalars(select(JobLease.name)))

    return names


def write(name="settle"):
    get_session().execute(insert(JobLease).values(name=name))


class TestCommit:
    def test_a_view_that_answers_well_is_committed(self, visit, kept):
        def view():
            write()
            return "done"

        assert visit(view).status_code == 200
        assert kept() == ["settle"]

    def test_a_refusal_undoes_what_the_view_wrote(self, visit, kept):
        def view():
            write()
            raise WrongState("too late")

        assert visit(view).status_code == 409
        assert kept() == []

    @pytest.mark.parametrize("status", [400, 422, 500])
    def test_an_answer_that_is_an_error_undoes_what_the_view_wrote(self, visit, kept, status):
        def view():
            write()
            return "no", status

        assert visit(view).status_code == status
        assert kept() == []

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_reading_request_changes_nothing(self, visit, kept, method):
        def view():
            write()
            return "done"

        assert visit(view, method).status_code == 200
        assert kept() == []

    def test_a_metered_reading_request_is_committed(self, visit, kept):
        @metered
        def view():
            write()
            return "rows"

        assert visit(view, "GET").status_code == 200
        assert kept() == ["settle"]

    def test_a_metered_reading_request_that_fails_changes_nothing(self, visit, kept):
        @metered
        def view():
            write()
            raise WrongState("not signed")

        assert visit(view, "GET").status_code == 409
        assert kept() == []

    def test_asking_for_the_headers_of_a_metered_answer_is_refused(self, visit, kept):
        """It would be billed, or give a receipt for nothing."""

        @metered
        def view():
            write()
            return "rows"

        assert visit(view, "HEAD").status_code == 405
        assert kept() == []

    def test_a_request_has_one_present(self, visit):
        assert visit(lambda: {"same": now() is now()}).json == {"same": True}


class TestLostRaces:
    def test_a_lost_race_is_run_again_from_the_start(self, visit, kept):
        calls = []

        def view():
            calls.append(1)
            write()
            if len(calls) < 3:
                raise busy()
            return "done"

        assert visit(view).status_code == 200
        assert (kept(), len(calls)) == (["settle"], 3)

    def test_a_race_lost_too_often_asks_the_caller_to_come_back(self, visit, kept):
        calls = []

        def view():
            calls.append(1)
            write()
            raise busy()

        answer = visit(view)

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert (kept(), len(calls)) == ([], MAX_ATTEMPTS)


class TestBrokenRules:
    def test_a_named_rule_becomes_its_refusal(self, visit, kept):
        def view():
            write()
            write()

        answer = visit(view, pk_job_leases=lambda: Conflict("the name is taken", field="name"))

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (409, "name")
        assert kept() == []

    def test_a_rule_nobody_named_is_our_defect_and_tells_nothing(self, visit):
        def view():
            write()
            write()

        answer = visit(view)

        assert (answer.status_code, answer.json["code"]) == (500, "internal")
        assert "job_leases" not in answer.text

    def test_an_unexpected_error_tells_nothing_of_the_inside(self, visit, kept):
        def view():
            write()
            raise KeyError("the inside")

        answer = visit(view)

        assert (answer.status_code, "the inside" in answer.text) == (500, False)
        assert kept() == []


def busy():
    return OperationalError("COMMIT", {}, Exception("database is locked"))
