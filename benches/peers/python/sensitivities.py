"""The suite `sensitivities`: gradients of a sum of squares of a solution by diffrax and torchdiffeq. See ../README.md.

diffrax is compiled by JAX once for each question and method; tolerances are arguments of what is compiled.
"""

import importlib.metadata
import importlib.util
import math
import os
import time

import gradients
from conversation import converse

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ.setdefault("JAX_PLATFORMS", "cpu")

REMEDY = "pip install -r benches/peers/python/requirements.txt"
# A method is a solver and an adjoint.
LIBRARIES = [
    (
        "diffrax",
        ["diffrax", "jax"],
        [f"{solver}-{way}" for solver in ("Tsit5", "Dopri8") for way in ("checkpointed", "backsolve", "forward")]
        + ["Kvaerno5-checkpointed", "Kvaerno5-forward"],
    ),
    ("torchdiffeq", ["torchdiffeq", "torch"], ["dopri5-odeint", "dopri5-adjoint", "dopri8-odeint", "dopri8-adjoint"]),
]
# Parameters up to which forward mode is measured.
FEW = 32
SIDE = 16


# ---- right-hand sides: `xp` is jax.numpy or torch


def spiral(hidden):
    """Weights stand column by column (the output index runs fastest), then the biases."""

    def rhs(xp, u, p):
        first, second = 2 * hidden, 3 * hidden
        h = xp.tanh((u * u * u) @ p[:first].reshape(2, hidden) + p[first:second])
        return h @ p[second : second + 2 * hidden].reshape(hidden, 2) + p[second + 2 * hidden :]

    return rhs


def disc():
    """Ones in the cells that are fed."""
    at = [i / (SIDE - 1.0) for i in range(SIDE)]
    return [[float((x - 0.3) * (x - 0.3) + (y - 0.6) * (y - 0.6) <= 0.01) for x in at] for y in at]


def brusselator(count):
    def fields(xp, p):
        """A, B, alpha, f of each cell."""
        if count == 1156:
            c = p.reshape(4, SIDE + 1, SIDE + 1)
            return 0.25 * ((c[:, :-1, :-1] + c[:, :-1, 1:]) + (c[:, 1:, :-1] + c[:, 1:, 1:]))
        if count == 16:
            blocks = p.reshape(4, 1, 4, 1) * xp.ones((4, 4, 4, 4), dtype=p.dtype)
            return 1.0, 3.4, blocks.reshape(SIDE, SIDE), 5.0
        return 1.0, 3.4, p.reshape(SIDE, SIDE) if count == 256 else p[0], 5.0

    fed = {}

    def rhs(xp, u, p):
        if xp.__name__ not in fed:
            fed[xp.__name__] = xp.tensor(disc(), dtype=u.dtype) if xp.__name__ == "torch" else disc()
        feed = fed[xp.__name__] if xp.__name__ == "torch" else xp.array(fed[xp.__name__])
        inflow, rate, alpha, source = fields(xp, p)
        field, g = u.reshape(SIDE, SIDE, 2), alpha * 225.0
        a, b = field[:, :, 0], field[:, :, 1]

        def around(v):
            return xp.roll(v, 1, 0) + xp.roll(v, -1, 0) + xp.roll(v, 1, 1) + xp.roll(v, -1, 1)

        reaction = rate * a - a * a * b
        da = inflow - reaction - a + g * (around(a) - 4.0 * a) + source * feed
        db = reaction + g * (around(b) - 4.0 * b)
        return xp.stack([da, db], 2).reshape(-1)

    return rhs


PROBLEMS = {
    "lotka_volterra": gradients.lotka_volterra,
    "pollution": gradients.pollution,
    "pollution_6_times": gradients.pollution,
    "spiral_16": spiral(16),
    "spiral_50": spiral(50),
} | {f"brusselator_16x16_{count}": brusselator(count) for count in (1, 16, 256, 1156)}
STIFF = {"pollution", "pollution_6_times"}


class Question:
    def __init__(self, words):
        self.name, self.t0, self.t1 = next(words), float(next(words)), float(next(words))
        if self.name not in PROBLEMS:
            raise ValueError(f"no problem `{self.name}`")
        self.p, self.u0, self.times, self.data = (vector(words) for _ in range(4))
        self.f, self.ready = PROBLEMS[self.name], {}

    def fits(self, method):
        """Forward mode for few parameters, implicit solvers for stiff problems, high order only where it is not large."""
        solver, way = method.split("-")
        large = len(self.u0) > 100
        if (solver == "Kvaerno5") != (self.name in STIFF) or (way == "forward" and len(self.p) > FEW):
            raise ValueError("not for this problem")
        if large and (solver.lower() == "dopri8" or way == "backsolve"):
            raise ValueError("not for this problem")


# ---- diffrax


def by_diffrax(question, method):
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax as dfx
    import jax.numpy as jnp

    name, way = method.split("-")
    solver = getattr(dfx, name)()
    adjoint = {
        "checkpointed": dfx.RecursiveCheckpointAdjoint,
        "backsolve": dfx.BacksolveAdjoint,
        "forward": dfx.ForwardMode,
    }[way]()
    f = question.f
    term = dfx.ODETerm(lambda t, u, p: f(jnp, u, p))

    def loss(p, u0, times, data, rtol, atol):
        solution = dfx.diffeqsolve(
            term,
            solver,
            question.t0,
            question.t1,
            None,
            u0,
            args=p,
            saveat=dfx.SaveAt(ts=times),
            stepsize_controller=dfx.PIDController(rtol=rtol, atol=atol),
            adjoint=adjoint,
            max_steps=4096,
        )
        return jnp.sum((solution.ys - data) ** 2)

    gradient = jax.jit(jax.jacfwd(loss) if way == "forward" else jax.grad(loss))
    p, u0, times = (jnp.array(x) for x in (question.p, question.u0, question.times))
    data = jnp.array(question.data or [0.0] * (len(times) * len(u0))).reshape(len(times), len(u0))
    return lambda rtol, atol: jax.block_until_ready(gradient(p, u0, times, data, rtol, atol))


# ---- torchdiffeq


def by_torchdiffeq(question, method):
    import torch
    import torchdiffeq

    torch.set_num_threads(1)
    solver, way = method.split("-")
    tensor = lambda x: torch.tensor(x, dtype=torch.float64)

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.p = torch.nn.Parameter(tensor(question.p))

        def forward(self, t, u):
            return question.f(torch, u, self.p)

    model, u0 = Model(), tensor(question.u0)
    # The first time is the start.
    late = question.times[0] != question.t0
    times = tensor([question.t0] * late + question.times)
    data = tensor(question.data or [0.0] * (len(question.times) * len(u0))).reshape(-1, len(u0))
    solve = torchdiffeq.odeint_adjoint if way == "adjoint" else torchdiffeq.odeint

    def once(rtol, atol):
        states = solve(model, u0, times, rtol=rtol, atol=atol, method=solver)
        loss = ((states[1:] if late else states) - data).square().sum()
        return torch.autograd.grad(loss, model.p)[0]

    return once


WAYS = {"diffrax": by_diffrax, "torchdiffeq": by_torchdiffeq}


# ---- the protocol


def greeting():
    peers, missing = [], []
    for who, packages, ways in LIBRARIES:
        absent = [name for name in packages if importlib.util.find_spec(name) is None]
        if absent:
            missing.append(f"{who} ({', '.join(absent)} not installed); {REMEDY}")
        else:
            version = importlib.metadata.version(who)
            peers.append({"who": who, "version": version, "methods": [], "sensitivities": ways})
    return {"peers": peers, "missing": missing}


def vector(words):
    return [float(next(words)) for _ in range(int(next(words)))]


def derivative(question, u):
    # Whichever library is there.
    if importlib.util.find_spec("jax") is not None:
        import jax

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp

        return [float(x) for x in question.f(jnp, jnp.array(u), jnp.array(question.p))]
    import torch

    u, p = (torch.tensor(x, dtype=torch.float64) for x in (u, question.p))
    return [float(x) for x in question.f(torch, u, p)]


def answer(line, question):
    words = iter(line.split())
    request = next(words, "")
    if request == "question":
        return {}, Question(words)
    if question is None:
        raise ValueError("no question yet")
    if request == "rhs":
        return {"du": derivative(question, vector(words))}, question
    if request != "sensitivity":
        raise ValueError(f"no request `{request}`")
    who, method, rtol, atol = next(words), next(words), float(next(words)), float(next(words))
    runs, prepare = int(next(words)), 0.0
    question.fits(method)
    if (who, method) not in question.ready:
        way = WAYS[who](question, method)
        if who == "diffrax":
            start = time.perf_counter()
            way(rtol, atol)
            prepare = time.perf_counter() - start
        question.ready[who, method] = way
    run = question.ready[who, method]
    if runs > 1:
        run(rtol, atol)
    start = time.perf_counter()
    for _ in range(runs):
        found = run(rtol, atol)
    seconds = (time.perf_counter() - start) / runs
    gradient = [float(x) for x in found]
    if not all(math.isfinite(x) for x in gradient):
        raise ValueError("the gradient is not finite")
    return {"gradient": gradient, "seconds": seconds, "prepare": prepare}, question


if __name__ == "__main__":
    converse(greeting(), answer)
