//! Linear systems with random matrices against the matrix exponential and its Fréchet derivative.

use crate::{close, flat};
use ode_core::{OdeProblem, Options, Save};
use ode_stiff::{KenCarp5, RadauIIA5, Rodas5P};
use scalar::Scalar;
use sensitivity::{DiscreteAdjoint, DiscreteMethod, Loss};
use system::System;

const N: usize = 3;

/// `u' = A u` with the entries of `A` as parameters.
struct Matrix;

impl System for Matrix {
    fn dim(&self) -> usize {
        N
    }
    fn num_params(&self) -> usize {
        N * N
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..N {
            du[i] = (0..N).fold(S::zero(), |sum, j| sum + p[i * N + j] * u[j]);
        }
    }
}

/// `cᵀ u`.
struct Weighted([f64; N]);

impl Loss for Weighted {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u.iter().zip(self.0).fold(S::zero(), |sum, (&u, c)| sum + u.scale(c))
    }
}

type Square = Vec<Vec<f64>>;

fn product(a: &Square, b: &Square) -> Square {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).map(|k| a[i][k] * b[k][j]).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// Taylor's series of a part of the matrix, squared.
fn exponential(a: &Square) -> Square {
    let n = a.len();
    let part: Square =
        a.iter().map(|row| row.iter().map(|x| x / f64::from(1 << 10)).collect()).collect();
    let one = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
    let mut sum: Square = (0..n).map(|i| (0..n).map(|j| one(i, j)).collect()).collect();
    let mut term = sum.clone();
    for k in 1..=16 {
        term = product(&term, &part);
        for i in 0..n {
            for j in 0..n {
                term[i][j] /= f64::from(k);
                sum[i][j] += term[i][j];
            }
        }
    }
    (0..10).fold(sum, |sum, _| product(&sum, &sum))
}

fn check<M: DiscreteMethod<Matrix, Weighted, Vec<f64>>>(method: M, tol: f64) {
    let mut seed = 12_345_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    for stiffness in [0.0, 0.0, 100.0] {
        let mut p: Vec<f64> = (0..N * N).map(|_| 2.0 * random()).collect();
        p[0] -= stiffness;
        let (u0, c) = ([random(), random(), random()], [random(), random(), random()]);
        // exp [A E; 0 A] holds exp A and its derivative along E.
        let matrix = |direction: usize| -> Square {
            let entry = |i: usize, j: usize| match (i / N, j / N) {
                (0, 1) => f64::from(u8::from(i * N + j - N == direction)),
                (1, 0) => 0.0,
                _ => p[i % N * N + j % N],
            };
            (0..2 * N).map(|i| (0..2 * N).map(|j| entry(i, j)).collect()).collect()
        };
        let block = |of: &Square, right: usize, by_state: Option<usize>| -> f64 {
            let term = |i: usize, j: usize| {
                let u = by_state.map_or(u0[j], |k| if j == k { 1.0 } else { 0.0 });
                c[i] * of[i][j + right] * u
            };
            (0..N).flat_map(|i| (0..N).map(move |j| (i, j))).map(|(i, j)| term(i, j)).sum()
        };
        let whole = exponential(&matrix(0));
        let by_u0 = (0..N).map(|k| block(&whole, 0, Some(k)));
        let by_p = (0..N * N).map(|k| block(&exponential(&matrix(k)), N, None));
        let expected: Vec<f64> = by_u0.chain(by_p).collect();
        let problem = OdeProblem::new(Matrix, u0.to_vec(), p.clone(), (0.0, 1.0)).unwrap();
        let options = Options {
            rtol: 1e-12,
            atol: 1e-12,
            save: Save::Last,
            max_steps: 1_000_000,
            ..Options::default()
        };
        let found = DiscreteAdjoint::default()
            .gradient(&problem, method.clone(), &options, &Weighted(c))
            .unwrap();
        close(&flat(&found), &expected, tol, "the exponential");
        close(&[found.loss], &[block(&whole, 0, None)], tol, "the loss");
    }
}

#[test]
fn the_matrix_exponential_and_its_derivative() {
    check(Rodas5P, 1e-9);
    check(KenCarp5, 1e-9);
    check(RadauIIA5, 1e-9);
}
