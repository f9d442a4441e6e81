"""The types a cell can have, how each is written, and how it is read."""

from dataclasses import dataclass

from exchange.datasets.schema import FieldType

#: What the engine says when it meets a cell that breaks the type of its column.
FAULT = "wdx: a cell breaks the type of its column"

#: Bytes that make the engine read a number where the pattern sees none, or sees an exponent.
NUMBER_MARKS = b"_eE"

_DATE = r"[1-9]\d{3}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_WRITTEN_BACK = "CAST({parsed} AS VARCHAR) = {0}"
_YEAR_FIRST = "{0} >= '1' AND {0} < ':'"


@dataclass(frozen=True)
class Kind:
    """A type as it is written in text: what a cell must look like, and how it is read.

    `pattern`, `parse` and `test` have `{0}` where the trimmed cell or the raw column stands. `plain` is
    a cheap condition on the raw cell that only cells of this kind meet, and most of them do: it spares
    them the pattern. It may ask for the `{parsed}` cell. `unmarked` is what it asks besides where a text may
    hold `NUMBER_MARKS`.
    """

    type: FieldType
    pattern: str
    parse: str
    rule: str
    test: str = "true"
    zone: str | None = None
    plain: str = ""
    plain_parse: str = ""
    unmarked: str = ""

    def sound(self, cell: str) -> str:
        """Return the condition under which a cell is of this kind."""
        parsed = self.parse.format(cell)
        test = self.test.format(cell, parsed=parsed)
        # CASE, since AND would parse every cell, also those that do not even look right.
        return (
            f"CASE WHEN regexp_full_match({cell}, '{self.pattern}')"
            f" THEN {parsed} IS NOT NULL AND {test} ELSE false END"
        )

    def plainly(self, cell: str, parsed: str, *, marks: bool) -> str:
        """Return the cheap condition; empty when there is none."""
        asked = self.plain + self.unmarked if self.plain and marks else self.plain
        return asked.format(cell, parsed=parsed)


@dataclass(frozen=True)
class Column:
    """How one raw column is read.

    `value` gives the typed cell, `filled` says whether there is one, `sound` whether it is allowed. Where
    `plain` holds, `plain_value` is the typed cell and nothing else need be asked; both may use what
    `prepared` gives a name to, so that it is worked out once. `nullable` is None when the cells decide; a
    column that is not nullable allows no empty cell.
    """

    name: str
    type: FieldType
    value: str
    filled: str = "true"
    sound: str = "true"
    rule: str = ""
    zone: str | None = None
    plain: str = ""
    plain_value: str = ""
    prepared: str = ""
    nullable: bool | None = None
    #: None when the name may tell it.
    unit: str | None = None
    dropped: bool = False

    @property
    def checked(self) -> str:
        """The typed cell, or an error of the engine that says `FAULT`."""
        if self.sound == "true":
            return self.value if self.nullable is not False else f"coalesce({self.value}, error('{FAULT}'))"
        missing = "NULL" if self.nullable is not False else f"error('{FAULT}')"
        plain = f"WHEN {self.plain} THEN {self.plain_value} " if self.plain else ""
        return (
            f"CASE {plain}WHEN NOT coalesce({self.filled}, false) THEN {missing}"
            f" WHEN {self.sound} THEN {self.value} ELSE error('{FAULT}') END"
        )

    @property
    def faulty(self) -> str:
        """The condition under which a cell breaks the rule; `false` where none can."""
        filled = f"coalesce({self.filled}, false)"
        wrong = "false" if self.sound == "true" else f"({filled} AND NOT coalesce({self.sound}, false))"
        if self.nullable is not False:
            return wrong
        empty = f"({self.value}) IS NULL" if self.sound == "true" else f"NOT {filled}"
        return empty if wrong == "false" else f"({wrong} OR {empty})"


INTEGER = Kind(
    "integer",
    r"[+-]?(0|[1-9]\d{0,18})",
    "TRY_CAST({0} AS BIGINT)",
    "a whole number without leading zeros, in 64 bits",
    plain=_WRITTEN_BACK,
)
NUMBER = Kind(
    "number",
    r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?",
    "TRY_CAST({0} AS DOUBLE)",
    "a number such as 12.5, without unit or thousands separator; empty when missing",
    # A double would silently change the last digits of a long row of digits.
    test=r"isfinite({parsed}) AND NOT regexp_full_match({0}, '[+-]?\d{{16,}}')",
    # Comparisons of the first bytes are much cheaper than a pattern. What the engine would read beyond
    # the pattern is excluded: underscores, exponents, leading zeros, words.
    plain=(
        "strlen({0}) < 16 AND ({0} >= '1' AND {0} < ':' OR {0} >= '0.' AND {0} < '0/'"
        " OR {0} >= '-1' AND {0} < '-:' OR {0} >= '-0.' AND {0} < '-0/')"
    ),
    unmarked="".join(f" AND NOT contains({{0}}, '{mark}')" for mark in NUMBER_MARKS.decode()),
    # What looks so far like a number and is none stops the engine, as FAULT does.
    plain_parse="CAST({0} AS DOUBLE)",
)
MONTH = Kind(
    "month",
    r"[1-9]\d{3}[-/]\d{1,2}",
    "TRY_CAST(replace({0}, '/', '-') || '-01' AS DATE)",
    "a month such as 2026-06",
)
DATE = Kind(
    "date",
    _DATE,
    "TRY_CAST({0} AS DATE)",
    "a date such as 2026-06-30",
    plain=f"strlen({{0}}) = 10 AND {_YEAR_FIRST} AND {_WRITTEN_BACK}",
)
TIMESTAMP = Kind(
    "timestamp",
    f"{_DATE}({_CLOCK})?",
    "TRY_CAST({0} AS TIMESTAMP)",
    "a time such as 2026-06-30 23:45:00",
    # What is written back as it was read cannot have been an offset, nor half understood.
    plain=(
        f"strlen({{0}}) IN (16, 19) AND {_YEAR_FIRST} AND ({_WRITTEN_BACK}"
        " OR CAST({parsed} AS VARCHAR) = replace({0}, 'T', ' ')"
        " OR CAST({parsed} AS VARCHAR) = replace({0}, 'T', ' ') || ':00')"
    ),
)
TIMESTAMP_WITH_OFFSET = Kind(
    "timestamp",
    rf"{_DATE}{_CLOCK}([zZ]|[+-]\d{{2}}(:?\d{{2}})?)",
    "TRY_CAST({0} AS TIMESTAMPTZ)",
    "a time with its offset such as 2026-06-30T23:45:00+08:00",
    zone="UTC",
)
BOOLEAN = Kind("boolean", "(?i)true|false", "TRY_CAST({0} AS BOOLEAN)", "true or false")
#: From the narrowest to the widest.
KINDS = (BOOLEAN, INTEGER, NUMBER, MONTH, DATE, TIMESTAMP, TIMESTAMP_WITH_OFFSET)


def parsed_column(index: int, name: str, kind: Kind, *, marks: bool) -> Column:
    """Read raw text as one kind; `marks` says whether `NUMBER_MARKS` may occur in it."""
    raw, cell, parsed = f"c{index}", f"trim(c{index})", f"p{index}"
    asks = "{parsed}" in kind.plain
    return Column(
        name,
        kind.type,
        kind.parse.format(f"nullif({cell}, '')"),
        filled=f"{cell} <> ''",
        sound=kind.sound(cell),
        rule=kind.rule,
        zone=kind.zone,
        plain=kind.plainly(raw, parsed, marks=marks),
        plain_value=parsed if asks else kind.plain_parse.format(raw),
        prepared=f"{kind.parse.format(raw)} AS {parsed}" if asks else "",
    )


def text_column(index: int, name: str) -> Column:
    """Keep raw text as it is; empty text is null."""
    return Column(name, "text", f"nullif(c{index}, '')")
