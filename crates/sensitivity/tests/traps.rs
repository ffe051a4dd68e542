//! The nine traps of adjoints, and where each of them is sprung.
//!
//! | trap | test |
//! |---|---|
//! | 1. a state that stands still, sensitivities that do not | `gradients::time_switched_lotka_volterra`, `continuous::time_switched_lotka_volterra` |
//! | 2. an event within one ulp of a save time | `an_event_within_an_ulp_of_a_save_time` here; `events::a_bouncing_ball` |
//! | 3. a terminal event and save times | `events::terminal_events` |
//! | 4. a loss at the start | `losses::closed_forms`, `continuous::all_agree_on_lotka_volterra` |
//! | 5. the caller's parameters | `nothing_of_the_caller_is_touched` here |
//! | 6. discrete and continuous gradients differ at loose tolerance | `choice::loose_tolerances_are_reported` |
//! | 7. backsolve of what forgets its past | `continuous::backsolve_refuses_what_forgets_its_past` |
//! | 8. advection with the wrong upwinding | `advection_with_the_wrong_upwinding` here |
//! | 9. a derivative by the time of a jump that is not zero | `events::a_bouncing_ball`, `events::doses` |
//!
//! And one more: a condition that is only touched has no derivative (`a_condition_that_is_only_touched`).

use ode_core::{Direction, Events, OdeProblem, Options, Root, Save, Tsit5, Vern7, solve_with};
use scalar::{Dual, Scalar};
use sensitivity::{
    BacksolveAdjoint, DiscreteAdjoint, Error, ErrorKind, EventModel, ForwardSensitivity,
    GaussAdjoint, Gradient, InterpolatingAdjoint, Loss, QuadratureAdjoint, StepControl, Warning,
    When,
};
use system::System;

system::system! {
    struct Ball;
    state { height, speed }
    params { gravity, restitution }
    rhs(_t) {
        d(height) = speed;
        d(speed) = -gravity;
    }
}

struct Bounce;

impl EventModel for Bounce {
    fn when(&self) -> Vec<When> {
        vec![When::Crosses(Direction::Falling)]
    }
    fn condition<S: Scalar>(&self, _event: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0]
    }
    fn effect<S: Scalar>(&self, _event: usize, _t: S, u: &mut [S], p: &[S]) {
        u[1] = -p[1] * u[1];
    }
}

/// Speeds tell on which side of a bounce one looks.
struct Speeds;

impl Loss for Speeds {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], _p: &[S]) -> S {
        (u[0] + t * u[1]).scale(1.0 + i as f64)
    }
}

/// The same in closed form, each save time on its arc. Inputs: height, speed, gravity, restitution, save times.
fn closed_form<S: Scalar>(x: &[S], arcs: [usize; 3]) -> S {
    let (h, v, g, e) = (x[0], x[1], x[2], x[3]);
    let impact = (v * v + (g * h).scale(2.0)).sqrt();
    let bounce = (v + impact) / g;
    let term = |(i, (&arc, &t)): (usize, (&usize, &S))| {
        let (start, h, v) = match arc {
            0 => (S::zero(), h, v),
            _ => (bounce, S::zero(), e * impact),
        };
        let s = t - start;
        let (height, speed) = (h + v * s - (g * s * s).scale(0.5), v - g * s);
        (height + t * speed).scale(1.0 + i as f64)
    };
    arcs.iter().zip(&x[4..]).enumerate().map(term).sum()
}

fn tight(save: Save) -> Options {
    Options { rtol: 1e-12, atol: 1e-12, max_steps: 1_000_000, save, ..Options::default() }
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

/// Trap 2. Save times on the event and an ulp beside it on either side: each of them sees one side, by the value as by
/// the derivative.
#[test]
fn an_event_within_an_ulp_of_a_save_time() {
    let (h, v, g, e) = (1.0, 0.5, 9.0, 0.8);
    let problem = OdeProblem::new(Ball, [h, v], [g, e], (0.0, 1.0)).unwrap();
    let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| {
        at.u[1] *= -at.p[1];
    });
    let found =
        solve_with(&problem, Tsit5, &tight(Save::Last), &mut Events::new().with(bounce)).unwrap();
    let time = found.events()[0].t;
    let times = [time.next_down(), time, time.next_up()];
    let x = [h, v, g, e, times[0], times[1], times[2]];
    // With tangents the steps are others, and so may the last bit of the time of the event be.
    for (control, sides) in [
        (StepControl::State, &[[0, 1, 1]][..]),
        (StepControl::Sensitivity, &[[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]),
    ] {
        let adjoint = DiscreteAdjoint { control, ..DiscreteAdjoint::default() };
        let options = tight(Save::At(times.to_vec()));
        let found =
            adjoint.gradient_with_events(&problem, Tsit5, &options, &Speeds, &Bounce).unwrap();
        let is_it = |arcs: &&[usize; 3]| (closed_form(&x, **arcs) - found.loss).abs() < 1e-9;
        let arcs = sides.iter().find(is_it).expect("the loss is that of one side for each time");
        let lifted: [Dual<f64, 7>; 7] = std::array::from_fn(|i| Dual::variable(x[i], i));
        let exact = closed_form(&lifted, *arcs).eps;
        let found = [&found.u0[..], &found.p, &found.times].concat();
        close(&found, &exact, 1e-8, "beside the event");
    }
}

/// Trap 5. Neither problem nor options are changed, by what succeeds and by what does not.
#[test]
fn nothing_of_the_caller_is_touched() {
    let parameters = [9.0, 0.8];
    let problem = OdeProblem::new(Ball, vec![1.0, 0.5], parameters, (0.0, 1.0)).unwrap();
    for (options, fails) in [
        (Options { save: Save::At(vec![0.3, 1.0]), ..Options::default() }, false),
        (Options { save: Save::At(vec![0.3, 1.0]), max_steps: 1, ..Options::default() }, true),
    ] {
        let before = options.clone();
        let gradients = [
            ForwardSensitivity.gradient(&problem, Tsit5, &options, &Speeds),
            DiscreteAdjoint::default().gradient(&problem, Tsit5, &options, &Speeds),
            DiscreteAdjoint::default()
                .gradient_with_events(&problem, Tsit5, &options, &Speeds, &Bounce),
            GaussAdjoint::default().gradient(&problem, Tsit5, &options, &Speeds),
            InterpolatingAdjoint { segments: 3, ..InterpolatingAdjoint::default() }
                .gradient(&problem, Tsit5, &options, &Speeds),
            QuadratureAdjoint::default().gradient(&problem, Tsit5, &options, &Speeds),
            BacksolveAdjoint::default().gradient(&problem, Tsit5, &options, &Speeds),
        ];
        let again = ForwardSensitivity.gradient(&problem, Tsit5, &options, &Speeds);
        for found in &gradients {
            assert_eq!(found.is_err(), fails);
        }
        assert_eq!(again, gradients[0]);
        assert_eq!(options, before);
        assert_eq!((problem.p(), problem.u0()), (&parameters[..], &vec![1.0, 0.5]));
        assert_eq!(problem.tspan(), (0.0, 1.0));
    }
}

/// `u_t + c u_x = 0` on a ring, by differences towards where the wind comes from, or to the other side.
struct Advection {
    cells: usize,
    upwind: bool,
}

impl System for Advection {
    fn dim(&self) -> usize {
        self.cells
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.cells;
        for i in 0..n {
            let difference =
                if self.upwind { u[i] - u[(i + n - 1) % n] } else { u[(i + 1) % n] - u[i] };
            du[i] = -p[0] * difference.scale(n as f64);
        }
    }
}

/// One cell at the end: a point in space, which consists of waves of all lengths.
struct OneCell;

impl Loss for OneCell {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[3] * u[3]
    }
}

/// Trap 8. Back in time the differences of an upwind scheme look to the wrong side: backsolve, which solves for the state
/// there, is refused; what keeps the solution is right. And where the model itself looks to the wrong side, perturbations grow
/// by `exp(2 c n t)`, and every gradient says so.
#[test]
fn advection_with_the_wrong_upwinding() {
    let cells = 40;
    let u0: Vec<f64> =
        (0..cells).map(|i| 1.0 + 0.5 * (i as f64 / 40.0 * std::f64::consts::TAU).sin()).collect();
    let problem = |upwind: bool| {
        OdeProblem::new(Advection { cells, upwind }, u0.clone(), [1.0], (0.0, 0.4)).unwrap()
    };
    let upwind = problem(true);
    let options = tight(Save::Last);
    let exact = ForwardSensitivity.gradient(&upwind, Vern7, &options, &OneCell).unwrap();
    assert!(exact.report.warnings.is_empty(), "{}", exact.report);
    let flat = |g: &Gradient| [&g.u0[..], &g.p, &[g.t0]].concat();
    let kept: [Result<Gradient, Error>; 4] = [
        DiscreteAdjoint::default().gradient(&upwind, Vern7, &options, &OneCell),
        GaussAdjoint::default().gradient(&upwind, Vern7, &options, &OneCell),
        InterpolatingAdjoint::default().gradient(&upwind, Vern7, &options, &OneCell),
        QuadratureAdjoint::default().gradient(&upwind, Vern7, &options, &OneCell),
    ];
    for found in kept {
        close(&flat(&found.unwrap()), &flat(&exact), 1e-9, "upwind");
    }
    let error =
        BacksolveAdjoint::default().gradient(&upwind, Vern7, &options, &OneCell).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Backsolve { .. }), "{error}");

    let downwind = problem(false);
    let options = Options { save: Save::Last, ..Options::default() };
    for found in [
        ForwardSensitivity.gradient(&downwind, Tsit5, &options, &OneCell),
        DiscreteAdjoint::default().gradient(&downwind, Tsit5, &options, &OneCell),
        GaussAdjoint::default().gradient(&downwind, Tsit5, &options, &OneCell),
    ] {
        let report = found.unwrap().report;
        let [Warning::Growth { factor, .. }] = report.warnings[..] else { panic!("{report}") };
        assert!(factor > 1e6, "{report}");
    }
}

/// A ceiling that a ball reaches with no speed left: whether it does depends on the last bit, and the time of it has no
/// derivative.
#[test]
fn a_condition_that_is_only_touched() {
    struct Touch {
        ceiling: f64,
        power: i32,
    }
    impl EventModel for Touch {
        fn when(&self) -> Vec<When> {
            vec![When::Crosses(Direction::Any)]
        }
        fn condition<S: Scalar>(&self, _event: usize, t: S, u: &[S], _p: &[S]) -> S {
            match self.power {
                1 => u[0] - S::from_f64(self.ceiling),
                // Crosses at t = 1/2, with no slope.
                power => (t - S::from_f64(0.5)).powi(power),
            }
        }
        fn effect<S: Scalar>(&self, _event: usize, _t: S, u: &mut [S], p: &[S]) {
            u[1] = -p[1] * u[1] - S::one();
        }
    }
    // 4²/(2·8) = 1 is the top.
    let problem = OdeProblem::new(Ball, [0.0, 4.0], [8.0, 0.8], (0.0, 0.9)).unwrap();
    let run = |touch: Touch, rtol: f64| {
        let options = Options { rtol, atol: rtol, ..tight(Save::Last) };
        let adjoint = DiscreteAdjoint::default();
        adjoint.gradient_with_events(&problem, Tsit5, &options, &Speeds, &touch)
    };
    for rtol in [1e-6, 1e-12] {
        for touch in [
            Touch { ceiling: 0.5, power: 3 },
            Touch { ceiling: 1.0 - 4e-16, power: 1 },
            Touch { ceiling: 1.0 - 1e-15, power: 1 },
        ] {
            let error = run(touch, rtol).unwrap_err();
            let ErrorKind::GrazingEvent { event: 0, t, rate } = *error.kind() else {
                panic!("{error}")
            };
            assert!((t - 0.5).abs() < 1e-6 && rate.abs() < 1e-6, "{error}");
            assert!(error.to_string().contains("cross"), "{error}");
        }
        // Crossed at a fraction of the speed: that is a crossing.
        let crossing = run(Touch { ceiling: 0.99, power: 1 }, rtol).unwrap();
        assert!(crossing.p.iter().all(|p| p.is_finite()));
    }
}
