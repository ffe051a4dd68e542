"""The small stiff problems: right-hand sides for Python numbers with Jacobians by hand, and right-hand sides for numba."""


def rober(t, u, p):
    (a, b, c), (k1, k2, k3) = u, p
    slow, fast, pair = k1 * a, k3 * b * c, k2 * b * b
    return [fast - slow, slow - fast - pair, pair]


def rober_jac(t, u, p):
    (_, b, c), (k1, k2, k3) = u, p
    return [[-k1, k3 * c, k3 * b], [k1, -k3 * c - 2.0 * k2 * b, -k3 * b], [0.0, 2.0 * k2 * b, 0.0]]


def vdpol_mu1000(t, u, p):
    (x, y), (mu,) = u, p
    return [y, mu * (1.0 - x * x) * y - x]


def vdpol_mu1000_jac(t, u, p):
    (x, y), (mu,) = u, p
    return [[0.0, 1.0], [-2.0 * mu * x * y - 1.0, mu * (1.0 - x * x)]]


def vdpol_scaled(t, u, p):
    (x, y), (eps,) = u, p
    return [y, ((1.0 - x * x) * y - x) / eps]


def vdpol_scaled_jac(t, u, p):
    (x, y), (eps,) = u, p
    return [[0.0, 1.0], [(-2.0 * x * y - 1.0) / eps, (1.0 - x * x) / eps]]


def hires(t, u, p):
    binding = 280.0 * u[5] * u[7]
    return [
        -1.71 * u[0] + 0.43 * u[1] + 8.32 * u[2] + 0.0007,
        1.71 * u[0] - 8.75 * u[1],
        -10.03 * u[2] + 0.43 * u[3] + 0.035 * u[4],
        8.32 * u[1] + 1.71 * u[2] - 1.12 * u[3],
        -1.745 * u[4] + 0.43 * u[5] + 0.43 * u[6],
        -binding + 0.69 * u[3] + 1.71 * u[4] - 0.43 * u[5] + 0.69 * u[6],
        binding - 1.81 * u[6],
        -binding + 1.81 * u[6],
    ]


def hires_jac(t, u, p):
    by6, by8 = 280.0 * u[7], 280.0 * u[5]
    return [
        [-1.71, 0.43, 8.32, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1.71, -8.75, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -10.03, 0.43, 0.035, 0.0, 0.0, 0.0],
        [0.0, 8.32, 1.71, -1.12, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, -1.745, 0.43, 0.43, 0.0],
        [0.0, 0.0, 0.0, 0.69, 1.71, -0.43 - by6, 0.69, -by8],
        [0.0, 0.0, 0.0, 0.0, 0.0, by6, -1.81, by8],
        [0.0, 0.0, 0.0, 0.0, 0.0, -by6, 1.81, -by8],
    ]


def orego(t, u, p):
    (x, y, z), (s, q, w) = u, p
    return [s * (y - x * y + x - q * x * x), (z - y - x * y) / s, w * (x - z)]


def orego_jac(t, u, p):
    (x, y, _), (s, q, w) = u, p
    return [[s * (1.0 - y - 2.0 * q * x), s * (1.0 - x), 0.0], [-y / s, (-1.0 - x) / s, 1.0 / s], [w, 0.0, -w]]


SCALAR = {f.__name__: f for f in (rober, vdpol_mu1000, vdpol_scaled, hires, orego)}
JACOBIAN = {name: globals()[name + "_jac"] for name in SCALAR}


def compiled(name):
    """The right-hand side for numba: written for pointers, as numbalsoda wants it."""

    def rober(t, u, du, p):
        slow = p[0] * u[0]
        fast = p[2] * u[1] * u[2]
        pair = p[1] * u[1] * u[1]
        du[0] = fast - slow
        du[1] = slow - fast - pair
        du[2] = pair

    def vdpol_mu1000(t, u, du, p):
        du[0] = u[1]
        du[1] = p[0] * (1.0 - u[0] * u[0]) * u[1] - u[0]

    def vdpol_scaled(t, u, du, p):
        du[0] = u[1]
        du[1] = ((1.0 - u[0] * u[0]) * u[1] - u[0]) / p[0]

    def hires(t, u, du, p):
        binding = 280.0 * u[5] * u[7]
        du[0] = -1.71 * u[0] + 0.43 * u[1] + 8.32 * u[2] + 0.0007
        du[1] = 1.71 * u[0] - 8.75 * u[1]
        du[2] = -10.03 * u[2] + 0.43 * u[3] + 0.035 * u[4]
        du[3] = 8.32 * u[1] + 1.71 * u[2] - 1.12 * u[3]
        du[4] = -1.745 * u[4] + 0.43 * u[5] + 0.43 * u[6]
        du[5] = -binding + 0.69 * u[3] + 1.71 * u[4] - 0.43 * u[5] + 0.69 * u[6]
        du[6] = binding - 1.81 * u[6]
        du[7] = -binding + 1.81 * u[6]

    def orego(t, u, du, p):
        du[0] = p[0] * (u[1] - u[0] * u[1] + u[0] - p[1] * u[0] * u[0])
        du[1] = (u[2] - u[1] - u[0] * u[1]) / p[0]
        du[2] = p[2] * (u[0] - u[2])

    return locals()[name]
