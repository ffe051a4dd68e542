//! What roots and times are not: discrete conditions, rest, projections, tables.

use crate::erased::{Erased, erased};
use crate::{Clock, Decay, Oscillator, close, tight};
use ode_core::{
    Algorithm, Discrete, ErrorKind, Events, Manifold, OdeProblem, Options, Projection, Root, Save,
    Saving, Scheduled, SteadyState, Tsit5, Vern7, solve, solve_with,
};
use scalar::Scalar;

#[test]
fn a_discrete_condition_is_asked_after_every_step() {
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 20.0)).unwrap();
    let plain = solve(&problem, Tsit5, &Options::default()).unwrap();
    let mut asked = Vec::new();
    let ask = Discrete::new("ask", |t, u, _p| {
        asked.push((t, u[0]));
        false
    });
    let mut events = Events::new().with(ask);
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    drop(events);
    assert!(solution.events().is_empty());
    assert_eq!(solution.times(), plain.times());
    assert_eq!(solution.stats(), plain.stats(), "asking costs no evaluation");
    let steps: Vec<_> = plain.iter().skip(1).map(|(t, u)| (t, u[0])).collect();
    assert_eq!(asked, steps);
}

#[test]
fn a_discrete_condition_acts() {
    // Renormalise whenever the state is large: the growth rate is what the logarithms add up to.
    let mut log = 0.0;
    let norm = Discrete::new("norm", |_t, u, _p| u[0] > 10.0).effect(|at| {
        log += at.u[0].ln();
        at.u[0] = 1.0;
    });
    let problem = erased(Decay, [1.0], [-3.0], (0.0, 100.0)).unwrap();
    let mut events = Events::new().with(norm);
    let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
    drop(events);
    close((log + solution.last()[0].ln()) / 100.0, 3.0, 1e-10);
}

#[test]
fn rest_ends_a_solve_and_only_rest() {
    let problem = erased(Decay, [1.0], [1.0], (0.0, 1e5)).unwrap();
    // |du| = e^-t falls below 1e-6 after ln 1e6 = 13.8.
    let rest = SteadyState::new("rest").rtol(0.0).atol(1e-6);
    let mut events = Events::new().with(rest);
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    let end = solution.ended_by().unwrap();
    assert!(end.t > 13.8 && end.t < 25.0, "{}", end.t);
    // Relative to the state a decay never rests.
    let rest = SteadyState::new("rest").rtol(0.5).atol(0.0);
    let mut events = Events::new().with(rest);
    let problem = problem.with_tspan((0.0, 100.0)).unwrap();
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    assert!(solution.ended_by().is_none());
    // Nor does an oscillator at a turning point, where only one component stands still.
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 50.0)).unwrap();
    let mut events = Events::new().with(SteadyState::new("rest").atol(0.7));
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    assert!(solution.ended_by().is_none());
}

system::system! {
    /// The two-body problem.
    struct Kepler;
    state { x, y, vx, vy }
    params {}
    rhs(_t) {
        let r3 = (x * x + y * y).powf(1.5);
        d(x) = vx;
        d(y) = vy;
        d(vx) = -x / r3;
        d(vy) = -y / r3;
    }
}

/// Energy and angular momentum of an orbit.
struct Invariants {
    energy: f64,
    momentum: f64,
}

impl Manifold for Invariants {
    fn equations(&self) -> usize {
        2
    }
    fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
        let r = (u[0] * u[0] + u[1] * u[1]).sqrt();
        let kinetic = (u[2] * u[2] + u[3] * u[3]).scale(0.5);
        residual[0] = kinetic - S::one() / r - S::from_f64(self.energy);
        residual[1] = u[0] * u[3] - u[1] * u[2] - S::from_f64(self.momentum);
    }
}

fn drift(u: &[f64], invariants: &Invariants) -> f64 {
    let mut residual = [0.0; 2];
    invariants.residual(0.0, u, &[], &mut residual);
    residual[0].abs().max(residual[1].abs())
}

#[test]
fn a_projection_keeps_two_invariants_by_either_gradient() {
    let e = 0.6f64;
    let u0 = [1.0 - e, 0.0, 0.0, ((1.0 + e) / (1.0 - e)).sqrt()];
    let invariants = || Invariants { energy: -0.5, momentum: (1.0 - e * e).sqrt() };
    let problem = erased(Kepler, u0, [], (0.0, 100.0)).unwrap();
    let options = Options { rtol: 1e-5, atol: 1e-7, save: Save::Steps, ..Options::default() };
    let worst = |solution: &ode_core::Solution| {
        solution.iter().map(|(_, u)| drift(u, &invariants())).fold(0.0, f64::max)
    };
    let plain = solve(&problem, Tsit5, &options).unwrap();
    assert!(worst(&plain) > 1e-4, "{:e}", worst(&plain));

    let mut by_duals = Events::new().with(Projection::new("orbit", invariants()));
    let by_duals = solve_with(&problem, Tsit5, &options, &mut by_duals).unwrap();
    assert!(worst(&by_duals) < 1e-11, "{:e}", worst(&by_duals));

    let (energy, momentum) = (-0.5, (1.0 - e * e).sqrt());
    let by_hand = Projection::with_gradients("orbit", 2, move |_t, u, _p, g, jacobian| {
        let r = f64::hypot(u[0], u[1]);
        g[0] = 0.5 * (u[2] * u[2] + u[3] * u[3]) - 1.0 / r - energy;
        g[1] = u[0] * u[3] - u[1] * u[2] - momentum;
        let r3 = r * r * r;
        jacobian.copy_from_slice(&[u[0] / r3, u[1] / r3, u[2], u[3], u[3], -u[2], -u[1], u[0]]);
    });
    let mut by_hand = Events::new().with(by_hand);
    let by_hand = solve_with(&problem, Tsit5, &options, &mut by_hand).unwrap();
    assert!(worst(&by_hand) < 1e-11);
    for (a, b) in by_hand.last().iter().zip(by_duals.last()) {
        close(*a, *b, 1e-6);
    }

    // The step sizes go on as they were, and the answer is better for it.
    assert!(by_duals.stats().accepted < 2 * plain.stats().accepted);
    let exact = solve(&problem, Vern7, &tight(Save::Last)).unwrap();
    let error =
        |u: &[f64]| u.iter().zip(exact.last()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error(by_duals.last()) < 0.5 * error(plain.last()));
}

#[test]
fn a_projection_goes_the_shortest_way() {
    // Onto the line x + 2 y = 5 from wherever the step of a system at rest ends: the foot point.
    system::system! {
        struct Rest;
        state { x, y, z }
        params {}
        rhs(_t) { d(x) = 0.0; d(y) = 0.0; d(z) = 0.0; }
    }
    struct Plane;
    impl Manifold for Plane {
        fn equations(&self) -> usize {
            1
        }
        fn residual<S: Scalar>(&self, t: S, u: &[S], p: &[S], residual: &mut [S]) {
            residual[0] = u[0] + u[1].scale(2.0) - p[0] + t.scale(0.0);
        }
    }
    let rest =
        system::FromFn::new(3, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du.fill(0.0));
    let problem = erased(rest, [1.0, -1.0, 7.0], [5.0], (0.0, 1.0)).unwrap();
    let mut events = Events::new().with(Projection::new("plane", Plane));
    let solution = solve_with(&problem, Tsit5, &tight(Save::Last), &mut events).unwrap();
    for (found, exact) in solution.last().iter().zip([2.2, 1.4, 7.0]) {
        close(*found, exact, 1e-14);
    }
    let _ = Rest;
}

#[test]
fn a_root_is_located_next_to_a_projection() {
    // A pendulum of length 1 in the plane, its constraint kept by projection; a bounce at x = 0.
    struct Circle;
    impl Manifold for Circle {
        fn equations(&self) -> usize {
            1
        }
        fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
            residual[0] = u[0] * u[0] + u[1] * u[1] - S::one();
        }
    }
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 40.0)).unwrap();
    let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] = -at.u[1]);
    let mut events = Events::new().with(bounce).with(Projection::new("circle", Circle));
    let options = Options { rtol: 1e-6, atol: 1e-8, ..Options::default() };
    let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
    // |cos t|: at π/2 + k π.
    assert_eq!(solution.events().len(), 13);
    for (k, event) in solution.events().iter().enumerate() {
        close(event.t, std::f64::consts::PI * (k as f64 + 0.5), 1e-4);
    }
    assert!(solution.iter().all(|(_, u)| (u[0] * u[0] + u[1] * u[1] - 1.0).abs() < 1e-4));
}

#[test]
fn a_projection_that_cannot_be_satisfied() {
    struct Nowhere;
    impl Manifold for Nowhere {
        fn equations(&self) -> usize {
            1
        }
        fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
            residual[0] = u[0] * u[0] + S::one();
        }
    }
    struct Twice;
    impl Manifold for Twice {
        fn equations(&self) -> usize {
            2
        }
        fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
            residual.fill(u[0] - S::from_f64(2.0));
        }
    }
    struct NotANumber;
    impl Manifold for NotANumber {
        fn equations(&self) -> usize {
            1
        }
        fn residual<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], residual: &mut [S]) {
            residual[0] = (u[0] - S::from_f64(100.0)).ln();
        }
    }
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 10.0)).unwrap();
    let failing = [
        Projection::new("nowhere", Nowhere),
        Projection::new("nowhere", Twice),
        Projection::new("nowhere", NotANumber),
    ];
    for projection in failing {
        let mut events = Events::new().with(projection);
        let error = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Projection { event, .. } if event == "nowhere"),
            "{error}"
        );
        assert_eq!(error.partial().times(), [0.0]);
    }
    struct Many(usize);
    impl Manifold for Many {
        fn equations(&self) -> usize {
            self.0
        }
        fn residual<S: Scalar>(&self, _t: S, _u: &[S], _p: &[S], residual: &mut [S]) {
            residual.fill(S::zero());
        }
    }
    for count in [0, 3] {
        let mut events = Events::new().with(Projection::new("many", Many(count)));
        let error = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::EventSetting { setting: "equations", .. }));
    }
}

#[test]
fn tables_hold_every_step_and_both_sides_of_an_event() {
    fn check<A: Algorithm<Erased<'static, f64>, [f64; 1]> + Copy>(method: A) {
        let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
        let both = |name: &str| {
            Saving::new(name, ["twice", "time"], |t, u: &[f64], _p: &[f64], row: &mut [f64]| {
                row[0] = 2.0 * u[0];
                row[1] = t;
            })
        };
        let jump = Scheduled::new("jump", [1.0]).effect(|at| at.u[0] += 10.0);
        let at = both("at").at([0.0, 0.5, 1.0, 1.5, 2.0]);
        let mut events = Events::new().with(both("steps")).with(jump).with(at);
        let solution = solve_with(&problem, method, &tight(Save::Steps), &mut events).unwrap();
        let steps = solution.table("steps").unwrap();
        assert_eq!(steps.times(), solution.times());
        assert_eq!(steps.columns(), ["twice", "time"]);
        for (i, (t, u)) in solution.iter().enumerate() {
            assert_eq!(steps.row(i), [2.0 * u[0], t]);
        }
        let at = solution.table("at").unwrap();
        assert_eq!(at.times(), [0.0, 0.5, 1.0, 1.5, 2.0]);
        for (found, exact) in at.column(0).iter().zip([0.0, 1.0, 22.0, 23.0, 24.0]) {
            close(*found, exact, 1e-13);
        }
        assert!(solution.table("other").is_none());
        assert!(at.row(5).is_empty() && at.column(2).is_empty());
        assert_eq!((at.len(), at.is_empty(), at.name()), (5, false, "at"));
    }
    check(Tsit5);
    check(Vern7);
}

#[test]
fn a_state_is_not_at_rest_before_what_is_planned() {
    // Nothing is there until the dose at 5; then it decays.
    let problem = OdeProblem::new(Decay, [0.0], [1.0], (0.0, 1e3)).unwrap();
    for first in [true, false] {
        let dose = Scheduled::new("dose", [5.0]).effect(|at| at.u[0] += 1.0);
        let rest = SteadyState::new("rest").rtol(0.0).atol(1e-6);
        let mut events = match first {
            true => Events::new().with(rest).with(dose),
            false => Events::new().with(dose).with(rest),
        };
        let solution = solve_with(&problem, Vern7, &tight(Save::Dense), &mut events).unwrap();
        let end = solution.ended_by().unwrap();
        assert_eq!(end.name, "rest");
        assert!(end.t > 5.0 + 6.0 * 10f64.ln() && end.t < 50.0, "{}", end.t);
    }
    // A declared discontinuity may start anything too.
    let rhs = system::FromFn::new(1, |t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| {
        du[0] = if t < 5.0 { 0.0 } else { 1.0 - u[0] };
    });
    let problem = OdeProblem::new(rhs, [0.0], [], (0.0, 1e3)).unwrap();
    let options = Options { stops: vec![5.0], ..tight(Save::Dense) };
    let mut events = Events::new().with(SteadyState::new("rest"));
    let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
    close(solution.last()[0], 1.0, 1e-5);
    // What only notes a time moves nothing.
    let problem = OdeProblem::new(Decay, [0.0], [1.0], (0.0, 1e3)).unwrap();
    let note = Scheduled::new("note", [500.0]);
    let mut events = Events::new().with(note).with(SteadyState::new("rest"));
    let solution = solve_with(&problem, Vern7, &tight(Save::Dense), &mut events).unwrap();
    assert!(solution.ended_by().unwrap().t < 500.0);
}
