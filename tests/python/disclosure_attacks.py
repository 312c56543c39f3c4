"""What a reader of shared aggregates can work out, however cells are hidden.

The attacker reads tables alone, and knows what the figures mean: moves add up to the
sizes of segments at both dates, newcomers to cohorts, segments to everyone.
"""

from collections import defaultdict
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog


class Attacker:
    """Holds what is known: values, and sums that are equal.

    Unknowns are named by what they count. `least_of` says what a hidden one is known to
    hold at least. `inside` says which segments lie within one of another dimension.
    Whoever knows `real` knows which sums are equal and which of them leave people out.
    """

    def __init__(self, tables, inside=(), real=None):
        self.known, self.least_of, self.ways = {}, {}, defaultdict(list)
        self.lines = []  # (parts, whole)
        self.alike = []  # (parts, whole), where tables may count different people
        self.moves(tables["fct_segment_transitions"].to_pandas())
        self.sizes(tables["rpt_segment_overview"].to_pandas())
        self.cohorts(tables["fct_cohort_retention"].to_pandas())
        self.everyone()
        self.nested(dict(inside))
        for parts, whole in self.alike if real else ():
            less = real[whole] - sum(real[part] for part in parts)
            if less < 0 and len(parts) == 1:
                parts, whole, less = [whole], parts[0], -less
            if less >= 0:
                rest = [("rest", whole, *parts)] if less else []
                self.lines.append(([*parts, *rest], whole))
        if not real:
            self.real = self.differences()

    def see(self, name, value, least):
        """Note what a table prints: a value, or that it is hidden."""
        if value == value and value is not None:
            assert self.known.setdefault(name, int(value)) == int(value)
        else:
            self.least_of[name] = least
        return name

    def moves(self, frame):
        dates = sorted(frame["anchor_date"].unique())
        before = dict(zip(dates, [None, *dates], strict=False))
        into, out = defaultdict(list), defaultdict(list)
        self.newcomers, self.was, self.cells = defaultdict(list), {}, []
        for row in frame.to_dict("records"):
            date, dimension = row["anchor_date"], row["dimension"]
            source, target = row["from_segment_code"], row["to_segment_code"]
            at = ("was", dimension, date, source)
            self.was[at] = ("size", dimension, before[date], source)
            if source == "new_customer":
                del self.was[at]
                at = ("new", dimension, date)
                self.newcomers[date].append(at)
            cell = ("move", dimension, date, source, target)
            self.cells.append(self.see(cell, row["count_customers"], 1))
            self.see(at, row["count_from_customers"], 1)
            # a share and a count give the whole, a share and the whole the count
            rate = row["transition_rate"]
            if rate == rate:
                assert row["count_customers"] == row["count_customers"]
            out[dimension, date, at].append(cell)
            into[dimension, date, ("size", dimension, date, target)].append(cell)
        for (_, _, whole), parts in [*out.items(), *into.items()]:
            self.lines.append((parts, whole))
        self.all_sizes = {whole for _, _, whole in into}
        self.alike += [
            ([size], was) for was, size in self.was.items() if size in self.all_sizes
        ]

    def sizes(self, frame):
        for row in frame.to_dict("records"):
            dimension, date = row["dimension"], row["as_of_date"]
            name = ("size", dimension, date, row["segment_code"])
            now = ("now", *name[1:])
            self.see(now, row["count_customers"], 1)
            self.ways[dimension, "now"].append(now)
            if name in self.all_sizes:
                self.alike.append(([name], now))
        for _, group in frame.groupby(["dimension", "as_of_date"]):
            shares = group["customer_share"]
            if group["count_customers"].isna().any():
                # one share and its count give everyone, and everyone what is hidden
                assert shares.isna().all()

    def cohorts(self, frame):
        cohorts, dates = {}, sorted(self.newcomers)
        for row in frame.to_dict("records"):
            month, bought = row["cohort_month"], row["order_month"]
            cohorts[month] = self.see(("cohort", month), row["count_customers"], 1)
            part = ("part", month, bought)
            self.see(part, row["count_retained_customers"], 0)
            rest = self.see(("others", month, bought), None, 0)
            self.lines.append(([part, rest], cohorts[month]))
            if row["retention_rate"] == row["retention_rate"]:
                assert row["count_customers"] == row["count_customers"]
        self.all_cohorts = list(cohorts.values())
        for date, earlier in zip(dates[1:], dates, strict=False):
            for each in set(self.newcomers[date]):
                if ("cohort", earlier) in self.all_cohorts:
                    self.alike.append(([("cohort", earlier)], each))

    def everyone(self):
        """Add up every way of parting the same people."""
        for name in self.all_sizes:
            self.ways[name[1], name[2]].append(name)
        last = max(name[2] for name in self.all_sizes)
        self.ways["cohorts", last] = self.all_cohorts
        for way, parts in self.ways.items():
            self.lines.append((parts, ("everyone", *way)))
        for (one, date), (two, day) in combinations(self.ways, 2):
            if date == day or {date, day} == {"now", last}:
                self.alike.append(([("everyone", one, date)], ("everyone", two, day)))

    def nested(self, inside):
        """Add up groups that lie within one of another dimension."""
        wholes = defaultdict(list)
        cells = [*self.cells, *self.all_sizes, *(now for now in self.least_of)]
        for name in dict.fromkeys([*cells, *self.known]):
            kind, dimension, *rest = name
            if kind not in ("move", "size", "now", "was"):
                continue
            for other in {other for _, other in inside} - {dimension}:
                there = [
                    inside.get(((dimension, each), other), each)
                    if isinstance(each, str)
                    else each
                    for each in rest
                ]
                whole = (kind, other, *there)
                if all(
                    not isinstance(each, str)
                    or each == "new_customer"
                    or ((dimension, each), other) in inside
                    for each in rest
                ):
                    wholes[whole, dimension].append(name)
        for (whole, _), parts in wholes.items():
            if whole in self.known or whole in self.least_of:
                self.alike.append((parts, whole))

    def differences(self):
        """Solve whatever has one unknown left, as long as there is any."""
        known = dict(self.known)
        sums, found = self.lines, True
        while found:
            found = False
            for parts, whole in sums:
                open_ = [name for name in (*parts, whole) if name not in known]
                if len(open_) == 1:
                    inside = sum(known[name] for name in parts if name in known)
                    known[open_[0]] = (
                        inside if open_[0] == whole else known[whole] - inside
                    )
                    found = True
        return known

    def small_differences(self, least):
        """Try all pairs: of two sums over the same people, what is left of each."""
        known, found = self.differences(), 0
        groups = [
            (sum(known[p] for p in parts if p in known),
             frozenset(p for p in parts if p not in known), known[whole])
            for parts, whole in self.lines if whole in known
        ]  # fmt: skip
        for inside, left, whole in groups:
            found += bool(left) and 0 < whole - inside < least
        for (one, a, whole_a), (two, b, whole_b) in combinations(groups, 2):
            if a and a < b:
                found += 0 < (whole_b - two) - (whole_a - one) < least
        return found

    def bounds(self, names):
        """Return the least and the most that each of some unknowns can be."""
        columns = {}
        for parts, whole in self.lines:
            for name in (*parts, whole):
                if name not in self.known:
                    columns.setdefault(name, len(columns))
        data, rows, places, right = [], [], [], []
        for row, (parts, whole) in enumerate(self.lines):
            right.append(0)
            for name, sign in [*((part, 1) for part in parts), (whole, -1)]:
                if name in self.known:
                    right[-1] -= sign * self.known[name]
                else:
                    data.append(sign), rows.append(row), places.append(columns[name])
        lines = sparse.csr_array(
            (data, (rows, places)), shape=(len(right), len(columns)), dtype=float
        )
        limits = [(self.least_of.get(name, 0), None) for name in columns]
        for name in names:
            found = []
            for sign in (1, -1):
                goal = np.zeros(len(columns))
                goal[columns[name]] = sign
                result = linprog(goal, A_eq=lines, b_eq=right, bounds=limits)
                assert result.status in (0, 3), result.message
                found.append(np.inf if result.status == 3 else result.fun * sign)
            yield name, found[0], found[1]


def attack(tables, truth, least, inside=()):
    """Attack shared tables; return how many small cells were tried, and which fell.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        What is shared.
    truth : mapping
        The same tables before anything was hidden: to know which cells are small.
    least : int
    inside : mapping
        Which segments lie within one of another dimension: a reader knows.
    """
    real = Attacker(truth).real
    attacker = Attacker(tables, inside, real)
    unknown = {name for name in attacker.least_of if name not in attacker.known}
    tried = [name for name in unknown if 0 < real[name] < least]
    fell = [name for name in attacker.known if 0 < attacker.known[name] < least]
    solved = attacker.differences()
    fell += [name for name in solved.keys() - attacker.known.keys()
             if 0 < solved[name] < least]  # fmt: skip
    fell += ["pair"] * attacker.small_differences(least)
    for name, low, high in attacker.bounds([n for n in tried if n not in solved]):
        assert low <= real[name] <= high + 1e-6
        if high - low < least - 1e-6 or high < least:
            fell.append(name)
    return tried, fell
