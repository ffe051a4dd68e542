"""Writes unary.csv and binary.csv: values and derivatives to order 4 of every function of the crate, from
mpmath with at least 60 digits. Run in this folder: python functions.py (Python 3, mpmath 1.4)."""

import csv

import mpmath
from mpmath import mp, mpf

EXTREMES = [700.0, -700.0, 1e308, -1e308, 1e-310, -1e-310, 5e-324]
TINY = [1e-310, -1e-310, 5e-324, 1e-30, -1e-8]
USUAL = [0.0, 0.5, -0.3, 0.703125, -1.25, 2.0, -3.7, 6.5, -11.0]
POSITIVE = [0.25, 0.9, 1.0625, 1.7, 3.0, 30.0, 1e-10, 1e10, 1e-300, 1e300]


def softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def density(x):
    return 1 / (4 * mpmath.cosh(x / 2) ** 2)


def cube_root(x):
    return mpmath.cbrt(x) if x > 0 else -mpmath.cbrt(-x)


def erfc(x):
    return mpmath.erfc(x) if abs(x) < 1e3 else mpf(2 if x < 0 else 0)


def hermite(factor):
    """Derivatives of an error function: those of the Gaussian times a factor."""

    def derivatives(value):
        def at(x):
            bell = factor * 2 / mpmath.sqrt(mp.pi) * mpmath.exp(-x * x)
            return [value(x)] + [(-1) ** n * mpmath.hermite(n, x) * bell for n in range(4)]

        return at

    return derivatives


def polygamma(first):
    return lambda x: [mpmath.psi(first + n, x) for n in range(5)]


def lgamma(x):
    return [mpmath.log(abs(mpmath.gamma(x))) if x < 1e5 else mpmath.loggamma(x)] + polygamma(0)(x)[:4]


def numeric(f):
    """Differences with steps far below the distance to any singularity."""

    def at(x):
        far = not 1e-20 < abs(x) < 100
        with mp.workdps(800 if far else 120):
            return list(mpmath.diffs(f, x, 4))

    return at


# name, setting, derivatives of order 0 to 4, points
UNARY = [
    ("sin", "", numeric(mpmath.sin), USUAL + [1e22, 1e-310, 5e-324, 700.0]),
    ("cos", "", numeric(mpmath.cos), USUAL + [1e22, 1e-310, 5e-324, 700.0]),
    ("tan", "", numeric(mpmath.tan), USUAL + TINY + [1.5707, 700.0]),
    ("asin", "", numeric(mpmath.asin), [0.0, 0.5, -0.3, 0.875, 1 - 2.0**-30, 2.0**-20 - 1] + TINY),
    ("acos", "", numeric(mpmath.acos), [0.0, 0.5, -0.3, 0.875, 1 - 2.0**-30, 2.0**-20 - 1] + TINY),
    ("atan", "", numeric(mpmath.atan), USUAL + EXTREMES + [1e155, -1e5]),
    ("sinh", "", numeric(mpmath.sinh), USUAL + TINY + [700.0, -700.0, 710.0]),
    ("cosh", "", numeric(mpmath.cosh), USUAL + TINY + [700.0, -700.0, 710.0]),
    ("tanh", "", numeric(mpmath.tanh), USUAL + EXTREMES + [0.7, 20.0, -300.0]),
    ("sech_squared", "", numeric(lambda x: 1 / mpmath.cosh(x) ** 2), USUAL + EXTREMES + [20.0, -300.0]),
    ("asinh", "", numeric(mpmath.asinh), USUAL + EXTREMES),
    ("acosh", "", numeric(mpmath.acosh), [1 + 2.0**-40, 1.0625, 1.7, 3.0, 30.0, 1e10, 1e308]),
    ("atanh", "", numeric(mpmath.atanh), [0.0, 0.5, -0.3, 0.875, 1 - 2.0**-30, 2.0**-20 - 1] + TINY),
    ("exp", "", numeric(mpmath.exp), USUAL + TINY + [700.0, -700.0, 709.75, -744.0, -1e308]),
    ("exp_m1", "", numeric(mpmath.expm1), USUAL + TINY + [700.0, -700.0, 709.75, -1e308]),
    ("exp2", "", numeric(lambda x: mpf(2) ** x), USUAL + TINY + [1023.5, -1074.0, -1e308]),
    ("gaussian", "", numeric(lambda x: mpmath.exp(-x * x)), USUAL + EXTREMES + [26.0, -20.3]),
    ("ln", "", numeric(mpmath.log), POSITIVE + [1e-310, 5e-324, 1e308]),
    ("ln_1p", "", numeric(mpmath.log1p), [0.0, 0.5, -0.3, 2.0, 30.0, -1 + 2.0**-30, 1e308] + TINY),
    ("log2", "", numeric(lambda x: mpmath.log(x) / mpmath.log(2)), POSITIVE + [1e-310, 1e308]),
    ("log10", "", numeric(lambda x: mpmath.log(x) / mpmath.log(10)), POSITIVE + [1e-310, 1e308]),
    ("sqrt", "", numeric(mpmath.sqrt), POSITIVE + [1e-310, 5e-324, 1e308]),
    ("cbrt", "", numeric(cube_root), POSITIVE + [-0.3, -8.0, 1e-310, -5e-324, -1e308]),
    ("logistic", "", numeric(lambda x: 1 / (1 + mpmath.exp(-x))), USUAL + TINY + [700.0, -700.0, 40.0, -740.0]),
    ("logistic_density", "", numeric(density), USUAL + TINY + [700.0, -700.0, 40.0, -740.0]),
    ("softplus", "", numeric(softplus), USUAL + TINY + [700.0, -700.0, 40.0, -740.0]),
    ("erf", "", hermite(1)(mpmath.erf), USUAL + EXTREMES + [5.5, 26.0]),
    ("erfc", "", hermite(-1)(erfc), USUAL + EXTREMES + [5.5, 26.0]),
    ("lgamma", "", lgamma, POSITIVE + [0.5, 1.5, 2.0, 1 + 2.0**-30, 2 - 2.0**-30, 8.25, 100.0, -0.5, -3.7, -20.25, 1e-310]),
    ("digamma", "", polygamma(0), POSITIVE + [0.5, 1.46163, 2.0, 7.75, 13.9, 100.0, -0.3, -3.7, -20.25, 1e-310]),
    ("abs", "", lambda x: [abs(x), mpmath.sign(x), 0, 0, 0], [0.5, -0.3, 700.0, -700.0, 1e308, -5e-324]),
    ("sign", "", lambda x: [mpmath.sign(x), 0, 0, 0, 0], [0.5, -0.3, 1e308, -5e-324, 0.0]),
]
for n in (1, 2, 5, 20):
    UNARY.append(("polygamma", n, polygamma(n), POSITIVE[:6] + [0.5, 7.75, 100.0, -0.25, -3.5625, 1e-10, 1e10]))
for n in (0, 1, 2, 3, 4, 7, 16, -1, -2, -5, -12, 100):
    points = [0.5, -0.3, 1.7, -3.7, 1e-3] + ([0.0, 1e-310] if n >= 0 else [])
    UNARY.append(("powi", n, numeric(lambda x, n=n: x**n), points))
for a in (0.0, 0.5, 1.0, 2.0, 2.5, -1.5, 1 / 3, 4.75, -300.0):
    UNARY.append(("powf", repr(a), numeric(lambda x, a=a: x ** mpf(a)), [0.5, 1.7, 3.0, 1e-3, 30.0]))

# name, function, points x, y and directions
LINES = [
    (0.5, 1.25, 1.0, -0.75),
    (2.0, -3.7, -0.5, 1.0),
    (1.7, 0.25, 1.0, 2.0),
    (30.0, 2.0, 1.0, 0.0),
    (3.0, 0.5, 0.0, 1.0),
]
PLANE = LINES + [
    (-0.5, 1.25, 1.0, -0.75),
    (-3.0, -4.0, 1.0, 2.0),
    (1e300, 2e300, 1e299, -1e299),
    (1e-300, -3e-300, 1e-300, 1e-300),
    (0.0, -2.0, 1.0, 1.0),
    (2.0, 0.0, 1.0, 1.0),
]
BINARY = [
    ("pow", lambda x, y: x**y, LINES + [(1.0, 1.0, 0.25, 0.25)]),
    ("atan2", mpmath.atan2, [line for line in PLANE if line[1] > 0 or line[0] != 0]),
    ("hypot", mpmath.hypot, PLANE),
]


def text(numbers):
    return [mpmath.nstr(mpf(number), 25) for number in numbers]


def along(f, x, y, vx, vy):
    """Derivatives of f(x + vx t, y + vy t) by t at 0."""
    with mp.workdps(800):
        line = lambda t: f(mpf(x) + mpf(vx) * t, mpf(y) + mpf(vy) * t)
        return list(mpmath.diffs(line, 0, 4))


if __name__ == "__main__":
    mp.dps = 60
    orders = ["f", "f1", "f2", "f3", "f4"]
    with open("unary.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["function", "setting", "x"] + orders)
        for name, setting, derivatives, points in UNARY:
            for x in points:
                out.writerow([name, setting, repr(x)] + text(derivatives(mpf(x))))
    with open("binary.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["function", "x", "y", "vx", "vy"] + orders)
        for name, f, lines in BINARY:
            for line in lines:
                out.writerow([name] + [repr(part) for part in line] + text(along(f, *line)))
