//! The products that `system!` writes, against the program of the same model.

use ad_tape::{Program, Vjp};
use proptest::prelude::*;
use scalar::{Dual, Lanes, Scalar};
use system::System;

const HILL: f64 = 2.5;

system::system! {
    /// An index is not understood.
    struct Indexed;
    state { x, y, z }
    params { a }
    rhs(t) {
        let pair = [a * x, y];
        d(x) = pair[0] * t;
        d(y) = z;
        d(z) = x;
    }
}

system::system! {
    /// Every function and every shape of line that is understood.
    struct Functions;
    state { x, y, z }
    params { a, b, c, unused }
    rhs(t) {
        let r = (x * x + y * y + 1.0).sqrt();
        let (p, q) = (a * x / r, -b / (1.0 + z.powi(2)));
        let s: S = p.sin() + q.cos() - (t * 0.5).exp_m1();
        let p = (0.3 * p.tanh()).asin() + (0.2 * q.tanh()).acos();
        d(z) = (a * t).tanh() * s.exp() + (0.2 * x).tan() - (r + HILL).ln() * y.atan() + p;
        d(x) = p.sinh() * q.cosh() + r.ln_1p().powf(1.5) + r.pow(b) - s.logistic() + c.softplus();
        d(y) = x.abs() * y.max(z) - 2 * y.min(0.1) + x.select_lt(y, z * z, -c).exp_m1() + r.powi(-3);
    }
}

system::system! {
    struct Singular;
    state { x, y }
    params { k }
    rhs(_t) {
        d(x) = k * x.sqrt() + x.select_lt(0.0, x, x.ln() * y);
        d(y) = x + y / k;
    }
}

fn check<F: System>(model: &F, t: f64, u: &[f64], p: &[f64], du_bar: &[f64]) {
    let program = Program::of(model).unwrap();
    let (n, m) = (u.len(), p.len());
    let x: Vec<f64> = p.iter().chain(u).copied().chain([t]).collect();
    let (mut work, mut du, mut bars) = (program.work(), vec![0.0; n], vec![0.0; x.len()]);
    program.forward(&x, &mut du, &mut work).unwrap();
    program.reverse(du_bar, &mut bars, &mut work).unwrap();
    let (mut u_bar, mut p_bar) = (vec![0.25; n], vec![-0.5; m]);
    assert!(model.vjp(t, u, p, du_bar, &mut u_bar, &mut p_bar));
    let size = bars.iter().fold(1.0, |m: f64, b| m.max(b.abs()));
    let found = p_bar.iter().map(|b| b + 0.5).chain(u_bar.iter().map(|b| b - 0.25));
    for (found, bar) in found.zip(&bars) {
        assert!((found - bar).abs() <= 1e-13 * size, "{found} {bar}");
    }
    // The same code in lanes, and with tangents for second derivatives.
    let wide = |x: &[f64]| x.iter().map(|&x| Lanes([x; 3])).collect::<Vec<_>>();
    let (mut u_wide, mut p_wide) = (wide(&vec![0.25; n]), wide(&vec![-0.5; m]));
    model.vjp(Lanes([t; 3]), &wide(u), &wide(p), &wide(du_bar), &mut u_wide, &mut p_wide);
    assert!(u_wide.iter().zip(&u_bar).all(|(w, u)| w.0 == [*u; 3]));
    let lift = |x: &[f64]| -> Vec<Dual> {
        x.iter().enumerate().map(|(i, &re)| Dual { re, eps: [1.0 - 0.3 * i as f64] }).collect()
    };
    let lifted: Vec<Dual> = lift(p).into_iter().chain(lift(u)).chain([Dual::constant(t)]).collect();
    let seeds: Vec<Dual> = du_bar.iter().map(|&b| Dual::constant(b)).collect();
    let (mut work, mut du, mut exact) =
        (program.work(), vec![Dual::zero(); n], vec![Dual::zero(); x.len()]);
    program.forward(&lifted, &mut du, &mut work).unwrap();
    program.reverse(&seeds, &mut exact, &mut work).unwrap();
    let (mut u_bar, mut p_bar) = (vec![Dual::zero(); n], vec![Dual::zero(); m]);
    model.vjp(Dual::constant(t), &lift(u), &lift(p), &seeds, &mut u_bar, &mut p_bar);
    let size = exact.iter().fold(1.0, |m: f64, b: &Dual| m.max(b.eps[0].abs()));
    for (found, exact) in p_bar.iter().chain(&u_bar).zip(&exact) {
        assert!((found.eps[0] - exact.eps[0]).abs() <= 1e-12 * size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]
    #[test]
    fn what_system_writes_is_the_transposed_jacobian(
        u in prop::array::uniform3(-1.5..1.5f64), p in prop::array::uniform4(0.1..2.0f64),
        t in -1.0..1.0f64, du_bar in prop::array::uniform3(-1.0..1.0f64),
    ) {
        check(&Functions, t, &u, &p, &du_bar);
        prop_assert!(Functions.record().program().is_none());
    }
}

#[test]
fn models_of_the_test_set() {
    use testset::models::{Brusselator0d, Lorenz63, Pollution};
    check(&Lorenz63, 0.0, &[1.0, 2.0, 3.0], &[10.0, 28.0, 2.7], &[0.3, -0.4, 0.5]);
    check(&Brusselator0d, 0.0, &[1.0, 2.0], &[1.0, 3.0], &[0.3, -0.4]);
    let values = |n: usize| -> Vec<f64> { (0..n).map(|i| 0.2 + (i as f64).sin().abs()).collect() };
    check(&Pollution, 0.0, &values(20), &values(25), &values(20));
}

/// What is not understood is recorded, and not refused.
#[test]
fn other_bodies_are_recorded() {
    assert!(!Indexed.vjp(0.0, &[0.1; 3], &[0.2], &[1.0; 3], &mut [0.0; 3], &mut [0.0]));
    let (mut record, mut du) = (Indexed.record(), [0.0; 3]);
    assert!(record.program().is_some());
    Indexed.forward(0.5, &[0.1; 3], &[0.2], &mut du, &mut record).unwrap();
    let mut expected = [0.0; 3];
    Indexed.rhs(0.5, &[0.1; 3], &[0.2], &mut expected);
    assert_eq!(du, expected);
}

/// A slope that is not finite adds nothing where it does not count, and is not hidden where it does.
#[test]
fn singular_slopes() {
    let (mut u_bar, mut p_bar) = ([0.0f64; 2], [0.0f64]);
    assert!(Singular.vjp(0.0, &[0.0, 1.0], &[2.0], &[0.0, 1.0], &mut u_bar, &mut p_bar));
    assert_eq!((u_bar, p_bar), ([1.0, 0.5], [-0.25]));
    Singular.vjp(0.0, &[0.0, 1.0], &[2.0], &[1.0, 0.0], &mut u_bar, &mut p_bar);
    assert!(!u_bar[0].is_finite());
    let mut short = [0.0f64];
    assert!(Singular.vjp(0.0, &[0.0], &[2.0], &[1.0, 0.0], &mut short, &mut p_bar));
    assert!(short[0].is_nan() && p_bar[0].is_nan(), "wrong lengths");
}
