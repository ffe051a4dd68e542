//! A solve that is changed, rewound, left and resumed on its way.

use crate::erased::{Erased, Problem, erased};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{Checkpoint, Dp5, ErrorKind, Integrator, Options, Progress, StepSize, Tsit5};
use serde_json::{Value, json};
use system::FromFn;
use testset::models::{LinearDampedOscillator, LotkaVolterra};

const P: [f64; 4] = [1.5, 1.0, 3.0, 1.0];

fn lotka_volterra(tspan: (f64, f64)) -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], P, tspan).unwrap()
}

fn options_for(method: Method) -> Options {
    let adaptive = method.is_adaptive();
    let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.013) };
    Options { step, ..Options::default() }
}

/// Times and states of all further steps.
macro_rules! rest {
    ($integrator:expr) => {{
        let integrator = &mut $integrator;
        let mut points = vec![(integrator.t(), integrator.u().to_vec())];
        while integrator.step().unwrap() != Progress::Finished {
            points.push((integrator.t(), integrator.u().to_vec()));
        }
        points.push((integrator.t(), integrator.u().to_vec()));
        points
    }};
}

struct EditsStartAnew;

impl Visitor for EditsStartAnew {
    fn visit(&mut self, method: Method, _: Claim) {
        for (tspan, jump) in [((0.0, 5.0), false), ((5.0, 0.0), false), ((0.0, 5.0), true)] {
            let mut options = options_for(method);
            if jump {
                options.stops = vec![2.0];
            }
            let problem = lotka_volterra(tspan);
            let mut edited = Integrator::new(&problem, method, &options).unwrap();
            if !jump {
                edited.add_stop(2.0).unwrap();
            }
            while edited.step().unwrap() == Progress::Running {}
            assert_eq!(edited.t(), 2.0);
            let (u, p) = edited.edit();
            u[0] += 0.5;
            p[3] = 1.25;
            let (u, p) = ([u[0], u[1]], p.to_vec());
            assert_eq!((edited.u(), edited.p()), (&u[..], &p[..]));
            let fresh = erased(LotkaVolterra, u, p, (2.0, tspan.1)).unwrap();
            let mut fresh = Integrator::new(&fresh, method, &options).unwrap();
            assert_eq!(rest!(edited), rest!(fresh), "{method:?}");
        }
    }
}

#[test]
fn an_edited_solve_is_a_fresh_one_from_there() {
    every(&mut EditsStartAnew);
}

#[test]
fn each_way_to_edit_restarts() {
    let problem = lotka_volterra((0.0, 5.0));
    let options = Options::default();
    let start = |steps: usize| {
        let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
        for _ in 0..steps {
            integrator.step().unwrap();
        }
        integrator
    };
    let (mut by_u, mut by_p, mut by_both) = (start(7), start(7), start(7));
    let t = by_u.t();
    by_u.u_mut()[1] = 2.0;
    by_p.p_mut();
    by_p.u_mut()[1] = 2.0;
    by_both.edit().0[1] = 2.0;
    // Nothing of the last step is left.
    assert_eq!(by_u.proposed_size(), None);
    for before in [t - 1e-3, t - 1e-9] {
        let error = by_u.interpolate(before, &mut [0.0; 2]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NoStep { t: before });
        assert!(error.to_string().contains("the state was changed"), "{error}");
    }
    assert_eq!(by_u.interpolate_derivative(t, &mut [0.0; 2]), Err(ErrorKind::NoStep { t }.into()));
    // What is left of it is a step of no length, here.
    let last = by_u.last_step();
    assert_eq!([last.t, last.dt, last.t_first, last.t_last], [t, 0.0, t, t]);
    let mut now = [0.0; 2];
    by_u.interpolate(t, &mut now).unwrap();
    assert_eq!((&now[..], now[1]), (by_u.u(), 2.0));
    let wanted = rest!(by_u);
    assert_eq!(rest!(by_p), wanted);
    assert_eq!(rest!(by_both), wanted);
    // An edit before the first step is another initial condition.
    let mut edited = start(0);
    edited.edit().0.copy_from_slice(&[0.5, 0.7]);
    let other = erased(LotkaVolterra, [0.5, 0.7], P, (0.0, 5.0)).unwrap();
    assert_eq!(rest!(edited), rest!(Integrator::new(&other, Tsit5, &options).unwrap()));
    // An edit at the end changes the state and nothing more.
    let mut done = start(0);
    let _ = rest!(done);
    done.u_mut()[0] = 9.0;
    assert_eq!((done.step(), done.u()[0]), (Ok(Progress::Finished), 9.0));
}

#[test]
fn an_edit_to_something_that_is_no_number_is_a_typed_error() {
    for bad in [f64::NAN, f64::INFINITY] {
        let problem = lotka_volterra((0.0, 5.0));
        let options = Options::default();
        let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
        integrator.step().unwrap();
        integrator.u_mut()[0] = bad;
        let error = integrator.step().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NonFinite { .. }), "{error}");
        // Repaired, it goes on.
        integrator.u_mut()[0] = 1.0;
        integrator.step().unwrap();
        // Where the model does not look at the state, the step finds it.
        let rhs = FromFn::new(1, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = 1.0);
        let problem = erased(rhs, [0.0], [], (0.0, 1.0)).unwrap();
        let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
        integrator.u_mut()[0] = bad;
        let error = integrator.step().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NonFinite { .. }), "{error}");
    }
}

struct Rewinds;

impl Visitor for Rewinds {
    fn visit(&mut self, method: Method, (order, _): Claim) {
        for tspan in [(0.0, 10.0), (10.0, 0.0)] {
            let model = LinearDampedOscillator;
            let problem = erased(model, [1.0, 0.0], [2.0, 0.1], tspan);
            let Ok(problem) = problem else { panic!("{:?}", problem.err()) };
            let tight = if order == 1 { 1e-3 } else { 0.013 };
            let adaptive = method.is_adaptive();
            let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(tight) };
            let options = Options { step, max_steps: 1_000_000, ..Options::default() };
            let mut plain = Integrator::new(&problem, method, &options).unwrap();
            let plain = rest!(plain).pop().unwrap().1;
            let mut integrator = Integrator::new(&problem, method, &options).unwrap();
            integrator.add_stop(3.0).unwrap();
            while integrator.step().unwrap() == Progress::Running {}
            // Past the stop, and back before it is not possible: only inside the last step.
            let (a, b) = (integrator.last_step().t, integrator.t());
            let middle = a + 0.4 * (b - a);
            let mut wanted = [0.0; 2];
            integrator.interpolate(middle, &mut wanted).unwrap();
            integrator.rewind(middle).unwrap();
            assert_eq!((integrator.t(), integrator.u()), (middle, &wanted[..]));
            // What lies before can still be interpolated, what lies after is gone.
            integrator.interpolate(a + 0.2 * (b - a), &mut wanted).unwrap();
            assert!(integrator.interpolate(a + 0.5 * (b - a), &mut wanted).is_err());
            // The stop lies ahead again.
            let mut progress = integrator.step().unwrap();
            while progress == Progress::Running {
                progress = integrator.step().unwrap();
            }
            assert_eq!((progress, integrator.t()), (Progress::Stopped, 3.0), "{method:?}");
            while integrator.step().unwrap() != Progress::Finished {}
            // From the end too.
            let (a, b) = (integrator.last_step().t, integrator.t());
            integrator.rewind(a + 0.9 * (b - a)).unwrap();
            while integrator.step().unwrap() != Progress::Finished {}
            let off = integrator.u().iter().zip(&plain).map(|(a, b)| (a - b).abs());
            let allowed = if order == 1 { 1e-2 } else { 2e-4 };
            assert!(off.clone().fold(0.0, f64::max) < allowed, "{method:?}: {off:?}");
        }
    }
}

#[test]
fn a_solve_is_rewound_into_its_last_step() {
    every(&mut Rewinds);
}

#[test]
fn a_rewound_solve_stays_on_its_side_of_a_jump() {
    // The slope jumps at t = 1, and at t = 1 itself it is nonsense.
    let slope = |t: f64| {
        if t < 1.0 {
            1.0
        } else if t > 1.0 {
            -2.0
        } else {
            1e9
        }
    };
    let rhs =
        FromFn::new(1, move |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = slope(t));
    let problem = erased(rhs, [0.0], [], (0.0, 2.0)).unwrap();
    let options = Options { stops: vec![1.0], ..Options::default() };
    let mut integrator = Integrator::new(&problem, Dp5, &options).unwrap();
    while integrator.step().unwrap() == Progress::Running {}
    integrator.step().unwrap();
    assert_eq!(integrator.last_step().t, 1.0);
    integrator.rewind(1.0).unwrap();
    assert!((integrator.u()[0] - 1.0).abs() < 1e-12);
    while integrator.step().unwrap() != Progress::Finished {}
    assert!((integrator.u()[0] + 1.0).abs() < 1e-9, "{:?}", integrator.u());
    assert_eq!(integrator.stats().rejected, 0);
}

#[test]
fn bad_requests_are_refused_and_change_nothing() {
    let problem = lotka_volterra((0.0, 5.0));
    let options = Options { dt_max: 0.5, dt_min: 1e-3, ..Options::default() };
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    let outside = |error: &ode_core::Error| matches!(error.kind(), ErrorKind::OutsideSpan { .. });
    assert_eq!(integrator.rewind(1.0).unwrap_err().kind(), &ErrorKind::NoStep { t: 1.0 });
    for _ in 0..5 {
        integrator.step().unwrap();
    }
    let before = integrator.checkpoint();
    let (a, b) = (integrator.last_step().t, integrator.t());
    for t in [a - 1e-6, b + 1e-6, f64::NAN, f64::INFINITY] {
        assert!(outside(&integrator.rewind(t).unwrap_err()), "{t}");
    }
    for t in [a, 5.1, -1.0, f64::NAN, f64::INFINITY] {
        let error = integrator.add_stop(t).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Times { what: "stop", .. }), "{error}");
    }
    for size in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = integrator.propose_size(size).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Option { name: "size", .. }), "{error}");
    }
    integrator.add_stop(b).unwrap(); // here already
    assert_eq!(integrator.checkpoint(), before);
    // Sizes are kept within the limits.
    for (asked, kept) in [(9.0, 0.5), (1e-9, 1e-3), (0.02, 0.02)] {
        integrator.propose_size(asked).unwrap();
        assert_eq!(integrator.proposed_size(), Some(kept));
    }
    integrator.step().unwrap();
    assert!((integrator.t() - b - 0.02).abs() < 1e-12);
}

struct Resumes;

impl Visitor for Resumes {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = lotka_volterra((0.0, 5.0));
        let options = Options { stops: vec![1.0], ..options_for(method) };
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        integrator.add_stop(2.5).unwrap();
        let mut checkpoints = vec![("at the start", integrator.checkpoint())];
        for _ in 0..3 {
            integrator.step().unwrap();
        }
        checkpoints.push(("between steps", integrator.checkpoint()));
        while integrator.step().unwrap() == Progress::Running {}
        checkpoints.push(("at a jump", integrator.checkpoint()));
        integrator.step().unwrap();
        checkpoints.push(("after a jump", integrator.checkpoint()));
        while integrator.step().unwrap() == Progress::Running {}
        checkpoints.push(("at a stop", integrator.checkpoint()));
        integrator.u_mut()[0] *= 1.1;
        checkpoints.push(("after an edit", integrator.checkpoint()));
        integrator.step().unwrap();
        let (a, b) = (integrator.last_step().t, integrator.t());
        integrator.rewind(a + 0.5 * (b - a)).unwrap();
        checkpoints.push(("after a rewind", integrator.checkpoint()));
        integrator.step().unwrap();
        integrator.p_mut()[0] = 1.4;
        integrator.propose_size(0.01).unwrap();
        integrator.add_stop(4.0).unwrap();
        checkpoints.push(("after all of them", integrator.checkpoint()));
        let _ = rest!(integrator);
        checkpoints.push(("at the end", integrator.checkpoint()));
        for (what, checkpoint) in checkpoints {
            let resume = || Integrator::resume(&problem, method, &options, &checkpoint).unwrap();
            let again = resume().checkpoint();
            assert_eq!(
                (again.t(), again.u(), again.p()),
                (checkpoint.t(), checkpoint.u(), checkpoint.p())
            );
            let text = serde_json::to_string(&checkpoint).unwrap();
            let read: Checkpoint = serde_json::from_str(&text).unwrap();
            assert_eq!(read, checkpoint);
            let mut from_file = Integrator::resume(&problem, method, &options, &read).unwrap();
            let (points, others) = (rest!(resume()), rest!(from_file));
            assert_eq!(points, others, "{method:?}, {what}");
            assert_eq!(points.last().unwrap().0, 5.0);
        }
    }
}

#[test]
fn checkpoints_of_every_kind_go_on() {
    every(&mut Resumes);
}

/// The solve that goes on and the one that is resumed take the same steps.
struct SameSteps;

impl Visitor for SameSteps {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = lotka_volterra((0.0, 5.0));
        let options = Options { stops: vec![1.0], ..options_for(method) };
        let run = |change: fn(&mut Integrator<'_, Erased<'_, f64>, Method, [f64; 2]>)| {
            let mut left = Integrator::new(&problem, method, &options).unwrap();
            change(&mut left);
            let checkpoint = left.checkpoint();
            let mut on = Integrator::resume(&problem, method, &options, &checkpoint).unwrap();
            assert_eq!(rest!(left), rest!(on), "{method:?} at {}", checkpoint.t());
        };
        run(|_| {});
        run(|i| (0..5).for_each(|_| drop(i.step())));
        run(|i| while i.step().unwrap() == Progress::Running {});
        run(|i| {
            (0..9).for_each(|_| drop(i.step()));
            i.edit().0[1] += 0.1;
        });
        run(|i| {
            (0..9).for_each(|_| drop(i.step()));
            let (a, b) = (i.last_step().t, i.t());
            i.rewind(0.5 * (a + b)).unwrap();
        });
        run(|i| {
            (0..9).for_each(|_| drop(i.step()));
            i.add_stop(3.3).unwrap();
            i.propose_size(0.05).unwrap();
        });
    }
}

#[test]
fn resumed_steps_have_the_bits_of_the_solve_that_was_left() {
    every(&mut SameSteps);
}

#[test]
fn a_solve_that_ran_out_of_its_budget_is_resumed_with_more() {
    let problem = lotka_volterra((0.0, 5.0));
    let plain = Options::default();
    let wanted = rest!(Integrator::new(&problem, Tsit5, &plain).unwrap());
    for max_steps in [1, 2, 7, 20] {
        let short = Options { max_steps, ..plain.clone() };
        let mut left = Integrator::new(&problem, Tsit5, &short).unwrap();
        let error = loop {
            if let Err(error) = left.step() {
                break error;
            }
        };
        assert!(matches!(error.kind(), ErrorKind::MaxSteps { .. }), "{error}");
        let checkpoint = left.checkpoint();
        let mut on = Integrator::resume(&problem, Tsit5, &plain, &checkpoint).unwrap();
        let rest = rest!(on);
        assert_eq!(rest, wanted[wanted.len() - rest.len()..], "after {max_steps} steps");
    }
}

#[test]
fn checkpoints_of_something_else_are_refused() {
    let (problem, options) = (lotka_volterra((0.0, 5.0)), Options::default());
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    for _ in 0..4 {
        integrator.step().unwrap();
    }
    let checkpoint = integrator.checkpoint();
    let error = Integrator::resume(&problem, Dp5, &options, &checkpoint).err().unwrap();
    let kind = ErrorKind::Checkpoint { made_by: "Tsit5".into(), method: "Dp5" };
    assert_eq!(error.kind(), &kind);
    assert!(error.to_string().contains("Tsit5"), "{error}");
    let rhs = FromFn::new(3, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du.fill(0.0));
    let larger = erased(rhs, [0.0; 3], [], (0.0, 5.0)).unwrap();
    let error = Integrator::resume(&larger, Tsit5, &options, &checkpoint).err().unwrap();
    let kind = ErrorKind::Dimension { what: "checkpoint.u", expected: 3, found: 2 };
    assert_eq!(error.kind(), &kind);
    let rhs = FromFn::new(2, |_t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du.fill(0.0));
    let fewer = erased(rhs, [0.0; 2], [1.0], (0.0, 5.0)).unwrap();
    let error = Integrator::resume(&fewer, Tsit5, &options, &checkpoint).err().unwrap();
    let kind = ErrorKind::Dimension { what: "checkpoint.p", expected: 1, found: 4 };
    assert_eq!(error.kind(), &kind);
    for tspan in [(0.0, 6.0), (5.0, 0.0), (4.5, 5.0), (0.0, 0.1)] {
        let other = lotka_volterra(tspan);
        let error = Integrator::resume(&other, Tsit5, &options, &checkpoint).err().unwrap();
        let kind = error.kind();
        let typed = matches!(kind, ErrorKind::Stored { .. } | ErrorKind::Times { .. });
        assert!(typed, "{tspan:?}: {error}");
    }
}

/// No edit of the file makes a panic or an endless loop.
#[test]
fn damaged_checkpoints_are_refused() {
    let problem = lotka_volterra((0.0, 5.0));
    let options = Options { stops: vec![2.0], max_steps: 1000, ..Options::default() };
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    for _ in 0..4 {
        integrator.step().unwrap();
    }
    let good = serde_json::to_value(integrator.checkpoint()).unwrap();
    type Damage = fn(&mut Value);
    let cases: &[(&str, Damage)] = &[
        ("a stop twice", |v| {
            let stop = v["stops"]["stops"][0].clone();
            v["stops"]["stops"].as_array_mut().unwrap().push(stop);
        }),
        ("another end", |v| v["stops"]["end"]["t"] = json!(4.0)),
        ("a stop after the end", |v| v["stops"]["stops"][0]["t"] = json!(7.0)),
        ("a stop before the start", |v| v["stops"]["stops"][0]["t"] = json!(-7.0)),
        ("backwards", |v| v["stops"]["direction"] = json!(-1.0)),
        ("no direction", |v| v["stops"]["direction"] = json!(0.0)),
        ("a size of zero", |v| v["size"] = json!(0.0)),
        ("a negative size", |v| v["size"] = json!(-0.1)),
        ("another start", |v| v["t_first"] = json!(1e300)),
        ("a time outside", |v| v["t"] = json!(9.0)),
        ("too many steps", |v| v["stats"]["accepted"] = json!(u64::MAX)),
        ("a state less", |v| drop(v["u"].as_array_mut().unwrap().pop())),
        ("a parameter more", |v| v["p"].as_array_mut().unwrap().push(json!(1.0))),
        ("too much memory", |v| v["memory"] = json!([1.0, 2.0])),
    ];
    for (what, damage) in cases {
        let mut value = good.clone();
        damage(&mut value);
        let Ok(read) = serde_json::from_value::<Checkpoint>(value) else { continue };
        let resumed = Integrator::resume(&problem, Tsit5, &options, &read);
        assert!(resumed.is_err(), "{what}: accepted");
    }
    // What follows from the rest is not believed.
    for next in [0, 1, 17, usize::MAX] {
        let mut value = good.clone();
        value["stops"]["next"] = json!(next);
        value["stops"]["ahead"]["t"] = json!(-3.0);
        let read: Checkpoint = serde_json::from_value(value).unwrap();
        let mut on = Integrator::resume(&problem, Tsit5, &options, &read).unwrap();
        assert_eq!(rest!(on).last().unwrap().0, 5.0);
    }
}
