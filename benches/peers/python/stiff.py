"""The small stiff problems: right-hand sides for Python numbers with Jacobians by hand, and right-hand sides for numba."""

import math


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


def pyrolysis_e5(t, u, p):
    (x, y, z, w), (a, b, c, m) = u, p
    first, pair, late, back = a * x, b * x * z, m * c * y * z, c * w
    return [-first - pair, first - late, first - pair - late + back, pair - back]


def pyrolysis_e5_jac(t, u, p):
    (x, y, z, _), (a, b, c, m) = u, p
    return [
        [-a - b * z, 0.0, -b * x, 0.0],
        [a, -m * c * z, -m * c * y, 0.0],
        [a - b * z, -m * c * z, -b * x - m * c * y, c],
        [b * z, 0.0, b * x, -c],
    ]


def pollution(t, u, p):
    r = [
        p[0] * u[0],
        p[1] * u[1] * u[3],
        p[2] * u[4] * u[1],
        p[3] * u[6],
        p[4] * u[6],
        p[5] * u[6] * u[5],
        p[6] * u[8],
        p[7] * u[8] * u[5],
        p[8] * u[10] * u[1],
        p[9] * u[10] * u[0],
        p[10] * u[12],
        p[11] * u[9] * u[1],
        p[12] * u[13],
        p[13] * u[0] * u[5],
        p[14] * u[2],
        p[15] * u[3],
        p[16] * u[3],
        p[17] * u[15],
        p[18] * u[15],
        p[19] * u[16] * u[5],
        p[20] * u[18],
        p[21] * u[18],
        p[22] * u[0] * u[3],
        p[23] * u[18] * u[0],
        p[24] * u[19],
    ]
    return [
        -r[0] + r[1] + r[2] + r[8] - r[9] + r[10] + r[11] - r[13] + r[21] - r[22] - r[23] + r[24],
        r[0] - r[1] - r[2] - r[8] - r[11] + r[20],
        r[0] - r[14] + r[16] + r[18] + r[21],
        -r[1] + r[14] - r[15] - r[16] - r[22],
        -r[2] + 2.0 * r[3] + r[5] + r[6] + r[12] + r[19],
        r[2] - r[5] - r[7] - r[13] + 2.0 * r[17] - r[19],
        -r[3] - r[4] - r[5] + r[12],
        r[3] + r[4] + r[5] + r[6],
        -r[6] - r[7],
        r[6] + r[8] - r[11],
        r[7] - r[8] - r[9] + r[10],
        r[8],
        r[9] - r[10],
        r[11] - r[12],
        r[13],
        r[15] - r[17] - r[18],
        -r[19],
        r[19],
        -r[20] - r[21] + r[22] - r[23] + r[24],
        r[23] - r[24],
    ]


def pollution_jac(t, u, p):
    jac = [[0.0] * 20 for _ in range(20)]
    jac[0][0] = -p[0] - p[9] * u[10] - p[13] * u[5] - p[22] * u[3] - p[23] * u[18]
    jac[0][1] = p[1] * u[3] + p[2] * u[4] + p[8] * u[10] + p[11] * u[9]
    jac[0][3] = -p[22] * u[0] + p[1] * u[1]
    jac[0][4] = p[2] * u[1]
    jac[0][5] = -p[13] * u[0]
    jac[0][9] = p[11] * u[1]
    jac[0][10] = -p[9] * u[0] + p[8] * u[1]
    jac[0][12] = p[10]
    jac[0][18] = -p[23] * u[0] + p[21]
    jac[0][19] = p[24]
    jac[1][0] = p[0]
    jac[1][1] = -p[1] * u[3] - p[2] * u[4] - p[8] * u[10] - p[11] * u[9]
    jac[1][3] = -p[1] * u[1]
    jac[1][4] = -p[2] * u[1]
    jac[1][9] = -p[11] * u[1]
    jac[1][10] = -p[8] * u[1]
    jac[1][18] = p[20]
    jac[2][0] = p[0]
    jac[2][2] = -p[14]
    jac[2][3] = p[16]
    jac[2][15] = p[18]
    jac[2][18] = p[21]
    jac[3][0] = -p[22] * u[3]
    jac[3][1] = -p[1] * u[3]
    jac[3][2] = p[14]
    jac[3][3] = -p[1] * u[1] - p[15] - p[16] - p[22] * u[0]
    jac[4][1] = -p[2] * u[4]
    jac[4][4] = -p[2] * u[1]
    jac[4][5] = p[5] * u[6] + p[19] * u[16]
    jac[4][6] = 2.0 * p[3] + p[5] * u[5]
    jac[4][8] = p[6]
    jac[4][13] = p[12]
    jac[4][16] = p[19] * u[5]
    jac[5][0] = -p[13] * u[5]
    jac[5][1] = p[2] * u[4]
    jac[5][4] = p[2] * u[1]
    jac[5][5] = -p[5] * u[6] - p[7] * u[8] - p[13] * u[0] - p[19] * u[16]
    jac[5][6] = -p[5] * u[5]
    jac[5][8] = -p[7] * u[5]
    jac[5][15] = 2.0 * p[17]
    jac[5][16] = -p[19] * u[5]
    jac[6][5] = -p[5] * u[6]
    jac[6][6] = -p[3] - p[4] - p[5] * u[5]
    jac[6][13] = p[12]
    jac[7][5] = p[5] * u[6]
    jac[7][6] = p[3] + p[4] + p[5] * u[5]
    jac[7][8] = p[6]
    jac[8][5] = -p[7] * u[8]
    jac[8][8] = -p[6] - p[7] * u[5]
    jac[9][1] = -p[11] * u[9] + p[8] * u[10]
    jac[9][8] = p[6]
    jac[9][9] = -p[11] * u[1]
    jac[9][10] = p[8] * u[1]
    jac[10][0] = -p[9] * u[10]
    jac[10][1] = -p[8] * u[10]
    jac[10][5] = p[7] * u[8]
    jac[10][8] = p[7] * u[5]
    jac[10][10] = -p[8] * u[1] - p[9] * u[0]
    jac[10][12] = p[10]
    jac[11][1] = p[8] * u[10]
    jac[11][10] = p[8] * u[1]
    jac[12][0] = p[9] * u[10]
    jac[12][10] = p[9] * u[0]
    jac[12][12] = -p[10]
    jac[13][1] = p[11] * u[9]
    jac[13][9] = p[11] * u[1]
    jac[13][13] = -p[12]
    jac[14][0] = p[13] * u[5]
    jac[14][5] = p[13] * u[0]
    jac[15][3] = p[15]
    jac[15][15] = -p[17] - p[18]
    jac[16][5] = -p[19] * u[16]
    jac[16][16] = -p[19] * u[5]
    jac[17][5] = p[19] * u[16]
    jac[17][16] = p[19] * u[5]
    jac[18][0] = -p[23] * u[18] + p[22] * u[3]
    jac[18][3] = p[22] * u[0]
    jac[18][18] = -p[20] - p[21] - p[23] * u[0]
    jac[18][19] = p[24]
    jac[19][0] = p[23] * u[18]
    jac[19][18] = p[23] * u[0]
    jac[19][19] = -p[24]
    return jac


def ring_modulator(t, u, p):
    c, cs, cp, r, rp, lh, ls1, ls2, ls3, rg1, rg2, rg3, ri, rc, gamma, delta = p
    u1, u2 = 0.5 * math.sin(2000.0 * math.pi * t), 2.0 * math.sin(20000.0 * math.pi * t)
    q1 = gamma * (math.exp(delta * (u[2] - u[4] - u[6] - u2)) - 1.0)
    q2 = gamma * (math.exp(delta * (u[5] - u[3] - u[6] - u2)) - 1.0)
    q3 = gamma * (math.exp(delta * (u[3] + u[4] + u[6] + u2)) - 1.0)
    q4 = gamma * (math.exp(delta * (u[6] + u2 - u[2] - u[5])) - 1.0)
    return [
        (u[7] - 0.5 * u[9] + 0.5 * u[10] + u[13] - u[0] / r) / c,
        (u[8] - 0.5 * u[11] + 0.5 * u[12] + u[14] - u[1] / r) / c,
        (u[9] - q1 + q4) / cs,
        (q2 - u[10] - q3) / cs,
        (u[11] + q1 - q3) / cs,
        (q4 - u[12] - q2) / cs,
        (q1 + q2 - q3 - q4 - u[6] / rp) / cp,
        -u[0] / lh,
        -u[1] / lh,
        (0.5 * u[0] - u[2] - rg2 * u[9]) / ls2,
        (u[3] - 0.5 * u[0] - rg3 * u[10]) / ls3,
        (0.5 * u[1] - u[4] - rg2 * u[11]) / ls2,
        (u[5] - 0.5 * u[1] - rg3 * u[12]) / ls3,
        (u1 - u[0] - (ri + rg1) * u[13]) / ls1,
        (-u[1] - (rc + rg1) * u[14]) / ls1,
    ]


def ring_modulator_jac(t, u, p):
    c, cs, cp, r, rp, lh, ls1, ls2, ls3, rg1, rg2, rg3, ri, rc, gamma, delta = p
    u2 = 2.0 * math.sin(20000.0 * math.pi * t)
    g1 = gamma * delta * math.exp(delta * (u[2] - u[4] - u[6] - u2))
    g2 = gamma * delta * math.exp(delta * (u[5] - u[3] - u[6] - u2))
    g3 = gamma * delta * math.exp(delta * (u[3] + u[4] + u[6] + u2))
    g4 = gamma * delta * math.exp(delta * (u[6] + u2 - u[2] - u[5]))
    jac = [[0.0] * 15 for _ in range(15)]
    for i, row in ((0, (7, 9, 10, 13)), (1, (8, 11, 12, 14))):
        jac[i][i] = -1.0 / (r * c)
        for j, factor in zip(row, (1.0, -0.5, 0.5, 1.0)):
            jac[i][j] = factor / c
    jac[2][2:7] = [x / cs for x in (-g1 - g4, 0.0, g1, -g4, g1 + g4)]
    jac[3][2:7] = [x / cs for x in (0.0, -g2 - g3, -g3, g2, -g2 - g3)]
    jac[4][2:7] = [x / cs for x in (g1, -g3, -g1 - g3, 0.0, -g1 - g3)]
    jac[5][2:7] = [x / cs for x in (-g4, g2, 0.0, -g2 - g4, g2 + g4)]
    jac[2][9] = jac[4][11] = 1.0 / cs
    jac[3][10] = jac[5][12] = -1.0 / cs
    jac[6][2:7] = [x / cp for x in (g1 + g4, -g2 - g3, -g1 - g3, g2 + g4, -g1 - g2 - g3 - g4 - 1.0 / rp)]
    jac[7][0] = jac[8][1] = -1.0 / lh
    jac[9][0] = jac[11][1] = 0.5 / ls2
    jac[9][2] = jac[11][4] = -1.0 / ls2
    jac[9][9] = jac[11][11] = -rg2 / ls2
    jac[10][0] = jac[12][1] = -0.5 / ls3
    jac[10][3] = jac[12][5] = 1.0 / ls3
    jac[10][10] = jac[12][12] = -rg3 / ls3
    jac[13][0] = jac[14][1] = -1.0 / ls1
    jac[13][13] = -(ri + rg1) / ls1
    jac[14][14] = -(rc + rg1) / ls1
    return jac


PROBLEMS = (rober, vdpol_mu1000, vdpol_scaled, hires, orego, pyrolysis_e5, pollution, ring_modulator)
SCALAR = {f.__name__: f for f in PROBLEMS}
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

    def pyrolysis_e5(t, u, du, p):
        first = p[0] * u[0]
        pair = p[1] * u[0] * u[2]
        late = p[3] * p[2] * u[1] * u[2]
        back = p[2] * u[3]
        du[0] = -first - pair
        du[1] = first - late
        du[2] = first - pair - late + back
        du[3] = pair - back

    def pollution(t, u, du, p):
        r0 = p[0] * u[0]
        r1 = p[1] * u[1] * u[3]
        r2 = p[2] * u[4] * u[1]
        r3 = p[3] * u[6]
        r4 = p[4] * u[6]
        r5 = p[5] * u[6] * u[5]
        r6 = p[6] * u[8]
        r7 = p[7] * u[8] * u[5]
        r8 = p[8] * u[10] * u[1]
        r9 = p[9] * u[10] * u[0]
        r10 = p[10] * u[12]
        r11 = p[11] * u[9] * u[1]
        r12 = p[12] * u[13]
        r13 = p[13] * u[0] * u[5]
        r14 = p[14] * u[2]
        r15 = p[15] * u[3]
        r16 = p[16] * u[3]
        r17 = p[17] * u[15]
        r18 = p[18] * u[15]
        r19 = p[19] * u[16] * u[5]
        r20 = p[20] * u[18]
        r21 = p[21] * u[18]
        r22 = p[22] * u[0] * u[3]
        r23 = p[23] * u[18] * u[0]
        r24 = p[24] * u[19]
        du[0] = -r0 + r1 + r2 + r8 - r9 + r10 + r11 - r13 + r21 - r22 - r23 + r24
        du[1] = r0 - r1 - r2 - r8 - r11 + r20
        du[2] = r0 - r14 + r16 + r18 + r21
        du[3] = -r1 + r14 - r15 - r16 - r22
        du[4] = -r2 + 2.0 * r3 + r5 + r6 + r12 + r19
        du[5] = r2 - r5 - r7 - r13 + 2.0 * r17 - r19
        du[6] = -r3 - r4 - r5 + r12
        du[7] = r3 + r4 + r5 + r6
        du[8] = -r6 - r7
        du[9] = r6 + r8 - r11
        du[10] = r7 - r8 - r9 + r10
        du[11] = r8
        du[12] = r9 - r10
        du[13] = r11 - r12
        du[14] = r13
        du[15] = r15 - r17 - r18
        du[16] = -r19
        du[17] = r19
        du[18] = -r20 - r21 + r22 - r23 + r24
        du[19] = r23 - r24

    def ring_modulator(t, u, du, p):
        c, cs, cp, r, rp, lh, ls1, ls2, ls3 = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]
        rg1, rg2, rg3, ri, rc, gamma, delta = p[9], p[10], p[11], p[12], p[13], p[14], p[15]
        u1 = 0.5 * math.sin(2000.0 * math.pi * t)
        u2 = 2.0 * math.sin(20000.0 * math.pi * t)
        q1 = gamma * (math.exp(delta * (u[2] - u[4] - u[6] - u2)) - 1.0)
        q2 = gamma * (math.exp(delta * (u[5] - u[3] - u[6] - u2)) - 1.0)
        q3 = gamma * (math.exp(delta * (u[3] + u[4] + u[6] + u2)) - 1.0)
        q4 = gamma * (math.exp(delta * (u[6] + u2 - u[2] - u[5])) - 1.0)
        du[0] = (u[7] - 0.5 * u[9] + 0.5 * u[10] + u[13] - u[0] / r) / c
        du[1] = (u[8] - 0.5 * u[11] + 0.5 * u[12] + u[14] - u[1] / r) / c
        du[2] = (u[9] - q1 + q4) / cs
        du[3] = (q2 - u[10] - q3) / cs
        du[4] = (u[11] + q1 - q3) / cs
        du[5] = (q4 - u[12] - q2) / cs
        du[6] = (q1 + q2 - q3 - q4 - u[6] / rp) / cp
        du[7] = -u[0] / lh
        du[8] = -u[1] / lh
        du[9] = (0.5 * u[0] - u[2] - rg2 * u[9]) / ls2
        du[10] = (u[3] - 0.5 * u[0] - rg3 * u[10]) / ls3
        du[11] = (0.5 * u[1] - u[4] - rg2 * u[11]) / ls2
        du[12] = (u[5] - 0.5 * u[1] - rg3 * u[12]) / ls3
        du[13] = (u1 - u[0] - (ri + rg1) * u[13]) / ls1
        du[14] = (-u[1] - (rc + rg1) * u[14]) / ls1

    return locals()[name]
