//! Values and derivatives of every elementary function, under every number type.

use proptest::prelude::*;
use scalar::{Concrete, Dependency, Dual, Lanes, Scalar};

type D = Dual<f64, 1>;
type D2 = Dual<D, 1>;

/// One function under every interpretation.
struct Case {
    name: &'static str,
    real: fn(f64) -> f64,
    dual: fn(D) -> D,
    nested: fn(D2) -> D2,
    lanes: fn(Lanes<4>) -> Lanes<4>,
    points: [f64; 4],
}

macro_rules! cases {
    ($($f:ident $points:expr;)*) => {
        vec![$(Case {
            name: stringify!($f),
            real: <f64 as Scalar>::$f,
            dual: <D as Scalar>::$f,
            nested: <D2 as Scalar>::$f,
            lanes: <Lanes<4> as Scalar>::$f,
            points: $points,
        }),*]
    };
}

fn cases() -> Vec<Case> {
    cases! {
        sin [-2.0, -0.3, 0.7, 5.0];
        cos [-2.0, -0.3, 0.7, 5.0];
        tan [-1.2, -0.3, 0.7, 1.1];
        asin [-0.9, -0.3, 0.2, 0.8];
        acos [-0.9, -0.3, 0.2, 0.8];
        atan [-3.0, -0.3, 0.2, 8.0];
        sinh [-2.0, -0.3, 0.7, 3.0];
        cosh [-2.0, -0.3, 0.7, 3.0];
        tanh [-2.0, -0.3, 0.7, 3.0];
        exp [-2.0, -0.3, 0.7, 3.0];
        exp_m1 [-2.0, -0.3, 0.7, 3.0];
        ln [0.2, 0.9, 1.7, 30.0];
        ln_1p [-0.8, -0.1, 1.7, 30.0];
        sqrt [0.2, 0.9, 1.7, 30.0];
        logistic [-4.0, -0.1, 1.7, 6.0];
        softplus [-4.0, -0.1, 1.7, 6.0];
        abs [-4.0, -0.1, 1.7, 6.0];
    }
}

/// Sixth-order central difference.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 2e-3 * x.abs().max(0.2);
    let d = |k: f64| f(x + k * h) - f(x - k * h);
    (45.0 * d(1.0) - 9.0 * d(2.0) + d(3.0)) / (60.0 * h)
}

fn close(a: f64, b: f64, tol: f64) -> bool {
    (a - b).abs() <= tol * b.abs().max(1.0)
}

#[test]
fn first_and_second_derivatives_match_differences() {
    for case in cases() {
        for x in case.points {
            let first = |x| (case.dual)(D::variable(x, 0)).eps[0];
            let nested = (case.nested)(D2::variable(D::variable(x, 0), 0));
            let name = case.name;
            assert_eq!(
                (case.dual)(D::constant(x)).re.to_bits(),
                (case.real)(x).to_bits(),
                "{name}"
            );
            let slope = difference(case.real, x);
            assert!(close(first(x), slope, 1e-8), "{name}'({x}): {} vs {slope}", first(x));
            let curvature = difference(first, x);
            let exact = nested.eps[0].eps[0];
            assert!(close(exact, curvature, 1e-8), "{name}''({x}): {exact} vs {curvature}");
            assert_eq!(nested.re.eps[0], nested.eps[0].re, "{name}: both first derivatives");
        }
    }
}

#[test]
fn lanes_give_the_bits_of_single_evaluations() {
    for case in cases() {
        let lanes = (case.lanes)(Lanes(case.points));
        for (lane, x) in lanes.0.into_iter().zip(case.points) {
            assert_eq!(lane.to_bits(), (case.real)(x).to_bits(), "{}({x})", case.name);
        }
    }
}

/// Values of the closed forms, 17 digits.
#[test]
fn published_values() {
    assert!(close(Scalar::softplus(1.0f64), 1.313_261_687_518_222_8, 1e-15));
    assert!(close(Scalar::logistic(-1.0f64), 0.268_941_421_369_995_1, 1e-15));
    // The third derivative of tanh at 0.7, from three nested duals.
    let x: Dual<Dual<D>> = Dual::variable(Dual::variable(D::variable(0.7, 0), 0), 0);
    let third = x.tanh().eps[0].eps[0].eps[0];
    assert!(close(third, 0.121_592_277_383_236_94, 1e-13), "{third}");
}

#[test]
fn extremes_neither_overflow_nor_lose_digits() {
    assert_eq!(Scalar::softplus(1e4f64), 1e4);
    assert_eq!(Scalar::softplus(-1e4f64), 0.0);
    assert_eq!(Scalar::logistic(-1e4f64), 0.0);
    assert_eq!(Scalar::logistic(1e4f64), 1.0);
    let tail = D::variable(40.0, 0).logistic();
    assert!(close(tail.eps[0] * 1e17, (-40f64).exp() * 1e17, 1e-12), "{tail:?}");
}

#[test]
fn powers_are_exact_where_the_formula_is_not() {
    let x = D::variable(0.0, 0);
    assert_eq!(x.powi(0), D::constant(1.0));
    assert_eq!(x.powi(1), D { re: 0.0, eps: [1.0] });
    assert_eq!(x.powi(2), D::constant(0.0));
    assert_eq!(x.powf(0.0), D::constant(1.0));
    assert_eq!(x.powf(1.0).eps[0], 1.0);
    assert_eq!(x.powf(2.5), D::constant(0.0));
    assert_eq!(x.pow(D::constant(2.0)), D::constant(0.0));
    let y = D::constant(2.0).pow(D::variable(3.0, 0));
    assert!(close(y.eps[0], 8.0 * 2f64.ln(), 1e-15));
}

#[test]
fn selection_takes_the_derivative_of_the_chosen_branch() {
    let (a, b) = (Dual::<f64, 2>::variable(1.0, 0), Dual::<f64, 2>::variable(2.0, 1));
    assert_eq!(a.max(b).eps, [0.0, 1.0]);
    assert_eq!(a.min(b).eps, [1.0, 0.0]);
    assert_eq!((-a).abs().eps, [1.0, 0.0]);
    assert_eq!(Lanes([1.0, -1.0]).abs().0, [1.0, 1.0]);
}

#[test]
fn the_error_norm_sees_each_tangent() {
    let state = Dual { re: 1.0, eps: [100.0] };
    let error = Dual { re: 0.0, eps: [1e-3] };
    let square = Dual::scaled_square(error, state, state, 0.0, 1e-5);
    assert_eq!(square.re, 0.0);
    assert!(close(square.eps[0], 1.0, 1e-12));
    assert!(Dual { re: 1.0, eps: [f64::NAN] }.largest_part().is_nan());
    assert!(!Lanes([f64::NAN, 1.0]).is_finite());
    assert!(!f64::INFINITY.is_finite());
}

#[test]
fn dependency_is_structural() {
    let x: Vec<_> = (0..3).map(Dependency::input).collect();
    let f = x[0] * Dependency::zero() + x[1].powi(3);
    assert!(f.depends_on(0) && f.depends_on(1) && !f.depends_on(2));
    assert!(!x[2].powi(0).depends_on(2));
    // A condition does not enter the derivative.
    assert!(!x[2].select_lt(x[0], x[1], x[1]).depends_on(2));
    assert!(!Dependency::input(64).depends_on(64));
}

proptest! {
    #[test]
    fn vector_operations_equal_their_loops(
        w in prop::collection::vec(-2.0..2.0f64, 6), x in prop::array::uniform3(-2.0..2.0f64),
    ) {
        let mut y = [0.0; 2];
        f64::dense_layer(&w, &[0.5, -0.5], &x, &mut y);
        for i in 0..2 {
            let row = [w[i], w[2 + i], w[4 + i]];
            let expected = f64::dot(&row, &x) + [0.5, -0.5][i];
            prop_assert!(close(y[i], expected, 1e-14));
        }
    }

    #[test]
    fn product_and_quotient_rules_invert(a in 0.1..5.0f64, b in 0.1..5.0f64) {
        let (a, b) = (Dual::<f64, 2>::variable(a, 0), Dual::<f64, 2>::variable(b, 1));
        let back = a * b / b;
        prop_assert!(close(back.eps[0], 1.0, 1e-13) && close(back.eps[1], 0.0, 1e-13));
        prop_assert!(close(a.scale(3.0).eps[0], 3.0, 0.0));
    }
}
