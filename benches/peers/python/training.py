"""Trainings of the suite `networks`: epochs of Adam by JAX and PyTorch on the samples, in the batches and order of the suite.

Each method is a function of the number of epochs that returns the seconds, and one that returns the parameters after so many.
Both begin anew at the first parameters.
"""

import time

from flat_layers import flat, layers_of, network

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Training:
    def __init__(self, words):
        import numpy as np

        self.loss, self.kind = next(words), next(words)
        self.samples, self.batch, self.rate = int(next(words)), int(next(words)), float(next(words))
        self.sizes = [int(next(words)) for _ in range(int(next(words)))]
        self.dtype = np.float64 if self.kind == "f64" else np.float32
        self.layers = layers_of(self.sizes, words, self.dtype)
        # Singles: inputs, then targets or labels; whole numbers: the order of the samples in some epochs.
        data = np.fromfile(" ".join(words), dtype="<f4")
        n, m = self.samples * self.sizes[0], self.samples * self.sizes[-1]
        self.x = data[:n].reshape(self.samples, -1).astype(self.dtype)
        if self.loss == "labels":
            m = self.samples
            self.y = data[n : n + m].astype(np.int64)
        else:
            self.y = data[n : n + m].reshape(self.samples, -1).astype(self.dtype)
        # Without an order every epoch is one step with all samples.
        self.order = data[n + m :].view("<u4").astype(np.int64).reshape(-1, self.samples)
        self.ready = {}

    def method(self, who, name):
        if (who, name) not in self.ready:
            self.ready[who, name] = TRAININGS[who, name](self)
        return self.ready[who, name]


def two_ways(begin, train):
    """Seconds and parameters, from `begin() -> state` and `train(state, epochs) -> state`, which waits for its result, whose
    first part are the layers."""

    def seconds(epochs):
        state = begin()
        start = time.perf_counter()
        train(state, epochs)
        return time.perf_counter() - start

    return seconds, lambda epochs: flat(train(begin(), epochs)[0])


def jax_setup(case):
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    import jax.numpy as jnp

    def loss(p, x, y):
        out = network(jnp.tanh, p, x)
        if case.loss == "labels":
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], 1))
        return jnp.mean((out - y) ** 2)

    def step(state, x, y):
        p, mean, square, k = state
        value, g = jax.value_and_grad(loss)(p, x, y)
        k = k + 1
        mean = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, mean, g)
        square = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, square, g)
        root = jnp.sqrt(1 - BETA2**k)
        rate = (case.rate * root / (1 - BETA1**k)).astype(case.dtype)
        epsilon = (EPSILON * root).astype(case.dtype)
        p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + epsilon), p, mean, square)
        return (p, mean, square, k), value

    def begin():
        p = [(jnp.array(w), jnp.array(b)) for w, b in case.layers]
        zeros = lambda: jax.tree.map(jnp.zeros_like, p)
        return p, zeros(), zeros(), jnp.zeros((), jnp.float64)

    return jax, jnp, step, begin, jnp.asarray(case.x), jnp.asarray(case.y)


def jax_call(case):
    """A jitted step for each batch, called from Python."""
    jax, jnp, step, begin, x, y = jax_setup(case)
    if len(case.order) == 0:
        whole = jax.jit(step, donate_argnums=0)

        def train(state, epochs):
            for _ in range(epochs):
                state, value = whole(state, x, y)
            jax.block_until_ready(value)
            return state

        return two_ways(begin, train)

    some = jax.jit(lambda state, x, y, batch: step(state, x[batch], y[batch]), donate_argnums=0)
    cuts = range(0, case.samples, case.batch)
    batches = [[jnp.asarray(order[at : at + case.batch]) for at in cuts] for order in case.order]

    def train(state, epochs):
        for epoch in range(epochs):
            for batch in batches[epoch % len(batches)]:
                state, value = some(state, x, y, batch)
        jax.block_until_ready(value)
        return state

    return two_ways(begin, train)


def jax_loop(case):
    """All epochs inside one compiled loop. Losses are summed, so that they are computed."""
    jax, jnp, step, begin, x, y = jax_setup(case)
    order = jnp.asarray(case.order)
    whole = case.samples // case.batch * case.batch

    @jax.jit
    def loop(state, epochs, x, y, order):
        def on(batch, carry):
            state, total = carry
            some = (x, y) if batch is None else (x[batch], y[batch])
            state, value = step(state, *some)
            return state, total + value

        def epoch(k, carry):
            if len(case.order) == 0:
                return on(None, carry)
            own = order[k % len(case.order)]
            batches = own[:whole].reshape(-1, case.batch)
            carry, _ = jax.lax.scan(lambda carry, batch: (on(batch, carry), None), carry, batches)
            return on(own[whole:], carry) if whole < case.samples else carry

        return jax.lax.fori_loop(0, epochs, epoch, (state, jnp.zeros((), case.dtype)))

    def train(state, epochs):
        return jax.block_until_ready(loop(state, epochs, x, y, order))[0]

    return two_ways(begin, train)


def torch_call(case):
    """Eager autograd with the fused Adam."""
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(case.x), torch.tensor(case.y)
    loss = torch.nn.CrossEntropyLoss() if case.loss == "labels" else torch.nn.MSELoss()
    cuts = range(0, case.samples, case.batch)
    orders = [torch.tensor(order) for order in case.order]
    batches = [[order[at : at + case.batch] for at in cuts] for order in orders]

    def begin():
        p = [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in case.layers]
        leaves = [part for layer in p for part in layer]
        return p, torch.optim.Adam(leaves, case.rate, (BETA1, BETA2), EPSILON, fused=True)

    def on(p, h):
        for w, b in p[:-1]:
            h = torch.tanh(torch.addmm(b, h, w))
        return torch.addmm(p[-1][1], h, p[-1][0])

    def train(state, epochs):
        p, adam = state
        for epoch in range(epochs):
            for batch in batches[epoch % len(batches)] if batches else [None]:
                adam.zero_grad(set_to_none=True)
                out, wanted = (on(p, x), y) if batch is None else (on(p, x[batch]), y[batch])
                loss(out, wanted).backward()
                adam.step()
        return [[part.detach() for part in layer] for layer in p], adam

    return two_ways(begin, train)


TRAININGS = {
    ("jax", "loop"): jax_loop,
    ("jax", "call"): jax_call,
    ("torch", "call"): torch_call,
}
