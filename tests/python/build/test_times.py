"""Raw times are read as they are meant, or not at all."""

import pytest

# as Shopify, WooCommerce, Stripe, Square, Amazon, JavaScript, Java, e-mails and
# spreadsheets write them
READ = {
    "2024-01-01 10:00:00 -0500": "2024-01-01 15:00:00",
    "2024-01-02T10:00:00-05:00": "2024-01-02 15:00:00",
    "2024-01-01T10:00:00": "2024-01-01 10:00:00",
    "2024-01-01 10:00": "2024-01-01 10:00:00",
    "2024-01-01 9:05": "2024-01-01 09:05:00",
    "2024-01-01T10:00:00Z": "2024-01-01 10:00:00",
    "2024-01-01T10:00:00.250Z": "2024-01-01 10:00:00.25",
    "2024-01-01 10:00:00,250": "2024-01-01 10:00:00.25",
    "2024-01-01 10:00:00 UTC": "2024-01-01 10:00:00",
    "2024-01-01 10:00:00 GMT": "2024-01-01 10:00:00",
    "2024-01-01T10:00:00+02": "2024-01-01 08:00:00",
    "2024-01-01T10:00:00+0530": "2024-01-01 04:30:00",
    "2024-01-01T10:00:00.123456+00:00": "2024-01-01 10:00:00.123456",
    "2024-01-01T10:00:00+01:00[Europe/Berlin]": "2024-01-01 09:00:00",
    "Mon Jan 01 2024 10:00:00 GMT+0100 (Central European Standard Time)":
        "2024-01-01 09:00:00",
    "Mon, 01 Jan 2024 10:00:00 +0100": "2024-01-01 09:00:00",
    "2024-01-01T00:30:00+02:00": "2023-12-31 22:30:00",
    "2024-01-01": "2024-01-01 00:00:00",
    "2024/01/31": "2024-01-31 00:00:00",
    "2024/01/31 10:00:00": "2024-01-31 10:00:00",
    "2024-1-9": "2024-01-09 00:00:00",
    "20240131": "2024-01-31 00:00:00",
    "20240131235959": "2024-01-31 23:59:59",
    "1704103200": "2024-01-01 10:00:00",
    "1704103200250": "2024-01-01 10:00:00.25",
    "1704103200123456": "2024-01-01 10:00:00.123456",
    "1704103200123456789": "2024-01-01 10:00:00.123456",
    "2024-01-01 10:00:00 PM": "2024-01-01 22:00:00",
    "2024-01-01 12:30 AM": "2024-01-01 00:30:00",
    "Jan 1, 2024, 10:00 PM": "2024-01-01 22:00:00",
    "Jan 1, 2024 12:00:04 AM UTC": "2024-01-01 00:00:04",
    "January 31, 2024": "2024-01-31 00:00:00",
    "31 January 2024 10:00": "2024-01-31 10:00:00",
    "31-Jan-2024": "2024-01-31 00:00:00",
    "31-Jan-2024 22:15:01": "2024-01-31 22:15:01",
    "2024-01-01 24:00:00": "2024-01-02 00:00:00",
    "2024-02-29": "2024-02-29 00:00:00",
}  # fmt: skip
NEEDS_A_GUESS = [
    "01/02/2024", "13/01/2024", "01.02.2024", "1/2/2024 10:00", "01-02-2024",
    "01/02/24", "24-01-02", "2024-02-30", "2023-02-29", "2024-13-01",
    "2024-01-01 25:00:00",
    "2024-01-01 10:60", "2024-01-01 23:59:60", "2024-01-01 13:00:00 PM",
    "0000-00-00 00:00:00", "45292", "45292.4167", "2024", "2024-01", "202401",
    "2024010110", "240101", "1. Januar 2024", "1 Januar 2024", "Jan 32, 2024",
    "10:00:00",
    "2024-01-01 10:00:00 PST", "2024-01-01 10:00:00 Europe/Berlin",
    "2024-01-01 10:00:00 +15:00", "2024-01-01 10:00:00+99:00", "2024-W01-1", "2024-001",
    "now", "infinity", "epoch", "2024-01-01T00:00:00+24:00",
    "2024-01-01T10:00:00 EST5EDT",
    "1704103200.5", "1.704e9", "-1704103200", "9904103200", "31 Feb 2024", "٢٠٢٤-٠١-٠١",
]  # fmt: skip
SLASHED = ["01/02/2024", "1.2.2024 10:00", "01-02-2024, 10:00:00 PM", "13/01/2024"]
AS_SET = [
    ({"date_order": "day first"}, dict(zip(SLASHED, [
        "2024-02-01 00:00:00", "2024-02-01 10:00:00", "2024-02-01 22:00:00",
        "2024-01-13 00:00:00",
    ], strict=True))),
    ({"date_order": "month first"}, dict(zip(SLASHED, [
        "2024-01-02 00:00:00", "2024-01-02 10:00:00", "2024-01-02 22:00:00", None,
    ], strict=True))),
    # New York's clocks went from 02:00 to 03:00 on 2024-03-10
    ({"shop_time_zone": "America/New_York", "raw_time_zone": "Europe/Berlin"}, {
        "2024-01-01 10:00:00 -0500": "2024-01-01 10:00:00",
        "2024-07-01T02:00:00Z": "2024-06-30 22:00:00",
        "2024-03-10T07:30:00Z": "2024-03-10 03:30:00",
        "2024-01-01 10:00:00": "2024-01-01 04:00:00",
        "2024-01-01": "2024-01-01 00:00:00",
        "20240101": "2024-01-01 00:00:00",
        "1704103200": "2024-01-01 05:00:00",
        "20240101100000": "2024-01-01 04:00:00",
        "Jan 1, 2024 1:00 AM": "2023-12-31 19:00:00",
    }),
]  # fmt: skip


def read(project, texts, **settings):
    """Return what staging makes of each text: a time, and a complaint."""
    texts = dict(enumerate(texts))
    orders = [{"order_id": f"o{n}", "ordered_at": text} for n, text in texts.items()]
    project.write(orders=orders, order_lines=[])
    result = project.build("--select", "stg_shop__orders", **settings)
    assert result.success, result.text
    rows = project.rows(
        "select order_id, cast(ordered_at as varchar), unreadable_values "
        "from staging.stg_shop__orders"
    )
    return {texts[int(order[1:])]: (time, said) for order, time, said in rows}


@pytest.fixture(scope="module")
def as_it_is(new_project):
    return read(new_project(), [*READ, *NEEDS_A_GUESS])


@pytest.mark.parametrize("text", READ)
def test_a_time_is_read_as_it_is_meant(as_it_is, text):
    assert as_it_is[text] == (READ[text], None)


@pytest.mark.parametrize("text", NEEDS_A_GUESS)
def test_a_time_that_needs_a_guess_is_not_read(as_it_is, text):
    assert as_it_is[text] == (None, "ordered_at cannot be read as a timestamp")


@pytest.mark.parametrize(("settings", "times"), AS_SET, ids=["day", "month", "zone"])
def test_a_setting_says_what_a_time_does_not(project, settings, times):
    read_times = read(project, times, **settings)
    assert {text: time for text, (time, _) in read_times.items()} == times
