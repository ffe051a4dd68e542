"""What networks.py and training.py share: layers as pairs of weights (inputs x outputs) and biases."""

import time


def layers_of(sizes, words, dtype):
    """The layers of a count and as many numbers."""
    import numpy as np

    flat = np.array([float(next(words)) for _ in range(int(next(words)))])
    layers, at = [], 0
    for n, m in zip(sizes, sizes[1:]):
        w = flat[at : at + n * m].reshape(n, m).astype(dtype)
        b = flat[at + n * m : at + n * m + m].astype(dtype)
        layers.append((w, b))
        at += n * m + m
    return layers


def flat(layers):
    import numpy as np

    return [float(v) for w, b in layers for part in (w, b) for v in np.asarray(part).ravel()]


def network(activation, p, h):
    for w, b in p[:-1]:
        h = activation(h @ w + b)
    w, b = p[-1]
    return h @ w + b


def timed(run):
    def seconds(runs):
        start = time.perf_counter()
        run(runs)
        return time.perf_counter() - start

    return seconds
