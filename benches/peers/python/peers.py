"""Peers for Python, measured by request: see ../README.md for the protocol.

SciPy integrates functions of Python numbers (NumPy arrays where there are many states); numba is DOP853 or LSODA of the
package numbalsoda with a compiled right-hand side, called from compiled code; diffrax is compiled by JAX once for each
problem and method. A library that is not installed is named in the greeting. Stiff problems are in stiff.py.
"""

import importlib.metadata
import importlib.util
import math
import os
import time

import gradients
import stiff
from conversation import converse

# One core for everybody; no word about missing graphics cards.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ.setdefault("JAX_PLATFORMS", "cpu")

REMEDY = "pip install -r benches/peers/python/requirements.txt"
LIBRARIES = [
    # who, the packages it needs (the first gives the version), methods, those for stiff problems, how to install them
    ("scipy", ["scipy", "numpy"], ["DOP853", "RK45", "LSODA"], ["Radau", "BDF", "LSODA"], REMEDY),
    (
        "numba",
        ["numbalsoda", "numba"],
        ["DOP853"],
        ["LSODA"],
        REMEDY + " (numbalsoda needs a Fortran compiler and cmake)",
    ),
    ("diffrax", ["diffrax", "jax"], ["Tsit5", "Dopri8"], ["Kvaerno5"], REMEDY),
]
CELLS = 500


class Problem:
    """What the last request `problem` said."""

    def __init__(self, name, t0, t1, p, u0):
        self.name, self.t0, self.t1, self.p, self.u0 = name, t0, t1, p, u0

    def compared_at(self):
        """The time at which right-hand sides and Jacobians are compared."""
        return self.t0 + 0.28 * (self.t1 - self.t0)


# ---- right-hand sides: for Python numbers, and for arrays of NumPy or JAX


def lotka_volterra(t, u, p):
    (x, y), (a, b, c, d) = u, p
    return [a * x - b * x * y, -c * y + d * x * y]


def lorenz63_short(t, u, p):
    (x, y, z), (s, r, b) = u, p
    return [s * (y - x), x * (r - z) - y, x * y - b * z]


def rigid_body(t, u, p):
    (x, y, z), (a, b, c) = u, p
    return [a * y * z, b * x * z, c * x * y]


def arenstorf(t, u, p):
    (x, y, vx, vy), (mu, mup) = u, p
    s1, s2 = (x + mu) * (x + mu) + y * y, (x - mup) * (x - mup) + y * y
    d1, d2 = s1 * s1**0.5, s2 * s2**0.5
    ax = x + 2.0 * vy - mup * (x + mu) / d1 - mu * (x - mup) / d2
    ay = y - 2.0 * vx - mup * y / d1 - mu * y / d2
    return [vx, vy, ax, ay]


def henon_heiles(t, u, p):
    x, y, vx, vy = u
    return [vx, vy, -x - 2.0 * x * y, -y - x * x + y * y]


def pleiades(xp):
    mass = xp.arange(1.0, 8.0)
    # A star does not attract itself: its distance is not zero but one.
    own = xp.eye(7)

    def rhs(t, u, p):
        x, y = u[:7], u[7:14]
        dx, dy = x[None, :] - x[:, None], y[None, :] - y[:, None]
        square = dx * dx + dy * dy + own
        pull = mass / (square * xp.sqrt(square))
        return xp.concatenate([u[14:], (pull * dx).sum(axis=1), (pull * dy).sum(axis=1)])

    return rhs


def brusselator_1d_n500(xp):
    one, three = xp.ones(1), xp.full(1, 3.0)

    def rhs(t, u, p):
        a, b, g = u[0::2], u[1::2], p[0]
        left_a, right_a = xp.concatenate([one, a[:-1]]), xp.concatenate([a[1:], one])
        left_b, right_b = xp.concatenate([three, b[:-1]]), xp.concatenate([b[1:], three])
        reaction = a * a * b
        da = 1.0 + reaction - 4.0 * a + g * (left_a - 2.0 * a + right_a)
        db = 3.0 * a - reaction + g * (left_b - 2.0 * b + right_b)
        return xp.stack([da, db], axis=1).reshape(-1)

    return rhs


SCALAR = {f.__name__: f for f in (lotka_volterra, lorenz63_short, rigid_body, arenstorf, henon_heiles)}
SCALAR |= stiff.SCALAR
ARRAY = {f.__name__: f for f in (pleiades, brusselator_1d_n500)}


class Sweep:
    """The problem with many values of one parameter, or of all; final states of the members 0, every, 2 every, ... are answered."""

    def __init__(self, words):
        which = next(words)
        self.parameter = None if which == "all" else int(which)
        self.start, self.stop = float(next(words)), float(next(words))
        self.count, self.every = int(next(words)), int(next(words))

    def members(self, p):
        """The parameters of all members."""
        if self.count <= 0 or self.every <= 0:
            raise ValueError("no such ensemble")
        width = self.stop - self.start
        if self.parameter is None:
            factor = lambda place: self.start + width * scrambled(place) / 4294967296.0
            return [[x * factor(i * len(p) + k) for k, x in enumerate(p)] for i in range(self.count)]
        if not 0 <= self.parameter < len(p):
            raise ValueError("no such ensemble")
        values = [self.start + width * i / self.count for i in range(self.count)]
        return [p[: self.parameter] + [value] + p[self.parameter + 1 :] for value in values]


def scrambled(x):
    """32 bits that look random."""
    x ^= x >> 16
    x = x * 0x7FEB352D & 0xFFFFFFFF
    x ^= x >> 15
    x = x * 0x846CA68B & 0xFFFFFFFF
    return x ^ (x >> 16)


def seconds_of(run, runs):
    """What `run` returns, and seconds of one of the runs; many runs are preceded by one that is not timed."""
    if runs > 1:
        run()
    start = time.perf_counter()
    for _ in range(runs):
        result = run()
    return result, (time.perf_counter() - start) / runs


def answer_of(ends, seconds, sweep, prepare=0.0):
    """The final states of all members of an ensemble, or the final state of one solve, as an answer."""
    if sweep is None:
        what = {"u": [float(x) for x in ends]}
        finite = all(math.isfinite(x) for x in what["u"])
    else:
        what = {"ends": [[float(x) for x in end] for end in ends[:: sweep.every]]}
        finite = all(math.isfinite(x) for end in what["ends"] for x in end)
    if not finite:
        raise ValueError("the final state is not finite")
    return what | {"seconds": seconds, "prepare": prepare}


# ---- SciPy


def for_scipy(problem, p):
    if problem.name in SCALAR:
        f = SCALAR[problem.name]
        # Python's own numbers are faster than NumPy's one at a time.
        return lambda t, u: f(t, u.tolist(), p)
    import numpy

    f = ARRAY[problem.name](numpy)
    return lambda t, u: f(t, u, p)


def scipy(problem, method, rtol, atol, sweep, runs):
    import numpy
    from scipy.integrate import solve_ivp

    # Keep the last state only, as far as SciPy can.
    span, u0, at = (problem.t0, problem.t1), numpy.array(problem.u0), [problem.t1]

    if problem.name == "ring_modulator":
        raise ValueError("not for this problem: it takes minutes")

    def solve(p):
        f, more = for_scipy(problem, p), {}
        if problem.name in stiff.JACOBIAN and method in ("Radau", "BDF", "LSODA"):
            jac = stiff.JACOBIAN[problem.name]
            more["jac"] = lambda t, u: numpy.array(jac(t, u.tolist(), p))
        solution = solve_ivp(f, span, u0, method=method, rtol=rtol, atol=atol, t_eval=at, **more)
        if not solution.success:
            raise ValueError(solution.message)
        return solution.y[:, -1]

    if sweep is None:
        return answer_of(*seconds_of(lambda: solve(problem.p), runs), sweep)
    members = sweep.members(problem.p)
    return answer_of(*seconds_of(lambda: [solve(p) for p in members], runs), sweep)


# ---- numba: numbalsoda's DOP853 and LSODA


COMPILED = {}


def numba_rhs(problem):
    from numba import cfunc
    from numbalsoda import lsoda_sig

    if problem.name in stiff.SCALAR:
        return cfunc(lsoda_sig)(stiff.compiled(problem.name))

    # Written for pointers, as numbalsoda wants it.
    def lotka_volterra(t, u, du, p):
        du[0] = p[0] * u[0] - p[1] * u[0] * u[1]
        du[1] = -p[2] * u[1] + p[3] * u[0] * u[1]

    def lorenz63_short(t, u, du, p):
        du[0] = p[0] * (u[1] - u[0])
        du[1] = u[0] * (p[1] - u[2]) - u[1]
        du[2] = u[0] * u[1] - p[2] * u[2]

    def rigid_body(t, u, du, p):
        du[0] = p[0] * u[1] * u[2]
        du[1] = p[1] * u[0] * u[2]
        du[2] = p[2] * u[0] * u[1]

    def arenstorf(t, u, du, p):
        x, y, vx, vy, mu, mup = u[0], u[1], u[2], u[3], p[0], p[1]
        s1 = (x + mu) * (x + mu) + y * y
        s2 = (x - mup) * (x - mup) + y * y
        d1 = s1 * math.sqrt(s1)
        d2 = s2 * math.sqrt(s2)
        du[0] = vx
        du[1] = vy
        du[2] = x + 2.0 * vy - mup * (x + mu) / d1 - mu * (x - mup) / d2
        du[3] = y - 2.0 * vx - mup * y / d1 - mu * y / d2

    def henon_heiles(t, u, du, p):
        du[0] = u[2]
        du[1] = u[3]
        du[2] = -u[0] - 2.0 * u[0] * u[1]
        du[3] = -u[1] - u[0] * u[0] + u[1] * u[1]

    def pleiades(t, u, du, p):
        for i in range(14):
            du[i] = u[14 + i]
            du[14 + i] = 0.0
        for i in range(7):
            for j in range(i + 1, 7):
                x = u[j] - u[i]
                y = u[7 + j] - u[7 + i]
                square = x * x + y * y
                cube = square * math.sqrt(square)
                du[14 + i] += (j + 1) * (x / cube)
                du[14 + j] -= (i + 1) * (x / cube)
                du[21 + i] += (j + 1) * (y / cube)
                du[21 + j] -= (i + 1) * (y / cube)

    def brusselator_1d_n500(t, u, du, p):
        # The interior without a branch, so that it is vectorised.
        g, n = p[0], 2 * CELLS
        for i in range(2, n - 2, 2):
            reaction = u[i] * u[i] * u[i + 1]
            du[i] = 1.0 + reaction - 4.0 * u[i] + g * (u[i - 2] - 2.0 * u[i] + u[i + 2])
            du[i + 1] = 3.0 * u[i] - reaction + g * (u[i - 1] - 2.0 * u[i + 1] + u[i + 3])
        reaction = u[0] * u[0] * u[1]
        du[0] = 1.0 + reaction - 4.0 * u[0] + g * (1.0 - 2.0 * u[0] + u[2])
        du[1] = 3.0 * u[0] - reaction + g * (3.0 - 2.0 * u[1] + u[3])
        a, b = u[n - 2], u[n - 1]
        reaction = a * a * b
        du[n - 2] = 1.0 + reaction - 4.0 * a + g * (u[n - 4] - 2.0 * a + 1.0)
        du[n - 1] = 3.0 * a - reaction + g * (u[n - 3] - 2.0 * b + 3.0)

    return cfunc(lsoda_sig)(locals()[problem.name])


def numba(problem, method, rtol, atol, sweep, runs):
    import numpy
    from numba import njit
    from numbalsoda import dop853, lsoda

    # Parameters are never empty: a pointer to them is passed on.
    members = [problem.p] if sweep is None else sweep.members(problem.p)
    u0, at, p = (numpy.array(x) for x in (problem.u0, [problem.t0, problem.t1], [p + [0.0] for p in members]))
    prepare = 0.0
    key, solve = ("numba", method, problem.name), lsoda if method == "LSODA" else dop853
    if key not in COMPILED:
        start = time.perf_counter()
        rhs = numba_rhs(problem)

        @njit
        def many(address, u0, at, p, rtol, atol, runs):
            ends, good = numpy.empty((p.shape[0], u0.size)), True
            for _ in range(runs):
                for i in range(p.shape[0]):
                    u, success = solve(address, u0, at, p[i], rtol, atol, 10_000_000)
                    ends[i] = u[-1]
                    good = good and success
            return ends, good

        many(rhs.address, u0, at, p[:1], rtol, atol, 1)
        COMPILED[key] = rhs, many
        prepare = time.perf_counter() - start
    rhs, many = COMPILED[key]
    if runs > 1:
        many(rhs.address, u0, at, p, rtol, atol, 1)
    # All runs are one call: a call from Python would count for the fastest solves.
    (ends, good), seconds = seconds_of(lambda: many(rhs.address, u0, at, p, rtol, atol, runs), 1)
    if not good:
        raise ValueError("the solve failed")
    return answer_of(ends[0] if sweep is None else ends, seconds / runs, sweep, prepare)


# ---- diffrax


def diffrax(problem, method, rtol, atol, sweep, runs):
    if method == "Kvaerno5" and sweep is None:
        raise ValueError("not for this problem: stiff ensembles only")
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax as dfx
    import jax.numpy as jnp

    key = ("diffrax", method, problem.name, sweep and sweep.count)
    fresh = key not in COMPILED
    if fresh:
        if problem.name in SCALAR:
            scalar = SCALAR[problem.name]
            f = lambda t, u, p: jnp.stack(scalar(t, u, p))
        else:
            f = ARRAY[problem.name](jnp)
        stepper, span = getattr(dfx, method)(), (problem.t0, problem.t1)

        def solve(u0, p, rtol, atol):
            solution = dfx.diffeqsolve(
                dfx.ODETerm(f),
                stepper,
                *span,
                None,
                u0,
                args=p,
                saveat=dfx.SaveAt(t1=True),
                stepsize_controller=dfx.PIDController(rtol=rtol, atol=atol),
                max_steps=1_000_000,
            )
            return solution.ys[-1]

        # The members of an ensemble go on together until the last of them has reached the end.
        COMPILED[key] = jax.jit(solve if sweep is None else jax.vmap(solve, (None, 0, None, None)))
    solve, u0 = COMPILED[key], jnp.array(problem.u0)
    p = jnp.array(problem.p if sweep is None else sweep.members(problem.p))
    once = lambda: solve(u0, p, rtol, atol).block_until_ready()
    prepare = 0.0
    if fresh:
        start = time.perf_counter()
        once()
        prepare = time.perf_counter() - start
    ends, seconds = seconds_of(once, runs)
    import numpy

    return answer_of(numpy.asarray(ends), seconds, sweep, prepare)


# ---- the protocol


def greeting():
    peers, missing = [], []
    for who, packages, methods, implicit, remedy in LIBRARIES:
        absent = [name for name in packages if importlib.util.find_spec(name) is None]
        if absent:
            missing.append(f"{who} ({', '.join(absent)} not installed); {remedy}")
        else:
            version = importlib.metadata.version(packages[0])
            peers.append({"who": who, "version": version, "methods": methods, "stiff": implicit})
    for who, package, ways, remedy in gradients.LIBRARIES:
        if importlib.util.find_spec(package) is None:
            missing.append(f"{who} ({package} not installed); {remedy}")
        else:
            version = importlib.metadata.version(package)
            peers.append({"who": who, "version": version, "methods": [], "gradients": ways})
    return {"peers": peers, "missing": missing}


def vector(words):
    return [float(next(words)) for _ in range(int(next(words)))]


def answer(line, problem):
    """The answer to one line, and the problem from then on."""
    words = iter(line.split())
    request = next(words, "")
    if request == "problem":
        name, t0, t1 = next(words), float(next(words)), float(next(words))
        if name not in SCALAR and name not in ARRAY:
            raise ValueError(f"no problem `{name}`")
        return {}, Problem(name, t0, t1, vector(words), vector(words))
    if request == "gradient":
        who, method, name = next(words), next(words), next(words)
        at = (vector(words), vector(words), vector(words))
        return gradients.answer(who, method, name, at, int(next(words)), COMPILED), problem
    if problem is None:
        raise ValueError("no problem yet")
    if request == "rhs":
        import numpy

        du = for_scipy(problem, problem.p)(problem.compared_at(), numpy.array(vector(words)))
        return {"du": [float(x) for x in du]}, problem
    if request == "jac":
        if problem.name not in stiff.JACOBIAN:
            raise ValueError("no Jacobian: too slow for large stiff systems")
        jac = stiff.JACOBIAN[problem.name](problem.compared_at(), vector(words), problem.p)
        rows = enumerate(jac)
        return {"jac": [[i, j, x] for i, row in rows for j, x in enumerate(row) if x != 0.0]}, problem
    if request in ("solve", "ensemble"):
        who, method, rtol, atol = next(words), next(words), float(next(words)), float(next(words))
        sweep = Sweep(words) if request == "ensemble" else None
        solvers = {"scipy": scipy, "numba": numba, "diffrax": diffrax}
        return solvers[who](problem, method, rtol, atol, sweep, int(next(words))), problem
    raise ValueError(f"no request `{request}`")


if __name__ == "__main__":
    converse(greeting(), answer)
