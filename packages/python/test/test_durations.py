from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

import pgque
from pgque._duration import to_interval, to_timedelta

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (1.5, 1.5),
        (timedelta(minutes=2), 120),
        ("250ms", 0.25),
        ("5 minutes", 300),
        ("1h 30m", 5400),
        ("2 days 1 hour", 176_400),
        ("01:30:00", 5400),
        ("00:00:01.5", 1.5),
        (" 3 Weeks ", 1_814_400),
    ],
)
def test_durations(value: Any, seconds: float) -> None:
    assert to_timedelta(value, "delay") == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "5", "5 parsecs", -1, math.nan, math.inf, True, None, "1001 years"])
def test_what_is_no_duration_is_refused_by_its_name(value: Any) -> None:
    with pytest.raises(pgque.InvalidArgumentError, match="delay"):
        to_timedelta(value, "delay")


def test_the_longest_and_the_shortest_reach_every_server(client: pgque.PgqueClient) -> None:
    for seconds in (0, 0.000001, 59.999999, 3600 * 24 * 365 * 999):
        row = client.conn.execute("select extract(epoch from %s::interval)", [to_interval(seconds, "delay")]).fetchone()
        assert row is not None
        assert float(row[0]) == seconds
