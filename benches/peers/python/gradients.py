"""Gradients of lambda^T f(u, p) by JAX and PyTorch: see ../README.md."""

import time

import stiff

REMEDY = "pip install -r benches/peers/python/requirements.txt"
LIBRARIES = [
    # who, its package, its ways, how to install it
    ("jax", "jax", ["jit", "loop"], REMEDY),
    ("torch", "torch", ["eager"], "pip install torch --index-url https://download.pytorch.org/whl/cpu"),
]
SIDE = 16


def lotka_volterra(xp, u, p):
    x, y = u[0], u[1]
    return xp.stack([p[0] * x - p[1] * x * y, -p[2] * y + p[3] * x * y])


def lorenz63(xp, u, p):
    x, y, z = u[0], u[1], u[2]
    return xp.stack([p[0] * (y - x), x * (p[1] - z) - y, x * y - p[2] * z])


def pollution(xp, u, p):
    return xp.stack(stiff.pollution(0.0, u, p))


def brusselator_16x16(xp, u, p):
    """Before the disc is fed."""
    field, g = u.reshape(SIDE, SIDE, 2), p[0] * 225.0
    a, b = field[:, :, 0], field[:, :, 1]

    def around(v):
        return xp.roll(v, 1, 0) + xp.roll(v, -1, 0) + xp.roll(v, 1, 1) + xp.roll(v, -1, 1)

    reaction = a * a * b
    da = 1.0 + reaction - 4.4 * a + g * (around(a) - 4.0 * a)
    db = 3.4 * a - reaction + g * (around(b) - 4.0 * b)
    return xp.stack([da, db], 2).reshape(-1)


PROBLEMS = {f.__name__: f for f in (lotka_volterra, lorenz63, pollution, brusselator_16x16)}


def timed(run, runs):
    """Seconds of one of the runs; many are preceded by one that is not timed."""
    if runs > 1:
        run()
    start = time.perf_counter()
    for _ in range(runs):
        result = run()
    return result, (time.perf_counter() - start) / runs


def answer(who, method, name, at, runs, compiled):
    if name not in PROBLEMS:
        raise ValueError("not for this problem")
    way = {"jax": by_jax, "torch": by_torch}[who]
    gradient, seconds = way(method, name, at, runs, compiled)
    return {"gradient": [float(x) for part in gradient for x in part], "seconds": seconds}


def by_jax(method, name, at, runs, compiled):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    p, u, weights = (jnp.array(x) for x in at)
    key = ("gradient", method, name)
    if key not in compiled:
        f = PROBLEMS[name]
        gradient = jax.grad(lambda u, p, weights: jnp.dot(weights, f(jnp, u, p)), (0, 1))

        def loop(u, p, weights, turns):
            # Each turn needs the one before, so that none of them is left out.
            turn = lambda _, found: gradient(u + 1e-300 * found[0], p, weights)
            return jax.lax.fori_loop(0, turns, turn, (jnp.zeros_like(u), jnp.zeros_like(p)))

        compiled[key] = jax.jit(loop if method == "loop" else gradient)
    g = compiled[key]
    if method == "jit":
        return timed(lambda: jax.block_until_ready(g(u, p, weights)), runs)
    jax.block_until_ready(g(u, p, weights, 1))
    start = time.perf_counter()
    found = jax.block_until_ready(g(u, p, weights, runs))
    return found, (time.perf_counter() - start) / runs


def by_torch(method, name, at, runs, compiled):
    import torch

    torch.set_num_threads(1)
    p, u, weights = (torch.tensor(x, dtype=torch.float64) for x in at)
    p.requires_grad_()
    u.requires_grad_()
    f = PROBLEMS[name]
    return timed(lambda: torch.autograd.grad(torch.dot(weights, f(torch, u, p)), (u, p)), runs)
