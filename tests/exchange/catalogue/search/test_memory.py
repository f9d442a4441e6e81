"""What a process remembers is right under its stamp, and bounded."""

from concurrent.futures import ThreadPoolExecutor

from exchange.catalogue.search import memory


def test_searches_side_by_side_do_not_disturb_each_other(market, listed, search, monkeypatch):
    """With room for one word every search empties what the others have just read."""
    monkeypatch.setattr(memory, "_MOST_WORDS", 1)
    monkeypatch.setattr(memory, "_MOST_VALUES", 1)
    listed(title_en="zinc", sector="bulk_materials")
    questions = ["zinc", "zinc load", "curve", "copper", ""]

    def total(question):
        return search(question).total

    one_by_one = [total(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(total, questions * 10)) == one_by_one * 10
    assert (one_by_one[0], one_by_one[3], one_by_one[4]) == (1, 0, 2)


def test_words_are_read_once_under_one_stamp(market, search, monkeypatch):
    search("load")
    monkeypatch.setattr(memory, "_read_words", lambda *_: 1 / 0)

    assert search("load").total == 1


def test_a_change_is_seen_at_once(search, listed):
    assert search("zinc").total == 0

    listed(title_en="zinc")

    assert search("zinc").total == 1
