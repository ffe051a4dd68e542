//! Kinks, ties and numbers that are none: program, tape, duals and the code that `system!` writes are of one opinion.

use ad_tape::{ErrorKind, Primitive, Program, Recorder, Symbol, check_primitive};
use scalar::{Dual, Lanes, Scalar};
use system::System;

trait Function {
    fn of<S: Scalar>(x: &[S]) -> S;
}

macro_rules! functions {
    ($($name:ident: |$x:ident| $value:expr;)*) => {
        $(struct $name;
        impl Function for $name {
            fn of<S: Scalar>($x: &[S]) -> S {
                $value
            }
        })*
        fn each_at(point: [f64; 2]) {
            $(agree::<$name>(stringify!($name), point);)*
        }
    };
}

functions! {
    Max: |x| x[0].max(x[1]);
    Min: |x| x[0].min(x[1]);
    MaxOfSquares: |x| (x[0] * x[0]).max(x[1] * x[1]);
    Abs: |x| x[0].abs() * x[1];
    AbsOfProduct: |x| (x[0] * x[1]).abs();
    Hypot: |x| x[0].hypot(x[1]);
    Select: |x| x[0].select_lt(x[1], x[0] * x[1], x[1].scale(3.0));
    Untaken: |x| x[0].select_lt(S::from_f64(1e-9), x[1], x[0].sqrt() * x[1].ln());
    Zero: |x| S::one() / (x[0] * x[1] + S::from_f64(0.0));
    Sum: |x| S::one() / [x[0] * x[1]].into_iter().sum::<S>();
}

/// Up to rounding.
fn same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-14 * b.abs()
}

/// At a point: value and gradient in four ways, in lanes with other points beside it.
fn agree<F: Function>(name: &str, x: [f64; 2]) {
    let what = format!("{name} at {x:?}");
    let program = Program::record(2, |x| vec![F::of(x)]).unwrap();
    let (mut work, mut y, mut found) = (program.work(), [0.0], [0.0; 2]);
    program.forward(&x, &mut y, &mut work).unwrap();
    program.reverse(&[1.0], &mut found, &mut work).unwrap();
    assert!(same(y[0], F::of(&x)), "{what}: value {} and {}", y[0], F::of(&x));

    let mut on_tape = [0.0; 2];
    Recorder::new().gradient(|x| F::of(x), &x, &mut on_tape).unwrap();
    let dual = F::of(&[Dual::<f64, 2>::variable(x[0], 0), Dual::variable(x[1], 1)]).eps;
    let wide = [Lanes([0.3, x[0], -2.0]), Lanes([0.7, x[1], -2.0])];
    let (mut work, mut y, mut bars) = (program.work(), [wide[0]], [Lanes([0.0; 3]); 2]);
    program.forward(&wide, &mut y, &mut work).unwrap();
    program.reverse(&[Lanes([1.0; 3])], &mut bars, &mut work).unwrap();
    for i in 0..2 {
        assert!(same(found[i], on_tape[i]), "{what}: program {found:?}, tape {on_tape:?}");
        // Forward, what is not finite reaches everything: infinity times a tangent of 0 is NaN.
        let wild = x.iter().chain(&found).any(|x| !x.is_finite());
        let forward = same(found[i], dual[i]) || dual[i].is_nan() && wild;
        assert!(forward, "{what}: program {found:?}, duals {dual:?}");
        assert!(same(found[i], bars[i].0[1]), "{what}: program {found:?}, lanes {bars:?}");
    }
}

#[test]
fn all_ways_agree() {
    let values = [0.0, -0.0, 1.0, -1.0, f64::NAN, 2.5];
    for a in values {
        for b in values {
            each_at([a, b]);
        }
    }
}

#[test]
fn generated_code_agrees_at_ties_and_kinks() {
    system::system! {
        struct Kinks;
        state { x, y }
        params { p }
        rhs(_t) {
            d(x) = x.max(y) + p * x.abs();
            d(y) = (x - p).min(y) * y.abs() + x.exp() * y;
        }
    }
    let program = Program::of(&Kinks).unwrap();
    for (u, p) in [([1.0, 1.0], 0.0), ([0.0, 0.0], 0.0), ([-1.0, 0.0], 2.0), ([3.0, 2.0], 1.0)] {
        let at = [p, u[0], u[1], 0.0];
        let (mut work, mut du, mut bars) = (program.work(), [0.0; 2], [0.0; 4]);
        program.forward(&at, &mut du, &mut work).unwrap();
        program.reverse(&[0.7, -1.3], &mut bars, &mut work).unwrap();
        let (mut u_bar, mut p_bar) = ([0.0; 2], [0.0]);
        assert!(Kinks.vjp(0.0, &u, &[p], &[0.7, -1.3], &mut u_bar, &mut p_bar));
        for (found, expected) in [p_bar[0], u_bar[0], u_bar[1]].iter().zip(bars) {
            assert!((found - expected).abs() <= 1e-15, "{u:?} {p}: {found} {expected}");
        }
    }
}

/// `√(x² + y²)` as somebody writes it, with a derivative that is NaN at the origin.
#[derive(Debug)]
struct Root;

impl Primitive for Root {
    fn name(&self) -> &str {
        "root"
    }
    fn inputs(&self) -> usize {
        2
    }
    fn outputs(&self) -> usize {
        1
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y[0] = (x[0] * x[0] + x[1] * x[1]).sqrt();
    }
    fn vjp(&self, x: &[f64], y: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
        x_bar[0] += y_bar[0] * x[0] / y[0];
        x_bar[1] += y_bar[0] * x[1] / y[0];
    }
}

#[test]
fn a_primitive_that_is_not_chosen_adds_nothing() {
    let program = Program::record(2, |x| {
        let mut root = [Symbol::zero()];
        Symbol::primitive(Root, x, &mut root);
        vec![x[0].select_lt(Symbol::from_f64(1e-9), x[0] * x[1], root[0])]
    })
    .unwrap();
    let (mut work, mut y, mut bars) = (program.work(), [0.0], [0.0; 2]);
    program.forward(&[0.0, 0.0], &mut y, &mut work).unwrap();
    program.reverse(&[1.0], &mut bars, &mut work).unwrap();
    assert_eq!(bars, [0.0, 0.0]);

    // In lanes each for itself: one chooses it, one does not, and nothing piles up.
    let x = [Lanes([0.0, 3.0, 6.0]), Lanes([0.0, 4.0, 8.0])];
    let (mut work, mut y, mut bars) = (program.work(), [x[0]], [Lanes([0.0; 3]); 2]);
    program.forward(&x, &mut y, &mut work).unwrap();
    program.reverse(&[Lanes([1.0; 3])], &mut bars, &mut work).unwrap();
    assert_eq!((bars[0].0, bars[1].0), ([0.0, 0.6, 0.6], [0.0, 0.8, 0.8]));
}

/// A primitive whose VJP overwrites, or whose JVP adds.
#[derive(Debug)]
struct Careless {
    overwrites: bool,
}

impl Primitive for Careless {
    fn name(&self) -> &str {
        "careless"
    }
    fn inputs(&self) -> usize {
        1
    }
    fn outputs(&self) -> usize {
        1
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y[0] = x[0] * x[0];
    }
    fn vjp(&self, x: &[f64], _: &[f64], y_bar: &[f64], x_bar: &mut [f64]) {
        let bar = 2.0 * x[0] * y_bar[0];
        x_bar[0] = if self.overwrites { bar } else { x_bar[0] + bar };
    }
    fn jvp(&self, x: &[f64], _: &[f64], x_dot: &[f64], y_dot: &mut [f64]) {
        let dot = 2.0 * x[0] * x_dot[0];
        y_dot[0] = if self.overwrites { dot } else { y_dot[0] + dot };
    }
}

#[test]
fn the_check_sees_who_overwrites_and_who_adds() {
    let wrong = |overwrites| check_primitive(&Careless { overwrites }, &[3.0], 1e-6).unwrap_err();
    assert!(matches!(wrong(true).kind(), ErrorKind::Disagrees { what: "vjp", .. }));
    assert!(matches!(wrong(false).kind(), ErrorKind::Disagrees { what: "jvp", .. }));
}

/// More like operations than fit into one run.
#[test]
fn long_runs() {
    let n = 70_000;
    let program = Program::record(n, |x| {
        let fields: Vec<_> = x.iter().map(|&x| x * x + x.sin()).collect();
        vec![Symbol::sum_of(&fields), fields[65_535] * fields[65_536], fields[n - 1]]
    })
    .unwrap();
    let x: Vec<f64> = (0..n).map(|i| 1e-5 * i as f64).collect();
    let f = |x: f64| x * x + x.sin();
    let slope = |x: f64| 2.0 * x + x.cos();
    let (mut work, mut y, mut bars) = (program.work(), [0.0; 3], vec![0.0; n]);
    program.forward(&x, &mut y, &mut work).unwrap();
    program.reverse(&[1.0, 1.0, 10.0], &mut bars, &mut work).unwrap();
    assert_eq!(y[1], f(x[65_535]) * f(x[65_536]));
    assert_eq!(y[2], f(x[n - 1]));
    for i in 0..n {
        let factor = match i {
            65_535 => 1.0 + f(x[65_536]),
            65_536 => 1.0 + f(x[65_535]),
            _ if i == n - 1 => 11.0,
            _ => 1.0,
        };
        assert!((bars[i] - factor * slope(x[i])).abs() < 1e-13, "{i}");
    }
}
