//! The same solve over other number types: `f32`, lanes, duals, nested duals.

use crate::erased::{erased, erased_over};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use core::fmt::Debug;
use ode_core::{Options, Save, StepSize, solve};
use scalar::{Dual, Lanes};
use testset::models::{
    ExponentialDecay, LinearDampedOscillator, Lorenz63, LotkaVolterra, TimeSwitchedLotkaVolterra,
};
use testset::{ClosedFormSensitivity, Input, SensitivityReference};

fn tight(save: Save) -> Options {
    Options { rtol: 1e-11, atol: 1e-13, save, max_steps: 1_000_000, ..Options::default() }
}

/// Relative to the larger of 1 and the value.
#[track_caller]
fn close(what: &str, found: f64, wanted: f64, tolerance: f64) {
    let error = (found - wanted).abs() / wanted.abs().max(1.0);
    assert!(error <= tolerance, "{what}: {found}, not {wanted}: off by {error:.1e}");
}

/// Whether large weights that cancel cost a method two digits or more: single precision has seven.
fn cancels(method: Method) -> bool {
    method.cancellation() > 50.0
}

adaptive_test!(single_precision, |method| {
    let (u0, p) = ([1.0f32, 1.0], [1.5f32, 1.0, 3.0, 1.0]);
    let problem = erased_over(LotkaVolterra, u0, p, (0.0, 10.0)).unwrap();
    let options = Options { rtol: 1e-5, atol: 1e-7, ..Options::default() };
    let single = solve(&problem, method, &options).unwrap();
    let double = erased(LotkaVolterra, [1.0, 1.0], p.map(f64::from), (0.0, 10.0)).unwrap();
    let double = solve(&double, method, &options).unwrap();
    for (a, b) in single.last().iter().zip(double.last()) {
        close("f32", f64::from(*a), *b, 2e-3);
    }
    let (few, many) = (single.stats().accepted, double.stats().accepted);
    let as_many = few.abs_diff(many) <= 3 + many / 4;
    assert!(as_many || cancels(method), "{method:?}: {few} and {many} steps");
});

adaptive_test!(a_stop_separates_its_sides_in_single_precision, |method| {
    system::system! {
        struct Jump;
        state { before, up_to }
        params { jump }
        rhs(t) {
            d(before) = t.select_lt(jump, 1.0, -1.0);
            d(up_to) = jump.select_lt(t, -1.0, 1.0);
        }
    }
    for jump in [0.3, 1.0, 0.0] {
        let tspan = (jump - 1.0, jump + 1.0);
        let problem = erased_over(Jump, [0.0f32; 2], [jump as f32], tspan).unwrap();
        let options = Options { stops: vec![jump], save: Save::Last, ..Options::default() };
        let solution = solve(&problem, method, &options).unwrap();
        assert!(solution.last().iter().all(|u| u.abs() < 1e-6), "{method:?}: {solution}");
        assert!(solution.stats().rejected == 0 || cancels(method), "{method:?}: {solution}");
    }
});

struct LaneByLane;

impl Visitor for LaneByLane {
    fn visit(&mut self, method: Method, _: Claim) {
        let starts = [1.0, -2.0, 7.5, 0.3];
        let rates = [28.0, 10.0, 21.0, 35.0];
        let lanes = |x: [f64; 4]| Lanes(x);
        let u0 = [lanes(starts), Lanes([1.0; 4]), Lanes([1.5; 4])];
        let p = |rho: f64| [10.0, rho, 8.0 / 3.0];
        let p_lanes = [Lanes([10.0; 4]), lanes(rates), Lanes([8.0 / 3.0; 4])];
        let save = Save::At(vec![0.05, 0.5, 0.77, 1.0]);
        let options = Options { step: StepSize::Fixed(0.01), save, ..Options::default() };
        let problem = erased_over(Lorenz63, u0, p_lanes, (0.0, 1.0)).unwrap();
        let batch = solve(&problem, method, &options).unwrap();
        for lane in 0..4 {
            let u0 = [starts[lane], 1.0, 1.5];
            let problem = erased(Lorenz63, u0, p(rates[lane]), (0.0, 1.0)).unwrap();
            let alone = solve(&problem, method, &options).unwrap();
            for ((t, batch), (_, alone)) in batch.iter().zip(alone.iter()) {
                let batch: Vec<u64> = batch.iter().map(|u| u.0[lane].to_bits()).collect();
                let alone: Vec<u64> = alone.iter().map(|u| u.to_bits()).collect();
                assert_eq!(batch, alone, "{method:?}, lane {lane}, t = {t}");
            }
        }
    }
}

#[test]
fn each_lane_is_a_run_of_its_own() {
    every(&mut LaneByLane);
}

adaptive_test!(adaptive_lanes_satisfy_the_worst_of_them, |method| {
    // One lane needs a hundred times shorter steps than the others.
    let problem = erased_over(
        ExponentialDecay,
        vec![Lanes([1.0; 4])],
        [Lanes([0.1, 0.2, 50.0, 0.3])],
        (0.0, 1.0),
    );
    let solution = solve(&problem.unwrap(), method, &tight(Save::Last)).unwrap();
    for (y, k) in solution.last()[0].0.into_iter().zip([0.1, 0.2, 50.0, 0.3]) {
        close("lane", y, f64::exp(-k), 1e-10);
    }
});

type Dual6 = Dual<f64, 6>;

// Sensitivities along the solution, loss and gradient of `lv_grad`.
adaptive_test!(forward_sensitivities_of_lotka_volterra, |method| {
    let reference = SensitivityReference::load("lv_grad").unwrap();
    let mut u0: Vec<Dual6> = reference.u0.iter().map(|u| Dual::constant(*u)).collect();
    let mut p: Vec<Dual6> = reference.p.iter().map(|p| Dual::constant(*p)).collect();
    for (j, input) in reference.wrt.iter().enumerate() {
        match *input {
            Input::Parameter(i) => p[i].eps[j] = 1.0,
            Input::InitialValue(i) => u0[i].eps[j] = 1.0,
        }
    }
    let points = &reference.state_and_sensitivities;
    let times = points.iter().map(|point| point.t).collect();
    let problem = erased_over(LotkaVolterra, u0, p, reference.tspan).unwrap();
    let solution = solve(&problem, method, &tight(Save::At(times))).unwrap();
    for (point, (t, u)) in points.iter().zip(solution.iter()) {
        for i in 0..2 {
            close(&format!("{method:?}, u{i}({t})"), u[i].re, point.u[i], 1e-8);
            for j in 0..6 {
                let what = format!("{method:?}, du{i}/dq{j}({t})");
                close(&what, u[i].eps[j], point.du_dq[i][j], 1e-8);
            }
        }
    }
    let mut loss = Dual6::constant(0.0);
    for (t, data) in reference.observation_times.iter().zip(&reference.data) {
        let (_, u) = solution.iter().find(|(time, _)| time == t).unwrap();
        for (u, data) in u.iter().zip(data) {
            let residual = *u - Dual::constant(*data);
            loss += residual * residual;
        }
    }
    close("loss", loss.re, reference.loss, 1e-9);
    for (found, wanted) in loss.eps.iter().zip(&reference.gradient) {
        close(&format!("{method:?}, gradient"), *found, *wanted, 1e-9);
    }
});

adaptive_test!(forward_sensitivities_of_the_oscillator, |method| {
    let reference = ClosedFormSensitivity::load("sens_damped_oscillator").unwrap();
    let u0: Vec<_> = reference.u0.iter().map(|u| Dual::<f64, 2>::constant(*u)).collect();
    let p: Vec<_> = reference.p.iter().enumerate().map(|(i, p)| Dual::variable(*p, i)).collect();
    let problem = erased_over(LinearDampedOscillator, u0, p, reference.tspan).unwrap();
    let x = solve(&problem, method, &tight(Save::Last)).unwrap().last()[0];
    close("x(5)", x.re, reference.scalar("x(5)").unwrap(), 1e-9);
    close("dx/dw", x.eps[0], reference.scalar("dx/dw").unwrap(), 1e-9);
    close("dx/dz", x.eps[1], reference.scalar("dx/dz").unwrap(), 1e-9);
});

// Second derivatives by nesting.
adaptive_test!(nested_duals_give_the_hessian, |method| {
    type Nested = Dual<Dual<f64, 2>, 2>;
    let reference = ClosedFormSensitivity::load("sens_exponential_decay").unwrap();
    let variable = |x: f64, i| Nested::variable(Dual::variable(x, i), i);
    let (k, y0) = (variable(reference.p[0], 0), variable(reference.u0[0], 1));
    let problem = erased_over(ExponentialDecay, vec![y0], [k], reference.tspan).unwrap();
    let y = solve(&problem, method, &tight(Save::Last)).unwrap().last()[0];
    let scalar = |name| reference.scalar(name).unwrap();
    close("y(T)", y.re.re, scalar("y(T)"), 1e-10);
    close("dy/dk", y.re.eps[0], scalar("dy/dk"), 1e-10);
    close("dy/dy0", y.eps[1].re, scalar("dy/dy0"), 1e-10);
    close("d2y/dk2", y.eps[0].eps[0], scalar("d2y/dk2"), 1e-10);
    close("d2y/dk dy0", y.eps[0].eps[1], scalar("d2y/dk dy0"), 1e-10);
    close("d2y/dy0 dk", y.eps[1].eps[0], scalar("d2y/dk dy0"), 1e-10);
    close("d2y/dy0^2", y.eps[1].eps[1], scalar("d2y/dy0^2"), 1e-10);
    let g = (y * y).re.re / 2.0;
    close("G", g, scalar("G = y(T)^2/2"), 1e-10);
    let square = y * y;
    for i in 0..2 {
        close("grad G", square.eps[i].re / 2.0, reference.value("grad G").unwrap()[0][i], 1e-10);
        for j in 0..2 {
            let wanted = reference.value("Hess G").unwrap()[i][j];
            close("Hess G", square.eps[i].eps[j] / 2.0, wanted, 1e-10);
        }
    }
});

// The state is constant, so only an error norm that sees the tangents chooses sensible steps; and
// only stops keep a step from seeing both sides of a switch.
adaptive_test!(the_gradient_of_the_time_switched_model, |method| {
    use TimeSwitchedLotkaVolterra as Model;
    let u0 = Model::U0.map(Dual::<f64, 4>::constant);
    let p: [Dual<f64, 4>; 4] = core::array::from_fn(|i| Dual::variable(Model::P[i], i));
    let problem = erased_over(Model, u0, p, Model::TSPAN).unwrap();
    let options = Options {
        rtol: 1e-8,
        atol: 1e-10,
        save: Save::At(Model::save_times().to_vec()),
        stops: Model::SWITCH_TIMES.to_vec(),
        ..Options::default()
    };
    let solution = solve(&problem, method, &options).unwrap();
    let states: Vec<[Dual<f64, 4>; 2]> = solution.iter().map(|(_, u)| [u[0], u[1]]).collect();
    assert_eq!(states.len(), 41);
    let loss = Model::loss(&states);
    close("loss", loss.re, Model::LOSS, 1e-9);
    for i in 0..4 {
        let what = format!("{method:?}, dL/dp{}", i + 1);
        close(&what, loss.eps[i], Model::exact_gradient()[i], 1e-6);
        close(&what, loss.eps[i], Model::GRADIENT[i], 1e-6);
    }
    // And with respect to the initial state.
    let u0 = vec![Dual::<f64, 2>::variable(1.0, 0), Dual::variable(1.0, 1)];
    let problem = erased_over(Model, u0, Model::P.map(Dual::constant), Model::TSPAN).unwrap();
    let solution = solve(&problem, method, &options).unwrap();
    let states: Vec<[Dual<f64, 2>; 2]> = solution.iter().map(|(_, u)| [u[0], u[1]]).collect();
    let loss = Model::loss(&states);
    for (found, wanted) in loss.eps.iter().zip(Model::exact_gradient_u0()) {
        close(&format!("{method:?}, dL/du0"), *found, wanted, 1e-6);
    }
});

// Value and derivatives of `y0 exp(-k t)` in every lane: tangents by `k` and `y0` are batches too.
adaptive_test!(duals_over_lanes_follow_closed_forms, |method| {
    type D = Dual<Lanes<4>, 2>;
    let (rates, starts, end) = ([0.1, 0.7, 2.0, 9.0], [1.0, -3.0, 0.5, 20.0], 1.5);
    let (k, y0) = (D::variable(Lanes(rates), 0), D::variable(Lanes(starts), 1));
    let times = vec![0.4, end];
    let problem = erased_over(ExponentialDecay, vec![y0], [k], (0.0, end)).unwrap();
    let solution = solve(&problem, method, &tight(Save::At(times))).unwrap();
    for (t, u) in &solution {
        for lane in 0..4 {
            let (k, y0) = (rates[lane], starts[lane]);
            let decay = f64::exp(-k * t);
            let what = format!("{method:?}, lane {lane} at {t}");
            close(&what, u[0].re.0[lane], y0 * decay, 1e-9);
            close(&what, u[0].eps[0].0[lane], -t * y0 * decay, 1e-9);
            close(&what, u[0].eps[1].0[lane], decay, 1e-9);
        }
    }
});

// Nonlinear, and the lanes differ: the first and the last are those of `lv_grad`.
adaptive_test!(duals_over_lanes_follow_the_reference, |method| {
    type D = Dual<Lanes<4>, 2>;
    let reference = SensitivityReference::load("lv_grad").unwrap();
    let batch = |x: f64| Lanes([x, 1.1 * x, 0.9 * x, x]);
    let mut u0: Vec<D> = reference.u0.iter().map(|u| D::constant(batch(*u))).collect();
    let mut p: Vec<D> = reference.p.iter().map(|p| D::constant(batch(*p))).collect();
    for first in [0, 2, 4] {
        let set = |of: &mut D, j: usize, x: f64| of.eps[j] = Lanes([x; 4]);
        let mut seed = |x: f64| {
            for j in 0..2 {
                match reference.wrt[first + j] {
                    Input::Parameter(i) => set(&mut p[i], j, x),
                    Input::InitialValue(i) => set(&mut u0[i], j, x),
                }
            }
            (u0.clone(), p.clone())
        };
        let (u0, p) = seed(1.0);
        seed(0.0);
        let points = &reference.state_and_sensitivities;
        let save = Save::At(points.iter().map(|point| point.t).collect());
        let problem = erased_over(LotkaVolterra, u0, p, reference.tspan).unwrap();
        let solution = solve(&problem, method, &tight(save)).unwrap();
        for (point, (t, u)) in points.iter().zip(&solution) {
            for (i, lane) in [(0, 0), (0, 3), (1, 0), (1, 3)] {
                let what = format!("{method:?}, u{i}({t}), lane {lane}");
                close(&what, u[i].re.0[lane], point.u[i], 1e-8);
                for j in 0..2 {
                    let what = format!("{what}, by {:?}", reference.wrt[first + j]);
                    close(&what, u[i].eps[j].0[lane], point.du_dq[i][first + j], 1e-8);
                }
            }
        }
    }
});

adaptive_test!(tangents_in_single_precision, |method| {
    type D = Dual<f32, 2>;
    let reference = ClosedFormSensitivity::load("sens_damped_oscillator").unwrap();
    let u0: [D; 2] = core::array::from_fn(|i| D::constant(reference.u0[i] as f32));
    let p: [D; 2] = core::array::from_fn(|i| D::variable(reference.p[i] as f32, i));
    let problem = erased_over(LinearDampedOscillator, u0, p, reference.tspan).unwrap();
    let options = Options { rtol: 1e-5, atol: 1e-7, save: Save::Last, ..Options::default() };
    let solution = solve(&problem, method, &options).unwrap();
    let x = solution.last()[0];
    let tolerance = if cancels(method) { 2e-3 } else { 2e-4 };
    let scalar = |name| reference.scalar(name).unwrap();
    close(&format!("{method:?}, x(5)"), f64::from(x.re), scalar("x(5)"), tolerance);
    close(&format!("{method:?}, dx/dw"), f64::from(x.eps[0]), scalar("dx/dw"), tolerance);
    close(&format!("{method:?}, dx/dz"), f64::from(x.eps[1]), scalar("dx/dz"), tolerance);
});
