"""Writes `functions.rs`: values of the elementary functions of the kernels at numbers that doubles and singles hold exactly.

    python3 functions.py > functions.rs      (mpmath 1.4)

Each line is an argument and the bits of exp, tanh, sin, cos, logistic and softplus of it, correctly rounded; `f32` rounds from 60 digits,
not from doubles. Arguments: around every change of formula, at the ends of the range, subnormal, near multiples of π/2 (the worst cases
of the reduction: convergents of π/2 and random ones), and random ones of every size.
"""

import math
import random
import struct

from mpmath import mp, mpf, exp, tanh, sin, cos, log, log1p, isinf

mp.dps = 60
random.seed(5)


def bits(x, digits):
    """The nearest float, also where it is subnormal; half to even."""
    if x == 0:
        return 0
    kind, least, most = (("d", -1074, 1024) if digits == 53 else ("f", -149, 128))
    sign, x = (1, -x) if x < 0 else (0, x)
    _, e = mp.frexp(x)
    unit = max(int(e) - digits, least)
    n = int(mp.nint(mp.ldexp(x, -unit)))
    value = math.ldexp(n, unit) if n.bit_length() + unit <= most else math.inf
    packed = struct.pack("<" + kind, value) if value < math.inf else struct.pack("<" + kind, math.inf)
    whole = int.from_bytes(packed, "little")
    return whole | (sign << (63 if digits == 53 else 31))


def near_quarters(digits):
    """Numbers closest to multiples of π/2 up to where the kernels reduce by themselves."""
    found = []
    limit = 1.6e6 if digits == 53 else 1.2e4
    last = (0, 1)
    this = (1, 0)
    x = mp.pi / 2
    # Convergents n/k of π/2: k π/2 is nearly whole.
    for _ in range(30):
        a = int(mp.floor(x))
        last, this = this, (a * this[0] + last[0], a * this[1] + last[1])
        if this[0] < limit:
            found.append(float(this[0]))
        x = 1 / (x - a)
    for _ in range(60):
        n = random.randint(1, int(limit / 1.58))
        value = n * mp.pi / 2
        found.append(float(value) if digits == 53 else struct.unpack("f", struct.pack("f", float(value)))[0])
    return found


def arguments(digits):
    single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
    round_ = float if digits == 53 else single
    points = [0.0, 0.5, 0.625, 1.0, 0.625 * (1 - 2**-20), 0.88, 0.8813736, 10.0, 19.9, 20.0, 20.5, 36.7, 37.5]
    points += [k * math.log(2) / 2 for k in range(1, 40)]
    points += near_quarters(digits)
    ends = [87.0, 88.7, 88.73, 103.0, 103.9, 104.5, 1e-45, 1e-40, 1.2e-38] if digits == 24 else [
        700.0, 708.5, 709.78, 709.79, 744.0, 745.1, 745.2, 5e-324, 1e-310, 2.3e-308]
    points += ends
    sizes = (-20, 7) if digits == 53 else (-12, 6)
    points += [random.uniform(1, 2) * 2.0 ** random.randint(*sizes) for _ in range(300)]
    points += [random.uniform(0, 40) for _ in range(150)]
    points = sorted({round_(abs(x)) for x in points})
    return [x for x in points] + [-x for x in points if x != 0]


def row(x, digits):
    x = mpf(x)
    e = exp(x)
    values = [e, tanh(x), sin(x), cos(x), 1 / (1 + exp(-x)), log1p(e) if x < 0 else x + log1p(exp(-x))]
    return [bits(v, digits) for v in values]


print("// tidy: coefficient table")
print("// Written by `tables/functions.py`: reference values.")
for name, kind, digits in (("F64", "u64", 53), ("F32", "u32", 24)):
    rows = [(x, row(x, digits)) for x in arguments(digits)]
    print(f"/// The bits of `x` and of `exp tanh sin cos logistic softplus` at `x`.")
    print("#[rustfmt::skip]")
    print(f"pub(super) static {name}: [[{kind}; 7]; {len(rows)}] = [")
    for x, values in rows:
        pack = struct.pack("<d" if digits == 53 else "<f", x)
        print("    [" + ", ".join(hex(v) for v in [int.from_bytes(pack, "little")] + values) + "],")
    print("];")
