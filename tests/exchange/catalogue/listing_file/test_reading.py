import pytest

from exchange.catalogue.listing_file import ListingFileInvalid, read_file
from exchange.catalogue.listing_file.reading import MOST_BYTES

HEAD = "format: wdx-listing/1\ndataset: dts_1\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        path = tmp_path / "listing.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_file(path)

    return write_and_read


def test_days_and_codes_stay_the_text_that_was_typed(read):
    file = read(f'{HEAD}offer: {{valid_to: 2026-12-31, source: {{type: "001"}}}}')

    assert file.offer == {"valid_to": "2026-12-31", "source": {"type": "001"}}


def test_a_file_without_columns_is_read_too(read):
    assert read(f"{HEAD}offer: {{}}").columns is None
    assert read(f"{HEAD}revision: {{columns: [time]}}\noffer: {{}}").columns == ("time",)


def test_a_file_may_be_of_a_hosted_product(read):
    file = read("format: wdx-listing/1\nhosted: hst_1\noffer: {}")

    assert (file.dataset, file.hosted) == (None, "hst_1")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("offer: {}", "does not begin with"),
        ("- a list", "does not begin with"),
        ("", "does not begin with"),
        (f"{HEAD}", "holds no offer"),
        (f"{HEAD}offer: []", "holds no offer"),
        ("format: wdx-listing/1\noffer: {}", "names no data set"),
        (f"{HEAD}hosted: hst_1\noffer: {{}}", "a data set and a provider-hosted product"),
        ("format: wdx-listing/1\nhosted: 7\noffer: {}", "hosted is no id"),
        (f"{HEAD}listing: 7\noffer: {{}}", "listing is no id"),
        (f"{HEAD}price: 1\noffer: {{}}", "no member price"),
        (f"{HEAD}offer: {{sector: power, sector: energy}}", "sector stands here twice"),
        (f"{HEAD}offer: {{keywords: &a [x], languages: *a}}", "aliases are not taken"),
        (f"{HEAD}offer: {{keywords: !!python/name:os.system x}}", "not readable YAML"),
        (f"{HEAD}offer: {{", "not readable YAML"),
        (b"\xff\xfe\x00", "not readable YAML"),
    ],
)
def test_what_is_no_listing_file_says_where(read, text, match):
    with pytest.raises(ListingFileInvalid, match=match):
        read(text)


def test_a_huge_file_is_not_even_read(read):
    with pytest.raises(ListingFileInvalid, match="more than"):
        read(b"#" * (MOST_BYTES + 1))
