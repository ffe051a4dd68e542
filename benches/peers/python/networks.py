"""The suite `networks`: gradients of a network by JAX, PyTorch and NumPy. See ../README.md for what is said, training.py for
the trainings.

Parameters come as our flat slice: for each layer the weights column by column (the output index runs fastest), then the biases.
"""

import importlib.metadata
import importlib.util

from conversation import converse
from flat_layers import flat, layers_of, network, timed
from training import Training

LIBRARIES = [
    ("jax", ["loop", "call"], ["nested-reverse", "forward-over-reverse"], ["loop", "call"]),
    ("torch", ["call"], ["nested-reverse"], ["call"]),
    ("numpy", ["by-hand"], [], []),
]


def scattered(np, count, first=0):
    k = np.arange(first, first + count, dtype=np.int64)
    return ((k * 7919 + 104729) % 1021) / 512.0 - 1.0


class Case:
    def __init__(self, words):
        import numpy as np

        self.op, self.activation = next(words), next(words)
        self.kind, self.batch = next(words), int(next(words))
        self.sizes = [int(next(words)) for _ in range(int(next(words)))]
        self.dtype = np.float64 if self.kind == "f64" else np.float32
        self.layers = layers_of(self.sizes, words, self.dtype)
        inputs, outputs = self.sizes[0], self.sizes[-1]
        row = outputs if self.op == "vjp" else inputs + 2
        self.x = scattered(np, self.batch * inputs).reshape(self.batch, inputs).astype(self.dtype)
        self.bar = scattered(np, self.batch * row, 500).reshape(self.batch, row).astype(self.dtype)
        self.ready = {}

    def method(self, who, name):
        if (who, name) not in self.ready:
            self.ready[who, name] = METHODS[who, name](self)
        return self.ready[who, name]

    def tanh(self, library):
        return library.tanh if self.activation == "tanh" else lambda z: z


# ---- JAX. Each method is a function of the number of runs that returns the seconds, and one that returns the gradient.


def jax_setup(case):
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    import jax.numpy as jnp

    p = [(jnp.asarray(w), jnp.asarray(b)) for w, b in case.layers]
    return jax, jnp, p, jnp.asarray(case.x), jnp.asarray(case.bar)


def jax_vjp(case):
    jax, jnp, p, x, bar = jax_setup(case)

    def value_and_gradients(p, x, bar):
        y, back = jax.vjp(lambda p, x: network(case.tanh(jnp), p, x), p, x)
        return y, *back(bar)

    return jax, jnp, p, x, bar, value_and_gradients


def jax_call(case):
    jax, jnp, p, x, bar, f = jax_vjp(case)
    f = jax.jit(f)

    def run(runs):
        for _ in range(runs):
            jax.block_until_ready(f(p, x, bar))

    return timed(run), lambda: flat(f(p, x, bar)[1])


def jax_loop(case):
    """Everything inside one compiled loop: gradients are summed, and the inputs move a little, so that no run can be left out."""
    if case.activation != "tanh":
        # Gradients of a linear network with respect to its inputs are the same in each turn.
        raise ValueError("not for this problem")
    jax, jnp, p, x, bar, f = jax_vjp(case)

    def body(_, carry):
        p_bar, x = carry
        _, more, x_bar = f(p, x, bar)
        return jax.tree.map(jnp.add, p_bar, more), x - 1e-12 * x_bar

    @jax.jit
    def loop(p_bar, x, runs):
        return jax.lax.fori_loop(0, runs, body, (p_bar, x))

    zeros = jax.tree.map(jnp.zeros_like, p)

    def run(runs):
        jax.block_until_ready(loop(zeros, x, runs))

    return timed(run), lambda: flat(loop(zeros, x, 1)[0])


def jax_laplacian(case, second):
    jax, jnp, p, x, bar = jax_setup(case)
    n = case.sizes[0]

    def u(p, x):
        return network(case.tanh(jnp), p, x)[0]

    slope = jax.grad(u, argnums=1)

    def all_of(p, x):
        laplacian = sum(second(jax, jnp, lambda x: slope(p, x), x, i, n) for i in range(n))
        return jnp.concatenate([jnp.stack([u(p, x)]), slope(p, x), jnp.stack([laplacian])])

    def loss(p, x, bar):
        return jnp.sum(bar * jax.vmap(all_of, (None, 0))(p, x))

    f = jax.jit(jax.grad(loss))

    def run(runs):
        for _ in range(runs):
            jax.block_until_ready(f(p, x, bar))

    return timed(run), lambda: flat(f(p, x, bar))


def jax_nested_reverse(case):
    return jax_laplacian(case, lambda jax, jnp, slope, x, i, n: jax.grad(lambda x: slope(x)[i])(x)[i])


def jax_forward_over_reverse(case):
    def second(jax, jnp, slope, x, i, n):
        axis = jnp.zeros(n, x.dtype).at[i].set(1)
        return jax.jvp(slope, (x,), (axis,))[1][i]

    return jax_laplacian(case, second)


# ---- PyTorch, its autograd as it is used.


def torch_setup(case):
    import torch

    torch.set_num_threads(1)
    p = [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in case.layers]
    return torch, p, torch.tensor(case.x, requires_grad=True), torch.tensor(case.bar)


def pairs(gradients):
    return list(zip(gradients[0::2], gradients[1::2]))


def torch_call(case):
    torch, p, x, bar = torch_setup(case)
    leaves = [part for layer in p for part in layer]

    def once():
        return torch.autograd.grad(network(case.tanh(torch), p, x), [x, *leaves], bar)

    def run(runs):
        for _ in range(runs):
            once()

    return timed(run), lambda: flat(pairs(once()[1:]))


def torch_nested_reverse(case):
    torch, p, x, bar = torch_setup(case)
    leaves = [part for layer in p for part in layer]
    n = case.sizes[0]

    def once():
        u = network(case.tanh(torch), p, x)
        (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
        laplacian = sum(
            torch.autograd.grad(slope[:, i].sum(), x, create_graph=True)[0][:, i : i + 1] for i in range(n)
        )
        return torch.autograd.grad((bar * torch.cat([u, slope, laplacian], 1)).sum(), leaves, allow_unused=True)

    def whole(gradients):
        return [torch.zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, gradients)]

    def run(runs):
        for _ in range(runs):
            once()

    return timed(run), lambda: flat(pairs(whole(once())))


# ---- NumPy, the rules by hand.


def numpy_by_hand(case):
    import numpy as np

    p, x, bar = case.layers, case.x, case.bar

    def once():
        hs = [x]
        for w, b in p[:-1]:
            hs.append(case.tanh(np)(hs[-1] @ w + b))
        y = hs[-1] @ p[-1][0] + p[-1][1]
        gradients, z_bar = [], bar
        for (w, _), h in zip(reversed(p), reversed(hs)):
            gradients.append((h.T @ z_bar, z_bar.sum(0)))
            z_bar = z_bar @ w.T
            if h is not x and case.activation == "tanh":
                z_bar = z_bar * (1 - h * h)
        return y, z_bar, gradients[::-1]

    def run(runs):
        for _ in range(runs):
            once()

    return timed(run), lambda: flat(once()[2])


METHODS = {
    ("jax", "loop"): jax_loop,
    ("jax", "call"): jax_call,
    ("jax", "nested-reverse"): jax_nested_reverse,
    ("jax", "forward-over-reverse"): jax_forward_over_reverse,
    ("torch", "call"): torch_call,
    ("torch", "nested-reverse"): torch_nested_reverse,
    ("numpy", "by-hand"): numpy_by_hand,
}


# ---- the protocol


def greeting():
    peers, missing = [], []
    for who, networks, laplacian, training in LIBRARIES:
        if importlib.util.find_spec(who) is None:
            missing.append(f"{who} is not installed; pip install {who}")
        else:
            version = importlib.metadata.version(who)
            methods = {"networks": networks, "laplacian": laplacian, "training": training}
            peers.append({"who": who, "version": version, "methods": [], **methods})
    return {"peers": peers, "missing": missing}


def answer(line, case):
    words = iter(line.split())
    request = next(words, "")
    if request == "network":
        return {}, Case(words)
    if request == "training":
        return {}, Training(words)
    if case is None:
        raise ValueError("no network yet")
    who, method = next(words), next(words)
    seconds, result = case.method(who, method)
    if request == "product":
        return {"gradient": result()}, case
    if request == "train":
        return {"p": result(int(next(words)))}, case
    if request == "time":
        return {"seconds": seconds(int(next(words)))}, case
    raise ValueError(f"no request `{request}`")


if __name__ == "__main__":
    converse(greeting(), answer)
