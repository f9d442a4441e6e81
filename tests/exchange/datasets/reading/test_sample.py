from exchange.datasets.reading.sample import sample_rows, spread_rows


def test_a_sample_is_the_first_rows_and_rows_spread_over_the_rest(quarter_hours):
    sample = quarter_hours.ingested.sample

    assert len(sample) == 96
    assert sample[:2] == [["2026-01-01T00:00:00", None, "row 0"], ["2026-01-01T00:15:00", "0.125", "row 1"]]
    assert [row[2] for row in sample[22:26]] == ["row 22", "row 23", "row 24", "row 164"]
    assert sample[-1] == [quarter_hours.ingested.time_to, "1250.0", "row 10000"]


def test_a_sample_is_the_same_every_time(quarter_hours):
    assert sample_rows(quarter_hours.parquet, quarter_hours.schema) == quarter_hours.ingested.sample


def test_a_sample_of_few_rows_is_all_of_them(take_in):
    assert [row[1] for row in take_in("day,x\n2026-01-01,1\n2026-01-02,\n").ingested.sample] == ["1", None]


def test_a_sample_of_several_files_is_spread_over_all_of_them(take_in):
    first, second = (take_in("n,x\n" + "".join(f"{n},{n}\n" for n in range(a, a + 200))) for a in (0, 200))

    sample = sample_rows([first.parquet, second.parquet], first.schema)

    places = [int(row[0]) for row in sample]
    assert (len(places), places[0], places[-1]) == (96, 0, 399)
    assert places == sorted(set(places))


def test_a_sample_of_very_many_columns_has_fewer_rows(take_in):
    names = ",".join(f"c{n}" for n in range(1000))
    lines = [",".join(["1"] * 1000)] * 100

    assert len(take_in("\n".join([names, *lines])).ingested.sample) == 20


def test_a_long_text_is_cut_in_a_sample(take_in):
    ((cell,),) = take_in(f"remark\n{'x' * 500}y\n").ingested.sample

    assert cell == "x" * 200 + "…"


def test_a_picture_is_drawn_from_the_spread_rows(quarter_hours, take_in):
    few = take_in("day,x\n2026-01-01,1\n2026-01-02,\n").ingested.sample

    assert spread_rows(quarter_hours.ingested.sample, 3) == quarter_hours.ingested.sample[24:]
    assert spread_rows(few, 2) == few
