//! Each activation as a type: what a kernel is compiled for.

use crate::elementary::{logistic, sin_cos, softplus, tanh};
use crate::real::Constants;
use crate::simd::Vector;

/// An activation function of vectors.
pub(crate) trait Shape {
    /// The value and the derivatives up to order `N - 1`, at most the fifth.
    fn derivatives<V: Vector, const N: usize>(isa: V::Isa, z: V) -> [V; N];

    /// The same where the value is known already.
    #[inline(always)]
    fn from_value<V: Vector, const N: usize>(isa: V::Isa, z: V, _: V) -> [V; N] {
        Self::derivatives(isa, z)
    }
}

/// Runs `$body` with `$shape` standing for the type of an activation.
macro_rules! with_shape {
    ($activation:expr, $shape:ident => $body:expr) => {
        with_shape! { @each $activation, $shape => $body;
            Identity Tanh Sin Sigmoid Softplus Silu Gelu Relu }
    };
    (@each $activation:expr, $shape:ident => $body:expr; $($name:ident)*) => {
        match $activation {$(
            $crate::Activation::$name => {
                type $shape = $crate::activation::shape::$name;
                $body
            }
        )*}
    };
}
pub(crate) use with_shape;

pub(crate) struct Identity;
pub(crate) struct Tanh;
pub(crate) struct Sin;
pub(crate) struct Sigmoid;
pub(crate) struct Softplus;
pub(crate) struct Silu;
pub(crate) struct Gelu;
pub(crate) struct Relu;

/// The first ones of all derivatives; what is not asked for is not computed.
#[inline(always)]
fn first<V: Vector, const N: usize>(all: [V; 6]) -> [V; N] {
    let mut some = [all[0]; N];
    for (some, all) in some.iter_mut().zip(all) {
        *some = all;
    }
    some
}

impl Shape for Identity {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let zero = z.whole(0);
        first([z, z.whole(1), zero, zero, zero, zero])
    }
}

impl Shape for Tanh {
    /// With `t = tanh z` and `s = 1 - t²`: `s`, `-2 t s`, `(6 t² - 2) s`, `(16 - 24 t²) t s`, `(16 - 120 t² + 120 t⁴) s`.
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(isa: V::Isa, z: V) -> [V; N] {
        Self::from_value(isa, z, tanh(z))
    }

    #[inline(always)]
    fn from_value<V: Vector, const N: usize>(_: V::Isa, z: V, t: V) -> [V; N] {
        let t2 = t * t;
        let s = z.whole(1) - t2;
        let fourth = (z.whole(16) - z.whole(24) * t2) * t * s;
        let fifth = (z.whole(16) - z.whole(120) * (t2 * s)) * s;
        let third = (z.whole(6) * t2 - z.whole(2)) * s;
        first([t, s, -(t + t) * s, third, fourth, fifth])
    }
}

impl Shape for Sin {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(isa: V::Isa, z: V) -> [V; N] {
        let (s, c) = sin_cos(isa, z);
        first([s, c, -s, -c, s, c])
    }
}

/// The derivatives of the logistic function up to the fifth. With `p = σ(z) σ(-z)` and `w = σ(-z) - σ(z)`, for which
/// `p' = p w` and `w' = -2 p`: `p`, `p w`, `p (1 - 6 p)`, `p w (1 - 12 p)`, `p (1 - 30 p + 120 p²)`.
#[inline(always)]
fn logistic_derivatives<V: Vector>(value: V, rest: V) -> [V; 6] {
    let (p, w, one) = (value * rest, rest - value, value.whole(1));
    let fifth = p * (one - p * (p.whole(30) - p.whole(120) * p));
    [value, p, p * w, p * (one - p.whole(6) * p), p * w * (one - p.whole(12) * p), fifth]
}

impl Shape for Sigmoid {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let sigma = logistic(z);
        first(logistic_derivatives(sigma.value, sigma.rest))
    }
}

impl Shape for Softplus {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let sigma = logistic(z);
        let [d0, d1, d2, d3, d4, _] = logistic_derivatives(sigma.value, sigma.rest);
        first([softplus(z, sigma.exp), d0, d1, d2, d3, d4])
    }
}

/// Of `x g(x)`: `x g⁽ⁿ⁾ + n g⁽ⁿ⁻¹⁾`.
#[inline(always)]
fn times_x<V: Vector>(x: V, g: [V; 6]) -> [V; 6] {
    let mut f = g;
    f[0] = x * g[0];
    for n in 1..6 {
        f[n] = x.mul_add(g[n], x.whole(n as u32) * g[n - 1]);
    }
    f
}

impl Shape for Silu {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let sigma = logistic(z);
        let [least, _] = V::Elem::EXP_RANGE;
        // Where the logistic function is 0, infinity times it is not NaN; and its derivatives are 0 on both sides.
        let above = z.at_least(z.constant(least));
        let g = logistic_derivatives(sigma.value, sigma.rest);
        let mut f = times_x(above.at_most(z.constant(-least)), g);
        f[0] = above * sigma.value;
        first(f)
    }
}

impl Shape for Gelu {
    /// `x σ(q)` with `q = √(8/π) (x + a x³)`, the rule of Faà di Bruno for `σ(q)`.
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let [scale, cube] = V::Elem::GELU;
        // Beyond the limits `σ(q)` and its derivatives are 0 or 1.
        let limit = z.constant(V::Elem::GELU_LIMIT);
        let above = z.at_least(-limit);
        let x = above.at_most(limit);
        let (scale, cube) = (z.constant(scale), z.constant(cube));
        let bend = scale * cube;
        let q1 = (z.whole(3) * bend * x).mul_add(x, scale);
        let (q2, q3) = (z.whole(6) * bend * x, z.whole(6) * bend);
        let sigma = logistic(scale * (cube * x * x).mul_add(x, x));
        let [s0, s1, s2, s3, s4, s5] = logistic_derivatives(sigma.value, sigma.rest);
        let (p2, p3) = (q1 * q1, q1 * q1 * q1);
        let g2 = s2 * p2 + s1 * q2;
        let g3 = s3 * p3 + z.whole(3) * s2 * q1 * q2 + s1 * q3;
        let g4 = s4 * p2 * p2
            + z.whole(6) * s3 * p2 * q2
            + s2 * (z.whole(4) * q1 * q3 + z.whole(3) * q2 * q2);
        let g5 = s5 * p2 * p3
            + z.whole(10) * s4 * p3 * q2
            + s3 * q1 * (z.whole(10) * q1 * q3 + z.whole(15) * q2 * q2)
            + z.whole(10) * s2 * q2 * q3;
        let mut f = times_x(x, [s0, s1 * q1, g2, g3, g4, g5]);
        f[0] = above * s0;
        first(f)
    }
}

impl Shape for Relu {
    #[inline(always)]
    fn derivatives<V: Vector, const N: usize>(_: V::Isa, z: V) -> [V; N] {
        let (zero, one) = (z.whole(0), z.whole(1));
        let slope = V::select_lt(zero, z, one, zero);
        // Plus zero: the value at -0 is 0.
        first([z.at_least(zero) + zero, slope, zero, zero, zero, zero])
    }
}
