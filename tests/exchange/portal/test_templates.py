"""Pages of the shell hold in every state and carry nothing a strict content policy would refuse."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import render_template
from markupsafe import Markup

FRAME = {
    "locale": "zh_Hans_CN",
    "navigation": [
        SimpleNamespace(label="Catalogue", url="/catalogue", current=True),
        SimpleNamespace(label="Contracts", url="/contracts", current=False),
        SimpleNamespace(label="Bills", url="/bills", current="below"),
    ],
    "actor": SimpleNamespace(
        person_name="Lin Qiu",
        organisation_name="预测实验室",
        organisation_name_en="Forecast Lab",
        roles=["buyer"],
    ),
    "version": "0.1.0",
    "log_status_url": "/log/status",
}
CARD = {
    "title": "Offers",
    "url": "/offers",
    "figure": 0,
    "text": "None waits.",
    "badge": "Done",
    "tone": "good",
}
PROBLEM = {
    "status": 401,
    "title": "Sign in first",
    "detail": "Nobody is signed in.",
    "code": "not-authenticated",
    "request_id": "req_1",
    "errors": [
        {"field": "price_plan.model", "message": "There is no such model.", "remedy": "Use per_row."}
    ],
}
PAGES = {
    "home": {"sections": [{"title": "To do", "intro": "Waiting.", "cards": [CARD]}]},
    "sign_in": {"errors": ["Wrong."], "person_name": "lin", "next": "/bills", "hint": "Staff only."},
    "problem": {"problem": PROBLEM},
}


@pytest.fixture
def page(shell):
    def rendered(name, *, method="GET", path="/here?a=1", **context):
        with shell.test_request_context(path, method=method):
            return render_template(f"portal/{name}.html", **context)

    return rendered


@pytest.fixture
def macros(shell):
    with shell.test_request_context("/"):
        yield shell.jinja_env.get_template("portal/macros.html").module


@pytest.mark.parametrize("frame", [{}, FRAME], ids=["bare", "framed"])
@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_has_no_inline_style_script_or_handler(self, page, name, frame):
        assert not re.search(
            r"<style|<script|\sstyle=|\son\w+=|javascript:", page(name, **PAGES[name], **frame)
        )

    def test_every_post_form_carries_the_token(self, page, name, frame):
        html = page(name, **PAGES[name], **frame)

        assert html.count('method="post"') == html.count('name="csrf_token" value="the-token"') > 0

    def test_has_one_first_heading_and_a_skip_link_that_leads_somewhere(self, page, name, frame):
        html = page(name, **PAGES[name], **frame)

        assert (html.count("<h1"), html.count('href="#content"'), html.count('id="content"')) == (1, 1, 1)


class TestFrame:
    def test_says_which_language_the_page_is_in(self, page):
        assert '<html lang="zh-Hans-CN">' in page("home", **FRAME)

    def test_offers_the_other_language_and_comes_back_here(self, page):
        html = page("home", **FRAME)

        assert 'name="locale" value="en"' in html
        assert 'name="next" value="/here?a=1"' in html

    def test_does_not_come_back_to_an_address_that_takes_only_posts(self, page):
        assert 'name="next"' not in page("home", method="POST", **FRAME)

    def test_marks_the_current_place(self, page):
        assert re.findall(r'<a href="(\S+)" aria-current="page">', page("home", **FRAME)) == ["/catalogue"]

    def test_marks_the_place_above_a_page_as_well(self, page):
        assert re.findall(r'<a href="(\S+)" aria-current="true">', page("home", **FRAME)) == ["/bills"]

    @pytest.mark.parametrize(("locale", "name"), [("en", "Forecast Lab"), ("zh_Hans_CN", "预测实验室")])
    def test_names_the_organisation_in_the_language_of_the_page(self, page, locale, name):
        html = page("home", **{**FRAME, "locale": locale})

        assert f'<span class="person-organisation">{name}' in html

    def test_a_person_may_sign_out_and_a_stranger_sign_in(self, page):
        assert "/sign_out" in page("home", **FRAME)
        assert "/sign_out" not in page("home")
        assert "/sign_in" in page("home")

    def test_names_from_outside_are_escaped(self, page):
        actor = SimpleNamespace(
            person_name="<b>", organisation_name="<i>", organisation_name_en="<s>", roles=["<u>"]
        )

        assert not re.search("<b>|<i>|<s>|<u>", page("home", actor=actor))


class TestPages:
    def test_a_figure_of_zero_is_shown(self, page):
        assert '<p class="card-figure">0</p>' in page("home", **PAGES["home"])

    def test_a_person_without_tasks_is_told_so(self, page):
        assert "Nothing waits for you" in page("home", **FRAME)

    def test_the_typed_name_stays_and_no_password_does(self, page):
        html = page("sign_in", **PAGES["sign_in"])

        assert 'value="lin"' in html
        assert re.search(r'name="password" type="password" value=""', html)

    def test_a_problem_names_field_remedy_and_request(self, page):
        html = page("problem", problem=PROBLEM)

        assert all(text in html for text in ("price_plan.model", "Use per_row.", "req_1"))

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
    def test_a_problem_of_every_status_is_told_in_a_sentence_of_the_reader(self, page, status):
        html = page("problem", problem={**PROBLEM, "status": status, "detail": "for the help desk"})

        lead = html.partition('<p class="lead">')[2].partition("</p>")[0]
        assert lead.endswith(".")
        assert lead != "for the help desk"


class TestMacros:
    @pytest.mark.parametrize(
        ("fen", "value", "shown"),
        [
            (0, "0.00", "¥0.00"),
            (-5, "-0.05", "−¥0.05"),
            (123456789, "1234567.89", "¥1,234,567.89"),
            (2**63 - 1, "92233720368547758.07", "¥92,233,720,368,547,758.07"),
        ],
    )
    def test_money_is_exact(self, macros, fen, value, shown):
        assert macros.money(fen) == f'<data class="money" value="{value}">{shown}</data>'

    def test_no_money_is_a_dash(self, macros):
        assert macros.money(None) == "–"

    def test_a_digest_stands_whole_in_the_page_so_that_it_can_be_copied(self, macros):
        html = macros.digest("ab" * 32)

        assert html == f'<code class="digest" title="{"ab" * 32}">{"ab" * 32}</code>'

    def test_a_stage_not_reached_says_so(self, macros):
        html = macros.stage_bar([("Listed", True, "version 1"), ("Agreed", False, "2026-11-24")])

        assert html.count("stage-done") == html.count("stage-open") == 1
        assert "version 1" in html
        assert "2026-11-24" not in html

    def test_a_timeline_leads_to_the_entry_of_the_log(self, macros):
        item = {"at": datetime(2026, 11, 3, tzinfo=UTC), "title": "Signed", "position": 0}

        assert 'href="/log?subject=agr_1#entry-0"' in macros.timeline([item], "/log?subject=agr_1")

    def test_a_table_escapes_text_keeps_markup_and_marks_numbers(self, macros):
        html = macros.table(["Name", "Rows"], [["<b>", Markup("<data>7</data>")], [None, 8]], "Usage", (1,))

        assert "<td>&lt;b&gt;</td>" in html
        assert '<td class="numeric"><data>7</data></td>' in html
        assert "<td>–</td>" in html

    def test_a_timeline_shows_local_time_and_keeps_the_instant(self, macros):
        html = macros.timeline([{"at": datetime(2026, 11, 3, 16, tzinfo=UTC), "title": "Signed"}])

        assert '<time datetime="2026-11-03T16:00:00+00:00">2026-11-04 00:00:00</time>' in html

    def test_a_pager_without_other_pages_is_not_there(self, macros):
        assert not macros.pager().strip()

    def test_a_wrong_field_is_tied_to_its_error(self, macros):
        html = macros.field("name", "Name", error="Missing.")

        assert 'aria-describedby="error-name" aria-invalid="true"' in html
        assert 'id="error-name"' in html
