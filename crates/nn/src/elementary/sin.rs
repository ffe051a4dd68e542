use crate::Real;
use crate::real::Constants;
use crate::simd::Vector;

/// `sin x` and `cos x`.
///
/// `|x| = n π/2 + r` with `|r| <= π/4`, where `π/2` is a sum of parts with so few digits that their products with `n` are
/// exact; `r` is kept in two numbers. Vectors that hold a number beyond a million (ten thousand in `f32`) are left to the
/// standard library, so that the last bit of the others may depend on what stands beside them.
#[inline(always)]
pub(crate) fn sin_cos<V: Vector>(isa: V::Isa, x: V) -> (V, V) {
    let a = x.abs();
    let is_large = V::select_lt(
        x.constant(V::Elem::TURNS_LIMIT),
        a,
        x.constant(V::Elem::ONE),
        x.constant(V::Elem::ZERO),
    );
    if is_large.sum() > V::Elem::ZERO {
        return one_by_one(isa, x);
    }
    let (one, half) = (x.constant(V::Elem::ONE), x.constant(V::Elem::HALF));
    let n = (a * x.constant(V::Elem::FRAC_2_PI)).round();
    let (r, low) = reduced(a, n);
    let z = r * r;
    // sin(r + l) = r + (r z S + l (1 - z/2)).
    let sine = r + (r * z).mul_add(z.polynomial(V::Elem::SIN), low - low * (z * half));
    // cos(r + l) = 1 - z/2 + (z² C - r l), with what is lost in 1 - z/2.
    let h = z * half;
    let w = one - h;
    let cosine = w + (((one - w) - h) + (z * z).mul_add(z.polynomial(V::Elem::COS), -(r * low)));
    // The quarter: -2, -1, 0, 1 or 2.
    let quarter = n - (n * (half * half)).round() * x.whole(4);
    // Where it is ±1 the two change places: `beside` is 0 there, 1 elsewhere.
    let beside = (quarter.abs() - one).abs();
    let s = V::select_lt(beside, half, cosine, sine);
    let c = V::select_lt(beside, half, sine, cosine);
    // sin is negative in the quarters 2 and -1, cos in 2 and 1; -2 is 2.
    let turned = one - (quarter.abs() * half).round() * x.whole(2);
    let sine_sign = V::select_lt(beside, half, quarter, turned);
    let cosine_sign = V::select_lt(beside, half, -quarter, turned);
    (s.flip_sign(sine_sign).flip_sign(x), c.flip_sign(cosine_sign))
}

/// `x - n π/2` as a number and what is lost in it.
#[inline(always)]
fn reduced<V: Vector>(x: V, n: V) -> (V, V) {
    let (mut r, mut low) = (x, x.constant(V::Elem::ZERO));
    let Some((&last, parts)) = V::Elem::HALF_PI.split_last() else { return (r, low) };
    for &part in parts {
        // The sum of two numbers and its rounding error (Knuth).
        let b = -(n * x.constant(part));
        let sum = r + b;
        let virtual_b = sum - r;
        low = low + ((r - (sum - virtual_b)) + (b - virtual_b));
        r = sum;
    }
    low = n.mul_add(x.constant(-last), low);
    let sum = r + low;
    (sum, low - (sum - r))
}

#[cold]
#[inline(always)]
fn one_by_one<V: Vector>(isa: V::Isa, x: V) -> (V, V) {
    const MOST: usize = 16;
    let (mut all, mut cosines) = ([V::Elem::ZERO; MOST], [V::Elem::ZERO; MOST]);
    x.store(&mut all);
    for (x, cosine) in all[..V::LANES].iter_mut().zip(&mut cosines) {
        (*x, *cosine) = x.sin_cos_of_large();
    }
    (V::load(isa, &all), V::load(isa, &cosines))
}
