//! Vector-Jacobian products of models: against exact Jacobians, and without allocation.

use ad_tape::{Record, Recorder, Vjp};
use scalar::{Binary, Dual, Scalar, Unary};
use system::{Failure, Jacobian, System};

system::system! {
    /// Robertson's kinetics with a forcing.
    pub struct Robertson;
    state { a, b, c }
    params { k1, k2, k3 }
    rhs(t) {
        let (slow, fast) = (k1 * a, k3 * b * c);
        d(a) = fast - slow;
        d(b) = slow - fast - k2 * b.powi(2) + 0.1 * t.sin() * a.sqrt();
        d(c) = k2 * b.powi(2);
    }
}

/// A perceptron 2-16-16-2 with tanh, and decay.
struct Network;

impl System for Network {
    fn dim(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        354
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (mut first, mut second) = ([S::zero(); 16], [S::zero(); 16]);
        S::dense_layer(&p[..32], &p[32..48], u, &mut first);
        first.iter_mut().for_each(|h| *h = h.tanh());
        S::dense_layer(&p[48..304], &p[304..320], &first, &mut second);
        second.iter_mut().for_each(|h| *h = h.tanh());
        S::dense_layer(&p[320..352], &p[352..354], &second, du);
        for (du, &u) in du.iter_mut().zip(u) {
            *du -= u * t;
        }
    }
}

fn parameters(n: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * 37 % 101) as f64 / 101.0 - 0.5) * 0.8).collect()
}

/// Against `system::Jacobian` for u, and one dual sweep per parameter.
fn check<F: System>(f: &F, t: f64, u: &[f64], p: &[f64], record: &mut Record) {
    let n = u.len();
    let (mut du, mut plain, mut jac) = (vec![0.0; n], vec![0.0; n], vec![0.0; n * n]);
    f.rhs(t, u, p, &mut plain);
    f.jacobian(t, u, p, &mut jac, &mut f.jacobian_work()).unwrap();
    f.forward(t, u, p, &mut du, record).unwrap();
    assert_eq!(du, plain);
    let du_bar: Vec<f64> = (0..n).map(|i| 1.0 - 0.7 * i as f64).collect();
    // Cotangents add up.
    let (mut u_bar, mut p_bar) = (vec![0.25; n], vec![-0.5; p.len()]);
    f.backward(record, &du_bar, &mut u_bar, &mut p_bar);
    for j in 0..n {
        let expected: f64 = (0..n).map(|i| jac[i * n + j] * du_bar[i]).sum();
        assert!((u_bar[j] - 0.25 - expected).abs() <= 1e-12 * expected.abs().max(1.0));
    }
    type D = Dual<f64, 1>;
    let lifted: Vec<D> = u.iter().map(|&u| D::constant(u)).collect();
    for j in 0..p.len() {
        let p: Vec<D> = (0..p.len()).map(|i| D { re: p[i], eps: [f64::from(i == j)] }).collect();
        let mut du = vec![D::constant(0.0); n];
        f.rhs(D::constant(t), &lifted, &p, &mut du);
        let expected: f64 = du.iter().zip(&du_bar).map(|(d, bar)| d.eps[0] * bar).sum();
        assert!((p_bar[j] + 0.5 - expected).abs() <= 1e-12 * expected.abs().max(1.0), "p{j}");
    }
}

#[test]
fn pullbacks_are_transposed_jacobians() {
    let mut record = Robertson.record();
    for k in 0..4 {
        let u = [0.7 - 0.1 * f64::from(k), 2e-5, 0.3];
        check(&Robertson, f64::from(k), &u, &[0.04, 3e7, 1e4], &mut record);
    }
    check(&Network, 0.3, &[0.7, -1.1], &parameters(354), &mut Network.record());
    check(&&Network, 0.3, &[0.7, -1.1], &parameters(354), &mut Vjp::record(&&Network));
}

/// Stages are recorded one by one and pulled back in reverse order, also on another thread.
#[test]
fn records_are_independent() {
    let p = parameters(354);
    let points = [[0.1, 0.2], [-0.4, 0.9]];
    let mut records: Vec<Record> = (0..2).map(|_| Network.record()).collect();
    let mut du = [0.0; 2];
    for (record, u) in records.iter_mut().zip(&points) {
        Network.forward(0.0, u, &p, &mut du, record).unwrap();
    }
    let pulled = std::thread::spawn(move || {
        let mut bars = [[0.0; 2]; 2];
        for (record, bars) in records.iter_mut().zip(&mut bars).rev() {
            Network.backward(record, &[1.0, 0.0], bars, &mut [0.0; 354]);
        }
        bars
    });
    let pulled = pulled.join().unwrap();
    for (u, bar) in points.iter().zip(pulled) {
        let mut jac = [0.0; 4];
        Network.jacobian(0.0, u, &p, &mut jac, &mut Network.jacobian_work()).unwrap();
        assert!((0..2).all(|j| (bar[j] - jac[j]).abs() < 1e-14));
    }
}

#[test]
fn misuse_is_reported_or_adds_nothing() {
    let (mut record, mut du) = (Robertson.record(), [0.0; 3]);
    let (mut u_bar, mut p_bar) = ([0.0; 3], [0.0; 3]);
    Robertson.backward(&mut record, &[1.0; 3], &mut u_bar, &mut p_bar);
    assert_eq!((u_bar, p_bar), ([0.0; 3], [0.0; 3]), "nothing recorded");
    Robertson.forward(0.0, &[1.0; 3], &[1.0; 3], &mut du, &mut record).unwrap();
    let wrong = Robertson.forward(0.0, &[1.0; 2], &[1.0; 3], &mut du, &mut record);
    assert!(matches!(&wrong, Err(Failure::Fatal(why)) if why.contains("(2, 3, 3)")), "{wrong:?}");
    Robertson.backward(&mut record, &[1.0; 3], &mut u_bar, &mut p_bar);
    assert_eq!((u_bar, p_bar), ([0.0; 3], [0.0; 3]), "nothing recorded");
    Robertson.forward(0.0, &[1.0; 3], &[1.0; 3], &mut du, &mut record).unwrap();
    Robertson.backward(&mut record, &[1.0], &mut u_bar[..1], &mut []);
    assert_eq!(u_bar[0], -1.0, "short buffers are filled as far as they go");
}

#[test]
fn nothing_is_allocated_once_warm() {
    let p = parameters(354);
    let (mut record, mut du) = (Network.record(), [0.0; 2]);
    let (mut u_bar, mut p_bar) = ([0.0; 2], [0.0; 354]);
    let mut step = |u: [f64; 2]| {
        Network.forward(0.1, &u, &p, &mut du, &mut record).unwrap();
        Network.backward(&mut record, &[1.0, 2.0], &mut u_bar, &mut p_bar);
    };
    step([0.3, 0.4]);
    let counted = allocation_counter::measure(|| {
        for i in 0..10 {
            step([0.1 * f64::from(i), 0.4]);
        }
    });
    assert_eq!(counted.count_total, 0);

    let (mut recorder, mut bars) = (Recorder::new(), [0.0; 354]);
    let mut norm = |scale: f64| {
        // Scattered operands, too.
        let f = recorder.gradient(
            |x| Scalar::dot(&[x[2], x[0], Scalar::from_f64(scale)], &x[1..4]) * x[0].sin(),
            &p,
            &mut bars,
        );
        f.unwrap()
    };
    norm(1.0);
    assert_eq!(allocation_counter::measure(|| assert!(norm(2.0).is_finite())).count_total, 0);
}

/// Lambert's W, which `scalar` does not have.
#[derive(Clone, Copy, Debug)]
struct LambertW;

impl Unary for LambertW {
    fn f64(self, x: f64) -> f64 {
        (0..30).fold(x.ln_1p(), |w, _| w - (w - x * (-w).exp()) / (1.0 + w))
    }
    fn slope<S: Scalar>(self, _: S, w: S) -> S {
        (-w).exp() / (S::one() + w)
    }
}

/// The harmonic mean.
#[derive(Clone, Copy, Debug)]
struct Harmonic;

impl Binary for Harmonic {
    fn f64(self, a: f64, b: f64) -> f64 {
        2.0 * a * b / (a + b)
    }
    fn slopes<S: Scalar>(self, a: S, b: S, _: S) -> (S, S) {
        let sum = (a + b) * (a + b);
        ((b * b).scale(2.0) / sum, (a * a).scale(2.0) / sum)
    }
}

/// A model with functions of its own.
struct Solubility;

impl System for Solubility {
    fn dim(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = (p[0] * u[0]).unary(LambertW) - t.sin() * u[1];
        du[1] = u[0].binary(p[1] * u[1], Harmonic) + u[1].sqrt();
    }
}

#[test]
fn functions_of_the_user_are_recorded_anew() {
    let (u, p) = ([0.7, 1.3], [0.9, 2.0]);
    let mut record = Solubility.record();
    assert!(record.program().is_none());
    let empty = record.bytes();
    check(&Solubility, 0.4, &u, &p, &mut record);
    check(&Solubility, 0.9, &[1.7, 0.3], &p, &mut record.clone());
    // A slope that is not finite does not count where its cotangent is zero.
    let (mut du, mut u_bar, mut p_bar) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    Solubility.forward(0.0, &[0.5, 0.0], &p, &mut du, &mut record).unwrap();
    Solubility.backward(&mut record, &[1.0], &mut u_bar, &mut p_bar);
    assert!(u_bar[0] > 0.0 && u_bar[1] == 0.0 && p_bar[0].is_finite(), "{u_bar:?}");
    let mut step = |t: f64| {
        Solubility.forward(t, &u, &p, &mut du, &mut record).unwrap();
        Solubility.backward(&mut record, &[1.0, 2.0], &mut u_bar, &mut p_bar);
    };
    step(0.1);
    assert_eq!(allocation_counter::measure(|| step(0.2)).count_total, 0);
    // The tape counts: a value and two slopes for each of ten operations and more.
    assert!(record.bytes() >= empty + 10 * 24, "{empty} {}", record.bytes());
}

/// In one call as in two, whatever the way, and without allocation.
#[test]
fn pulled_back_at_once() {
    fn both<F: System>(f: &F, u: &[f64], p: &[f64]) {
        let (n, m, mut record) = (u.len(), p.len(), f.record());
        let du_bar: Vec<f64> = (0..n).map(|i| 1.0 - 0.7 * i as f64).collect();
        let (mut du, mut two) = (vec![0.0; n], (vec![0.25; n], vec![-0.5; m]));
        f.forward(0.3, u, p, &mut du, &mut record).unwrap();
        f.backward(&mut record, &du_bar, &mut two.0, &mut two.1);
        let mut one = (vec![0.25; n], vec![-0.5; m]);
        let bars = (&mut one.0[..], &mut one.1[..]);
        f.pull_back(0.3, u, p, &du_bar, bars, &mut record).unwrap();
        assert_eq!(one, two);
        let counted = allocation_counter::measure(|| {
            let bars = (&mut one.0[..], &mut one.1[..]);
            f.pull_back(0.3, u, p, &du_bar, bars, &mut record).unwrap();
        });
        assert_eq!(counted.count_total, 0);
        let bars = (&mut one.0[..], &mut one.1[..]);
        let wrong = f.pull_back(0.3, &u[1..], p, &du_bar, bars, &mut record);
        assert!(matches!(wrong, Err(Failure::Fatal(_))), "{wrong:?}");
    }
    both(&Robertson, &[0.7, 2e-5, 0.3], &[0.04, 3e7, 1e4]);
    both(&Network, &[0.7, -1.1], &parameters(354));
    both(&Solubility, &[0.7, 1.3], &[0.9, 2.0]);
}
