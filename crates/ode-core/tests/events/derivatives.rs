//! Derivatives through events, against closed forms: what a moving time adds.

use crate::{Ball, Decay, close};
use ode_core::{
    ErrorKind, Events, OdeProblem, Options, Root, Save, Scheduled, Tsit5, Vern7, solve_with,
};
use scalar::{BranchScalar, Dual};

type Gradient = Dual<f64, 2>;

fn options() -> Options {
    Options { rtol: 1e-11, atol: 1e-13, save: Save::Dense, ..Options::default() }
}

/// Height and speed of a bouncing ball dropped from `h`, at time `t` after its first bounce, with
/// the derivatives with respect to `h` and `g`; and those of the time of the bounce.
fn bounced(h: f64, g: f64, e: f64, t: f64) -> ([f64; 2], [[f64; 2]; 2], [f64; 2]) {
    let fall = (2.0 * h / g).sqrt();
    let value = |h: f64, g: f64| {
        let (fall, speed) = ((2.0 * h / g).sqrt(), (2.0 * h * g).sqrt());
        let s = t - fall;
        [e * speed * s - 0.5 * g * s * s, e * speed - g * s]
    };
    let (speed, s) = ((2.0 * h * g).sqrt(), t - fall);
    // d fall, d speed with respect to h and g.
    let (dfall, dspeed) = ([0.5 * fall / h, -0.5 * fall / g], [0.5 * speed / h, 0.5 * speed / g]);
    let dg = [0.0, 1.0];
    let slope = |i: usize| {
        let ds = -dfall[i];
        [
            e * dspeed[i] * s + e * speed * ds - 0.5 * dg[i] * s * s - g * s * ds,
            e * dspeed[i] - dg[i] * s - g * ds,
        ]
    };
    (value(h, g), [slope(0), slope(1)], dfall)
}

#[test]
fn a_bounce_differentiates() {
    let (h, g, e, end) = (1.3, 9.81, 0.7, 0.9);
    let (h, g) = (Gradient::variable(h, 0), Gradient::variable(g, 1));
    let u0 = [h, Dual::constant(0.0)];
    let problem = OdeProblem::over(Ball, u0, [g, Dual::constant(e)], (0.0, end)).unwrap();
    let bounce = Root::over("bounce", |_t, u: &[Gradient], _p| u[0])
        .falling()
        .effect(|at| at.u[1] *= -at.p[1]);
    let mut events = Events::new().with(bounce);
    let solution = solve_with(&problem, Vern7, &options(), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1);
    let event = &solution.events()[0];
    for t in [end, 0.6, 0.52] {
        let (value, slopes, dfall) = bounced(1.3, 9.81, e, t);
        let u = solution.at(t).unwrap();
        for i in 0..2 {
            close(u[i].re, value[i], 1e-9);
            for k in 0..2 {
                close(u[i].eps[k], slopes[k][i], 1e-9);
            }
        }
        for k in 0..2 {
            close(event.time.eps[k], dfall[k], 1e-10);
            // At the moving time the height is always zero.
            close(event.before[0].eps[k], 0.0, 1e-10);
        }
    }
    close(event.time.re, event.t, 0.0);
    // The speed of the impact is √(2 g h).
    close(event.before[1].eps[0], -0.5 * (2.0 * 9.81 / 1.3f64).sqrt(), 1e-10);
    close(event.after[1].eps[0], 0.7 * 0.5 * (2.0 * 9.81 / 1.3f64).sqrt(), 1e-10);
}

#[test]
fn second_derivatives_by_nesting() {
    type Nested = Dual<Dual>;
    // u = exp(-k t) falls to c at t = -ln(c) / k, and starts anew from 1: at the end
    // u = exp(-k T) / c, whose derivatives with respect to c are known.
    let (k, c, end) = (0.7, 0.4f64, 2.0);
    let level = Nested::variable(Dual::variable(c, 0), 0);
    let u0 = vec![Nested::constant(Dual::constant(1.0))];
    let rate = vec![Nested::constant(Dual::constant(k))];
    let problem = OdeProblem::over(Decay, u0, rate, (0.0, end)).unwrap();
    let reset = Root::over("reset", move |_t, u: &[Nested], _p| u[0] - level)
        .falling()
        .effect(|at| at.u[0] = Nested::constant(Dual::constant(1.0)));
    let mut events = Events::new().with(reset);
    let solution = solve_with(&problem, Vern7, &options(), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1);
    let (u, time) = (solution.last()[0], solution.events()[0].time);
    let grown = (-k * end).exp();
    close(u.primal(), grown / c, 1e-9);
    close(u.re.eps[0], -grown / (c * c), 1e-9);
    close(u.eps[0].re, -grown / (c * c), 1e-9);
    close(u.eps[0].eps[0], 2.0 * grown / (c * c * c), 1e-8);
    close(time.primal(), -c.ln() / k, 1e-9);
    close(time.eps[0].re, -1.0 / (k * c), 1e-9);
    close(time.eps[0].eps[0], 1.0 / (k * c * c), 1e-8);
}

#[test]
fn a_threshold_in_time_and_a_changed_parameter() {
    // u' = -k u until u = 1/2, from then on u' = -q u: u(T) = 1/2 exp(-q (T - ln 2 / k)).
    let (k, q, end) = (1.1, 0.3, 2.0);
    let p = [Gradient::variable(k, 0)];
    let slower = Gradient::variable(q, 1);
    let problem = OdeProblem::over(Decay, [Gradient::constant(1.0)], p, (0.0, end)).unwrap();
    let switch = Root::over("switch", |_t, u: &[Gradient], _p| u[0] - Dual::constant(0.5))
        .effect(move |at| at.p[0] = slower);
    let mut events = Events::new().with(switch);
    let solution = solve_with(&problem, Tsit5, &options(), &mut events).unwrap();
    let late = end - 2f64.ln() / k;
    let value = 0.5 * (-q * late).exp();
    let u = solution.last()[0];
    close(u.re, value, 1e-9);
    close(u.eps[0], -q * 2f64.ln() / (k * k) * value, 1e-9);
    close(u.eps[1], -late * value, 1e-9);
}

#[test]
fn a_terminal_root_tells_the_derivative_of_its_time() {
    let (k, h) = (0.9, 1e-6);
    let end = |k: f64| 2f64.ln() / k;
    let p = [Gradient::variable(k, 0)];
    let problem = OdeProblem::over(Decay, [Gradient::constant(1.0)], p, (0.0, 9.0)).unwrap();
    let half = Root::over("half", |_t, u: &[Gradient], _p| u[0] - Dual::constant(0.5)).terminal();
    let mut events = Events::new().with(half);
    let solution = solve_with(&problem, Vern7, &options(), &mut events).unwrap();
    let ended = solution.ended_by().unwrap();
    close(ended.time.re, end(k), 1e-10);
    close(ended.time.eps[0], -2f64.ln() / (k * k), 1e-10);
    close(ended.time.eps[0], (end(k + h) - end(k - h)) / (2.0 * h), 1e-8);
    // Following the event the state stays at one half; at a fixed time it does not.
    close(ended.before[0].eps[0], 0.0, 1e-10);
    close(solution.last()[0].eps[0], -end(k) * 0.5, 1e-10);
}

#[test]
fn fixed_times_have_no_derivative() {
    let p = [Gradient::variable(0.5, 0)];
    let problem = OdeProblem::over(Decay, [Gradient::constant(0.0)], p, (0.0, 3.0)).unwrap();
    let dose = Scheduled::over("dose", [1.0, 2.0]).effect(|at| at.u[0] += Dual::constant(1.0));
    let mut events = Events::new().with(dose);
    let solution = solve_with(&problem, Vern7, &options(), &mut events).unwrap();
    let u = solution.last()[0];
    close(u.re, (-1.0f64).exp() + (-0.5f64).exp(), 1e-10);
    close(u.eps[0], -2.0 * (-1.0f64).exp() - (-0.5f64).exp(), 1e-10);
}

#[test]
fn a_touch_has_no_derivative() {
    // The condition reaches zero at rate zero.
    let p = [Gradient::variable(1.0, 0)];
    let problem = OdeProblem::over(Decay, [Gradient::constant(1.0)], p, (0.0, 3.0)).unwrap();
    let flat = Root::over(
        "flat",
        |t: Gradient, _u: &[Gradient], p: &[Gradient]| {
            if t.re < 1.0 { p[0] } else { p[0] - Dual::constant(1.0) }
        },
    );
    let mut events = Events::new().with(flat.effect(|at| at.u[0] += Dual::constant(1.0)));
    let error = solve_with(&problem, Vern7, &options(), &mut events).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::EventDerivative { event, .. } if event == "flat"),
        "{error}"
    );
}

#[test]
fn single_precision() {
    let problem = OdeProblem::over(Ball, [1.0f32, 0.0], [9.81f32, 0.8], (0.0, 1.5)).unwrap();
    let bounce = Root::over("bounce", |_t, u: &[f32], _p| u[0]).effect(|at| at.u[1] *= -at.p[1]);
    let mut events = Events::new().with(bounce);
    let options = Options { rtol: 1e-5, atol: 1e-6, ..Options::default() };
    let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
    let fall = f64::sqrt(2.0 / 9.81);
    let times: Vec<f64> = solution.events().iter().map(|event| event.t).collect();
    assert_eq!(times.len(), 2, "{times:?}");
    close(times[0], fall, 1e-5);
    close(times[1], fall * 2.6, 1e-5);
}
