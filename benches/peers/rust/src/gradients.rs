//! Gradients of `lambdaᵀ f(u, p)` by other people's automatic differentiation.

use crate::protocol::{Words, seconds_of};
use nalgebra::SVector;
use num_dual::DualSVec64;
use std::hint::black_box;
use std::ops::{Add, Mul, Neg, Sub};

/// The ways of a crate.
pub(crate) fn methods(name: &str) -> &'static [&'static str] {
    match name {
        "num-dual" => &["gradient"],
        "echidna" => &["bytecode", "reverse"],
        _ => &[],
    }
}

/// A number of either crate.
trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
}

impl<T> Number for T where
    T: Copy + Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Neg<Output = T>
{
}

/// `lambdaᵀ f`, where `x` is `u`, then `p`, and `c` makes a constant.
fn weighted<T: Number>(problem: &str, x: &[T], lambda: &[f64], c: impl Fn(f64) -> T) -> Option<T> {
    let n = lambda.len();
    let (u, p) = x.split_at(n);
    let du = match problem {
        "lotka_volterra" => {
            let (&[x, y], &[a, b, c, d]) = (u, p) else { return None };
            vec![a * x - b * x * y, -c * y + d * x * y]
        }
        "lorenz63" => {
            let (&[x, y, z], &[s, r, b]) = (u, p) else { return None };
            vec![s * (y - x), x * (r - z) - y, x * y - b * z]
        }
        "pollution" if u.len() == 20 && p.len() == 25 => pollution(u, p, &c),
        "brusselator_16x16" if u.len() == 512 && p.len() == 1 => torus(u, p[0], &c),
        _ => return None,
    };
    du.into_iter().zip(lambda).map(|(du, &lambda)| du * c(lambda)).reduce(|a, b| a + b)
}

fn pollution<T: Number>(u: &[T], k: &[T], c: impl Fn(f64) -> T) -> Vec<T> {
    let r = [
        k[0] * u[0],
        k[1] * u[1] * u[3],
        k[2] * u[4] * u[1],
        k[3] * u[6],
        k[4] * u[6],
        k[5] * u[6] * u[5],
        k[6] * u[8],
        k[7] * u[8] * u[5],
        k[8] * u[10] * u[1],
        k[9] * u[10] * u[0],
        k[10] * u[12],
        k[11] * u[9] * u[1],
        k[12] * u[13],
        k[13] * u[0] * u[5],
        k[14] * u[2],
        k[15] * u[3],
        k[16] * u[3],
        k[17] * u[15],
        k[18] * u[15],
        k[19] * u[16] * u[5],
        k[20] * u[18],
        k[21] * u[18],
        k[22] * u[0] * u[3],
        k[23] * u[18] * u[0],
        k[24] * u[19],
    ];
    vec![
        -r[0] - r[9] - r[13] - r[22] - r[23] + r[1] + r[2] + r[8] + r[10] + r[11] + r[21] + r[24],
        -r[1] - r[2] - r[8] - r[11] + r[0] + r[20],
        -r[14] + r[0] + r[16] + r[18] + r[21],
        -r[1] - r[15] - r[16] - r[22] + r[14],
        -r[2] + c(2.0) * r[3] + r[5] + r[6] + r[12] + r[19],
        -r[5] - r[7] - r[13] - r[19] + r[2] + c(2.0) * r[17],
        -r[3] - r[4] - r[5] + r[12],
        r[3] + r[4] + r[5] + r[6],
        -r[6] - r[7],
        -r[11] + r[6] + r[8],
        -r[8] - r[9] + r[7] + r[10],
        r[8],
        -r[10] + r[9],
        -r[12] + r[11],
        r[13],
        -r[17] - r[18] + r[15],
        -r[19],
        r[19],
        -r[20] - r[21] - r[23] + r[22] + r[24],
        -r[24] + r[23],
    ]
}

/// Before the disc is fed.
fn torus<T: Number>(u: &[T], alpha: T, c: impl Fn(f64) -> T) -> Vec<T> {
    const SIDE: usize = 16;
    let g = alpha * c(225.0);
    let mut du = Vec::with_capacity(u.len());
    for j in 0..SIDE {
        for i in 0..SIDE {
            let at = |i: usize, j: usize, k: usize| u[2 * ((j % SIDE) * SIDE + i % SIDE) + k];
            let (a, b) = (at(i, j, 0), at(i, j, 1));
            let around = |k: usize| {
                let (west, east) = (at(i + SIDE - 1, j, k), at(i + 1, j, k));
                west + east + at(i, j + SIDE - 1, k) + at(i, j + 1, k)
            };
            let reaction = a * a * b;
            du.push(c(1.0) + reaction - c(4.4) * a + g * (around(0) - c(4.0) * a));
            du.push(c(3.4) * a - reaction + g * (around(1) - c(4.0) * b));
        }
    }
    du
}

const NEVER: &str = "not for this problem";

pub(crate) fn answer(words: &mut Words<'_>) -> Result<String, String> {
    let [who, method, problem] = [words.word()?, words.word()?, words.word()?];
    let (p, u, lambda) = (words.vector()?, words.vector()?, words.vector()?);
    let (runs, x): (usize, Vec<f64>) = (words.number()?, [u, p].concat());
    let mut gradient = vec![0.0; x.len()];
    let seconds = match (who, method, x.len()) {
        ("num-dual", "gradient", 6) => by_duals::<6>(problem, &x, &lambda, runs, &mut gradient)?,
        ("num-dual", "gradient", 45) => by_duals::<45>(problem, &x, &lambda, runs, &mut gradient)?,
        ("echidna", "bytecode", _) => {
            weighted(problem, &x, &lambda, |c| c).ok_or(NEVER)?;
            let f = |x: &[echidna::BReverse<f64>]| {
                let c = <echidna::BReverse<f64> as echidna::Scalar>::from_f;
                weighted(problem, x, &lambda, c).unwrap_or(x[0])
            };
            let (mut tape, _) = echidna::record(f, &x);
            let mut buffer = Vec::new();
            seconds_of(runs, || {
                gradient = tape.gradient_with_buf(black_box(&x), &mut buffer);
                Ok(())
            })?
        }
        ("echidna", "reverse", _) => {
            weighted(problem, &x, &lambda, |c| c).ok_or(NEVER)?;
            seconds_of(runs, || {
                let f = |x: &[echidna::Reverse<f64>]| {
                    let c = <echidna::Reverse<f64> as echidna::Scalar>::from_f;
                    weighted(problem, x, &lambda, c).unwrap_or(x[0])
                };
                gradient = echidna::grad(f, black_box(&x));
                Ok(())
            })?
        }
        _ => return Err(NEVER.into()),
    };
    Ok(format!("{{\"gradient\":{gradient:?},\"seconds\":{seconds:?}}}"))
}

fn by_duals<const N: usize>(
    problem: &str,
    x: &[f64],
    lambda: &[f64],
    runs: usize,
    gradient: &mut Vec<f64>,
) -> Result<f64, String> {
    let x = SVector::<f64, N>::from_column_slice(x);
    weighted(problem, x.as_slice(), lambda, |c| c).ok_or(NEVER)?;
    let mut found = x;
    let seconds = seconds_of(runs, || {
        let f = |x: SVector<DualSVec64<N>, N>| {
            weighted(problem, x.as_slice(), lambda, DualSVec64::from_re).unwrap_or(x[0])
        };
        found = num_dual::gradient(f, black_box(&x)).1;
        black_box(&mut found);
        Ok(())
    })?;
    *gradient = found.as_slice().to_vec();
    Ok(seconds)
}
