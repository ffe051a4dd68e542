//! The loss and its gradient, against closed forms, central differences and forward sensitivities.

use std::ops::Range;

use fit::{Dataset, ErrorScale, Fitting, Settings};
use ode_core::{OdeProblem, Options, Save, Tsit5};
use scalar::Scalar;
use sensitivity::{ForwardSensitivity, Loss};

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

const NAN: f64 = f64::NAN;
const THETA: [f64; 6] = [1.1, 0.9, 1.4, 0.9, 2.8, 1.1];

/// Steps so small that differences see the true solution.
fn tight() -> Options {
    Options { rtol: 1e-12, atol: 1e-13, ..Options::default() }
}

/// Two species, nine rows, some values missing (one row has none).
fn measurements() -> Dataset {
    let times: Vec<f64> = (0..9).map(|i| 0.25 * f64::from(i * i) / 4.0).collect();
    let mut values: Vec<f64> =
        (0..18).map(|i| 1.0 + 0.6 * (0.9 * f64::from(i)).sin() + 0.05 * f64::from(i % 5)).collect();
    for missing in [3, 6, 7, 12] {
        values[missing] = NAN;
    }
    Dataset::new(&times, &["x", "y"], &values).unwrap()
}

/// The definition, written a second time and independently of the crate.
struct Definition<'a> {
    data: &'a Dataset,
    settings: &'a Settings,
    observes: &'a [usize],
    weights: &'a [f64],
    count: f64,
}

impl Loss for Definition<'_> {
    fn at<S: Scalar>(&self, i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        let mut sum = S::zero();
        for j in 0..self.data.num_series() {
            let d = self.data.row(i)[j];
            if d.is_nan() || self.weights[j] == 0.0 {
                continue;
            }
            let u = u[self.observes[j]];
            let residual = match self.settings.scale {
                ErrorScale::Absolute => u - S::from_f64(d),
                ErrorScale::Log => (u / S::from_f64(d)).ln(),
            };
            sum += residual * residual.scale(self.weights[j] / self.count);
        }
        sum
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        let mut sum = S::zero();
        if let Some((range, strength)) = &self.settings.ridge {
            for p in &p[range.clone()] {
                sum += (*p * *p).scale(*strength);
            }
        }
        sum
    }
}

/// `count` is how many measurements the first `rows` rows hold that count.
fn check(data: &Dataset, settings: Settings, rows: usize, count: usize) {
    let fitting = Fitting::new(&LotkaVolterra, data, settings.clone()).unwrap();
    let mut gradient = [NAN; 6];
    let loss = fitting.loss(&THETA, rows, &mut gradient);

    let definition = Definition {
        data,
        settings: &settings,
        observes: &fitting.settings().observes,
        weights: &fitting.settings().weights,
        count: count as f64,
    };
    let times = data.times()[..rows].to_vec();
    let span = (times[0], times[rows - 1]);
    let problem = OdeProblem::new(LotkaVolterra, THETA[..2].to_vec(), &THETA[2..], span).unwrap();
    let options = Options { save: Save::At(times), ..tight() };
    let forward = ForwardSensitivity.gradient(&problem, Tsit5, &options, &definition).unwrap();
    assert!((loss - forward.loss).abs() < 1e-10 * loss, "{loss} {}", forward.loss);
    let size = gradient.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    for (i, (g, f)) in gradient.iter().zip(forward.u0.iter().chain(&forward.p)).enumerate() {
        assert!((g - f).abs() < 1e-9 * size, "forward, unknown {i}: {g} {f}");
    }

    for i in 0..6 {
        let at = |shift: f64| {
            let mut theta = THETA;
            theta[i] += shift;
            fitting.loss(&theta, rows, &mut [0.0; 6])
        };
        // Five-point central difference, of fourth order.
        let h = 1e-3;
        let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        assert!((gradient[i] - slope).abs() < 1e-7 * size, "differences, unknown {i}");
    }
}

fn settings(scale: ErrorScale) -> Settings {
    Settings { scale, options: tight(), ..Settings::default() }
}

#[test]
fn both_scales_with_missing_values() {
    for scale in [ErrorScale::Absolute, ErrorScale::Log] {
        check(&measurements(), settings(scale), 9, 14);
    }
}

#[test]
fn fewer_rows() {
    for scale in [ErrorScale::Absolute, ErrorScale::Log] {
        check(&measurements(), settings(scale), 4, 5);
        check(&measurements(), settings(scale), 2, 3);
    }
}

#[test]
fn weights_and_a_series_of_weight_zero() {
    for scale in [ErrorScale::Absolute, ErrorScale::Log] {
        check(&measurements(), Settings { weights: vec![0.3, 2.5], ..settings(scale) }, 9, 14);
        check(&measurements(), Settings { weights: vec![0.0, 2.5], ..settings(scale) }, 9, 7);
    }
}

#[test]
fn partial_and_exchanged_observation() {
    for scale in [ErrorScale::Absolute, ErrorScale::Log] {
        let one = measurements().select(&["y"]).unwrap();
        check(&one, Settings { observes: vec![1], ..settings(scale) }, 9, 7);
        check(&measurements(), Settings { observes: vec![1, 0], ..settings(scale) }, 9, 14);
        // Two instruments on the same state.
        check(&measurements(), Settings { observes: vec![1, 1], ..settings(scale) }, 9, 14);
    }
}

#[test]
fn ridge() {
    let with = |range: Range<usize>| Settings {
        ridge: Some((range, 0.7)),
        weights: vec![1.5, 0.5],
        ..settings(ErrorScale::Log)
    };
    check(&measurements(), with(1..3), 9, 14);
    check(&measurements(), with(0..4), 6, 9);
    check(&measurements(), with(4..4), 6, 9); // covers nothing
}

/// u = u0 exp(-k t): loss and gradient by hand, absolute and log.
#[test]
fn closed_form_of_linear_decay() {
    let (u0, k) = (1.7, 0.6);
    let times = [0.0, 0.5, 1.5, 4.0];
    let d = [2.0, 1.0, NAN, 0.25];
    let data = Dataset::new(&times, &["u"], &d).unwrap();
    let used = || times.iter().zip(d).filter(|(_, d)| !d.is_nan());
    for (scale, tolerance) in [(ErrorScale::Absolute, 1e-11), (ErrorScale::Log, 1e-11)] {
        let fitting = Fitting::new(&Decay, &data, settings(scale)).unwrap();
        let mut gradient = [0.0; 2];
        let loss = fitting.loss(&[u0, k], 4, &mut gradient);
        let (mut expected, mut by_u0, mut by_k) = (0.0, 0.0, 0.0);
        for (t, d) in used() {
            let u = u0 * (-k * t).exp();
            let (r, r_u0, r_k) = match scale {
                ErrorScale::Absolute => (u - d, u / u0, -t * u),
                ErrorScale::Log => (u0.ln() - k * t - d.ln(), 1.0 / u0, -t),
            };
            expected += r * r / 3.0;
            by_u0 += 2.0 * r * r_u0 / 3.0;
            by_k += 2.0 * r * r_k / 3.0;
        }
        assert!((loss - expected).abs() < tolerance, "{loss} {expected}");
        assert!((gradient[0] - by_u0).abs() < tolerance, "{gradient:?} {by_u0}");
        assert!((gradient[1] - by_k).abs() < tolerance, "{gradient:?} {by_k}");
    }
}

/// At the default tolerances, too, the gradient is that of the numbers computed.
#[test]
fn default_tolerances_are_close() {
    let data = measurements();
    let fitting = Fitting::new(&LotkaVolterra, &data, Settings::default()).unwrap();
    let exact = Fitting::new(&LotkaVolterra, &data, settings(ErrorScale::Absolute)).unwrap();
    let (mut rough, mut fine) = ([0.0; 6], [0.0; 6]);
    let (a, b) = (fitting.loss(&THETA, 9, &mut rough), exact.loss(&THETA, 9, &mut fine));
    assert!((a - b).abs() < 1e-4 * b);
    let size = fine.iter().fold(0.0, |most: f64, g| most.max(g.abs()));
    assert!(rough.iter().zip(fine).all(|(a, b)| (a - b).abs() < 1e-3 * size), "{rough:?} {fine:?}");
}

/// Time does not start at zero.
#[test]
fn shifting_all_times_changes_nothing() {
    let data = measurements();
    let shifted: Vec<f64> = data.times().iter().map(|t| t + 1900.0).collect();
    let values: Vec<f64> = data.rows().flat_map(|(_, row)| row.to_vec()).collect();
    let later = Dataset::new(&shifted, &["x", "y"], &values).unwrap();
    let loss = |data: &Dataset| {
        let fitting = Fitting::new(&LotkaVolterra, data, settings(ErrorScale::Log)).unwrap();
        let mut gradient = [0.0; 6];
        (fitting.loss(&THETA, 9, &mut gradient), gradient)
    };
    let ((a, ga), (b, gb)) = (loss(&data), loss(&later));
    assert!((a - b).abs() < 1e-9 * a);
    assert!(ga.iter().zip(gb).all(|(a, b)| (a - b).abs() < 1e-7));
}

/// The state stands still while its sensitivities grow: steps that resolve the state alone would
/// give a plausible wrong gradient.
#[test]
fn a_state_at_rest_does_not_hide_its_sensitivities() {
    use testset::models::TimeSwitchedLotkaVolterra as Model;

    let times = Model::save_times();
    let data = Dataset::new(&times, &["u1", "u2"], &vec![0.5; 2 * times.len()]).unwrap();
    let options = ode_core::Options {
        rtol: 1e-9,
        atol: 1e-9,
        stops: Model::SWITCH_TIMES.to_vec(),
        ..Settings::default().options
    };
    let fitting = Fitting::new(&Model {}, &data, Settings { options, ..Settings::default() });
    let fitting = fitting.unwrap();
    let theta = [&Model::U0[..], &Model::P].concat();
    let mut gradient = vec![0.0; theta.len()];
    let loss = fitting.loss(&theta, times.len(), &mut gradient);
    // u = 1 everywhere, so that the mean of (u - 1/2)² has the gradient 1/m Σ ∂u with m residuals.
    let m = 2.0 * times.len() as f64;
    assert!((loss - 0.25).abs() < 1e-12);
    for (found, exact) in gradient[2..].iter().zip(Model::GRADIENT) {
        assert!((m * found - exact).abs() < 1e-6, "{} vs {exact}", m * found);
    }
}
