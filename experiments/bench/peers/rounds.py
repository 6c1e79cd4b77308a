"""Rounds of many markets at once: numpy vectorised over replications, in as many processes as asked.

One JSON line asked, one answered: {"replications", "agents", "rounds", "gamma", "executionFee",
"hasEntry", "processes", "seed"} gives the processor seconds of all processes and the mean last price.
With "hasEntry" the price from which an agent stays out is found once, and no round needs a logarithm.
"""

import json
import sys
import time
from multiprocessing import Pool

import numpy as np

UNIT_FEE = 0.5
# So many replications at a time stay in the cache: larger blocks were slower here.
BLOCK = 50


def entry_prices(alpha, slope, fixed_fee):
    """The p at which alpha * ln(alpha / p) - alpha + p = fixed_fee, less the slope, by Newton."""
    p = alpha / 4
    for _ in range(60):
        p = p + (alpha * np.log(alpha / p) - alpha + p - fixed_fee) / (alpha / p - 1)
    return p - slope


def run_block(asked, count, seed):
    rng = np.random.default_rng(seed)
    n, gamma, fixed_fee = asked["agents"], asked["gamma"], asked["executionFee"]
    alpha = rng.uniform(5, 20, (count, n))
    slope = rng.uniform(0.5, 5, (count, n)) + UNIT_FEE
    capacity = float(n)
    step = 1 / (alpha / slope**2).sum(axis=1)
    entry = entry_prices(alpha, slope, fixed_fee) if asked["hasEntry"] else None
    price = np.zeros(count)
    standing = np.zeros((count, n))
    p, x, k, work = (np.empty((count, n)) for _ in range(4))
    for _ in range(asked["rounds"]):
        np.add(slope, price[:, None], out=p)
        if gamma == 0:
            np.divide(alpha, p, out=x)
        else:
            # gamma y^2 + k y = alpha with y = 1 + x, in the form that is accurate for k >= 0.
            np.multiply(standing, gamma, out=k)
            np.subtract(p, k, out=k)
            np.subtract(k, gamma, out=k)
            np.multiply(k, k, out=work)
            np.add(work, 4 * gamma * alpha, out=work)
            np.sqrt(work, out=work)
            np.subtract(work, k, out=work)
            np.divide(work, 2 * gamma, out=x)
        if fixed_fee > 0 and entry is None:
            np.maximum(x, 1, out=x)
            np.log(x, out=work)
            np.multiply(work, alpha, out=work)
        np.subtract(x, 1, out=x)
        np.maximum(x, 0, out=x)
        np.minimum(x, capacity, out=x)
        if entry is not None:
            np.multiply(x, price[:, None] < entry, out=x)
        elif fixed_fee > 0:
            if gamma > 0:
                np.multiply(x, -0.5, out=k)
                np.add(k, standing, out=k)
                np.multiply(k, gamma, out=k)
                np.subtract(p, k, out=p)
            np.multiply(p, x, out=p)
            np.subtract(work, p, out=work)
            np.multiply(x, work > fixed_fee, out=x)
        np.subtract(x, standing, out=work)
        np.abs(work, out=work)
        movement = work.sum(axis=1)
        total = x.sum(axis=1)
        standing, x = x, standing
        residual = np.maximum(np.abs(total - capacity), movement)
        last = price
        price = np.maximum(price + step * (total - capacity), 0)
    return last.sum(), residual.sum()


def run(job):
    asked, count, seed = job
    start = time.process_time()
    prices = 0.0
    for at in range(0, count, BLOCK):
        prices += run_block(asked, min(BLOCK, count - at), (seed, at))[0]
    return time.process_time() - start, prices


if __name__ == "__main__":
    pools = {}
    for line in sys.stdin:
        asked = json.loads(line)
        processes, total = asked["processes"], asked["replications"]
        if processes not in pools:
            pools[processes] = Pool(processes)
        share = total // processes
        jobs = [(asked, share, asked["seed"] + worker) for worker in range(processes)]
        results = pools[processes].map(run, jobs, chunksize=1)
        seconds = sum(taken for taken, _ in results)
        prices = sum(price for _, price in results)
        print(json.dumps({"seconds": seconds, "price": prices / (share * processes)}), flush=True)
