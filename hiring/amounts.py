"""Amounts as people type them, and how finely a currency is divided."""

from __future__ import annotations

WHOLE = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
}
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
DIVIDED = dict.fromkeys(WHOLE, 0) | dict.fromkeys(THOUSANDTHS, 3) | {"CLF": 4, "UYW": 4}
"""ISO 4217: currencies whose smallest unit is no hundredth, with their decimals."""


def decimals_of(currency: str) -> int:
    """How many decimals an amount in this currency can have."""
    return DIVIDED.get(currency.upper(), 2)


def plain_amount(typed: str) -> str:
    """“1,055,000.50”, “1.055.000,50” and “1 055 000,50” are one amount: three digits after the last mark mean thousands."""
    amount = "".join(typed.split()).replace("’", "").replace("'", "")
    last = max(amount.rfind(","), amount.rfind("."))
    if last < 0:
        return amount
    whole, tail = amount[:last].replace(",", "").replace(".", ""), amount[last + 1 :]
    thousands = (len(tail) == 3 and whole.strip("-") not in ("", "0")) or amount.count(amount[last]) > 1
    return whole + tail if thousands else f"{whole}.{tail}"
