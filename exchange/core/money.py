"""Money as whole numbers: fen in statements and the ledger, micro-yuan (µ¥) in prices and rating."""

from exchange.core.errors import Invalid

MICRO_PER_FEN = 10_000
BASIS_POINTS = 10_000
#: More yuan than 64 bits of fen hold have this many digits.
_MOST_DIGITS = 17


class SharesInvalid(Invalid):
    """The shares of a split are not a division of the whole."""

    code = "shares-invalid"


class AmountInvalid(Invalid):
    """A text is no amount in yuan."""

    code = "amount-invalid"


def fen_from_micro(micro: int) -> int:
    """Round µ¥ to fen, half away from zero, so that a credit rounds exactly like its charge."""
    fen = (abs(micro) + MICRO_PER_FEN // 2) // MICRO_PER_FEN
    return -fen if micro < 0 else fen


def split_fen(amount_fen: int, shares_bp: tuple[int, ...]) -> tuple[int, ...]:
    """Divide an amount by basis points so that the parts add back to it exactly.

    Every part is rounded down; the fen left over go to the largest remainders, ties to the earlier party.
    A negative amount is divided like the positive one, so a full credit undoes its charge party by party.

    Raises:
        SharesInvalid: a share is negative, or the shares do not sum to 10,000.

    """
    if sum(shares_bp) != BASIS_POINTS or min(shares_bp) < 0:
        raise SharesInvalid(
            "The shares do not divide the whole.",
            field="shares_bp",
            remedy="Give shares of zero or more basis points that sum to 10000.",
        )
    parts = _split_positive(abs(amount_fen), shares_bp)
    return tuple(-part for part in parts) if amount_fen < 0 else tuple(parts)


def parse_yuan(text: str, *, field: str) -> int:
    """Read yuan with up to two decimals, such as 5000.50 or 5,000, as fen; no float comes near it.

    Raises:
        AmountInvalid: the text is no such amount.

    """
    yuan, _, rest = text.strip().replace(",", "").partition(".")
    is_whole = yuan.isdecimal() and len(yuan) <= _MOST_DIGITS
    if not is_whole or not (rest == "" or (rest.isdecimal() and len(rest) <= 2)):
        raise AmountInvalid(
            "This is no amount in yuan.",
            field=field,
            remedy="Write it like 5000 or 5000.50, without a sign.",
        )
    return int(yuan) * 100 + int(rest.ljust(2, "0"))


def format_yuan(fen: int) -> str:
    """Write fen as yuan with two decimals and no grouping, for files and machine-readable attributes."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def _split_positive(amount_fen: int, shares_bp: tuple[int, ...]) -> list[int]:
    products = [amount_fen * share for share in shares_bp]
    parts = [product // BASIS_POINTS for product in products]
    left_over = amount_fen - sum(parts)
    # `sorted` is stable: equal remainders stay in the order of the parties.
    by_remainder = sorted(range(len(parts)), key=lambda i: -(products[i] % BASIS_POINTS))
    for i in by_remainder[:left_over]:
        parts[i] += 1
    return parts
