"""BG/NBD and gamma-gamma: CDNOW gives the published parameters, whatever the file looks like; bad files say why."""

import csv
import json
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from hub.segments.values.fitting import (
    NotFittedError,
    Spending,
    Summary,
    Timing,
    expect_purchases,
    expect_value,
    fit_timing,
)
from hub.segments.values.order_files import read_orders
from hub.segments.values.summing import Purchases, group_by_day, summarise

DATA = Path(str(find_spec("lifetimes").origin)).parent / "datasets"  # type: ignore[union-attr]
"""Found, not imported: pandas, which it needs, warns."""
PUBLISHED = {"r": 0.243, "alpha": 4.41, "a": 0.79, "b": 2.43, "p": 6.25, "q": 3.74, "v": 15.4}
"""Fader, Hardie & Lee (2005), table 2; Fader & Hardie (2013), page 5."""
END = date(1997, 9, 30)


def cdnow() -> list[tuple[str, date, str]]:
    found = []
    for line in (DATA / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, amount = line.split()
        found.append((customer, datetime.strptime(day, "%Y%m%d").date(), amount))  # noqa: DTZ007 - a day
    return found


def fit(app: Flask, *arguments: str) -> dict[str, float]:
    result = app.test_cli_runner().invoke(args=["customers", "fit-value", "--json", *arguments])
    assert result.exit_code == 0, result.output
    found: dict[str, float] = json.loads(result.output)
    return found


def assert_published(found: dict[str, float]) -> None:
    assert list(found) == list(PUBLISHED)
    for name, value in PUBLISHED.items():
        assert found[name] == pytest.approx(value, rel=0.01), name


def test_cdnow_gives_the_published_parameters(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "cdnow.csv"
    with file.open("w", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["customer_id", "date", "amount"])
        rows.writerows((customer, day.isoformat(), amount) for customer, day, amount in cdnow() if day <= END)
    assert_published(fit(app, "--orders", str(file)))


def test_the_same_orders_written_otherwise_give_the_same(app: Flask, tmp_path: Path) -> None:
    """French form: all orders, backwards, semicolons, decimal commas, BOM, another order of columns; cut by --until."""
    file = tmp_path / "commandes.csv"
    lines = ["Date;Quantité;Montant;Customer ID"]
    lines += [
        f"{day:%d/%m/%Y} 08:00;1;{amount.replace('.', ',')} €;{customer}"
        for customer, day, amount in cdnow()[::-1]
    ]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    assert_published(fit(app, "--orders", str(file), "--until", "1997-09-30"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "customer_id, date and amount"),
        ("name,when\na,b\n", "No column for the customer"),
        ("customer_id,date,amount\n", "no orders"),
        ("customer_id,date,amount\n1,yesterday,5\n", "line 2: “yesterday” is not a date"),
        ("customer_id,date,amount\n1,2026-02-30,5\n", "line 2"),
        ("customer_id,date,amount\n1,2026-02-03,much\n", "“much” is not an amount"),
        ("customer_id,date,amount\n,2026-02-03,4\n", "the customer is missing"),
        ("customer_id,date,amount\n1,2026-02-03,4\n", "need more orders"),
        ("customer_id,date,amount\n1,2026-02-03,nan\n", "“nan” is not an amount"),
        ("customer_id,date,amount\n1,2026-02-03,1e999\n", "“1e999” is not an amount"),
    ],
)
def test_bad_files_say_what_to_do(app: Flask, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    result = app.test_cli_runner().invoke(args=["customers", "fit-value", "--json", "--orders", str(file)])
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nN° client;Date de commande;Montant TTC\n7;3 février 2026;12,50 €\n7;05/02/2026;(2,50)\n",
        'customerId,orderDate,totalAmount\n7,"Feb 3, 2026",12.50\n7,46058,−2.50\n',
        "Kundennummer|Datum|Betrag\n7|03.02.2026|CHF 12.50\n7|2026-02-05|-2.50\n",
    ],
)
def test_headings_days_and_returns_as_files_of_others_write_them(tmp_path: Path, text: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text)
    found, end = read_orders(file)
    assert (end, found.value.tolist()) == (date(2026, 2, 5), [12.5, -2.5])
    assert np.diff(found.day).tolist() == [2]


def test_a_file_that_is_not_there(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["customers", "fit-value", "--orders", "/nowhere.csv"])
    assert result.exit_code != 0
    assert "cannot be read" in result.output


def test_orders_of_one_day_are_one_and_returns_none() -> None:
    given = Purchases(
        np.array([1, 1, 1, 1, 2]), np.array([0, 14, 14, 20, 3]), np.array([5.0, 10.0, 20.0, -6.0, 1.0])
    )
    table = summarise(group_by_day(given), until=28)
    assert table.x.tolist() == [1, 0]
    assert table.t_x.tolist() == [2, 0]
    assert table.T.tolist() == [4, 25 / 7]
    assert table.mean.tolist() == [24, 0]


def test_expectations_are_those_of_the_papers() -> None:
    """CDNOW: a customer with x 2, t_x 30.43, T 38.86 is expected to buy 1.226 times in 39 weeks (2005, page 281)."""
    one = Summary(np.array([2.0]), np.array([30.43]), np.array([38.86]), np.array([22.35]))
    assert expect_purchases(Timing(0.243, 4.414, 0.793, 2.426), one, 39)[0] == pytest.approx(1.226, abs=0.003)
    value = expect_value(Spending(6.25, 3.74, 15.44), one)[0]
    assert value == pytest.approx(24.66, abs=0.05)


def test_many_purchases_stay_finite_and_few_fit_nothing() -> None:
    heavy = Summary(np.array([400.0]), np.array([99.0]), np.array([100.0]), np.array([10.0]))
    found = expect_purchases(Timing(0.243, 4.414, 0.793, 2.426), heavy, 52)[0]
    assert 100 < found < 300
    with pytest.raises(NotFittedError):
        fit_timing(heavy)
