//! Matrices to test with, and what nalgebra says about them.

#![allow(dead_code)] // each test file uses some of them

use linalg::{Field, Number, Pattern, Structure, c64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// A number with entries between -1 and 1.
pub(crate) trait Random: Number {
    fn random(rng: &mut ChaCha8Rng) -> Self;
}

impl Random for f64 {
    fn random(rng: &mut ChaCha8Rng) -> Self {
        rng.random_range(-1.0..1.0)
    }
}

impl Random for c64 {
    fn random(rng: &mut ChaCha8Rng) -> Self {
        c64::new(f64::random(rng), f64::random(rng))
    }
}

pub(crate) fn vector<S: Random>(n: usize, seed: u64) -> Vec<S> {
    let mut rng = generator(seed);
    (0..n).map(|_| S::random(&mut rng)).collect()
}

/// Entries at random places, and the diagonal.
pub(crate) fn scattered(n: usize, per_column: usize, seed: u64) -> Pattern {
    let mut rng = generator(seed);
    let entries: Vec<_> =
        (0..n * per_column).map(|k| (rng.random_range(0..n), k / per_column)).collect();
    Pattern::from_entries(n, n, entries).unwrap().with_diagonal()
}

/// The five-point Laplacian on a grid, `W = shift I - Δ`.
pub(crate) fn laplacian(side: usize, shift: f64) -> (Pattern, Vec<f64>) {
    let at = |x: usize, y: usize| y * side + x;
    let mut entries = Vec::new();
    for y in 0..side {
        for x in 0..side {
            entries.push((at(x, y), at(x, y)));
            if x + 1 < side {
                entries.extend([(at(x, y), at(x + 1, y)), (at(x + 1, y), at(x, y))]);
            }
            if y + 1 < side {
                entries.extend([(at(x, y), at(x, y + 1)), (at(x, y + 1), at(x, y))]);
            }
        }
    }
    let pattern = Pattern::from_entries(side * side, side * side, entries).unwrap();
    let mut values = vec![-1.0; pattern.nnz()];
    for i in 0..side * side {
        values[pattern.position(i, i).unwrap()] = 4.0 + shift;
    }
    (pattern, values)
}

/// All entries, column by column.
pub(crate) fn full<S: Field>(structure: &Structure, values: &[S]) -> Vec<S> {
    let n = structure.dim();
    let mut dense = vec![S::ZERO; n * n];
    structure.for_each(|i, j, at| dense[j * n + i] = values[at]);
    dense
}

/// `max |b - A x|` over `n ε (‖A‖ ‖x‖ + ‖b‖)` in the infinity norm: of the order of one for a
/// backward stable solve.
pub(crate) fn backward_error<S: Number>(
    structure: &Structure,
    values: &[S],
    x: &[S],
    b: &[S],
) -> f64 {
    let mut product = vec![S::ZERO; b.len()];
    structure.multiply(values, x, &mut product).unwrap();
    let mut sums = vec![0.0; b.len()];
    structure.for_each(|i, _, at| sums[i] += values[at].absolute());
    let largest = |v: &[S]| v.iter().fold(0.0f64, |m, v| m.max(v.absolute()));
    let residual: Vec<S> = product.iter().zip(b).map(|(&p, &b)| b - p).collect();
    let norm = sums.iter().fold(0.0f64, |m, &s| m.max(s));
    let scale = norm * largest(x) + largest(b);
    largest(&residual) / (b.len() as f64 * f64::EPSILON * scale).max(f64::MIN_POSITIVE)
}
