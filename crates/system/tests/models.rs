//! What the macro accepts, and that every view of a model agrees.

use scalar::{Dual, Lanes};
use system::{
    Coloring, Failure, FiniteDiff, FromFn, Jacobian, Rhs, System, jacobian_pattern, system,
};

system! {
    /// Robertson's kinetics, with equations out of order and literals everywhere.
    pub struct Robertson;
    state { a, b, c }
    params { k1, k2, k3 }
    rhs(t) {
        let slow = k1 * a;
        d(c) = k2 * b.powi(2);
        let fast = k3 * b * c;
        d(b) = slow - fast - 1.0 * k2 * b * b;
        d(a) = (3.0 - 2.0) * (fast - slow) + 0 * t.powf(1.5) + 0.0 * t;
    }
}

/// Cells in a ring: more states than one tracing window holds.
struct Ring(usize);

impl System for Ring {
    fn dim(&self) -> usize {
        self.0
    }
    fn num_params(&self) -> usize {
        0
    }
    #[system::literals]
    fn rhs<S: system::Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let n = self.0;
        for i in 0..n {
            du[i] = u[(i + n - 1) % n] - 2.0 * u[i] + u[(i + 1) % n].powi(2);
        }
    }
}

const U: [f64; 3] = [0.7, 2e-5, 0.3];
const P: [f64; 3] = [0.04, 3e7, 1e4];

#[test]
fn values_and_names() {
    let mut du = [0.0; 3];
    Robertson.rhs(1.0, &U, &P, &mut du);
    let (slow, fast, pair) = (0.04 * U[0], 1e4 * U[1] * U[2], 3e7 * U[1] * U[1]);
    for (got, want) in du.iter().zip([fast - slow, slow - fast - pair, pair]) {
        assert!((got - want).abs() < 1e-14, "{du:?}");
    }
    assert_eq!(System::state_names(&Robertson), ["a", "b", "c"]);
    assert_eq!(Ring(2).state_names(), ["u1", "u2"]);
}

#[test]
fn wrong_lengths_give_nan_and_never_panic() {
    let mut du = [0.0; 3];
    Robertson.rhs(0.0, &U[..2], &P, &mut du);
    assert!(du.iter().all(|d| d.is_nan()));
    let mut short = [0.0; 2];
    Robertson.rhs(0.0, &U, &P, &mut short);
    assert!(short.iter().all(|d| d.is_nan()));
}

#[test]
fn exact_and_difference_jacobians_agree() {
    let ring = Ring(7);
    let u: Vec<f64> = (0..7).map(|i| 0.3 * i as f64 - 0.5).collect();
    let (mut exact, mut approximate) = (vec![0.0; 49], vec![0.0; 49]);
    ring.jacobian(0.0, &u, &[], &mut exact, &mut ring.jacobian_work()).unwrap();
    let box_ = FromFn::new(7, |t: f64, u: &[f64], p: &[f64], du: &mut [f64]| {
        Ring(7).rhs(t, u, p, du);
    });
    let box_ = FiniteDiff(box_);
    box_.jacobian(0.0, &u, &[], &mut approximate, &mut box_.jacobian_work()).unwrap();
    for i in 0..7 {
        for j in 0..7 {
            let want = match (7 + j - i) % 7 {
                0 => -2.0,
                1 => 2.0 * u[j],
                6 => 1.0,
                _ => 0.0,
            };
            assert!((exact[7 * i + j] - want).abs() < 1e-15);
            assert!((approximate[7 * i + j] - want).abs() < 1e-6);
        }
    }
}

#[test]
fn jacobians_nest() {
    let lifted = U.map(|u| Dual::<f64, 1>::variable(u, 0));
    let mut jac = [Dual::constant(0.0); 9];
    let (t, p) = (Dual::constant(0.0), P.map(Dual::constant));
    Robertson.jacobian(t, &lifted, &p, &mut jac, &mut Robertson.jacobian_work()).unwrap();
    // ∂f_c/∂b = 2 k2 b, and its derivative along (1, 1, 1) is 2 k2.
    assert!((jac[7].re - 2.0 * P[1] * U[1]).abs() < 1e-9);
    assert!((jac[7].eps[0] - 2.0 * P[1]).abs() < 1e-6);
}

#[test]
fn patterns_span_tracing_windows() {
    let n = 150;
    let pattern = jacobian_pattern(&Ring(n));
    assert_eq!(pattern.num_nonzeros(), 3 * n);
    assert_eq!(pattern.row(0), [0, 1, 149]);
    assert_eq!(pattern.row(64), [63, 64, 65]);
    assert_eq!(jacobian_pattern(&Robertson).row(2), [1]);
    assert_eq!(pattern.row(n), []);
}

#[test]
fn lanes_equal_single_evaluations() {
    let mut du = [Lanes([0.0; 2]); 3];
    let u = U.map(|u| Lanes([u, 2.0 * u]));
    Robertson.eval(Lanes([1.0; 2]), &u, &P.map(|p| Lanes([p; 2])), &mut du).unwrap();
    let mut single = [0.0; 3];
    Robertson.rhs(1.0, &U.map(|u| 2.0 * u), &P, &mut single);
    assert_eq!(du.map(|d| d.0[1]), single);
}

/// Each slice in turn has a wrong length; the message names it, and both lengths.
fn refuses_wrong_lengths<J: Jacobian<f64>>(f: &J, small: J::Work, names: [&str; 2]) {
    let call = |u: &[f64], p: &[f64], jac: &mut [f64], work: &mut J::Work| match f
        .jacobian(0.0, u, p, jac, work)
    {
        Err(Failure::Fatal(message)) => message,
        other => panic!("{other:?}"),
    };
    let mut work = f.jacobian_work();
    let (jac, short) = (&mut [0.0; 9], &mut [0.0; 8]);
    let message = |name, found, expected| {
        format!("`{name}` has length {found}, the model expects {expected}")
    };
    assert_eq!(call(&U[..2], &P, jac, &mut work), message("u", 2, 3));
    assert_eq!(call(&[1.0; 4], &P, jac, &mut work), message("u", 4, 3));
    assert_eq!(call(&U, &P, short, &mut work), message("jac", 8, 9));
    assert_eq!(call(&U, &P, &mut [], &mut work), message("jac", 0, 9));
    assert_eq!(call(&U, &P[..1], jac, &mut work), message("p", 1, 3));
    let foreign = call(&U, &P, jac, &mut { small });
    for part in names.iter().chain(&["another model", "jacobian_work"]) {
        assert!(foreign.contains(part), "{foreign}");
    }
    assert_eq!(f.jacobian(0.0, &U, &P, jac, &mut work), Ok(()));
}

#[test]
fn jacobians_refuse_wrong_lengths() {
    let names = ["`u` has length 2", "expects 3"];
    refuses_wrong_lengths(&Robertson, Ring(2).jacobian_work(), names);
    let small = FiniteDiff(Ring(2)).jacobian_work();
    refuses_wrong_lengths(&FiniteDiff(Robertson), small, names);
}

system! {
    struct Forced;
    state { x, y }
    params { w }
    rhs(t) {
        d(x) = (w * t).sin() * y;
        d(y) = x - t * t;
    }
}

#[test]
fn time_is_differentiated_with_the_states_or_alone() {
    let (t, u, p) = (0.7, [1.5, -2.0], [3.0]);
    let (mut jac, mut dfdt, mut alone) = ([0.0; 4], [0.0; 2], [0.0; 2]);
    let mut work = Forced.jacobian_work();
    Forced.derivatives(t, &u, &p, (&mut jac, &mut dfdt), &mut work).unwrap();
    Forced.time_derivative(t, &u, &p, &mut alone, &mut work).unwrap();
    let wanted = [3.0 * f64::cos(2.1) * -2.0, -1.4];
    assert!(dfdt.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-14), "{dfdt:?}");
    assert_eq!(dfdt, alone);
    let mut only = [0.0; 4];
    Forced.jacobian(t, &u, &p, &mut only, &mut work).unwrap();
    assert_eq!(jac, only);

    let black_box = FromFn::new(2, |t: f64, u: &[f64], p: &[f64], du: &mut [f64]| {
        Forced.rhs(t, u, p, du);
    });
    let black_box = FiniteDiff(black_box);
    let mut work = black_box.jacobian_work();
    black_box.derivatives(t, &u, &p, (&mut jac, &mut dfdt), &mut work).unwrap();
    assert!(dfdt.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{dfdt:?}");
    assert!(jac.iter().zip(only).all(|(a, b)| (a - b).abs() < 1e-6), "{jac:?}");
    let short = Forced.derivatives(t, &u, &p, (&mut jac, &mut [0.0]), &mut Forced.jacobian_work());
    assert!(matches!(short, Err(Failure::Fatal(message)) if message.contains("dfdt")));
}

#[test]
fn sparse_derivatives_are_those_of_the_whole_jacobian() {
    let n = 23;
    let ring = Ring(n);
    let coloring = Coloring::new(&Jacobian::<f64>::pattern(&ring).unwrap());
    // Three entries a row; 23 is no multiple of 3, so a ring needs more.
    assert!((3..=5).contains(&coloring.colors()), "{}", coloring.colors());
    for i in 0..n {
        let row = jacobian_pattern(&ring);
        let mut colors: Vec<_> = row.row(i).iter().map(|&j| coloring.color_of()[j]).collect();
        colors.sort_unstable();
        colors.dedup();
        assert_eq!(colors.len(), row.row(i).len(), "two columns of row {i} share a color");
    }
    let u: Vec<f64> = (0..n).map(|i| (0.3 * i as f64).sin()).collect();
    let (mut jac, mut dfdt) = (vec![0.0; n * n], vec![0.0; n]);
    let (mut values, mut sparse_dfdt) = (vec![0.0; coloring.num_nonzeros()], vec![1.0; n]);
    let mut work = ring.jacobian_work();
    ring.derivatives(0.0, &u, &[], (&mut jac, &mut dfdt), &mut work).unwrap();
    let out = (&mut values[..], &mut sparse_dfdt[..]);
    ring.sparse_derivatives(0.0, &u, &[], &coloring, out, &mut work).unwrap();
    assert_eq!(dfdt, sparse_dfdt);
    for j in 0..n {
        let start = coloring.starts()[j];
        for (k, &i) in coloring.rows_of(j).iter().enumerate() {
            assert_eq!(values[start + k], jac[i * n + j]);
            jac[i * n + j] = 0.0;
        }
    }
    assert!(jac.iter().all(|x| *x == 0.0), "an entry is missing in the pattern");
}
