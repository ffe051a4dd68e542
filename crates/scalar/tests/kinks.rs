//! What functions do at kinks, at poles and at the ends of the range of numbers: the table in the
//! documentation of `scalar::function`.

use scalar::{AnyBinary, AnyUnary, Binary, Dual, Jet, Lanes, Scalar, Unary};

const INF: f64 = f64::INFINITY;
type D2 = Dual<Dual>;

/// Value and first derivative.
fn at(f: impl Unary, x: f64) -> (f64, f64) {
    let y = Dual::<f64>::variable(x, 0).unary(f);
    let jet = Jet::<f64, 1>::variable(x).unary(f);
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    assert!(same(y.re, jet.value()), "{f:?}({x}): {y:?} {jet:?}");
    assert!(same(y.eps[0], jet.derivative(1)), "{f:?}({x}): {y:?} {jet:?}");
    (y.re, y.eps[0])
}

fn second(f: impl Unary, x: f64) -> f64 {
    let y = D2::variable(Dual::variable(x, 0), 0).unary(f).eps[0].eps[0];
    let jet = Jet::<f64, 2>::variable(x).unary(f).derivative(2);
    assert!(y == jet || (y.is_nan() && jet.is_nan()), "{f:?}({x}): {y} {jet}");
    y
}

fn all() -> impl Iterator<Item = AnyUnary> {
    let settings = [
        AnyUnary::Powi(3),
        AnyUnary::Powi(-2),
        AnyUnary::Powi(9),
        AnyUnary::Powf(0.5),
        AnyUnary::Powf(-1.5),
        AnyUnary::Polygamma(1),
        AnyUnary::Polygamma(4),
        AnyUnary::Polygamma(200),
    ];
    AnyUnary::ALL.iter().copied().chain(settings)
}

#[test]
fn nan_in_nan_out() {
    for f in all() {
        assert!(f64::NAN.unary(f).is_nan(), "{f:?}");
        assert!(f32::NAN.unary(f).is_nan(), "{f:?}");
        assert!(Lanes([f64::NAN; 5]).unary(f).0.iter().all(|x| x.is_nan()), "{f:?}");
        assert!(Dual::<f64>::variable(f64::NAN, 0).unary(f).re.is_nan(), "{f:?}");
        assert!(Jet::<f64, 3>::variable(f64::NAN).unary(f).value().is_nan(), "{f:?}");
    }
    for f in AnyBinary::ALL {
        assert!(2.0.binary(f64::NAN, *f).is_nan() && f64::NAN.binary(2.0, *f).is_nan(), "{f:?}");
    }
    for (a, b) in [(f64::NAN, 1.0), (1.0, f64::NAN)] {
        assert!(Scalar::max(a, b).is_nan() && Scalar::min(a, b).is_nan());
        assert!(Scalar::max(Lanes([a; 5]), Lanes([b; 5])).0.iter().all(|x| x.is_nan()));
        let (a, b) = (Dual::<f64>::variable(a, 0), Dual::constant(b));
        assert!(a.max(b).re.is_nan() && a.min(b).re.is_nan());
    }
}

#[test]
fn limits_at_infinity() {
    use AnyUnary::*;
    let half = core::f64::consts::FRAC_PI_2;
    for (f, below, above) in [
        (Atan, -half, half),
        (Tanh, -1.0, 1.0),
        (SechSquared, 0.0, 0.0),
        (Gaussian, 0.0, 0.0),
        (Logistic, 0.0, 1.0),
        (LogisticDensity, 0.0, 0.0),
        (Softplus, 0.0, INF),
        (Erf, -1.0, 1.0),
        (Erfc, 2.0, 0.0),
        (Exp, 0.0, INF),
        (Exp2, 0.0, INF),
        (ExpM1, -1.0, INF),
        (Asinh, -INF, INF),
        (Cbrt, -INF, INF),
        (Cosh, INF, INF),
        (LnGamma, INF, INF),
        (Sign, -1.0, 1.0),
        (Abs, INF, INF),
        (Powi(-3), 0.0, 0.0),
        (Polygamma(2), f64::NAN, 0.0),
        (Ln, f64::NAN, INF),
        (Digamma, f64::NAN, INF),
    ] {
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        assert!(same((-INF).unary(f), below), "{f:?}: {}", (-INF).unary(f));
        assert!(same(INF.unary(f), above), "{f:?}: {}", INF.unary(f));
    }
    // Where the function levels out, so does its derivative.
    for f in [Atan, Tanh, SechSquared, Logistic, LogisticDensity, Erf, Erfc, Softplus, Asinh] {
        for x in [1e308, -1e308] {
            let expected = if f == Softplus && x > 0.0 { 1.0 } else { 0.0 };
            let slope = at(f, x).1;
            assert!((slope - expected).abs() < 1e-300, "{f:?}'({x}) = {slope}");
            assert_eq!(second(f, x).abs(), 0.0, "{f:?}''({x})");
        }
    }
    for f in [Atan, Tanh, Logistic, Softplus] {
        assert_eq!(at(f, -INF).1, 0.0, "{f:?}");
    }
}

#[test]
fn kinks() {
    use AnyUnary::*;
    assert_eq!(at(Abs, 0.0), (0.0, 1.0));
    assert_eq!(at(Abs, -0.0), (0.0, 1.0));
    assert!(Scalar::abs(-0.0f64).is_sign_positive());
    assert_eq!(second(Abs, 0.0), 0.0);
    assert_eq!(at(Sign, 0.0), (0.0, 0.0));
    assert!(Scalar::sign(-0.0f64).is_sign_negative());
    assert_eq!(at(Sign, -3.0), (-1.0, 0.0));

    // x |x| is twice differentiable from the right.
    let x = Jet::<f64, 3>::variable(0.0);
    assert_eq!((x * x.abs()).higher(), &[0.0, 1.0, 0.0]);
    let x = D2::variable(Dual::variable(0.0, 0), 0);
    assert_eq!((x * x.abs()).eps[0].eps[0], 2.0);

    let (a, b) = (Dual::<f64, 2>::variable(1.0, 0), Dual::<f64, 2>::variable(1.0, 1));
    assert_eq!((a.max(b).eps, a.min(b).eps), ([1.0, 0.0], [1.0, 0.0]));
    let nan = Dual::constant(f64::NAN);
    assert_eq!(nan.select_lt(a, a, b).eps, b.eps);
    assert_eq!(nan.select_nan(a, b).eps, a.eps);
    for x in [0.0, INF, -INF, 1.0] {
        assert_eq!(Dual::<f64, 2>::constant(x).select_nan(a, b).eps, b.eps);
    }
}

#[test]
fn infinite_derivatives() {
    use AnyUnary::*;
    assert_eq!(at(Sqrt, 0.0), (0.0, INF));
    assert_eq!(at(Cbrt, 0.0), (0.0, INF));
    assert_eq!(at(Asin, 1.0).1, INF);
    assert_eq!(at(Acos, -1.0).1, -INF);
    assert_eq!(at(Acosh, 1.0), (0.0, INF));
    assert_eq!(at(Ln, 0.0), (-INF, INF));
    assert_eq!(at(Powf(0.5), 0.0), (0.0, INF));
    assert_eq!(at(LnGamma, 0.0).0, INF);
    assert_eq!(at(Digamma, 0.0), (-INF, INF));
    assert_eq!(at(Digamma, -0.0).0, INF);
    assert_eq!(at(Polygamma(1), -2.0).0, INF);
    for x in [-1.0, -2.0] {
        assert!(at(Digamma, x).0.is_nan() && at(LnGamma, x).1.is_nan());
        assert!(at(Polygamma(2), x).0.is_nan());
    }
    // The jet of the root knows the signs.
    assert_eq!(Jet::<f64, 4>::variable(0.0).sqrt().higher(), &[INF, -INF, INF, -INF]);
    // Out of the domain.
    for (f, x) in [(Ln, -1.0), (Sqrt, -1.0), (Asin, 1.5), (Acosh, 0.5), (Atanh, -2.0)] {
        assert!(at(f, x).0.is_nan(), "{f:?}");
    }
}

#[test]
fn powers_at_zero() {
    use AnyUnary::{Powf, Powi};
    for (n, value, slope, curvature) in
        [(0, 1.0, 0.0, 0.0), (1, 0.0, 1.0, 0.0), (2, 0.0, 0.0, 2.0), (3, 0.0, 0.0, 0.0)]
    {
        let a = f64::from(n);
        assert_eq!((at(Powi(n), 0.0), second(Powi(n), 0.0)), ((value, slope), curvature));
        assert_eq!((at(Powf(a), 0.0), second(Powf(a), 0.0)), ((value, slope), curvature));
        // With a variable exponent, for the derivatives by the base.
        let jet = Jet::<f64, 3>::variable(0.0).pow(Jet::constant(a));
        let found = (jet.value(), jet.derivative(1), jet.derivative(2));
        assert_eq!(found, (value, slope, curvature), "{n}");
        let x = D2::variable(Dual::variable(0.0, 0), 0);
        let y = x.pow(D2::from_f64(a));
        assert_eq!((y.re.re, y.eps[0].re, y.eps[0].eps[0]), (value, slope, curvature), "{n}");
    }
    // 2.5 · 1.5 · 0.5 x^(-1/2)
    let jet = Jet::<f64, 3>::variable(0.0).powf(2.5);
    assert_eq!((jet.value(), jet.higher()), (0.0, &[0.0, 0.0, INF]));
    assert_eq!(at(Powi(-1), 0.0), (INF, -INF));
    assert_eq!(at(Powi(i32::MIN), 2.0), (0.0, -0.0));
    // By the exponent at a base of 0: 0 by convention.
    assert_eq!(Dual::<f64>::constant(0.0).pow(Dual::variable(2.0, 0)).eps, [0.0]);
    assert_eq!(Jet::<f64, 1>::constant(0.0).pow(Jet::variable(2.0)).higher(), &[0.0]);
}

#[test]
fn the_plane() {
    let along = |f: AnyBinary, x: f64, y: f64| {
        let dual = Dual::<f64, 2>::variable(x, 0).binary(Dual::variable(y, 1), f);
        (dual.re, dual.eps)
    };
    assert_eq!(along(AnyBinary::Hypot, 0.0, 0.0), (0.0, [0.0, 0.0]));
    assert_eq!(along(AnyBinary::Hypot, -3.0, 0.0), (3.0, [-1.0, 0.0]));
    let origin = Jet::<f64, 2>::line(0.0, 1.0).hypot(Jet::line(0.0, 2.0));
    assert_eq!(origin, Jet::constant(0.0));
    let (angle, slopes) = along(AnyBinary::Atan2, 0.0, 0.0);
    assert!(angle == 0.0 && slopes.iter().all(|x| x.is_nan()));
    assert_eq!(along(AnyBinary::Atan2, 1.0, 0.0), (core::f64::consts::FRAC_PI_2, [0.0, -1.0]));
    // Across the cut the angle jumps, and its derivatives do not.
    let (above, below) = (along(AnyBinary::Atan2, 0.0, -2.0), along(AnyBinary::Atan2, -0.0, -2.0));
    assert_eq!((above.0, below.0), (core::f64::consts::PI, -core::f64::consts::PI));
    assert_eq!(above.1, [-0.5, -0.0]);
    assert_eq!(below.1, [-0.5, 0.0]);
    let _ = AnyBinary::Pow.any();
}

#[test]
fn an_infinite_slope_has_no_derivative_along_a_zero_tangent() {
    let x = Dual::<f64>::variable(0.0, 0);
    assert!((x * x).sqrt().eps[0].is_nan());
    assert!((x * x * x).cbrt().eps[0].is_nan());
}

#[test]
fn a_cotangent_of_zero_hands_nothing_on() {
    let slope = Jet::<f64, 2>::from_coefficients(INF, [-INF, INF]);
    assert_eq!(slope.weigh(Jet::constant(0.0)), Jet::constant(0.0));
    let two = Jet::<f64, 2>::from_coefficients(2.0, [3.0, 4.0]);
    assert_eq!(two.weigh(two), two * two);
}
