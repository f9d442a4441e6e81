"""The pages of a listing whose data stay with the provider: honest, complete, and without the provider's address."""

import re

import pytest

from tests.factories import hosted as product
from tests.factories.browsers import Browser
from tests.factories.hosted import FAILED, HOST
from tests.factories.participants import PASSWORD


@pytest.fixture
def read(market):
    """A page as somebody reads it."""

    def page(path, member=None, *, language="en", status=200):
        browser = Browser(market.app, language)
        browser.sign_in((member or market.forecast_lab).login, PASSWORD)
        answer = browser.get(path)
        assert answer.status_code == status
        return answer.text

    return page


class TestTheListing:
    @pytest.fixture
    def page(self, market, read):
        listing_id = product.listed(market).listing_id
        return lambda **how: read(f"/catalogue/{listing_id}", **how)

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "en",
                ("stay with the provider", "not measured", "credit code of the company", "no such company"),
            ),
            ("zh", ("数据留在供方", "未测定", "统一社会信用代码", "命中")),
        ],
    )
    def test_says_what_it_is(self, page, language, words):
        html = page(language=language)

        assert [text for text in words if text not in html] == []

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "Requests for access are not taken yet"), ("zh", "暂不受理使用申请")],
    )
    def test_says_that_nothing_is_delivered_yet(self, page, language, words):
        assert words in page(language=language)

    def test_claims_no_rows_no_sample_and_no_quality_level(self, page):
        html = page()

        assert 'id="sample"' not in html
        assert "quality-level" not in html
        assert "Empty cells" not in html

    def test_has_no_empty_part(self, page):
        parts = re.findall(r"<section[^>]*>(.*?)</section>", page(), re.DOTALL)

        assert all(re.sub(r"<[^>]+>|\s", "", re.sub(r"<h2.*?</h2>", "", part)) for part in parts)

    def test_tells_when_the_api_was_tested(self, page):
        html = page()

        assert "Connection test" in html
        assert "2026-11-24" in html

    def test_names_the_address_to_nobody(self, market, page):
        assert HOST not in page()
        assert HOST not in page(member=market.grid_co)

    def test_links_what_there_is_of_an_api(self, page):
        html = page()

        assert "openapi.json" in html
        assert "sample.csv" not in html
        assert "datapackage.json" not in html


class TestTheVersion:
    @pytest.fixture
    def version(self, market):
        described = product.described(market)
        product.connection_tested(market, FAILED)
        product.connection_tested(market)
        return market.approved(product.drafted(market, described))

    def test_shows_its_reviewer_the_tests_with_time_and_result(self, market, read, version):
        html = read(f"/catalogue/{version.listing_id}/versions/1", market.operator)

        assert all(text in html for text in ("2026-11-24", "not passed", "it gave no answer", "HTTP 200"))
        assert HOST in html
        assert "Waits for the operator" in html
        assert "complete and true" in html
        assert "object at 0x" not in html

    def test_is_read_in_chinese(self, market, read, version):
        html = read(f"/catalogue/{version.listing_id}/versions/1", market.operator, language="zh")

        assert all(text in html for text in ("连通性测试", "审核过程", "未通过"))

    def test_is_for_those_who_work_on_it(self, market, read, version):
        path = f"/catalogue/{version.listing_id}/versions/1"

        read(path, market.grid_approver)
        read(path, market.rival, status=404)
        read(path, market.forecast_lab, status=403)

    def test_that_nobody_tested_says_so(self, market, read):
        version = product.drafted(market, product.described(market))

        html = read(f"/catalogue/{version.listing_id}/versions/1", market.grid_co)
        assert "Nobody has tested this description yet." in html
        assert "Not submitted yet." in html

    def test_of_a_data_set_has_its_review_too(self, market, read):
        listing = read(f"/catalogue/{market.listing_id}", market.grid_co)
        path = f"/catalogue/{market.listing_id}/versions/1"

        assert f'href="{path}"' in listing
        html = read(path, market.grid_co)
        assert "checked against the list" in html
        assert "Connection tests" not in html

    def test_shows_its_reviewer_the_grading_of_every_column(self, market, read, version):
        html = read(f"/catalogue/{version.listing_id}/versions/1", market.operator)

        assert "arrears_days" in html
        assert "General data, level 1" in html
        assert "¥2.00 a hit" in html
