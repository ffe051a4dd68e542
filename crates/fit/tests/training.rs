//! Training: stages, bounds, failures survived, many starts, parameters recovered.

use fit::{Dataset, ErrorScale, Fitting, Free, Settings, Stage, StageReport, Trained};
use ode_core::{OdeProblem, Options, Save, Vern7, solve};
use optimize::{
    Adam, Bound, Control, Iterate, Lbfgs, Minimizer, Multistart, Objective, Outcome, Stop,
    StopReason, latin_hypercube,
};
use scalar::Scalar;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use system::System;

system::system! {
    struct LotkaVolterra;
    state { prey, predators }
    params { alpha, beta, gamma, delta }
    rhs(_t) {
        d(prey) = alpha * prey - beta * prey * predators;
        d(predators) = delta * prey * predators - gamma * predators;
    }
}

system::system! {
    struct Decay;
    state { u }
    params { rate }
    rhs(_t) {
        d(u) = -rate * u;
    }
}

system::system! {
    /// Blows up at t = 1 / (growth u0).
    struct BlowUp;
    state { u }
    params { growth }
    rhs(_t) {
        d(u) = growth * u * u;
    }
}

const TRUTH: [f64; 6] = [1.0, 0.8, 1.3, 0.9, 0.8, 1.8];

fn go_on() -> impl FnMut(&fit::TrainingProgress<'_>) -> Control {
    |_| Control::Continue
}

/// The truth at these times, solved by another method at 1e-13.
fn lotka_volterra(times: &[f64]) -> Dataset {
    let span = (times[0], times[times.len() - 1]);
    let problem = OdeProblem::new(LotkaVolterra, TRUTH[..2].to_vec(), &TRUTH[2..], span).unwrap();
    let save = Save::At(times.to_vec());
    let options = Options { rtol: 1e-13, atol: 1e-14, save, ..Options::default() };
    let solution = solve(&problem, Vern7, &options).unwrap();
    let values: Vec<f64> = solution.iter().flat_map(|(_, u)| u.to_vec()).collect();
    Dataset::new(times, &["prey", "predators"], &values).unwrap()
}

fn times(count: u32, step: f64) -> Vec<f64> {
    (0..count).map(|i| step * f64::from(i)).collect()
}

fn tight() -> Options {
    Options { rtol: 1e-10, atol: 1e-12, max_steps: 5_000, ..Options::default() }
}

fn positive(scale: ErrorScale) -> Settings {
    Settings {
        scale,
        u0_bounds: vec![Bound::Positive; 2],
        p_bounds: vec![Bound::Positive; 4],
        options: tight(),
        ..Settings::default()
    }
}

fn stage<'a>(
    name: &'a str,
    free: Free,
    minimizer: &'a (dyn Minimizer + Sync),
    stop: Stop,
) -> Stage<'a> {
    Stage { name, free, rows: None, minimizer, stop }
}

/// Largest relative distance to the truth.
fn distance(theta: &[f64]) -> f64 {
    theta.iter().zip(TRUTH).map(|(x, truth)| (x / truth - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn all_unknowns_are_recovered_from_wrong_starts() {
    let data = lotka_volterra(&times(21, 0.4));
    let stop = || Stop { gradient_tol: 1e-12, value_tol: 0.0, ..Stop::iterations(500) };
    for (scale, start) in [
        (ErrorScale::Log, [1.5, 1.2, 0.9, 0.6, 1.2, 1.3]),
        (ErrorScale::Log, [0.7, 0.5, 1.8, 1.3, 0.6, 2.4]),
        (ErrorScale::Absolute, [1.2, 0.9, 1.1, 0.8, 0.9, 1.6]),
    ] {
        let fitting = Fitting::new(&LotkaVolterra, &data, positive(scale)).unwrap();
        let lbfgs = Lbfgs::default();
        // A growing interval, so that a wrong period does not trap the fit.
        let early =
            Stage { rows: Some(8), ..stage("early", Free::ALL, &lbfgs, Stop::iterations(40)) };
        let stages = [early, stage("all", Free::ALL, &lbfgs, stop())];
        let trained = fitting.train(&start, &stages, &mut go_on()).unwrap();
        let found = distance(&trained.theta);
        assert!(found < 1e-6, "{scale:?} {start:?}: {:?} {}", trained.theta, trained.loss);
    }
}

/// A minimiser that writes down every point at which the objective is evaluated.
struct Spy<M> {
    inner: M,
    seen: Mutex<Vec<Vec<f64>>>,
}

struct Watched<'a> {
    objective: &'a mut dyn Objective,
    seen: &'a Mutex<Vec<Vec<f64>>>,
}

impl Objective for Watched<'_> {
    fn dim(&self) -> usize {
        self.objective.dim()
    }
    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.seen.lock().unwrap().push(x.to_vec());
        self.objective.value_gradient(x, gradient)
    }
}

impl<M: Minimizer> Minimizer for Spy<M> {
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, optimize::Error> {
        self.inner.minimize(&mut Watched { objective, seen: &self.seen }, x0, stop, callback)
    }
}

#[test]
fn frozen_unknowns_keep_their_bits() {
    let data = lotka_volterra(&times(11, 0.3));
    let fitting = Fitting::new(&LotkaVolterra, &data, positive(ErrorScale::Log)).unwrap();
    // Numbers that a round trip through ln and exp would change.
    let start = [1.1, 0.7, 1.0 / 3.0, 0.1 + 0.2, 0.77, 1.9];
    let lbfgs = Spy { inner: Lbfgs::default(), seen: Mutex::new(Vec::new()) };
    for (free, frozen, count) in [
        (Free::params(2..4), &[0, 1, 2, 3][..], 2),
        (Free::params(0..1), &[0, 1, 3, 4, 5], 1),
        (Free::params(1..4).and_initial_state(), &[2], 5),
        (Free { initial_state: true, params: Some(0..0) }, &[2, 3, 4, 5], 2),
    ] {
        lbfgs.seen.lock().unwrap().clear();
        let stages = [stage("one", free.clone(), &lbfgs, Stop::iterations(5))];
        let trained = fitting.train(&start, &stages, &mut go_on()).unwrap();
        for i in 0..6 {
            let same = trained.theta[i].to_bits() == start[i].to_bits();
            assert_eq!(same, frozen.contains(&i), "{free:?}, unknown {i}");
        }
        assert!(lbfgs.seen.lock().unwrap().iter().all(|x| x.len() == count));
        let history = &trained.stages[0].losses;
        assert!(history[history.len() - 1] < history[0]);
        assert_eq!(trained.loss, fitting.loss(&trained.theta, 11, &mut [0.0; 6]));
    }
}

#[test]
fn stages_follow_each_other_and_rows_grow() {
    let data = lotka_volterra(&times(21, 0.2));
    let fitting = Fitting::new(&LotkaVolterra, &data, positive(ErrorScale::Absolute)).unwrap();
    let start = [1.0, 0.8, 1.0, 1.1, 1.0, 1.5];
    let (adam, lbfgs) = (Adam { rate: 0.02, ..Adam::default() }, Lbfgs::default());
    let stages = [
        Stage { rows: Some(5), ..stage("first", Free::params(0..2), &adam, Stop::iterations(15)) },
        Stage {
            rows: Some(12),
            ..stage("second", Free::params(0..4), &lbfgs, Stop::iterations(8))
        },
        stage("third", Free::ALL, &lbfgs, Stop::iterations(6)),
    ];
    let mut seen: Vec<(usize, String, usize, usize)> = Vec::new();
    let trained = fitting
        .train(&start, &stages, &mut |at| {
            seen.push((at.stage, at.name.into(), at.iteration, at.max_iterations));
            assert!(at.loss.is_finite());
            Control::Continue
        })
        .unwrap();

    let names: Vec<&str> = trained.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["first", "second", "third"]);
    // Each stage alone, from where the one before ended, is the same, bit for bit.
    let mut theta = start.to_vec();
    for (one, report) in stages.iter().zip(&trained.stages) {
        let rows = one.rows.unwrap_or(21);
        let begin = fitting.loss(&theta, rows, &mut [0.0; 6]);
        assert!((report.losses[0] - begin).abs() < 1e-9 * begin);
        let one = std::slice::from_ref(one);
        let alone = fitting.train(&theta, one, &mut go_on()).unwrap();
        assert_eq!(&alone.stages[0], report);
        theta = alone.theta;
        let end = fitting.loss(&theta, rows, &mut [0.0; 6]);
        assert!((alone.loss - end).abs() < 1e-9 * end);
        let best = report.losses.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(alone.loss <= best * (1.0 + 1e-12));
        assert!(report.evaluations >= report.losses.len());
    }
    assert_eq!(trained.theta, theta);
    assert_eq!(trained.losses().len(), seen.len());
    assert_eq!(seen.first(), Some(&(0, "first".into(), 0, 15)));
    assert_eq!(seen.last().map(|last| (last.0, last.3)), Some((2, 6)));
}

/// Rows after those in use have no say.
#[test]
fn later_rows_are_not_looked_at() {
    let data = lotka_volterra(&times(12, 0.3));
    let mut values: Vec<f64> = data.rows().flat_map(|(_, row)| row.to_vec()).collect();
    values[14..].fill(1e6);
    let spoilt = Dataset::new(data.times(), &["prey", "predators"], &values).unwrap();
    let train = |data: &Dataset| {
        let fitting = Fitting::new(&LotkaVolterra, data, positive(ErrorScale::Log)).unwrap();
        let lbfgs = Lbfgs::default();
        let stages =
            [Stage { rows: Some(7), ..stage("begin", Free::ALL, &lbfgs, Stop::iterations(5)) }];
        fitting.train(&[1.2, 0.9, 1.0, 1.0, 1.0, 1.5], &stages, &mut go_on()).unwrap()
    };
    assert_eq!(train(&data), train(&spoilt));
}

#[test]
fn bounds_hold_at_all_times() {
    // The true rate 0.8 and inflow 0 lie outside or on the edge of some of the bounds.
    let times = times(8, 0.5);
    let y: Vec<f64> = times.iter().map(|t| 2.0 * (-0.8 * t).exp()).collect();
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let cases: [&(dyn Minimizer + Sync); 2] =
        [&Adam { rate: 0.3, ..Adam::default() }, &Lbfgs::default()];
    for bounds in [
        [Bound::Box(0.1, 0.5), Bound::Positive],
        [Bound::Lower(1.0), Bound::Lower(-0.05)],
        [Bound::Positive, Bound::Upper(-0.1)],
        [Bound::Upper(0.7), Bound::Box(-0.2, 0.2)],
    ] {
        let fences = bounds.map(|bound| {
            let (low, high) = bound.ends();
            (low.max(-1e6), high.min(1e6))
        });
        let fenced = FencedDecay { fences };
        let start = bounds.map(|bound| bound.constrain(-0.5));
        for minimizer in cases {
            let settings = Settings {
                u0_bounds: vec![Bound::Positive],
                p_bounds: bounds.to_vec(),
                ..Settings::default()
            };
            let fitting = Fitting::new(&fenced, &data, settings).unwrap();
            let spy = Failures { inner: minimizer, failed: AtomicUsize::new(0) };
            let theta = [1.0, start[0], start[1]];
            let stages = [stage("all", Free::ALL, &spy, Stop::iterations(150))];
            let trained = fitting.train(&theta, &stages, &mut go_on()).unwrap();
            assert_eq!(spy.failed.load(Ordering::Relaxed), 0, "a bound was crossed on the way");
            for (x, bound) in trained.theta.iter().zip(fitting.bounds()) {
                let (low, high) = bound.ends();
                assert!(low < *x && *x < high, "{x} {bound:?}");
            }
            let losses = trained.losses();
            assert!(trained.loss < 0.5 * losses[0]);
            if bounds[0] == Bound::Box(0.1, 0.5) {
                assert!(trained.theta[1] > 0.49, "{:?}", trained.theta); // pressed to the edge
            }
        }
    }
    // The fences are there.
    let fenced = FencedDecay { fences: [(0.1, 0.5), (-1.0, 1.0)] };
    let fitting = Fitting::new(&fenced, &data, Settings::default()).unwrap();
    assert!(fitting.loss(&[1.0, 0.4, 0.0], 8, &mut [0.0; 3]).is_finite());
    assert!(fitting.loss(&[1.0, 0.6, 0.0], 8, &mut [0.0; 3]).is_infinite());
}

/// Decay that exists inside the bounds only: a root of a negative number is NaN.
struct FencedDecay {
    fences: [(f64, f64); 2],
}

impl System for FencedDecay {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = -p[0] * u[0] + p[1];
        for (p, (low, high)) in p.iter().zip(self.fences) {
            for side in [*p - S::from_f64(low), S::from_f64(high) - *p] {
                du[0] += side.sqrt().scale(0.0);
            }
        }
    }
}

#[test]
fn the_callback_stops_everything() {
    let data = lotka_volterra(&times(8, 0.3));
    let fitting = Fitting::new(&LotkaVolterra, &data, positive(ErrorScale::Log)).unwrap();
    let adam = Adam::default();
    let two = || {
        [
            stage("one", Free::ALL, &adam, Stop::iterations(10)),
            stage("two", Free::ALL, &adam, Stop::iterations(10)),
        ]
    };
    let stop_at = |stage: usize, iteration: usize| {
        fitting
            .train(
                &[1.2, 0.9, 1.0, 1.0, 1.0, 1.5],
                &two(),
                &mut |at| match (at.stage, at.iteration) == (stage, iteration) {
                    true => Control::Stop,
                    false => Control::Continue,
                },
            )
            .unwrap()
    };
    let shape = |trained: &Trained| {
        let each = |stage: &StageReport| (stage.reason, stage.losses.len());
        trained.stages.iter().map(each).collect::<Vec<_>>()
    };
    let (ended, stopped) = (StopReason::MaxIterations, StopReason::Callback);
    assert_eq!(shape(&stop_at(0, 0)), [(stopped, 1)]);
    assert_eq!(shape(&stop_at(0, 4)), [(stopped, 5)]);
    assert_eq!(shape(&stop_at(1, 2)), [(ended, 11), (stopped, 3)]);
    assert_eq!(shape(&stop_at(9, 9)), [(ended, 11), (ended, 11)]);
    assert!(stop_at(0, 4).loss.is_finite());
}

/// u' = g u², u0 = 1 up to t = 1 exists for g < 1 only. The truth is g = 0.9; the steps of these
/// minimisers lead across the edge.
#[test]
fn failed_solves_are_survived() {
    let times = times(11, 0.1);
    let y: Vec<f64> = times.iter().map(|t| 1.0 / (1.0 - 0.9 * t)).collect();
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let fitting = Fitting::new(&BlowUp, &data, Settings::default()).unwrap();
    assert_eq!(fitting.loss(&[1.0, 1.2], 11, &mut [0.0; 2]), f64::INFINITY);
    let minimizers: [&(dyn Minimizer + Sync); 2] =
        [&Adam { rate: 0.4, ..Adam::default() }, &Lbfgs::default()];
    for minimizer in minimizers {
        let spy = Failures { inner: minimizer, failed: AtomicUsize::new(0) };
        let stop = Stop::iterations(400);
        let stages = [stage("g", Free::params(0..1), &spy, stop)];
        let trained = fitting.train(&[1.0, -3.0], &stages, &mut go_on()).unwrap();
        assert!((trained.theta[1] - 0.9).abs() < 1e-3, "{:?}", trained.theta);
        assert!(trained.loss.is_finite() && trained.losses().iter().all(|loss| loss.is_finite()));
        assert!(spy.failed.load(Ordering::Relaxed) > 0, "nothing failed: the test shows nothing");
    }
}

struct Failures<'a> {
    inner: &'a (dyn Minimizer + Sync),
    failed: AtomicUsize,
}

impl Minimizer for Failures<'_> {
    fn minimize(
        &self,
        objective: &mut dyn Objective,
        x0: &[f64],
        stop: &Stop,
        callback: &mut dyn FnMut(&Iterate<'_>) -> Control,
    ) -> Result<Outcome, optimize::Error> {
        let outcome = self.inner.minimize(objective, x0, stop, callback)?;
        self.failed.fetch_add(outcome.recoveries, Ordering::Relaxed);
        Ok(outcome)
    }
}

#[test]
fn without_stages_nothing_changes() {
    let data = lotka_volterra(&times(5, 0.3));
    let fitting = Fitting::new(&LotkaVolterra, &data, positive(ErrorScale::Log)).unwrap();
    let trained = fitting.train(&TRUTH, &[], &mut go_on()).unwrap();
    assert_eq!((trained.theta.as_slice(), trained.loss), (&TRUTH[..], f64::INFINITY));
    assert!(trained.losses().is_empty());
}

/// The initial state is known; the four rates are looked for in a box that holds 10:1 in each.
#[test]
fn many_starts_find_the_truth_and_repeat() {
    let data = lotka_volterra(&times(16, 0.5));
    let settings =
        Settings { options: Options { rtol: 1e-8, ..tight() }, ..positive(ErrorScale::Log) };
    let fitting = Fitting::new(&LotkaVolterra, &data, settings).unwrap();
    let logs = [(0.3f64.ln(), 3.0f64.ln()); 4];
    let points: Vec<Vec<f64>> = latin_hypercube(12, &logs, 5)
        .unwrap()
        .iter()
        .map(|logs| [TRUTH[0], TRUTH[1]].into_iter().chain(logs.iter().map(|x| x.exp())).collect())
        .collect();
    let lbfgs = Lbfgs::default();
    let stop = Stop { gradient_tol: 1e-10, ..Stop::iterations(150) };
    let one = stage("rates", Free::params(0..4), &lbfgs, stop);
    let options = Multistart { screening: 15, keep: 3 };
    let found = fitting.train_from_many(&points, &one, &options).unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.windows(2).all(|pair| pair[0].loss <= pair[1].loss));
    assert!(distance(&found[0].theta) < 1e-6, "{:?} {}", found[0].theta, found[0].loss);
    for one in &found {
        assert_eq!(one.theta[..2], TRUTH[..2]);
        let loss = fitting.loss(&one.theta, 16, &mut [0.0; 6]);
        assert!((loss - one.loss).abs() <= 1e-6 * loss + 1e-18, "theta and loss belong together");
        assert_eq!(one.stages.len(), 1);
        assert!(one.losses().len() <= 151);
    }
    assert_eq!(found, fitting.train_from_many(&points, &one, &options).unwrap());
}

/// Points at which the model cannot be solved cost nobody else anything.
#[test]
fn starts_that_fail_are_skipped() {
    let times = times(11, 0.1);
    let y: Vec<f64> = times.iter().map(|t| 1.0 / (1.0 - 0.5 * t)).collect();
    let data = Dataset::new(&times, &["u"], &y).unwrap();
    let fitting = Fitting::new(&BlowUp, &data, Settings::default()).unwrap();
    let points = [vec![1.0, 5.0], vec![1.0, 0.1], vec![1.0, 40.0], vec![1.0, -1.0]];
    let lbfgs = Lbfgs::default();
    let one = stage("g", Free::params(0..1), &lbfgs, Stop::default());
    let found = fitting.train_from_many(&points, &one, &Multistart::default()).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|found| (found.theta[1] - 0.5).abs() < 1e-5));
}
