//! Every function of `scalar`, recorded: values and gradients are those of duals, and jets of
//! recorded variables give gradients of higher derivatives.

use ad_tape::{Adjoints, ErrorKind, Program, Tape, Var};
use scalar::{AnyBinary, AnyUnary, BranchScalar, Dual, Jet, Scalar, Unary};

fn all() -> impl Iterator<Item = AnyUnary> {
    let settings = [
        AnyUnary::Powi(0),
        AnyUnary::Powi(3),
        AnyUnary::Powi(-5),
        AnyUnary::Powf(0.3),
        AnyUnary::Polygamma(0),
        AnyUnary::Polygamma(3),
    ];
    AnyUnary::ALL.iter().copied().chain(settings)
}

/// A point in the domain.
fn point(f: AnyUnary) -> f64 {
    if f == AnyUnary::Acosh { 1.4 } else { 0.6 }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-13 * b.abs().max(1e-300)
}

#[test]
fn of_one_number() {
    for f in all() {
        let x = point(f);
        let expected = Dual::<f64>::variable(x, 0).unary(f);
        let (value, slope) = ad_tape::gradient(|x| x[0].unary(f), &[x]);
        assert_eq!(value, expected.re, "{f:?}");
        assert!(same(slope[0], expected.eps[0]), "{f:?}: {slope:?} {expected:?}");
        assert_eq!(Var::<f64>::from_f64(x).unary(f).value(), value, "{f:?}");
    }
}

#[test]
fn of_two_numbers() {
    for &f in AnyBinary::ALL {
        let (x, y) = (Dual::<f64, 2>::variable(0.7, 0), Dual::variable(1.9, 1));
        let expected = x.binary(y, f);
        let (value, slopes) = ad_tape::gradient(|x| x[0].binary(x[1], f), &[0.7, 1.9]);
        assert_eq!(value, expected.re, "{f:?}");
        assert!((0..2).all(|k| same(slopes[k], expected.eps[k])), "{f:?}: {slopes:?} {expected:?}");
    }
}

/// Derivative `K + 1` by reverse mode over jets of order `K`, and on a tape of duals.
#[test]
fn over_jets_and_duals() -> Result<(), ad_tape::Error> {
    let (tape, mut adjoints) = (Tape::new(), Adjoints::new());
    let (dual_tape, mut dual_adjoints) = (Tape::<Dual>::new(), Adjoints::new());
    for f in all() {
        let exact = Jet::<f64, 4>::variable(point(f)).unary(f);
        let x = tape.var(point(f));
        let jet = Jet::<Var<'_>, 3>::variable(x).unary(f);
        for order in 0..=3 {
            tape.pullback(&[jet.derivative(order)], &[1.0], &mut adjoints)?;
            let (found, expected) = (adjoints.wrt(x)?, exact.derivative(order + 1));
            let close = (found - expected).abs() <= 1e-11 * expected.abs().max(1e-3);
            assert!(close, "{f:?}, order {}: {found} {expected}", order + 1);
        }
        let x = dual_tape.var(Dual::variable(point(f), 0));
        dual_tape.pullback(&[x.unary(f)], &[Dual::constant(1.0)], &mut dual_adjoints)?;
        let second = dual_adjoints.wrt(x)?.slope();
        assert!(same(second, exact.derivative(2)) || second == exact.derivative(2), "{f:?}");
    }
    Ok(())
}

/// Programs know the same functions, with the bits of `f64`; one that they do not know is a typed
/// error.
#[test]
fn in_programs() -> Result<(), ad_tape::Error> {
    for f in all() {
        let x = point(f);
        let program = Program::record(1, |x| vec![x[0].unary(f), x[0] * x[0]])?;
        let (mut work, mut y, mut slope) = (program.work::<f64>(), [0.0; 2], [0.0]);
        program.forward(&[x], &mut y, &mut work)?;
        program.reverse(&[1.0, 0.0], &mut slope, &mut work)?;
        let expected = Dual::<f64>::variable(x, 0).unary(f);
        assert_eq!(y[0].to_bits(), expected.re.to_bits(), "{f:?}");
        assert!((slope[0] - expected.eps[0]).abs() <= 1e-15 * expected.eps[0].abs(), "{f:?}");
    }
    for &f in AnyBinary::ALL {
        let program = Program::record(2, |x| vec![x[0].binary(x[1], f)])?;
        let (mut work, mut y, mut slopes) = (program.work::<f64>(), [0.0], [0.0; 2]);
        program.forward(&[0.7, 1.9], &mut y, &mut work)?;
        program.reverse(&[1.0], &mut slopes, &mut work)?;
        let (x, z) = (Dual::<f64, 2>::variable(0.7, 0), Dual::variable(1.9, 1));
        let expected = x.binary(z, f);
        assert_eq!((y[0], slopes), (expected.re, expected.eps), "{f:?}");
    }

    #[derive(Clone, Copy, Debug)]
    struct Cube;
    impl Unary for Cube {
        fn f64(self, x: f64) -> f64 {
            x * x * x
        }
        fn slope<S: Scalar>(self, x: S, _: S) -> S {
            (x * x).scale(3.0)
        }
    }
    let (value, slope) = ad_tape::gradient(|x| x[0].unary(Cube), &[2.0]);
    assert_eq!((value, slope[0]), (8.0, 12.0));
    let error = Program::record(1, |x| vec![x[0].unary(Cube)]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownFunction { name } if *name == "Cube"));
    Ok(())
}
