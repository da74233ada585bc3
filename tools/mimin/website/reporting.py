"""The publishing report: how reliably each brand published, month by month, from the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from whenever import Instant

from mimin.ledger.standing import State
from mimin.model.brand import Account, Brand
from mimin.model.report import ReportFields
from mimin.planning.plan import Line
from mimin.planning.punctuality import lateness, measure
from mimin.website import dates
from mimin.website.rendering import render
from mimin.website.rows import Row, rows_of
from mimin.website.scene import Scene
from mimin.website.words import Words

LATE = 300.0
"""Seconds after its time from which a delivery counts as late."""
COLUMNS = (
    "published",
    "late",
    "median",
    "p95",
    "worst",
    "refused",
    "unknown",
    "dropped",
    "retracted",
)
_STATES = {
    State.REFUSED: "refused",
    State.UNKNOWN: "unknown",
    State.DROPPED: "dropped",
    State.RETRACTED: "retracted",
}


@dataclass
class Figures:
    """What some deliveries add up to."""

    counts: dict[str, int] = field(default_factory=dict)
    lateness: list[float] = field(default_factory=list)
    """Seconds after the due time, of every delivery that went out; 0 when it was not late."""

    def add(self, line: Line) -> None:
        """Count one delivery."""
        if line.state is State.PUBLISHED:
            self.lateness.append(lateness(line))
        elif line.state in _STATES:
            name = _STATES[line.state]
            self.counts[name] = self.counts.get(name, 0) + 1

    def values(self) -> dict[str, float | None]:
        """Give every figure; None where there is nothing to compute it from."""
        punctuality = measure(self.lateness)
        return {
            "published": len(self.lateness),
            "late": sum(seconds > LATE for seconds in self.lateness),
            "median": punctuality.median,
            "p95": punctuality.p95,
            "worst": punctuality.worst,
            **{name: self.counts.get(name, 0) for name in _STATES.values()},
        }


@dataclass
class FiguresRow:
    """One line of a month's table; the last one has no account."""

    name: str
    account: Account | None
    cells: list[str]
    simulated: bool = False


@dataclass
class Month:
    """One brand's month."""

    brand: Brand
    name: str
    rows: list[FiguresRow]
    exceptions: list[Row]


def report_page(name: str, report: ReportFields, scene: Scene, base: str = "../") -> str:
    """Draw one report."""
    months = [
        _month(scene.brands[brand], month, lines, scene)
        for (month, brand), lines in sorted(_grouped(report, scene).items(), reverse=True)
    ]
    return render(
        "report.html",
        scene=scene,
        words=scene.words,
        base=base,
        name=name,
        title=report.title,
        columns=COLUMNS,
        months=months,
    )


def reports_index(scene: Scene, base: str = "../") -> str:
    """Draw the list of reports."""
    reports = [(name, report.title) for name, report in scene.reports.items()]
    return render("reports.html", words=scene.words, base=base, reports=reports)


def report_csv(report: ReportFields, scene: Scene) -> str:
    """Write a report's figures as CSV, in whole seconds and without the language's own marks."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\r\n")
    seconds = {"median", "p95", "worst"}
    heads = [f"{column}_seconds" if column in seconds else column for column in COLUMNS]
    table.writerow(["month", "brand", "account", "simulated", *heads])
    for (month, brand), lines in sorted(_grouped(report, scene).items()):
        for account, own in sorted(_by_account(lines).items()):
            values = _figures(own).values()
            cells = ["" if values[name] is None else round(values[name] or 0) for name in COLUMNS]
            simulated = "yes" if _simulated(own, scene) else "no"
            table.writerow([month, brand, account, simulated, *cells])
    return stream.getvalue()


def _grouped(report: ReportFields, scene: Scene) -> dict[tuple[str, str], list[Line]]:
    """Sort what the ledger knows by month of the brand's zone, and brand."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in scene.lines:
        brand = line.post.brand
        known = line.state is State.PUBLISHED or line.state in _STATES
        if not known or (report.brands and brand not in report.brands):
            continue
        moment = _moment(line)
        if moment is not None:
            month = moment.to_tz(scene.brands[brand].zone).date().format_iso()[:7]
            found.setdefault((month, brand), []).append(line)
    return found


def _moment(line: Line) -> Instant | None:
    first = line.standing.first
    return line.delivery.due or (first.at if first else None)


def _by_account(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.delivery.account.partition("/")[2], []).append(line)
    return found


def _figures(lines: Iterable[Line]) -> Figures:
    figures = Figures()
    for line in lines:
        figures.add(line)
    return figures


def _simulated(lines: list[Line], scene: Scene) -> bool:
    return scene.account_of(lines[0]).network == "sandbox"


def _month(brand: Brand, month: str, lines: list[Line], scene: Scene) -> Month:
    rows = [
        FiguresRow(
            brand.accounts[name].name or brand.accounts[name].shown,
            brand.accounts[name],
            _cells(_figures(own), scene.words),
            _simulated(own, scene),
        )
        for name, own in _by_account(lines).items()
    ]
    if len(rows) > 1:
        rows.append(FiguresRow("", None, _cells(_figures(lines), scene.words)))
    odd = [line for line in lines if line.state is not State.PUBLISHED or lateness(line) > LATE]
    name = dates.month_name(int(month[:4]), int(month[5:]), scene.words)
    return Month(brand, name, rows, rows_of(odd, scene))


def _cells(figures: Figures, words: Words) -> list[str]:
    cells = []
    for name, value in figures.values().items():
        if value is None:
            cells.append("–")  # noqa: RUF001 - a dash for no figure
        elif name in {"median", "p95", "worst"}:
            cells.append(words.span(value))
        else:
            cells.append(words.number(int(value)))
    return cells
