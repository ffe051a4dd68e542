//! Universal ODEs: known terms and a network in one model.

use ad_tape::Vjp;
use fit::{Dataset, ErrorKind, Fitting, Free, Known, Settings, Stage, UniversalOde};
use nn::{Activation, Init, Mlp};
use ode_core::Options;
use optimize::{Adam, Control, Lbfgs, Stop};
use scalar::{Dual, Scalar};
use system::System;

/// Both growth and death are known; the network sees the scaled states and time.
struct Populations {
    scale: f64,
}

impl Known for Populations {
    fn dim(&self) -> usize {
        2
    }
    fn param_names(&self) -> Vec<String> {
        vec!["growth".into(), "death".into()]
    }
    fn state_names(&self) -> Vec<String> {
        vec!["prey".into(), "predators".into()]
    }
    fn network_inputs(&self) -> usize {
        3
    }
    fn network_outputs(&self) -> usize {
        2
    }
    fn features<S: Scalar>(&self, t: S, u: &[S], p: &[S], x: &mut [S]) {
        x[0] = u[0].scale(self.scale);
        x[1] = u[1] * p[0];
        x[2] = t.sin();
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]) {
        du[0] = p[0] * u[0] + network[0] * u[1];
        du[1] = -p[1] * u[1] + network[1] + t;
    }
}

fn populations() -> UniversalOde<Populations> {
    let network = Mlp::new(&[3, 4, 2], Activation::Tanh).unwrap();
    UniversalOde::new(Populations { scale: 0.5 }, network).unwrap()
}

const U: [f64; 2] = [1.3, 0.7];
const T: f64 = 0.4;

/// The network of `populations`, from the layout of its parameters: weights column by column, then
/// biases.
fn by_hand(p: &[f64], u: &[f64], t: f64) -> [f64; 2] {
    let x = [0.5 * u[0], p[0] * u[1], t.sin()];
    let w = &p[2..];
    let hidden: Vec<f64> = (0..4)
        .map(|i| (w[12 + i] + (0..3).map(|j| w[4 * j + i] * x[j]).sum::<f64>()).tanh())
        .collect();
    [0, 1].map(|i| w[24 + i] + (0..4).map(|j| w[16 + 2 * j + i] * hidden[j]).sum::<f64>())
}

/// Weights and biases that are all different.
fn params() -> Vec<f64> {
    (0..28).map(|i| 0.9 * (1.7 * f64::from(i) + 0.3).sin()).collect()
}

#[test]
fn the_right_hand_side_is_known_plus_network() {
    let (ude, p) = (populations(), params());
    assert_eq!((System::dim(&ude), ude.num_params()), (2, 2 + 16 + 10));
    let network = by_hand(&p, &U, T);
    let (mut du, mut outputs) = ([0.0; 2], [0.0; 2]);
    ude.rhs(T, &U, &p, &mut du);
    ude.network_at(T, &U, &p, &mut outputs);
    let expected = [p[0] * U[0] + network[0] * U[1], -p[1] * U[1] + network[1] + T];
    for i in 0..2 {
        assert!((outputs[i] - network[i]).abs() < 1e-14);
        assert!((du[i] - expected[i]).abs() < 1e-14);
    }
}

#[test]
fn names_and_places() {
    let ude = populations();
    assert_eq!(ude.state_names(), ["prey", "predators"]);
    let names = ude.param_names();
    assert_eq!(names.len(), 28);
    assert_eq!(names[..4], ["growth", "death", "w1", "w2"]);
    assert_eq!(names[27], "w26");
    assert_eq!((ude.physical_params(), ude.network_params()), (0..2, 2..28));
    assert_eq!((ude.known().scale, ude.network().num_params()), (0.5, 26));
    let p = ude.init(&[1.1, 0.6], Init::Glorot, 4);
    assert_eq!(p[..2], [1.1, 0.6]);
    assert_eq!(p[2..], ude.network().init(Init::Glorot, 4));
}

#[test]
fn a_zero_network_is_the_known_physics() {
    let ude = populations();
    let p = ude.init(&[1.1, 0.6], Init::Zeros, 0);
    let (mut du, mut outputs) = ([0.0; 2], [1.0; 2]);
    ude.rhs(T, &U, &p, &mut du);
    ude.network_at(T, &U, &p, &mut outputs);
    assert_eq!(outputs, [0.0; 2]);
    assert_eq!(du, [1.1 * U[0], -0.6 * U[1] + T]);
}

#[test]
fn reverse_mode_is_forward_mode() {
    let (ude, p) = (populations(), params());
    let mut du = [0.0; 2];
    let mut record = ude.record();
    ude.forward(T, &U, &p, &mut du, &mut record).unwrap();
    let bar = [0.8, -1.7];
    let (mut u_bar, mut p_bar) = ([0.0; 2], vec![0.0; 28]);
    ude.backward(&mut record, &bar, &mut u_bar, &mut p_bar);
    for i in 0..30 {
        let seed = |k: usize, x: f64| Dual::<f64, 1> { re: x, eps: [f64::from(u8::from(k == i))] };
        let u = [seed(0, U[0]), seed(1, U[1])];
        let p: Vec<_> = p.iter().enumerate().map(|(k, &p)| seed(k + 2, p)).collect();
        let mut tangent = [Dual::constant(0.0); 2];
        ude.rhs(Dual::constant(T), &u, &p, &mut tangent);
        let forward = bar[0] * tangent[0].eps[0] + bar[1] * tangent[1].eps[0];
        let reverse = if i < 2 { u_bar[i] } else { p_bar[i - 2] };
        assert!((forward - reverse).abs() < 1e-14, "input {i}: {forward} {reverse}");
        assert_eq!(tangent.map(|x| x.re), du);
    }
}

#[test]
fn wrong_lengths_are_nan() {
    let (ude, p) = (populations(), params());
    let long: Vec<f64> = p.iter().copied().chain([1.0]).collect();
    for (u, p) in
        [(&U[..], &p[1..]), (&U, &p[..1]), (&U, &[]), (&U, &long), (&U[..1], &p), (&[], &p)]
    {
        let (mut du, mut outputs) = ([0.0; 2], [0.0; 2]);
        ude.rhs(T, u, p, &mut du);
        ude.network_at(T, u, p, &mut outputs);
        assert!(du.iter().chain(&outputs).all(|x| x.is_nan()), "{du:?} {outputs:?}");
    }
    for length in [0, 1, 3] {
        let (mut du, mut outputs) = (vec![0.0; length], vec![0.0; length]);
        ude.rhs(T, &U, &p, &mut du);
        ude.network_at(T, &U, &p, &mut outputs);
        assert!(du.iter().chain(&outputs).all(|x| x.is_nan()), "{du:?} {outputs:?}");
    }
}

/// A hole of any size.
#[derive(Debug)]
struct Hole {
    inputs: usize,
    outputs: usize,
}

impl Known for Hole {
    fn dim(&self) -> usize {
        1
    }
    fn param_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn network_inputs(&self) -> usize {
        self.inputs
    }
    fn network_outputs(&self) -> usize {
        self.outputs
    }
    fn features<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], x: &mut [S]) {
        x.fill(u[0]);
    }
    fn rhs<S: Scalar>(&self, _t: S, _u: &[S], _p: &[S], network: &[S], du: &mut [S]) {
        du[0] = network[0];
    }
}

#[test]
fn the_network_must_fit_into_the_hole() {
    let put = |inputs, outputs, sizes: &[usize]| {
        let network = Mlp::new(sizes, Activation::Tanh).unwrap();
        UniversalOde::new(Hole { inputs, outputs }, network)
    };
    assert!(put(2, 1, &[2, 5, 1]).is_ok());
    for (inputs, outputs, sizes, wrong) in [
        (2, 1, [3, 4, 1], ("inputs", 2, 3)),
        (2, 1, [2, 4, 2], ("outputs", 1, 2)),
        (0, 1, [1, 4, 1], ("inputs", 0, 1)),
        (33, 1, [33, 4, 1], ("inputs", 32, 33)),
        (1, 40, [1, 4, 40], ("outputs", 32, 40)),
    ] {
        let error = put(inputs, outputs, &sizes).unwrap_err();
        let &ErrorKind::Network { what, expected, found } = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!((what, expected, found), wrong);
        let text = error.to_string();
        assert!(text.contains(&format!("{found} {what}, but {expected} are needed")), "{text}");
    }
    // 32 of each still run.
    let ude = put(32, 32, &[32, 3, 32]).unwrap();
    let p = ude.init(&[], Init::Glorot, 1);
    let mut du = [0.0];
    ude.rhs(0.0, &[0.4], &p, &mut du);
    assert!(du[0].is_finite());
}

/// Logistic growth without its quadratic term.
struct Growth;

impl Known for Growth {
    fn dim(&self) -> usize {
        1
    }
    fn param_names(&self) -> Vec<String> {
        vec!["rate".into()]
    }
    fn network_inputs(&self) -> usize {
        1
    }
    fn network_outputs(&self) -> usize {
        1
    }
    fn features<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], x: &mut [S]) {
        x[0] = u[0];
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]) {
        du[0] = p[0] * u[0] + network[0];
    }
}

/// u' = r u - r u² with r = 1.2: with r known, the network finds -r u² along the trajectory.
#[test]
fn the_missing_term_of_logistic_growth() {
    let (rate, u0) = (1.2f64, 0.2f64);
    let truth = |t: f64| u0 / (u0 + (1.0 - u0) * (-rate * t).exp());
    let times: Vec<f64> = (0..25).map(|i| 0.2 * f64::from(i)).collect();
    let values: Vec<f64> = times.iter().map(|&t| truth(t)).collect();
    let data = Dataset::new(&times, &["u"], &values).unwrap();

    let network = Mlp::new(&[1, 5, 1], Activation::Tanh).unwrap();
    let ude = UniversalOde::new(Growth, network).unwrap();
    let options = Options { rtol: 1e-8, atol: 1e-10, ..Options::default() };
    let settings = Settings { options, ..Settings::default() };
    let fitting = Fitting::new(&ude, &data, settings).unwrap();
    let start = [vec![u0], ude.init(&[rate], Init::small_residual(), 3)].concat();
    let (adam, lbfgs) = (Adam { rate: 0.02, ..Adam::default() }, Lbfgs::default());
    let free = Free::params(ude.network_params());
    let stages = [
        Stage {
            name: "early",
            free: free.clone(),
            rows: Some(12),
            minimizer: &adam,
            stop: Stop::iterations(100),
        },
        Stage {
            name: "network",
            free,
            rows: None,
            minimizer: &lbfgs,
            stop: Stop { target: Some(1e-9), ..Stop::iterations(600) },
        },
    ];
    let trained = fitting.train(&start, &stages, &mut |_| Control::Continue).unwrap();
    assert!(trained.loss < 1e-7, "{}", trained.loss);
    assert_eq!(trained.theta[..2], start[..2]);

    let largest = rate; // of the missing term, at u = 1
    for i in 0..=100 {
        let u = truth(4.8 * f64::from(i) / 100.0);
        let mut found = [0.0];
        ude.network_at(0.0, &[u], &trained.theta[1..], &mut found);
        let missing = -rate * u * u;
        assert!((found[0] - missing).abs() < 0.05 * largest, "u = {u}: {} {missing}", found[0]);
        if u > 0.4 {
            assert!((found[0] / missing - 1.0).abs() < 0.05, "u = {u}: {} {missing}", found[0]);
        }
    }
}
