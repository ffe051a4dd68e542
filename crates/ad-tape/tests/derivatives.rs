//! Jacobians and Hessians of programs, dense and sparse, on random sparse functions.

mod random;

use ad_tape::{ErrorKind, Primitive, Program, SparseHessian, SparseJacobian, Symbol, hessian};
use proptest::prelude::*;
use random::{programs, run};
use scalar::{Dual, Scalar};

/// Output `i` is a random program of a few inputs.
type Output = (Vec<random::Step>, [usize; 3]);

fn sparse<S: Scalar>(outputs: &[Output], x: &[S]) -> Vec<S> {
    let output = |(steps, reads): &Output| run(steps, &reads.map(|j| x[j % x.len()]));
    outputs.iter().map(output).collect()
}

fn outputs(count: core::ops::Range<usize>) -> impl Strategy<Value = Vec<Output>> {
    prop::collection::vec((programs(8), prop::array::uniform3(any::<usize>())), count)
}

fn at(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| (seed + 1.7 * i as f64).sin()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]
    #[test]
    fn jacobians_agree(outputs in outputs(1..20), n in 1..90usize, seed in 0.0..9.0f64) {
        let x = at(n, seed);
        let program = Program::record(n, |x| sparse(&outputs, x)).unwrap();
        let m = outputs.len();
        let mut exact = vec![0.0; m * n];
        for j in 0..n {
            let lifted: Vec<Dual> = x.iter().enumerate()
                .map(|(k, &x)| Dual { re: x, eps: [f64::from(k == j)] }).collect();
            for (i, y) in sparse(&outputs, &lifted).iter().enumerate() {
                exact[i * n + j] = y.eps[0];
            }
        }
        let size = exact.iter().fold(1.0, |m: f64, e| m.max(e.abs()));
        let (mut dense, mut work) = (vec![f64::NAN; m * n], program.jacobian_work());
        prop_assert_eq!(work.is_forward(), n <= m);
        program.jacobian(&x, &mut dense, &mut work).unwrap();
        let mut jacobian = SparseJacobian::new(&program).unwrap();
        let pattern = jacobian.pattern().clone();
        let values = jacobian.values(&program, &x).unwrap();
        prop_assert_eq!(values.len(), pattern.num_nonzeros());
        let mut filled = vec![0.0; m * n];
        let mut next = values.iter();
        for i in 0..m {
            for (&j, &value) in pattern.row(i).iter().zip(&mut next) {
                filled[i * n + j] = value;
            }
        }
        for k in 0..m * n {
            prop_assert!((dense[k] - exact[k]).abs() <= 1e-12 * size);
            prop_assert!((filled[k] - exact[k]).abs() <= 1e-12 * size);
        }
    }

    #[test]
    fn hessians_agree(outputs in outputs(1..8), n in 1..70usize, seed in 0.0..9.0f64) {
        let x = at(n, seed);
        let y_bar: Vec<f64> = (0..outputs.len()).map(|i| 1.0 - 0.4 * i as f64).collect();
        let program = Program::record(n, |x| sparse(&outputs, x)).unwrap();
        let (_, gradient, exact) = hessian(
            |x| {
                let y = sparse(&outputs, x);
                y.iter().zip(&y_bar).map(|(&y, &bar)| y.scale(bar)).sum()
            },
            &x,
        );
        let size = exact.iter().chain(&gradient).fold(1.0, |m: f64, e| m.max(e.abs()));
        let mut sparse_hessian = SparseHessian::new(&program).unwrap();
        let pattern = sparse_hessian.pattern().clone();
        let values = sparse_hessian.values(&program, &x, &y_bar).unwrap();
        let (mut filled, mut next) = (vec![0.0; n * n], values.iter());
        for i in 0..n {
            for (&j, &value) in pattern.row(i).iter().zip(&mut next) {
                filled[i * n + j] = value;
            }
        }
        for k in 0..n * n {
            prop_assert!((filled[k] - exact[k]).abs() <= 1e-11 * size, "{k}");
        }
        let v = at(n, seed + 0.5);
        let (mut g, mut hv, mut work) = (vec![0.0; n], vec![0.0; n], program.hessian_work());
        program.hessian_vector(&x, &v, &y_bar, (&mut g, &mut hv), &mut work).unwrap();
        for i in 0..n {
            let product: f64 = (0..n).map(|j| exact[i * n + j] * v[j]).sum();
            prop_assert!((g[i] - gradient[i]).abs() <= 1e-12 * size);
            prop_assert!((hv[i] - product).abs() <= 1e-11 * size * n as f64);
        }
    }
}

/// Wider than high, one full row and one full column: backward needs few sweeps.
#[test]
fn directions() {
    let wide = Program::record(50, |x| vec![x.iter().copied().sum(), x[0] * x[1]]).unwrap();
    let jacobian = SparseJacobian::new(&wide).unwrap();
    assert!(!jacobian.is_forward() && jacobian.sweeps() == 1);
    let tall = Program::record(2, |x| (0..50).map(|i| x[0].powi(i) * x[1]).collect()).unwrap();
    let jacobian = SparseJacobian::new(&tall).unwrap();
    assert!(jacobian.is_forward() && jacobian.sweeps() == 1);
    assert!(tall.jacobian_work().is_forward() && !wide.jacobian_work().is_forward());
}

#[test]
fn what_is_not_finite_is_named() {
    let program = Program::record(3, |x| vec![x[0] * x[1], x[2].sqrt()]).unwrap();
    let (mut jac, mut work) = ([0.0; 6], program.jacobian_work());
    let error = program.jacobian(&[1.0, 2.0, 0.0], &mut jac, &mut work).unwrap_err();
    let infinite = ErrorKind::NotFinite { what: "the Jacobian", index: 5, value: f64::INFINITY };
    assert_eq!(*error.kind(), infinite);
    assert!(error.to_string().contains("look at the point"));
    let error =
        SparseJacobian::new(&program).unwrap().values(&program, &[1.0, 2.0, 0.0]).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::NotFinite { what: "the sparse Jacobian", index: 2, .. }
    ));
    let error = program.jacobian(&[1.0; 3], &mut [0.0; 5], &mut work).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Lengths { what: "the Jacobian", found: 5, expected: 6 }
    ));
    let other = Program::record(3, |x| vec![x[0], x[1]]).unwrap();
    let error = other.jacobian(&[1.0; 3], &mut jac, &mut work).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OtherProgram);
}

/// (x, y) ↦ (x y, x / y), by hand.
#[derive(Debug)]
struct Pair;

impl Primitive for Pair {
    fn name(&self) -> &str {
        "pair"
    }
    fn inputs(&self) -> usize {
        2
    }
    fn outputs(&self) -> usize {
        2
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        (y[0], y[1]) = (x[0] * x[1], x[0] / x[1]);
    }
    fn vjp(&self, x: &[f64], y: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
        x_bar[0] += x[1] * y_bar[0] + y_bar[1] / x[1];
        x_bar[1] += x[0] * y_bar[0] - y[1] / x[1] * y_bar[1];
    }
}

#[test]
fn primitives_are_differentiated_by_hand() {
    ad_tape::check_primitive(&Pair, &[1.3, -0.7], 1e-7).unwrap();
    let program = Program::record(2, |x| {
        let mut y = [Symbol::zero(); 2];
        // Scattered operands, and results that are used.
        Symbol::primitive(Pair, &[x[1], x[0].sin()], &mut y);
        vec![y[0].exp() * y[1], y[1]]
    })
    .unwrap();
    let direct = Program::record(2, |x| {
        let (a, b) = (x[1], x[0].sin());
        vec![(a * b).exp() * (a / b), a / b]
    })
    .unwrap();
    let point = [0.4, 1.2];
    let jacobian = |program: &Program, reverse: bool| {
        // One way or the other, whatever is cheaper.
        let mut rows = [0.0; 4];
        if reverse {
            let (mut work, mut y) = (program.work(), [0.0; 2]);
            program.forward(&point, &mut y, &mut work).unwrap();
            for (i, row) in rows.chunks_exact_mut(2).enumerate() {
                let y_bar = [f64::from(i == 0), f64::from(i == 1)];
                program.reverse(&y_bar, row, &mut work).unwrap();
            }
        } else {
            program.jacobian(&point, &mut rows, &mut program.jacobian_work()).unwrap();
        }
        rows
    };
    let expected = jacobian(&direct, true);
    for reverse in [false, true] {
        for (found, expected) in jacobian(&program, reverse).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-13, "{found} {expected}");
        }
    }
    let mut work = program.hessian_work();
    let (mut g, mut hv) = ([0.0; 2], [0.0; 2]);
    let error = program
        .hessian_vector(&point, &[1.0; 2], &[1.0; 2], (&mut g, &mut hv), &mut work)
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoSecondDerivative { name: "pair".into() });
    let lengths = Program::record(1, |x| {
        let mut y = [Symbol::zero(); 2];
        Symbol::primitive(Pair, x, &mut y);
        y.to_vec()
    });
    let kind = lengths.unwrap_err().kind().clone();
    assert!(matches!(kind, ErrorKind::Lengths { found: 1, expected: 2, .. }));
}
