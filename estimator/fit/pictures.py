# SPDX-License-Identifier: Apache-2.0
"""Predicted against measured, and how often the 80 % interval holds: docs/model-*.png."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def draw(report, folder):
    folder.mkdir(parents=True, exist_ok=True)
    predicted(report, folder / "model-predicted.png")
    coverage(report, folder / "model-coverage.png")


def predicted(report, path):
    figure, axes = plt.subplots(2, 3, figsize=(9, 6), layout="constrained")
    for axis, table in zip(axes.flat, report.tables):
        held = report.held[table.name]
        step = max(1, len(held.call_s) // 1500)
        gpus = sorted(set(held.subset.gpu))
        for gpu in gpus:
            mine = np.flatnonzero(held.subset.gpu == gpu)[::step]
            axis.loglog(1e6 * held.subset.time_s[mine], 1e6 * held.call_s[mine], ".", ms=2,
                        label=gpu, rasterized=True)
        ends = np.array(axis.get_xlim())
        axis.loglog(ends, ends, "k-", lw=0.8)
        for factor in (0.5, 2):
            axis.loglog(ends, factor * ends, "k:", lw=0.8)
        axis.set_title(f"{table.name}: {report.errors(table.name, 0):.0f} % over {len(gpus)} devices",
                       fontsize=9)
        axis.tick_params(labelsize=7)
    axes.flat[-1].axis("off")
    axes.flat[-1].text(0, 0.5, "Microseconds measured (across) and predicted (up).\nA colour is a "
                       "device; its twin group was\nheld out of the fit.\nDotted: a factor of 2.",
                       fontsize=9)
    figure.savefig(path, dpi=80)


def coverage(report, path):
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for x, table in enumerate(report.tables):
        found = report.calibrated[table.name]
        for shift, k, colour in ((-0.22, 0, "tab:red"), (0, 5, "tab:orange"), (0.22, 20, "tab:green")):
            inside = [report.inside(found, f) for f in found if f["k"] == k and f["rows"] >= 100]
            axis.plot(np.full(len(inside), x + shift), inside, ".", color=colour, alpha=0.6)
            axis.plot([x + shift - 0.09, x + shift + 0.09],
                      [report.coverage(found, k)[0]] * 2, color=colour, lw=2,
                      label=f"K = {k}" if x == 0 else None)
    axis.axhline(0.8, color="k", lw=0.8, ls=":")
    axis.set_xticks(range(len(report.tables)), [t.name for t in report.tables])
    axis.set_ylim(0, 1)
    axis.set_ylabel("share inside the 80 % interval")
    axis.legend(loc="lower right", fontsize=8)
    figure.savefig(path, dpi=80)
