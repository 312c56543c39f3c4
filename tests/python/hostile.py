"""Hostile values: attacks that are known, and whatever hypothesis makes besides."""

import math
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider

# where an attack leaves a trace: a file it writes, a table it makes, a product
CANARY = "zqcanary"
FACTORS = "7919 * 7907"
PRODUCT = "62615533"
assert str(math.prod(map(int, FACTORS.split(" * ")))) == PRODUCT
SECRETS = {
    "PRIVATE_TOKEN": "zqsecret-token-4411",
    "SEGMENTATION_PASSWORD": "zqsecret-password-4412",
    "DBT_ENV_SECRET_KEY": "zqsecret-key-4413",
    "DUCKDB_S3_SECRET": "zqsecret-s3-4414",
}

JINJA = [
    f"{{{{ {FACTORS} }}}}",
    f"{{{{ run_query('create table {CANARY} as select 1') }}}}",
    f"{{% do run_query('create table {CANARY} as select 1') %}}",
    "{{ env_var('PRIVATE_TOKEN') }}",
    "{% for x in range(9) %}",
    "{# ",
    "{{ 1 / 0 }}",
    "}}{{",
    "{{",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
]
SQL = [
    "'; drop table marts.dim_customers; --",
    '"; drop table marts.dim_customers; --',
    f"'; create table {CANARY} as select 1; --",
    f"' || (select {FACTORS}) || '",
    f"'); copy (select 1) to '{CANARY}.csv'; --",
    f"x' union select '{CANARY}' --",
    f"'; attach '{CANARY}.duckdb' as x; --",
    "' or '1' = '1",
    "''",
    "'",
    '"',
    "\\'",
    "\\",
    "/* */ --",
    "$$;$$",
    "getenv('PRIVATE_TOKEN')",
    "%' escape '!",
    "%_%",
]
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1-1",
    "@SUM(A1)",
    "=cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://example.org?"&A1)',
    "＝1+1",
    '"=1+1"',
    '"\n=1+1',
]
MARKUP = [
    "<script>window.isRun = true</script>",
    '<img src=x onerror="window.isRun = true">',
    "</script><script>window.isRun = true</script>",
    "]]><!--",
    "&lt;b&gt;",
    "javascript:window.isRun=true",
    "[a](javascript:alert(1)) | b | <b>",
    "`code` ![x](y)",
]
SHELL = [
    f"$(touch {CANARY})",
    f"`touch {CANARY}`",
    f"; touch {CANARY} #",
    f"| touch {CANARY}",
    "../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "s3://bucket/x",
    "~/.ssh/id_rsa",
    "CON",
    "a/b",
    ".",
    "..",
    "*",
    "[a-z]*",
    "?",
]
ODD_TEXTS = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "a\0b",
    "\x1b[2J\x1b[31mred",
    "\x07",
    "\x7f",
    "\x85",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\ufeff",
    "\u200b",
    "\u00a0",
    "\u2028",
    "\ufffd",
    "é",
    "e\u0301",
    "İ",
    "ß",
    "🦊" * 20,
    "\U0010ffff",
    "a" * 20_000,
    "None",
    "null",
    "NULL",
    "nan",
    "NaN",
    "true",
    "undefined",
    "[object Object]",
    "{0}",
    "%s%n",
    "{}",
    "[]",
    "\\x00",
    "\\u0000",
    "\\N",
    "#N/A",
    "#",
    ",",
    ";",
    "|",
    '""',
    "a,b\nc,d",
]
NUMBERS = [
    "0",
    "-0",
    "1e308",
    "-1e309",
    "1e-400",
    "NaN",
    "inf",
    "-Infinity",
    "0x1F",
    "1_000",
    "1,000.5",
    "9" * 40,
    "-" + "9" * 40,
    "0." + "0" * 40 + "1",
    "1e",
    "١٢",
    "1/3",
    "٣.٥",
    "18446744073709551616",
    "-9223372036854775809",
    "99999999999999.9999",
    "1e14",
    "½",
]
TIMES = [
    "0000-00-00",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "-5000-01-01",
    "294247-01-10 04:00:54.775807",
    "294248-01-01",
    "1677-09-21",
    "2262-04-12",
    "infinity",
    "epoch",
    "now",
    "2024-02-30",
    "2024-13-01",
    "2024-06-30T25:61:61",
    "1e10",
    "1719700000",
    "2024-06-30 10:00:00+99:99",
    "2024-06-30T10:00:00.123456789Z",
    "30.06.2024",
    "1582-10-10",
    "2024-06-30 10:00:00 (BC)",
    "2024-12-31 23:59:60",
    "5881580-07-10",
    "290309-12-21 (BC)",
]
ATTACKS = JINJA + SQL + FORMULAS + MARKUP + SHELL

CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = (
    st.sampled_from(ATTACKS + ODD_TEXTS)
    | st.text(CHARACTERS, max_size=30)
    | st.lists(
        st.sampled_from(ATTACKS) | st.text(CHARACTERS, max_size=5),
        min_size=2,
        max_size=3,
    ).map("".join)
)
NUMBER_TEXTS = st.sampled_from(NUMBERS) | st.floats().map(str) | st.integers().map(str)
TIME_TEXTS = st.sampled_from(TIMES) | st.datetimes().map(str) | st.dates().map(str)

# what YAML can hold; dbt itself stops at whole numbers of more than 64 bits
SCALARS = (
    TEXTS
    | NUMBER_TEXTS
    | TIME_TEXTS
    | st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.binary(max_size=9)
)
VALUES = SCALARS | st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | st.integers() | st.dates(), inner, max_size=3)
    ),
    max_leaves=6,
)


def drawn(strategy, count):
    """Return so many different values of a strategy: the same in each run.

    Hypothesis takes a few values from the source of whatever modules are loaded. Those
    would differ with the tests that run beside this one, so they are left out.
    """
    found = {}

    @settings(
        derandomize=True,
        database=None,
        max_examples=2 * count,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value):
        found.setdefault(repr(value), value)

    with patch.object(
        HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None
    ):
        collect()
    assert len(found) >= count, len(found)
    return list(found.values())[:count]


def is_code(value) -> bool:
    """Say whether a value holds what dbt would run, at any depth."""
    return any(each in str(value) for each in ("{{", "{%", "{#"))
