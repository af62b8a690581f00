"""Amounts as people type them."""

from __future__ import annotations


def plain_amount(typed: str) -> str:
    """“1,055,000.50”, “1.055.000,50” and “1 055 000,50” are one amount: three digits after the last mark mean thousands."""
    amount = "".join(typed.split()).replace("’", "").replace("'", "")
    last = max(amount.rfind(","), amount.rfind("."))
    if last < 0:
        return amount
    whole, tail = amount[:last].replace(",", "").replace(".", ""), amount[last + 1 :]
    thousands = len(tail) == 3 or amount.count(amount[last]) > 1
    return whole + tail if thousands else f"{whole}.{tail}"
