"""When somebody is told of a month's bill, on every cloud.

Owns the shares, and from where on a single day is unusual. Does not own whom: the stack file does.
Both clouds count what the provider bills, some hours late; what `tokenworks estimate` says is list
prices without tax.
"""

SPENT_PERCENT = (50, 80, 100)
"""Of the month's budget: half of it early in a month is a sign, and in the middle usual."""
FORECAST_PERCENT = (100,)
"""Of the month's budget, by what the cloud expects until the month's end."""
ANOMALY_PERCENT = 5
"""Of the month's budget: a day that is dearer than expected by so much is told. A usual day's whole
bill is a thirtieth of it."""


def anomaly_usd(monthly_usd: float) -> int:
    """Return from how many US dollars on a deviation is worth a mail; never less than one."""
    return max(1, round(monthly_usd * ANOMALY_PERCENT / 100))
