"""Other programs on the planted data, scored alike. The README of this folder has the commands.

Each peer gets what its documentation offers for the task and, where it has thresholds, the best found for it on a
sample of 2,000. A pair counts as confirmed when the peer gives it without a mark of doubt.
"""

import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pandas as pd

OPEN = ("pending_bank", "started")


def load(folder):
    text = {"dtype": str, "keep_default_na": False}
    payments = pd.read_csv(folder / "payments.csv", **text)
    transactions = pd.read_csv(folder / "transactions.csv", **text)
    transactions["concept"] += " " + transactions["end_to_end_id"]
    for table in (payments, transactions):
        # Whole numbers, so that no peer compares floats.
        table["cents"] = (table["amount"].astype(float) * 100).round().astype("int64")
    return payments, transactions


def alone(pairs):
    """The pairs of which neither side is in another pair."""
    once = ~pairs.duplicated("payment", keep=False) & ~pairs.duplicated("transaction", keep=False)
    return pairs[once]


def candidates(payments, transactions):
    return payments[payments["status"].isin(OPEN)], transactions[transactions["cents"] > 0]


def pandas_merge(payments, transactions):
    """Every number of the text, equal to the concept, at an equal amount and currency."""
    payments, transactions = candidates(payments, transactions)
    numbers = transactions.assign(number=transactions["concept"].str.findall(r"\d+")).explode("number")
    numbers = numbers.assign(number=numbers["number"].str.lstrip("0")).dropna(subset=["number"])
    merged = payments.merge(
        numbers, left_on=["concept", "cents", "currency"], right_on=["number", "cents", "currency"], suffixes=("_p", "_t")
    )
    pairs = merged[["id_p", "id_t"]].drop_duplicates()
    return alone(pairs.set_axis(["payment", "transaction"], axis=1))


def duckdb_join(payments, transactions):
    """The same in SQL, with a window of days, and without the credits that name two payments."""
    base = duckdb.connect()
    base.register("p", payments[["id", "cents", "currency", "concept", "created", "status"]])
    base.register("t", transactions[["id", "cents", "currency", "concept", "booking_date"]])
    return base.sql(
        """
        with numbers as (
            select id, cents, currency, booking_date::date as day,
                   ltrim(unnest(regexp_extract_all(concept, '[0-9]+')), '0') as number
            from t where cents > 0),
        pairs as (
            select distinct p.id as payment, numbers.id as transaction
            from p join numbers on p.concept = number and p.cents = numbers.cents and p.currency = numbers.currency
            where p.status in ('pending_bank', 'started')
              and day between p.created::date - interval 1 day and p.created::date + interval 30 day)
        select payment, transaction from pairs
        qualify count(*) over (partition by payment) = 1 and count(*) over (partition by transaction) = 1
        """
    ).df()


def record_linkage(payments, transactions):
    """Blocks of equal amount and currency; similarity of text and name; the best of each side, if it is good enough."""
    import recordlinkage

    payments, transactions = candidates(payments, transactions)
    left, right = payments.set_index("id"), transactions.set_index("id")
    right = right.assign(number=right["concept"].str.replace(r"\D", "", regex=True).str.lstrip("0"))
    left = left.assign(name=left["payer_name"].str.upper())
    right = right.assign(name=right["counterparty_name"].str.upper())
    index = recordlinkage.Index()
    index.block(["cents", "currency"])
    compare = recordlinkage.Compare()
    compare.string("concept", "number", method="levenshtein", label="number")
    compare.string("name", "name", method="jarowinkler", label="name")
    features = compare.compute(index.index(left, right), left, right)
    score = (0.75 * features["number"] + 0.25 * features["name"]).rename("score")
    score = score[score >= 0.85]
    pairs = score.reset_index().set_axis(["payment", "transaction", "score"], axis=1)
    best = pairs[pairs.groupby("payment")["score"].transform("max") == pairs["score"]]
    best = best[best.groupby("transaction")["score"].transform("max") == best["score"]]
    return alone(best)


def reconcile_py(payments, transactions, scorer=None, threshold=0.6):
    """One pass a currency: amount and day are gates, text and name are graded; marked as ambiguous counts as unsure."""
    from datetime import date
    from decimal import Decimal

    from reconcile import FieldRule, ReconcileConfig, Record, reconcile

    payments, transactions = candidates(payments, transactions)
    rules = (
        FieldRule("amount", "gate", abs_tol=Decimal(0)),
        FieldRule("date", "gate", day_tol=30),
        FieldRule("reference", "grade", weight=3.0),
        FieldRule("counterparty", "grade", weight=1.0),
    )
    config = ReconcileConfig(rules=rules, threshold=threshold, ambiguity_epsilon=0.05, scorer=scorer)
    pairs = []
    for currency in sorted(set(payments["currency"])):
        def side(table, day, name):
            rows = table[table["currency"] == currency]
            columns = (rows["cents"], rows[day], rows["concept"], rows[name], rows["id"])
            return [Record(Decimal(c), date.fromisoformat(d), text, who, id) for c, d, text, who, id in zip(*columns)]

        result = reconcile(
            side(payments, "created", "payer_name"), side(transactions, "booking_date", "counterparty_name"), config
        )
        sure = (match for match in result.matches if not match.ambiguous)
        pairs += [(p, t) for match in sure for p in match.left_ids for t in match.right_ids]
    return pd.DataFrame(pairs, columns=["payment", "transaction"])


def reconcile_py_rapidfuzz(payments, transactions):
    """As above, with a scorer that finds the concept inside the text, as its documentation suggests."""
    from rapidfuzz import fuzz

    scorer = lambda a, b: fuzz.partial_ratio(a.upper(), b.upper()) / 100
    return reconcile_py(payments, transactions, scorer, 0.9)


PEERS = {
    "pandas": pandas_merge,
    "duckdb": duckdb_join,
    "recordlinkage": record_linkage,
    "reconcile-py": reconcile_py,
    "reconcile-py+rapidfuzz": reconcile_py_rapidfuzz,
}


def report(name, pairs, seconds, payments, transactions):
    truth = dict(zip(transactions["id"], transactions["truth"]))
    kinds = dict(zip(payments["id"], payments["kind"]))
    wanted = set(payments[payments["expected"] == "Confirmed"]["id"])
    texts, concepts = dict(zip(transactions["id"], transactions["concept"])), dict(zip(payments["id"], payments["concept"]))
    # One credit for two payments is right for both.
    both = lambda p, t: kinds[p] == "Together" and concepts[p] in texts[t]
    right, wrong = defaultdict(int), Counter()
    splits = pairs[pairs.duplicated("payment", keep=False) | pairs.duplicated("transaction", keep=False)]
    for payment, transaction in zip(pairs["payment"], pairs["transaction"]):
        if truth.get(transaction) == payment or both(payment, transaction):
            right[payment in wanted] += 1
        else:
            wrong[kinds[payment]] += 1
    share = 100 * right[True] / len(wanted)
    print(f"| {name} | {len(pairs)} | {sum(wrong.values())} | {share:.1f} % | {seconds:.2f} s |", flush=True)
    most = ", ".join(f"{kind} {count}" for kind, count in wrong.most_common(6))
    print(f"  {right[False]} right of other kinds, {len(splits)} in splits; wrong: {most or 'none'}", file=sys.stderr)


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:] or list(PEERS)
    payments, transactions = load(folder)
    print("| program | confirmed | wrong | of those with an intact or embedded concept | time |\n|---|--:|--:|--:|--:|")
    own = folder / "confirmed.csv"
    if own.exists():
        seconds = float((folder / "seconds.txt").read_text())
        report("cryptopocket-banking", pd.read_csv(own, dtype=str), seconds, payments, transactions)
    for name in names:
        start = time.perf_counter()
        pairs = PEERS[name](payments, transactions)
        report(name, pairs, time.perf_counter() - start, payments, transactions)


main()
