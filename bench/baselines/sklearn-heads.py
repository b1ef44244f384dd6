"""scikit-learn's logistic regression over features from a file, kept in memory between requests.

    python sklearn-heads.py <features: float32, rows x columns> <labels: float64, 0 or 1> <columns>

Reads one JSON request a line and answers each with one line:

    {"ask": "fit", "C": 1, "tol": 1e-4, "most": 1000, "float64": true, "reach": 12.5}
        -> {"seconds", "processorSeconds", "iterations", "objective"}
    {"ask": "objective", "C": 1, "file": float64 coef and intercept} -> {"objective", "excess"}

With `reach` the fit ends at the first iteration whose objective is no higher: no tolerance could end it sooner with as
good a result. `objective` is always computed in float64 with numpy. `excess` is an upper bound of how far it lies above
the minimum: the penalty bends by 1 in every coefficient, so half the squared gradient is one.
"""

import json
import resource
import sys
import time
import warnings
from contextlib import contextmanager

import numpy as np
from scipy import optimize
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(C, coef, intercept, X, mean, sides):
    """Objective, and half its squared gradient, the free intercept at its best for the quadratic."""
    margins = sides * (X @ coef + intercept)
    objective = C * np.logaddexp(0, -margins).sum() + coef @ coef / 2
    probability = np.exp(-np.logaddexp(0, margins))
    slopes, bends = -C * sides * probability, C * probability * (1 - probability)
    total = slopes.sum()
    profiled = slopes - bends * total / bends.sum()
    gradient = X.T @ profiled - mean * profiled.sum() + coef
    return objective, gradient @ gradient / 2 + total**2 / bends.sum() / 2


@contextmanager
def ending_at(objective):
    """While this lasts, every minimisation of SciPy ends at `objective`; it replaces scikit-learn's own callback."""

    def stop(intermediate_result):
        if intermediate_result.fun <= objective:
            raise StopIteration

    plain = optimize.minimize
    optimize.minimize = lambda *args, **options: plain(*args, **{**options, "callback": stop})
    try:
        yield
    finally:
        optimize.minimize = plain


def fit(request, X32, X64, labels):
    X = X64 if request["float64"] else X32
    head = LogisticRegression(C=request["C"], tol=request["tol"], max_iter=request["most"])
    # What it minimises is the mean loss and its share of the penalty.
    reach = request.get("reach", -np.inf) / (request["C"] * len(labels))
    started, spent = time.perf_counter(), processor_seconds()
    with ending_at(reach):
        head.fit(X, labels)
    seconds, processor = time.perf_counter() - started, processor_seconds() - spent
    return head, {"seconds": seconds, "processorSeconds": processor, "iterations": int(np.max(head.n_iter_))}


def answer(request, X32, X64, mean, labels):
    sides = 2.0 * labels - 1
    if request["ask"] == "fit":
        head, result = fit(request, X32, X64, labels)
        coef, intercept = head.coef_[0].astype(np.float64), float(head.intercept_[0])
        objective, _ = measure(request["C"], coef, intercept, X64, mean, sides)
        return {**result, "objective": objective}
    values = np.fromfile(request["file"], np.float64)
    objective, excess = measure(request["C"], values[:-1], values[-1], X64, mean, sides)
    return {"objective": objective, "excess": excess}


def main():
    features, labels, columns = sys.argv[1:]
    X32 = np.fromfile(features, np.float32).reshape(-1, int(columns))
    X64 = X32.astype(np.float64)
    mean = X64.mean(axis=0)
    labels = np.fromfile(labels, np.float64).astype(int)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), X32, X64, mean, labels)), flush=True)


main()
