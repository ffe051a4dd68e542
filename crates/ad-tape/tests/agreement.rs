//! The tape against dual numbers and nested duals: elementary functions and random programs.

mod random;

use ad_tape::{Adjoints, Recorder, Tape, Var, gradient, hessian, hessian_vector};
use proptest::prelude::*;
use random::{programs, run};
use scalar::{Dual, Scalar};

type D = Dual<f64, 1>;
type D2 = Dual<D, 1>;

fn close(a: f64, b: f64, tol: f64) -> bool {
    (a - b).abs() <= tol * b.abs().max(1.0)
}

struct Case {
    name: &'static str,
    dual: fn(D2) -> D2,
    tape: for<'t> fn(Var<'t, D>) -> Var<'t, D>,
    points: [f64; 4],
}

fn cases() -> Vec<Case> {
    macro_rules! cases {
        ($($f:ident $(($arg:expr))? => $points:expr;)*) => {
            vec![$(Case {
                name: stringify!($f),
                dual: |x| Scalar::$f(x $(, $arg)?),
                tape: |x| Scalar::$f(x $(, $arg)?),
                points: $points,
            }),*]
        };
    }
    cases! {
        sin => [-2.0, -0.3, 0.7, 5.0];
        cos => [-2.0, -0.3, 0.7, 5.0];
        tan => [-1.2, -0.3, 0.7, 1.1];
        asin => [-0.9, -0.3, 0.2, 0.8];
        acos => [-0.9, -0.3, 0.2, 0.8];
        atan => [-3.0, -0.3, 0.2, 8.0];
        sinh => [-2.0, -0.3, 0.7, 3.0];
        cosh => [-2.0, -0.3, 0.7, 3.0];
        tanh => [-2.0, -0.3, 0.7, 3.0];
        exp => [-2.0, -0.3, 0.7, 3.0];
        exp_m1 => [-2.0, -0.3, 0.7, 3.0];
        ln => [0.2, 0.9, 1.7, 30.0];
        ln_1p => [-0.8, -0.1, 1.7, 30.0];
        sqrt => [0.2, 0.9, 1.7, 30.0];
        logistic => [-4.0, -0.1, 1.7, 40.0];
        softplus => [-4.0, -0.1, 1.7, 6.0];
        abs => [-4.0, -0.1, 1.7, 6.0];
        powi(0) => [-2.0, 0.0, 0.7, 5.0];
        powi(1) => [-2.0, 0.0, 0.7, 5.0];
        powi(2) => [-2.0, 0.0, 0.7, 5.0];
        powi(-3) => [-2.0, -0.3, 0.7, 5.0];
        powf(2.5) => [0.0, 0.3, 0.7, 5.0];
        powf(0.0) => [0.0, 0.3, 0.7, 5.0];
        scale(-3.0) => [-2.0, 0.0, 0.7, 5.0];
    }
}

#[test]
fn elementary_functions_agree_to_second_order() {
    let mut recorder = Recorder::new();
    for case in cases() {
        for x in case.points {
            let exact = (case.dual)(D2::variable(D::variable(x, 0), 0));
            let mut bar = [D::constant(f64::NAN)];
            let value = recorder.gradient(|v| (case.tape)(v[0]), &[D::variable(x, 0)], &mut bar);
            let (value, name) = (value.unwrap(), case.name);
            assert_eq!(value.re.to_bits(), exact.re.re.to_bits(), "{name}({x})");
            assert!(close(value.eps[0], exact.re.eps[0], 1e-15), "{name}({x}): tangent");
            assert!(close(bar[0].re, exact.eps[0].re, 1e-15), "{name}'({x})");
            assert!(close(bar[0].eps[0], exact.eps[0].eps[0], 1e-14), "{name}''({x})");
        }
    }
}

#[test]
fn binary_operations_agree() {
    type D = Dual<f64, 2>;
    fn all<S: Scalar>(a: S, b: S) -> [S; 8] {
        [a + b, a - b, a * b, a / b, a.pow(b), a.max(b), a.min(b), a.select_lt(b, a * a, b * b)]
    }
    for (a, b) in [(0.7, 2.0), (2.0, 0.7), (1.5, 1.5), (3.0, -2.0)] {
        let exact = all(D::variable(a, 0), D::variable(b, 1));
        for (i, exact) in exact.into_iter().enumerate() {
            let (value, bars) = gradient(|x| all(x[0], x[1])[i], &[a, b]);
            assert_eq!(value.to_bits(), exact.re.to_bits());
            for k in 0..2 {
                assert!(close(bars[k], exact.eps[k], 1e-15), "operation {i} at {a}, {b}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]
    #[test]
    fn random_programs_agree(
        program in programs(30), x in prop::array::uniform4(-1.5..1.5f64),
    ) {
        let exact = run(&program, &core::array::from_fn::<_, 4, _>(|i| {
            Dual::<f64, 4>::variable(x[i], i)
        }));
        let (value, bars) = gradient(|x| run(&program, x), &x);
        prop_assert_eq!(value.to_bits(), run(&program, &x).to_bits());
        // Both sum the same paths in another order: the rounding is of the largest derivative.
        let size = exact.eps.iter().fold(1.0, |m: f64, e| m.max(e.abs()));
        for i in 0..4 {
            prop_assert!((bars[i] - exact.eps[i]).abs() <= 1e-12 * size, "{i}: {bars:?} {exact:?}");
        }
    }

    #[test]
    fn random_hessians_agree(
        program in programs(12),
        x in prop::array::uniform5(-1.5..1.5f64),
    ) {
        type D = Dual<f64, 5>;
        let exact = run(&program, &core::array::from_fn::<_, 5, _>(|i| {
            Dual::<D, 5>::variable(D::variable(x[i], i), i)
        }));
        // Five inputs: more than one chunk.
        let (value, bars, h) = hessian(|x| run(&program, x), &x);
        let v = [1.0, -0.5, 0.25, 2.0, -1.0];
        let (_, _, hv) = hessian_vector(|x| run(&program, x), &x, &v);
        prop_assert!(close(value, exact.re.re, 1e-15));
        let parts = exact.eps.iter().flat_map(|e| e.eps).chain(exact.re.eps);
        let size = parts.fold(1.0, |m: f64, e| m.max(e.abs()));
        for i in 0..5 {
            prop_assert!((bars[i] - exact.eps[i].re).abs() <= 1e-12 * size);
            let mut product = 0.0;
            for j in 0..5 {
                prop_assert!((h[5 * i + j] - exact.eps[i].eps[j]).abs() <= 1e-11 * size);
                product += exact.eps[i].eps[j] * v[j];
            }
            prop_assert!((hv[i] - product).abs() <= 1e-11 * size);
        }
    }
}

/// Rosenbrock (1960): f = Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)², with the gradient and the Hessian in
/// closed form.
#[test]
fn rosenbrock_in_closed_form() {
    fn f<S: Scalar>(x: &[S]) -> S {
        let term = |w: &[S]| (w[1] - w[0] * w[0]).powi(2).scale(100.0) + (S::one() - w[0]).powi(2);
        x.windows(2).map(term).sum()
    }
    let (value, bars) = gradient(|x| f(x), &[1.0; 20]);
    assert_eq!((value, bars), (0.0, vec![0.0; 20]));
    let (x, y) = (-1.2, 1.0);
    let (value, bars, h) = hessian(|x| f(x), &[x, y]);
    assert!(close(value, 24.2, 1e-15)); // published value at the usual start
    let d = y - x * x;
    let expected = [-400.0 * x * d - 2.0 * (1.0 - x), 200.0 * d];
    let curvature = [1200.0 * x * x - 400.0 * y + 2.0, -400.0 * x, -400.0 * x, 200.0];
    assert!((0..2).all(|i| close(bars[i], expected[i], 1e-14)), "{bars:?}"); // (-215.6, -88)
    assert!(close(bars[0], -215.6, 1e-14) && close(bars[1], -88.0, 1e-14));
    assert!((0..4).all(|i| close(h[i], curvature[i], 1e-14)), "{h:?}"); // (1330, 480, 480, 200)
}

/// Speelpenning's product: the gradient is the product without one factor.
#[test]
fn speelpenning() {
    let x: Vec<f64> = (1..=60).map(|i| i as f64 / (1.0 + i as f64)).collect();
    let (value, bars) = gradient(|x| x.iter().fold(Scalar::one(), |f: Var<'_>, &x| f * x), &x);
    assert!(close(value * 61.0, 1.0, 1e-13));
    for (bar, x) in bars.iter().zip(&x) {
        assert!(close(bar * x / value, 1.0, 1e-13));
    }
}

#[test]
fn several_outputs_are_weighted_by_their_seeds() {
    let tape = Tape::new();
    let (x, y) = (tape.var(2.0), tape.var(5.0));
    let (product, constant) = (x * y, Var::constant(9.0));
    let mut adjoints = Adjoints::new();
    // An output may be an input, a constant, or the same one twice.
    tape.pullback(&[product, x, constant, product], &[1.0, 10.0, 7.0, 0.5], &mut adjoints).unwrap();
    assert_eq!(adjoints.wrt(x).unwrap(), 1.5 * 5.0 + 10.0);
    assert_eq!(adjoints.wrt(y).unwrap(), 1.5 * 2.0);
    assert_eq!(adjoints.wrt(constant).unwrap(), 0.0);
}
