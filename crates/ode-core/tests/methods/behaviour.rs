//! What a solve does, as opposed to how accurate it is: direction, saving, stops, sizes, output.

use crate::erased::{Problem, erased};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use core::fmt::Debug;
use ode_core::{Dp5, Integrator, Options, Progress, Save, Solution, StepSize, Tsit5, Vern7, solve};
use system::System;
use testset::models::{LinearDampedOscillator, LinearDecayForced, LotkaVolterra};

fn lotka_volterra(tspan: (f64, f64)) -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], tspan).unwrap()
}

fn tight() -> Options {
    Options { rtol: 1e-10, atol: 1e-12, max_steps: 1_000_000, ..Options::default() }
}

fn near(u: &[f64], v: &[f64], tolerance: f64) -> bool {
    u.len() == v.len() && u.iter().zip(v).all(|(a, b)| (a - b).abs() <= tolerance)
}

adaptive_test!(forth_and_back_returns, |method| {
    let forth = solve(&lotka_volterra((0.0, 10.0)), method, &tight()).unwrap();
    let end: [f64; 2] = forth.last().try_into().unwrap();
    let problem = erased(LotkaVolterra, end, [1.5, 1.0, 3.0, 1.0], (10.0, 0.0)).unwrap();
    let back = solve(&problem, method, &tight()).unwrap();
    assert!(near(back.last(), &[1.0, 1.0], 1e-7), "{method:?}: {back}");
    assert!(back.times().is_sorted_by(|a, b| a > b));
    assert_eq!((back.times()[0], *back.times().last().unwrap()), (10.0, 0.0));
    assert!(near(&back.at(3.3).unwrap(), &forth.at(3.3).unwrap(), 1e-6));
});

adaptive_test!(saved_states_are_those_of_the_dense_solution, |method| {
    for tspan in [(0.0, 10.0), (10.0, 0.0)] {
        let problem = lotka_volterra(tspan);
        let dense = solve(&problem, method, &Options::default()).unwrap();
        // On both ends, on a step end, beside it, in the middle of steps.
        let on_a_step = dense.times()[5];
        let mut times = vec![0.0, 0.1, 3.7, 9.99, 10.0];
        times.extend([on_a_step.next_down(), on_a_step, on_a_step.next_up()]);
        times.sort_by(f64::total_cmp);
        if tspan.1 < tspan.0 {
            times.reverse();
        }
        let options = Options { save: Save::At(times.clone()), ..Options::default() };
        let saved = solve(&problem, method, &options).unwrap();
        assert_eq!(saved.times(), times);
        for (t, u) in saved.iter() {
            assert_eq!(u, dense.at(t).unwrap(), "{method:?} at {t}");
        }
        assert_eq!(saved.state(0), [1.0, 1.0]);
        assert_eq!(saved.last(), dense.last());
        assert_eq!(saved.stats().accepted, dense.stats().accepted);
    }
});

#[test]
fn every_way_of_saving_sees_the_same_solution() {
    let problem = lotka_volterra((0.0, 10.0));
    let run = |save| solve(&problem, Tsit5, &Options { save, ..Options::default() }).unwrap();
    let (dense, steps, last) = (run(Save::Dense), run(Save::Steps), run(Save::Last));
    assert!(dense.iter().eq(steps.iter()));
    assert_eq!((last.len(), last.times(), last.last()), (1, &[10.0][..], dense.last()));
    assert_eq!(dense.stats(), steps.stats());
    assert!(run(Save::At(vec![])).is_empty());
    assert_eq!(run(Save::At(vec![0.0])).state(0), [1.0, 1.0]);
    assert_eq!(run(Save::At(vec![10.0])).last(), dense.last());
}

adaptive_test!(stops_are_hit_exactly, |method| {
    // In any order, repeated, on the ends, outside.
    let stops = vec![7.0, 0.1, 3.3, 0.1, 0.30000000000000004, 0.0, 10.0, -1.0, 11.0];
    let inside = [0.1, 0.30000000000000004, 3.3, 7.0];
    for tspan in [(0.0, 10.0), (10.0, 0.0)] {
        let problem = lotka_volterra(tspan);
        let options = Options { stops: stops.clone(), ..Options::default() };
        let mut integrator = Integrator::new(&problem, method, &options).unwrap();
        let mut stopped = Vec::new();
        loop {
            match integrator.step().unwrap() {
                Progress::Running => assert!(!inside.contains(&integrator.t())),
                Progress::Stopped => stopped.push(integrator.t()),
                Progress::Finished => break,
            }
        }
        if tspan.1 < tspan.0 {
            stopped.reverse();
        }
        assert_eq!(stopped, inside, "{method:?}");
        assert_eq!(integrator.t(), tspan.1);
        assert_eq!(integrator.step().unwrap(), Progress::Finished);
    }
});

system::system! {
    /// `u' = ±1`: one before the jump, minus one from it on (`<`).
    struct Before;
    state { u }
    params { jump }
    rhs(t) {
        d(u) = t.select_lt(jump, 1.0, -1.0);
    }
}

system::system! {
    /// The other convention: the jump itself still belongs to the time before it (`<=`).
    struct UpTo;
    state { u }
    params { jump }
    rhs(t) {
        d(u) = jump.select_lt(t, -1.0, 1.0);
    }
}

/// Integrates over a jump, and compares with `1 + t` up to it and `1 + 2 jump - t` from it on.
fn over_a_jump<F: System>(method: Method, system: F, jump: f64, tspan: (f64, f64)) {
    let exact = |t: f64| 1.0 + if t < jump { t } else { 2.0 * jump - t };
    let problem = erased(system, [exact(tspan.0)], [jump], tspan).unwrap();
    let options = Options { stops: vec![jump], ..Options::default() };
    let solution = solve(&problem, method, &options).unwrap();
    for i in 0..=100 {
        let t = tspan.0 + (tspan.1 - tspan.0) * f64::from(i) / 100.0;
        let error = (solution.at(t).unwrap()[0] - exact(t)).abs();
        assert!(error < 1e-12, "{method:?}, jump at {jump} in {tspan:?}: {error:e} at {t}");
    }
    let stats = solution.stats();
    assert!(stats.rejected == 0 && stats.accepted < 20, "{method:?}, {jump}, {tspan:?}: {stats}");
}

adaptive_test!(a_jump_at_a_stop_costs_nothing, |method| {
    for jump in [0.3, 1.0, 0.1 + 0.2, 0.0, -0.5] {
        for tspan in [(jump - 1.0, jump + 1.0), (jump + 1.0, jump - 1.0)] {
            over_a_jump(method, Before, jump, tspan);
            over_a_jump(method, UpTo, jump, tspan);
        }
    }
    // On the ends of the span: only one side is ever seen.
    for tspan in [(1.0, 2.0), (2.0, 1.0), (0.0, 1.0), (1.0, 0.0)] {
        over_a_jump(method, Before, 1.0, tspan);
        over_a_jump(method, UpTo, 1.0, tspan);
    }
});

adaptive_test!(a_jump_without_a_stop_is_found_by_error_control, |method| {
    let problem = erased(Before, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let solution = solve(&problem, method, &Options::default()).unwrap();
    // Found, but not resolved to the tolerance: an estimate misses what falls between stages of
    // little weight (Vern8: 2.7e-3). That is what declared stops are for.
    assert!((solution.last()[0]).abs() < 5e-3, "{method:?}: {solution}");
    assert!(solution.stats().rejected > 3);
});

adaptive_test!(a_stop_that_is_also_a_save_time, |method| {
    let problem = erased(UpTo, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let save = Save::At(vec![0.5, 1.0, 1.0f64.next_up(), 1.5]);
    let options = Options { stops: vec![1.0], save, ..Options::default() };
    let solution = solve(&problem, method, &options).unwrap();
    assert_eq!(solution.times(), [0.5, 1.0, 1.0f64.next_up(), 1.5]);
    assert!(near(&solution.component(0), &[0.5, 1.0, 1.0, 0.5], 1e-12), "{method:?}");
});

struct Sizes;

impl Visitor for Sizes {
    fn visit(&mut self, method: Method, _: Claim) {
        let sizes = |options: &Options| {
            let solution = solve(&lotka_volterra((0.0, 2.0)), method, options).unwrap();
            solution.times().windows(2).map(|t| t[1] - t[0]).collect::<Vec<_>>()
        };
        // 2 / 0.3 is no integer: the last step is shorter.
        let fixed = Options { step: StepSize::Fixed(0.3), ..Options::default() };
        let taken = sizes(&fixed);
        assert!(near(&taken, &[0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.2], 1e-12), "{method:?} {taken:?}");
        // After a stop it goes on with the full size.
        let taken = sizes(&Options { stops: vec![0.4], ..fixed.clone() });
        assert!(near(&taken[..4], &[0.3, 0.1, 0.3, 0.3], 1e-12), "{method:?} {taken:?}");
        let taken = sizes(&Options { dt_max: 0.25, ..fixed });
        assert!(near(&taken, &[0.25; 8], 1e-12), "{method:?} {taken:?}");
        if !method.is_adaptive() {
            return;
        }
        let first = 0.0123;
        let taken = sizes(&Options { step: StepSize::Initial(first), ..Options::default() });
        assert!((taken[0] - first).abs() < 1e-15 && taken[1] != taken[0], "{method:?} {taken:?}");
        let taken = sizes(&Options { dt_max: 0.02, rtol: 1e-3, ..Options::default() });
        assert!(taken.iter().all(|dt| *dt <= 0.02 * (1.0 + 1e-5)), "{method:?} {taken:?}");
        assert_eq!(taken.len(), 100);
    }
}

#[test]
fn sizes_are_respected() {
    every(&mut Sizes);
}

struct Continuous;

impl Visitor for Continuous {
    fn visit(&mut self, method: Method, _: Claim) {
        for tspan in [(0.0, 4.0), (4.0, 0.0)] {
            let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
            let solution = solve(&lotka_volterra(tspan), method, &options).unwrap();
            for (t, u) in solution.iter() {
                assert_eq!(solution.at(t).unwrap(), u);
                for beside in [t.next_down(), t.next_up()] {
                    if let Ok(v) = solution.at(beside) {
                        assert!(near(u, &v, 1e-11), "{method:?} jumps at {t}: {u:?} {v:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn dense_output_is_continuous() {
    every(&mut Continuous);
}

adaptive_test!(spans_of_any_length, |method| {
    let exact = |t| LinearDecayForced::exact(t, [1.0], [2.0])[0];
    let decay = |end| erased(LinearDecayForced, [1.0], [2.0], (0.0, end)).unwrap();
    for end in [1e-12, 1e-6, 1.0, 100.0] {
        let solution = solve(&decay(end), method, &tight()).unwrap();
        assert!((solution.last()[0] - exact(end)).abs() < 1e-9, "{method:?} to {end}: {solution}");
    }
    // To 1e12 with a rate of 1e-12; the first guess of the step is far too short.
    let slow = erased(LinearDampedOscillator, [1.0, 0.0], [1e-12, 0.0], (0.0, 1e12));
    let options = Options { rtol: 1e-9, atol: 1e-21, ..Options::default() };
    let solution = solve(&slow.unwrap(), method, &options).unwrap();
    assert!((solution.last()[0] - 1f64.cos()).abs() < 1e-8, "{method:?}: {solution}");
    assert!(solution.stats().accepted < 3000);
});

adaptive_test!(far_from_time_zero, |method| {
    // The same autonomous problem a billion later: time is resolved to 1e-7 only, but the solution
    // must not suffer.
    let near_zero = solve(&lotka_volterra((0.0, 1.0)), method, &tight()).unwrap();
    for t0 in [1e9, -1e9] {
        let far = solve(&lotka_volterra((t0, t0 + 1.0)), method, &tight()).unwrap();
        assert!(near(far.last(), near_zero.last(), 1e-8), "{method:?}: {far}{near_zero}");
        assert!(far.stats().accepted <= near_zero.stats().accepted + 2);
    }
});

system::system! {
    /// A chain of reactions: the total is constant, and so is `a + 2 b` up to what leaves.
    struct Chain;
    state { a, b, c }
    params { k1, k2, k3 }
    rhs(_t) {
        d(a) = -k1 * a + k3 * b * c;
        d(b) = k1 * a - k3 * b * c - k2 * b * b;
        d(c) = k2 * b * b;
    }
}

struct LinearInvariant;

impl Visitor for LinearInvariant {
    fn visit(&mut self, method: Method, _: Claim) {
        let problem = erased(Chain, [1.0, 0.5, 0.25], [0.5, 2.0, 1.0], (0.0, 10.0));
        let options = Options { step: StepSize::Fixed(0.05), ..Options::default() };
        let solution = solve(&problem.unwrap(), method, &options).unwrap();
        for i in 0..=1000 {
            let total: f64 = solution.at(f64::from(i) / 100.0).unwrap().iter().sum();
            assert!((total - 1.75).abs() < 1e-13, "{method:?}: {total}");
        }
    }
}

#[test]
fn linear_invariants_are_kept() {
    every(&mut LinearInvariant);
}

#[test]
fn a_solution_tells_what_it_holds() {
    let solution = solve(&lotka_volterra((0.0, 10.0)), Dp5, &Options::default()).unwrap();
    let n = solution.len();
    assert_eq!((solution.dim(), solution.is_empty()), (2, false));
    assert_eq!(solution.names(), ["x", "y"]);
    assert_eq!(solution.iter().len(), n);
    assert_eq!(solution.stats().accepted + 1, n);
    for i in [0, 1, n - 1] {
        assert_eq!(solution.state(i), [solution.component(0)[i], solution.component(1)[i]]);
    }
    assert_eq!(solution.last(), solution.state(n - 1));
    assert_eq!(solution.component(0).len(), n);
    for nowhere in [n, usize::MAX] {
        assert!(solution.state(nowhere).is_empty());
    }
    for nowhere in [2, 3, usize::MAX] {
        assert!(solution.component(nowhere).is_empty());
    }
    let text = solution.to_string();
    let stats = solution.stats().to_string();
    for part in ["Dp5", &format!("{n} points"), "from t = 0 to 10", &stats, "x  1.026", "y  0.909"]
    {
        assert!(text.contains(part), "{text} lacks {part}");
    }
    let nothing = Options { save: Save::At(vec![]), ..Options::default() };
    let nothing = solve(&lotka_volterra((0.0, 1.0)), Vern7, &nothing).unwrap();
    assert!(nothing.to_string().contains("nothing saved"));
    assert!(nothing.last().is_empty() && nothing.at(0.5).is_err());
}

#[test]
fn csv_is_read_back_exactly() {
    let round_trip = |solution: &Solution| {
        let csv = solution.to_csv();
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("t,x,y"));
        let mut rows = 0;
        for (line, (t, u)) in lines.zip(solution.iter()) {
            let numbers: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            assert_eq!((numbers[0], &numbers[1..]), (t, u));
            rows += 1;
        }
        assert_eq!(rows, solution.len());
        assert_eq!(csv.lines().count(), rows + 1);
        assert!(csv.ends_with('\n'));
    };
    round_trip(&solve(&lotka_volterra((0.0, 10.0)), Tsit5, &Options::default()).unwrap());
    // Tiny and huge numbers.
    let problem = erased(LotkaVolterra, [1e-300, 1e200], [0.0; 4], (0.0, 1e-12)).unwrap();
    round_trip(&solve(&problem, Tsit5, &Options::default()).unwrap());
}
