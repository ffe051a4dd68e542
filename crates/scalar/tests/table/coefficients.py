"""Prints the constants of src/special/digamma.rs and src/special/polygamma.rs, highest power first."""

import mpmath
from mpmath import mp, mpf

mp.dps = 60
root = mpmath.findroot(mpmath.digamma, 1.46)
high = mpf(float(root - 1))
print("ROOT", repr(float(high)), repr(float(root - 1 - high)))


def ratio(t):
    x = t + mpf(3) / 2
    return mpmath.digamma(x) / (x - root) if abs(x - root) > mpf(10) ** -25 else mpmath.psi(1, root)


for c in mpmath.chebyfit(ratio, [-0.5, 0.5], 22):
    print(repr(float(c)))
print("BERNOULLI")
for j in range(1, 13):
    print(repr(float(mpmath.bernoulli(2 * j) / mpmath.factorial(2 * j))))
