//! Random programs, written once for every number type.

#![allow(dead_code)]

use proptest::prelude::*;
use scalar::{Scalar, function};

/// One step of a random program: an operation, two operands, a constant.
pub(crate) type Step = (u8, usize, usize, f64);

pub(crate) fn run<S: Scalar>(program: &[Step], x: &[S]) -> S {
    let mut pool = x.to_vec();
    for &(op, i, j, c) in program {
        let (a, b) = (pool[i % pool.len()], pool[j % pool.len()]);
        let one = S::one();
        pool.push(match op % 27 {
            0 => a + b,
            1 => a - b.scale(c),
            2 => (a * b).sin(),
            3 => a / (one + b * b),
            4 => a.tanh() * S::from_f64(c),
            5 => b.cos().exp(),
            6 => (one + a * a).ln(),
            7 => (one + a * a).sqrt(),
            8 => a.logistic() - b.softplus(),
            9 => a.max(b),
            10 => a.min(S::from_f64(c)),
            11 => a.select_lt(b, a.sin(), b.atan()),
            12 => a.tanh().powi(3),
            13 => (one + a * a).pow(b.sin()),
            14 => (a.abs() + one).powf(c),
            15 => S::dot(&[a, b, S::from_f64(c)], &[b.sin(), one, a]).sin(),
            16 => {
                let mut y = [a, S::from_f64(c), b];
                S::axpy(b.cos(), &[a, b, a], &mut y);
                (y[0] * y[1] - y[2]).cos()
            }
            17 => {
                let mut y = [one; 2];
                S::dense_layer(&[a, b, S::from_f64(c), a], &[b, one], &[a.sin(), b], &mut y);
                y[0].tanh() + y[1].sin()
            }
            18 => -a,
            20 => S::sum_of(&[a, b, S::from_f64(c), a * b]).tanh(),
            21 => {
                let mut y = [one; 2];
                S::matvec(&[a, S::from_f64(c), b, one], &[b, a.sin()], &mut y);
                (y[0] - y[1]).sin()
            }
            22 => {
                let mut y = [one; 3];
                S::stencil(&[a, S::from_f64(c)], &[b, a, one, a.cos()], &mut y);
                (y[0] + y[1] * y[2]).cos()
            }
            23 => {
                let (w, x) = ([a, b, one, S::from_f64(c)], pool.iter().copied().cycle());
                let (x, mut y): (Vec<S>, _) = (x.take(9).collect(), [one; 4]);
                S::stencil_2d((&w, 2), (&x, 3), &mut y);
                (y[0] - y[3] + y[1] * y[2]).sin()
            }
            25 => S::max_of(&[a, b, S::from_f64(c), a * b]) * b,
            26 => {
                let mut y = [one; 3];
                S::map(function::Tanh, &[a, S::from_f64(c), b], &mut y);
                y[0] * y[1] - y[2]
            }
            24 => (a * b).powi(-2).min(one) + (a * b).scale(c),
            _ => S::from_f64(c),
        });
    }
    pool.iter().rev().take(3).copied().sum()
}

pub(crate) fn programs(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>(), -2.0..2.0f64), 1..longest)
}
