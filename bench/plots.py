"""Draw the plots of docs/performance.md: ratios against the number of tickets.

    python plots.py RESULTS FOLDER

Runs in the environment of bin/requirements/bench.txt.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams |= {
    "font.family": "sans-serif",
    "svg.fonttype": "none",
    "svg.hashsalt": "performance",  # the same figures make the same file
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.prop_cycle": matplotlib.cycler(
        color=["#0b5394", "#bf6900", "#38761d", "#85200c", "#674ea7", "#5b5b5b"]
    ),
}
from matplotlib import pyplot  # noqa: E402


def draw(plot, folder):
    """Write one plot as SVG.

    :param dict plot: name, title, ylabel, bar (a number), is_least, and series:
        label -> tickets -> ratio
    """
    figure, axes = pyplot.subplots(figsize=(7.5, 4.2), layout="constrained")
    for label, points in plot["series"].items():
        sizes = sorted(points, key=int)
        ratios = [points[size] for size in sizes]
        axes.plot([int(size) for size in sizes], ratios, marker="o", label=label)
    axes.axhline(plot["bar"], color="#cc0000", linestyle="--", linewidth=1)
    word = "at least" if plot["is_least"] else "at most"
    axes.annotate(
        f"bar: {word} {plot['bar']:g}",
        (0.01, plot["bar"]),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        color="#cc0000",
        fontsize=9,
    )
    axes.set_xscale("log")
    highest = max(max(points.values()) for points in plot["series"].values())
    axes.set_ylim(0, 1.2 * max(highest, plot["bar"]))
    axes.set_xlabel("tickets")
    axes.set_ylabel(plot["ylabel"])
    axes.set_title(plot["title"], loc="left", fontsize=11)
    axes.legend(fontsize=8, frameon=False, ncols=2)
    figure.savefig(folder / f"{plot['name']}.svg", metadata={"Date": None})
    pyplot.close(figure)


def main(results, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for plot in json.loads(Path(results).read_text()):
        draw(plot, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
