//! The functions against the table `tables/functions.rs` and, in `f32`, against doubles at a great many numbers; with every set
//! of instructions that the CPU has.

use super::{exp, logistic, sin_cos, softplus, tanh};
use crate::Real;
use crate::simd::{Task, Vector, with_each};

mod table {
    include!("../../tables/functions.rs");
}

/// `exp tanh sin cos logistic softplus` of many numbers.
#[derive(Clone)]
struct All<'a, T>(&'a [T]);

const NAMES: [&str; 6] = ["exp", "tanh", "sin", "cos", "logistic", "softplus"];

impl<T: Real> Task for All<'_, T> {
    type Elem = T;
    type Output = [Vec<T>; 6];
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) -> Self::Output {
        let mut all: [Vec<T>; 6] = core::array::from_fn(|_| vec![T::ZERO; self.0.len()]);
        for (i, x) in self.0.chunks(V::LANES).enumerate() {
            let x = V::load_part(isa, x);
            let (s, c) = sin_cos(isa, x);
            let sigma = logistic(x);
            let values = [exp(x), tanh(x), s, c, sigma.value, softplus(x, sigma.exp)];
            for (all, value) in all.iter_mut().zip(values) {
                value.store_part(&mut all[i * V::LANES..]);
            }
        }
        all
    }
}

/// Units in the last place of `exact` between it and `found`: the bits of floats of one sign count upwards.
fn ulps(found: f64, exact: f64) -> u64 {
    let ordered = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { i64::MIN - bits } else { bits }
    };
    ordered(found).abs_diff(ordered(exact))
}

fn ulps32(found: f32, exact: f32) -> u32 {
    let ordered = |x: f32| {
        let bits = x.to_bits() as i32;
        if bits < 0 { i32::MIN - bits } else { bits }
    };
    ordered(found).abs_diff(ordered(exact))
}

#[test]
fn doubles_are_within_two_units() {
    let x: Vec<f64> = table::F64.iter().map(|row| f64::from_bits(row[0])).collect();
    with_each(&All(&x), |isa, found| {
        for (f, name) in NAMES.iter().enumerate() {
            for (i, row) in table::F64.iter().enumerate() {
                let (found, exact) = (found[f][i], f64::from_bits(row[f + 1]));
                let off = ulps(found, exact);
                assert!(off <= 2, "{isa} {name}({:e}): {found:e}, exact {exact:e}: {off}", x[i]);
            }
        }
    });
}

#[test]
fn singles_are_within_two_units() {
    let x: Vec<f32> = table::F32.iter().map(|row| f32::from_bits(row[0])).collect();
    with_each(&All(&x), |isa, found| {
        for (f, name) in NAMES.iter().enumerate() {
            for (i, row) in table::F32.iter().enumerate() {
                let (found, exact) = (found[f][i], f32::from_bits(row[f + 1]));
                let off = ulps32(found, exact);
                assert!(off <= 2, "{isa} {name}({:e}): {found:e}, {exact:e}: {off}", x[i]);
            }
        }
    });
}

/// Every 997th single of all 2³², NaN and infinities among them, against the functions of the standard library in doubles.
#[test]
fn singles_of_all_sizes_are_within_two_units() {
    let x: Vec<f32> = (0..=u32::MAX).step_by(997).map(f32::from_bits).collect();
    let softplus = |x: f64| (-x.abs()).exp().ln_1p() + x.max(0.0);
    let sigma = |x: f64| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) };
    let exact: [fn(f64) -> f64; 6] = [f64::exp, f64::tanh, f64::sin, f64::cos, sigma, softplus];
    with_each(&All(&x), |isa, found| {
        for (f, name) in NAMES.iter().enumerate() {
            for (i, &x) in x.iter().enumerate() {
                let (found, exact) = (found[f][i], exact[f](f64::from(x)) as f32);
                if x.is_nan() || exact.is_nan() {
                    assert!(found.is_nan(), "{isa} {name}({x:e}): {found:e}, {exact:e}");
                } else {
                    let off = ulps32(found, exact);
                    assert!(off <= 2, "{isa} {name}({x:e}): {found:e}, {exact:e}: {off}");
                }
            }
        }
    });
}

/// Doubles of all sizes against the functions of the standard library, which are within a unit.
#[test]
fn doubles_of_all_sizes_are_within_three_units_of_the_library() {
    let step = u64::MAX / 400_000;
    let near = |k: u32| f64::from(k % 80_000) * 5e-4 - 20.0;
    let bits = (0..400_000u64).map(|k| f64::from_bits(k * step)).filter(|x| x.abs() < 1e9);
    let x: Vec<f64> = bits.chain((0..80_000).map(near)).collect();
    let exact: [fn(f64) -> f64; 4] = [f64::exp, f64::tanh, f64::sin, f64::cos];
    with_each(&All(&x), |isa, found| {
        for (f, exact) in exact.iter().enumerate() {
            for (i, &x) in x.iter().enumerate() {
                let (found, exact) = (found[f][i], exact(x));
                let off = ulps(found, exact);
                assert!(off <= 3, "{isa} {}({x:e}): {found:e}, {exact:e}: {off}", NAMES[f]);
            }
        }
    });
}

#[test]
fn special_values() {
    let (inf, nan, tiny) = (f64::INFINITY, f64::NAN, 5e-324);
    let x = [0.0, -0.0, inf, -inf, nan, tiny, -tiny, f64::MAX, f64::MIN];
    with_each(&All(&x), |isa, [exp, tanh, sin, cos, sigma, soft]| {
        let same = |found: &[f64], exact: [f64; 9], name: &str| {
            for (i, (found, exact)) in found.iter().zip(exact).enumerate() {
                let same = found.to_bits() == exact.to_bits() || found.is_nan() && exact.is_nan();
                assert!(same, "{isa} {name}({:e}): {found:e}, {exact:e}", x[i]);
            }
        };
        let (s, c) = (f64::MAX.sin(), f64::MAX.cos());
        same(&exp, [1.0, 1.0, inf, 0.0, nan, 1.0, 1.0, inf, 0.0], "exp");
        same(&tanh, [0.0, -0.0, 1.0, -1.0, nan, tiny, -tiny, 1.0, -1.0], "tanh");
        same(&sin, [0.0, -0.0, nan, nan, nan, tiny, -tiny, s, -s], "sin");
        same(&cos, [1.0, 1.0, nan, nan, nan, 1.0, 1.0, c, c], "cos");
        same(&sigma, [0.5, 0.5, 1.0, 0.0, nan, 0.5, 0.5, 1.0, 0.0], "logistic");
        let half = 2f64.ln();
        same(&soft, [half, half, inf, 0.0, nan, half, half, f64::MAX, 0.0], "softplus");
    });
}
