"""Polynomials of `src/elementary/coefficients.rs`: near-best approximations, by interpolation at Chebyshev nodes.

    python3 coefficients.py > ../src/elementary/coefficients.rs      (mpmath 1.4)

Each is judged by the error that it makes in the function that it is used for, printed beside it.
"""

from mpmath import mp, mpf, cos, pi, exp, sin, log, sqrt, atanh, lu_solve, matrix, nstr, floor, ldexp
import struct

mp.dps = 60


def single(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def rounded(x, digits):
    return mpf(float(x)) if digits == 53 else mpf(single(x))


def fit(f, a, b, degree, digits):
    n = degree + 1
    nodes = [(a + b) / 2 + (b - a) / 2 * cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    left = matrix(n, n)
    right = matrix(n, 1)
    for i, x in enumerate(nodes):
        right[i] = f(x)
        for j in range(n):
            left[i, j] = x**j
    return [rounded(c, digits) for c in lu_solve(left, right)]


def horner(c, x):
    s = mpf(0)
    for a in reversed(c):
        s = s * x + a
    return s


def worst(error, a, b):
    points = [a + (b - a) * mpf(k) / 400 for k in range(401)]
    return max(abs(error(x)) for x in points if x != 0)


def number(x, digits):
    text = repr(float(x)) if digits == 53 else repr(float(nstr(mpf(float(x)), 9)))
    mantissa, _, exponent = text.partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    head, tail = mantissa.split(".")
    tail = "_".join(tail[i : i + 3] for i in range(0, len(tail), 3)) if len(tail) > 5 else tail
    return head + "." + tail + ("e" + exponent if exponent else "")


def emit(name, what, values, digits, error=None):
    kind = "f64" if digits == 53 else "f32"
    said = f" Relative error {nstr(error, 2)}." if error is not None else ""
    print(f"/// {what}{said}")
    print(f"pub(crate) const {name}: [{kind}; {len(values)}] = [{', '.join(number(v, digits) for v in values)}];")


def parts(x, bits, count):
    """The first `count` pieces of `x` with so many bits each, and the rest."""
    found = []
    scale = 0
    while ldexp(x, scale) < 1:
        scale += 1
    position = bits + scale - 1
    while x > 0 and len(found) < count:
        piece = ldexp(floor(ldexp(x, position)), -position)
        found.append(piece)
        x -= piece
        position += bits
    return found + [x]


def tables(digits):
    end = "" if digits == 53 else "_F32"
    half = log(2) / 2 * mpf("1.0001")
    q = lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > 1e-15 else mpf(1) / 2
    c = fit(q, -half, half, 10 if digits == 53 else 4, digits)
    emit("EXP" + end, "`(exp r - 1 - r) / r²` for `|r| <= ln 2 / 2`.", c, digits,
         worst(lambda r: (r**2 * horner(c, r) + 1 + r) / exp(r) - 1, -half, half))
    bits = 32 if digits == 53 else 10
    emit("LN_2" + end, "`ln 2` in two parts: products of the first one with exponents are exact.", parts(log(2), bits, 1), digits)
    # sin and cos on |r| <= π/4.
    top = (pi / 4 * mpf("1.0001")) ** 2
    low = mpf("1e-20")
    s = fit(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, low, top, 5 if digits == 53 else 2, digits)
    emit("SIN" + end, "`(sin r / r - 1) / z`, `z = r²`, for `|r| <= π/4`.", s, digits,
         worst(lambda z: (1 + z * horner(s, z)) * sqrt(z) / sin(sqrt(z)) - 1, low, top))
    c = fit(lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, low, top, 5 if digits == 53 else 2, digits)
    emit("COS" + end, "`(cos r - 1 + z/2) / z²`, the same.", c, digits,
         worst(lambda z: (1 - z / 2 + z**2 * horner(c, z)) / cos(sqrt(z)) - 1, low, top))
    pieces = parts(pi / 2, 33, 3) if digits == 53 else parts(pi / 2, 11, 4)
    emit("HALF_PI" + end, "`π/2` in parts: products of all but the last one with the counts of quarter turns are exact.", pieces, digits)
    # ln(1 + f) = 2 s + s R(s²), s = f / (2 + f), |s| <= 0.1716.
    top = mpf("0.1717") ** 2
    r = fit(lambda z: (2 * atanh(sqrt(z)) / sqrt(z) - 2) / z, low, top, 6 if digits == 53 else 2, digits)
    emit("LN_1P" + end, "`R(z) / z` of `ln((1 + s) / (1 - s)) = 2 s + s R(s²)` for `|s| <= 0.1717`.", r, digits,
         worst(lambda z: (2 + z * horner(r, z)) * sqrt(z) / (2 * atanh(sqrt(z))) - 1, low, top))


print("//! Written by `tables/coefficients.py`; a table of coefficients.")
print("//!")
print("//! Polynomials begin with the constant. Errors are those of the approximated function.")
print("#![allow(clippy::excessive_precision, clippy::approx_constant)]")
print()
tables(53)
print()
tables(24)
