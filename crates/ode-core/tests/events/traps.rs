//! Where event detection goes wrong.

use crate::erased::erased;
use crate::{Ball, Clock, Decay, Oscillator, close, tight};
use ode_core::{
    Discrete, ErrorKind, Events, Options, Root, Save, Scheduled, StepSize, Tsit5, Vern7, solve_with,
};
use std::f64::consts::PI;

/// One step over the whole span.
fn one_step(dt: f64) -> Options {
    Options { step: StepSize::Fixed(dt), ..Options::default() }
}

#[test]
fn an_event_within_an_ulp_of_a_save_point() {
    // u = t, so the event is at `level` up to an ulp; the level itself and its neighbours are saved.
    for level in [0.3, 0.7, 1.0, 1.1, 1.9] {
        let times = vec![f64::next_down(level), level, f64::next_up(level)];
        let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
        let jump = Root::new("jump", |_t, u, _p| u[0] - level).effect(|at| at.u[0] += 10.0);
        let mut events = Events::new().with(jump);
        let options = tight(Save::At(times.clone()));
        let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
        assert_eq!(solution.times(), times);
        assert_eq!(solution.events().len(), 1, "{level}");
        let event = solution.events()[0].t;
        close(event, level, 1e-14);
        for (t, u) in solution.iter() {
            close(u[0], if t >= event { t + 10.0 } else { t }, 1e-14);
        }
    }
}

#[test]
fn an_event_within_an_ulp_of_a_scheduled_time() {
    for level in [0.3, 0.7, 1.0, 1.1, 1.9] {
        for time in [f64::next_down(level), level, f64::next_up(level)] {
            let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
            let jump = Root::new("jump", |t, _u, _p| t - level).effect(|at| at.u[0] += 10.0);
            let dose = Scheduled::new("dose", [time]).effect(|at| at.u[0] += 100.0);
            let mut events = Events::new().with(jump).with(dose);
            let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
            close(solution.last()[0], 112.0, 1e-13);
            assert_eq!(solution.events().len(), 2);
        }
    }
}

#[test]
fn two_events_in_one_step() {
    // A fixed step of 1 over sin-like curves: crossings at 0.25 and 0.75 of the same condition.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 3.0)).unwrap();
    let pair = || Root::new("pair", |_t, u: &[f64], _p| (u[0] - 0.25) * (u[0] - 0.75));
    for acts in [false, true] {
        let pair = if acts { pair().effect(|_| {}) } else { pair() };
        let other = Root::new("other", |_t, u, _p| u[0] - 0.5);
        let mut events = Events::new().with(other).with(pair);
        let solution = solve_with(&problem, Tsit5, &one_step(1.0), &mut events).unwrap();
        let found: Vec<_> = solution.events().iter().map(|e| (e.name.as_str(), e.t)).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        for ((name, t), (exact_name, exact)) in
            found.into_iter().zip([("pair", 0.25), ("other", 0.5), ("pair", 0.75)])
        {
            assert_eq!(name, exact_name);
            close(t, exact, 1e-14);
        }
        if !acts {
            assert_eq!(solution.times(), [0.0, 1.0, 2.0, 3.0], "notes leave the steps alone");
        }
    }
}

#[test]
fn simultaneous_events_act_in_the_order_of_the_set() {
    // Three times the same moment, each formulated differently, and a dose at the same time.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
        let mut events = Events::new();
        for which in order {
            type Condition = fn(f64, &[f64], &[f64]) -> f64;
            let conditions: [Condition; 3] =
                [|t, _, _| t - 1.1, |t, _, _| (1.1 / t).ln(), |t, _, _| (t - 1.1).powi(3) * 1e3];
            let effect = move |at: &mut ode_core::At<'_>| {
                at.u[0] = 10.0 * at.u[0].round() + f64::from(which);
            };
            events = match conditions.get(which as usize) {
                Some(&g) => events.with(Root::new(format!("{which}"), g).effect(effect)),
                None => events.with(Scheduled::new("3", [1.1]).effect(effect)),
            };
        }
        let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
        let names: Vec<u32> = solution.events().iter().map(|e| e.name.parse().unwrap()).collect();
        assert_eq!(names, order.map(|which| which as u32));
        assert_eq!(solution.times().iter().filter(|&&t| t == solution.events()[0].t).count(), 2);
    }
}

#[test]
fn one_event_nudges_another_across_zero() {
    // The first takes the state over the level of the second: that is not a crossing. From there the
    // second is followed on its new side.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 4.0)).unwrap();
    let nudge = Root::new("nudge", |t, _u, _p| t - 1.0).effect(|at| at.u[0] += 2.0);
    let back = Root::new("back", |t, _u, _p| t - 2.0).effect(|at| at.u[0] -= 3.0);
    let level = Root::new("level", |_t, u, _p| u[0] - 2.0).rising();
    let mut events = Events::new().with(nudge).with(level).with(back);
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    let found: Vec<_> = solution.events().iter().map(|e| (e.name.as_str(), e.t)).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    for ((name, t), (exact_name, exact)) in
        found.into_iter().zip([("nudge", 1.0), ("back", 2.0), ("level", 3.0)])
    {
        assert_eq!(name, exact_name);
        close(t, exact, 1e-14);
    }
}

#[test]
fn nudged_onto_zero_exactly() {
    // The effect puts the second condition on zero: it leaves zero without happening.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 4.0)).unwrap();
    let nudge = Root::new("nudge", |t, _u, _p| t - 1.0).effect(|at| at.u[0] = 2.0);
    let level = Root::new("level", |_t, u, _p| u[0] - 2.0);
    let mut events = Events::new().with(nudge).with(level);
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1);
}

#[test]
fn an_event_that_is_zero_at_the_start() {
    // sin t: zero at 0, which does not count; and then at every multiple of π.
    let problem = erased(Oscillator, [0.0, 1.0], [], (0.0, 10.0)).unwrap();
    for acts in [false, true] {
        let zero = Root::new("zero", |_t, u, _p| u[0]);
        let zero = if acts { zero.effect(|_| {}) } else { zero };
        let mut events = Events::new().with(zero);
        let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
        assert_eq!(solution.events().len(), 3);
        for (k, event) in solution.events().iter().enumerate() {
            close(event.t, PI * (k + 1) as f64, 1e-10);
        }
    }
    // A ball thrown from the ground.
    let problem = erased(Ball, [0.0, 1.0], [2.0, 1.0], (0.0, 5.5)).unwrap();
    let bounce = Root::new("bounce", |_t, u, _p| u[0]).effect(|at| at.u[1] = -at.u[1]);
    let mut events = Events::new().with(bounce);
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.events().len(), 5);
    // One that is zero all the time never happens.
    let mut events = Events::new().with(Root::new("flat", |_t, _u, _p| 0.0).terminal());
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert!(solution.events().is_empty() && solution.times().last() == Some(&5.5));
}

#[test]
fn no_event_happens_twice() {
    // Far from the origin of time `t_prev + (te - t_prev)` is not `te`. Both directions count, so
    // that a wrong side would be seen at once.
    let mut count = 0;
    for start in [0.0, 0.1, 1e3 / 3.0, 1e6 / 7.0] {
        for k in 0..50 {
            let level = 0.1 + 0.037 * f64::from(k);
            let problem = erased(Clock, [0.0], [1.0], (start, start + 3.0)).unwrap();
            for acts in [false, true] {
                let cross = Root::new("cross", |_t, u, _p| u[0] - level);
                let cross = if acts { cross.effect(|at| at.p[0] = 1.5) } else { cross };
                let mut events = Events::new().with(cross);
                let options = Options { dt_max: 0.5, ..tight(Save::Dense) };
                let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
                assert_eq!(solution.events().len(), 1, "{start} {level} {acts}");
                let event = &solution.events()[0];
                close(event.t - start, level, 1e-14 + 4e-16 * start);
                assert!(event.before[0] >= level, "the state has crossed");
                if acts {
                    assert!(solution.times().contains(&event.t), "the very time is stored");
                    assert_eq!(solution.at(event.t).unwrap(), event.after);
                }
                count += 1;
            }
        }
    }
    assert_eq!(count, 400);
}

#[test]
fn a_second_crossing_soon_after() {
    for gap in [1e-3, 1e-6, 1e-9] {
        let problem = erased(Clock, [0.0], [1.0], (0.0, 3.0)).unwrap();
        for acts in [false, true] {
            let pair = Root::new("pair", |_t, u: &[f64], _p| {
                (u[0] - 1.0) * (u[0] - 1.0 - gap) * if u[0] < 1.0 { 1e6 } else { 1.0 }
            });
            let pair = if acts { pair.effect(|_| {}) } else { pair };
            // So that the first of the two is not hidden between samples.
            let near = Root::new("near", |_t, u, _p| u[0] - 1.0 - 0.5 * gap).effect(|_| {});
            let mut events = Events::new().with(pair).with(near);
            let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
            let found: Vec<_> = solution.events().iter().map(|e| (e.name.as_str(), e.t)).collect();
            assert!(found.iter().any(|(_, t)| (t - 1.0 - gap).abs() < 1e-14), "{gap} {found:?}");
        }
    }
}

#[test]
fn a_triple_root() {
    let problem = erased(Clock, [-1.0], [1.0], (-1.0, 1.0)).unwrap();
    for acts in [false, true] {
        let cube = Root::new("cube", |_t, u: &[f64], _p| (u[0] - 0.3).powi(3));
        let cube = if acts { cube.effect(|_| {}) } else { cube };
        let mut events = Events::new().with(cube);
        let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
        assert_eq!(solution.events().len(), 1);
        close(solution.events()[0].t, 0.3, 1e-14);
    }
    // On the oscillator it happens at every crossing.
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 10.0)).unwrap();
    let mut events = Events::new().with(Root::new("cube", |_t, u: &[f64], _p| u[0].powi(3)));
    let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
    assert_eq!(solution.events().len(), 3);
    close(solution.events()[2].t, 2.5 * PI, 1e-10);
}

#[test]
fn grazing_contact() {
    // The top of cos t at 2π, barely missed, barely reached.
    let problem = erased(Oscillator, [1.0, 0.0], [], (1.0, 10.0)).unwrap();
    let problem = problem.with_tspan((0.5, 10.0)).unwrap();
    let top = 0.5 + 2.0 * PI;
    for depth in [1e-2f64, 1e-4, 1e-6, 1e-8] {
        let graze = Root::new("graze", |_t, u, _p| u[0] - (1.0 - depth));
        let mut events = Events::new().with(graze);
        let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
        // It starts on the far side and leaves it first.
        let width = (1.0 - depth).acos();
        let times: Vec<f64> = solution.events().iter().map(|event| event.t).collect();
        assert_eq!(times.len(), 3, "{depth} {times:?}");
        for (found, exact) in times.iter().zip([0.5 + width, top - width, top + width]) {
            // A level error of 1e-12 moves the crossing by 1e-12 / width.
            close(*found, exact, 1e-10 + 4e-12 / width);
        }
        let miss = Root::new("miss", |_t, u, _p| u[0] - (1.0 + depth)).terminal();
        let mut events = Events::new().with(miss);
        let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
        assert!(solution.events().is_empty());
    }
    // Exact contact is decided by rounding: at most one touch, and the solve goes on.
    let touch = Root::new("touch", |_t, u: &[f64], _p| (u[0] - 1.0) * (u[0] - 1.0));
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let mut events = Events::new().with(touch.effect(|_| {}));
    let solution = solve_with(&problem, Tsit5, &tight(Save::Last), &mut events).unwrap();
    assert!(solution.events().len() <= 1);
    close(solution.last()[0], 2.0, 1e-14);
}

#[test]
fn bounces_that_accumulate_end_in_an_error() {
    for restitution in [1e-12, 1e-9, 1e-7, 1e-6, 1e-5, 0.0001, 0.01, 0.1, 0.5, 0.9, 0.99] {
        let bounce =
            Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] *= -at.p[1]);
        let mut events = Events::new().with(bounce);
        let g = 2.0;
        let problem = erased(Ball, [1.0, 0.0], [g, restitution], (0.0, 1e3)).unwrap();
        let options = Options { max_steps: 1_000_000, ..tight(Save::Last) };
        let error = solve_with(&problem, Tsit5, &options, &mut events).unwrap_err();
        // Falls for 1, then flies for 2 e, 2 e², …: at rest after 1 + 2 e / (1 - e).
        let rest = 1.0 + 2.0 * restitution / (1.0 - restitution);
        match error.kind() {
            ErrorKind::EventsAccumulate { event, t } => {
                assert_eq!(event, "bounce");
                close(*t, rest, 1e-6);
            }
            other => panic!("{restitution}: {other:?}"),
        }
        let partial = error.partial();
        assert!(!partial.events().is_empty());
        assert!(partial.last()[0].abs() < 1e-9, "it has not fallen through the floor");
    }
}

#[test]
fn chattering_ends_in_an_error() {
    // A relay that pushes towards zero, with a play too small to be resolved.
    let play = 1e-12;
    let down = Root::new("down", |_t, u, _p| u[0] - play).rising().effect(|at| at.p[0] = -1.0);
    let up = Root::new("up", |_t, u, _p| u[0] + play).falling().effect(|at| at.p[0] = 1.0);
    let mut events = Events::new().with(down).with(up);
    let problem = erased(Clock, [1.0], [-1.0], (0.0, 3.0)).unwrap();
    let error = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::EventsAccumulate { t, .. } if (t - 1.0).abs() < 1e-8),
        "{error}"
    );
    // A play that is resolved is no chattering.
    let play = 1e-3;
    let down = Root::new("down", |_t, u, _p| u[0] - play).rising().effect(|at| at.p[0] = -1.0);
    let up = Root::new("up", |_t, u, _p| u[0] + play).falling().effect(|at| at.p[0] = 1.0);
    let mut events = Events::new().with(down).with(up);
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1000);
    assert!(solution.last()[0].abs() <= play * (1.0 + 1e-9));
}

#[test]
fn too_many_events_end_in_an_error() {
    let problem = erased(Oscillator, [1.0, 0.0], [], (0.0, 100.0)).unwrap();
    let mut events = Events::new().with(Root::new("zero", |_t, u, _p| u[0])).limit(7);
    let error = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::EventLimit { event, t, limit: 7 }
            if event == "zero" && (t - 7.5 * PI).abs() < 1e-3),
        "{error}"
    );
    assert_eq!(error.partial().events().len(), 7);
}

#[test]
fn a_terminal_event_among_save_times() {
    let times: Vec<f64> = (0..=20).map(|i| f64::from(i) * 0.1).collect();
    let problem = erased(Decay, [1.0], [1.0], (0.0, 2.0)).unwrap();
    for save in [Save::At(times), Save::Last, Save::Steps, Save::Dense] {
        let half = Root::new("half", |_t, u, _p| u[0] - 0.5).terminal();
        let mut events = Events::new().with(half);
        let solution = solve_with(&problem, Vern7, &tight(save.clone()), &mut events).unwrap();
        let end = solution.ended_by().unwrap();
        assert_eq!((end.name.as_str(), end.index), ("half", 0));
        close(end.t, 2f64.ln(), 1e-10);
        match save {
            Save::At(_) => {
                assert_eq!(
                    solution.times(),
                    [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(|t: f64| (t * 10.0).round() * 0.1)
                );
            }
            _ => {
                assert_eq!(solution.times().last(), Some(&end.t));
                close(solution.last()[0], 0.5, 1e-10);
                assert_eq!(solution.last(), end.after);
            }
        }
        if save == Save::Dense {
            close(solution.at(0.69).unwrap()[0], (-0.69f64).exp(), 1e-10);
            assert!(solution.at(0.7).is_err());
        }
    }
    // Exactly on a save time.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let mut events = Events::new().with(Scheduled::new("stop", [1.0]).terminal());
    let options = tight(Save::At(vec![0.5, 1.0, 1.5]));
    let solution = solve_with(&problem, Vern7, &options, &mut events).unwrap();
    assert_eq!(solution.times(), [0.5, 1.0]);
}

#[test]
fn the_method_starts_anew_after_an_effect() {
    // A fast decay wakes up at t = 1: a step size carried over from rest would be far too large, and
    // a derivative carried over wrong.
    let wake = Scheduled::new("wake", [1.0]).effect(|at| {
        at.u[0] = 1.0;
        at.p[0] = 1e4;
    });
    let problem = erased(Decay, [1e-3], [1e-3], (0.0, 2.0)).unwrap();
    let mut events = Events::new().with(wake);
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    let after = solution.times().iter().position(|&t| t == 1.0).unwrap() + 1;
    assert_eq!(solution.times()[after], 1.0);
    assert!(solution.times()[after + 1] - 1.0 < 1e-4);
    close(solution.at(1.0 + 1e-4).unwrap()[0], (-1.0f64).exp(), 1e-10);
    // And the same bits as a solve that begins there.
    let problem = erased(Decay, [1.0], [1e4], (1.0, 2.0)).unwrap();
    let fresh = ode_core::solve(&problem, Tsit5, &tight(Save::Dense)).unwrap();
    assert_eq!(solution.times()[after..], *fresh.times());
    assert_eq!(solution.last(), fresh.last());
}

#[test]
fn a_sign_change_inside_a_step_is_seen_by_sampling() {
    // One step of length 1 in which the condition is negative on a tenth of it only.
    let problem = erased(Clock, [0.0], [1.0], (0.0, 1.0)).unwrap();
    let condition = |_t: f64, u: &[f64], _p: &[f64]| (u[0] - 0.45).abs() - 0.05;
    for (samples, seen) in [(10, 2), (9, 2), (40, 2), (0, 0)] {
        let window = Root::new("window", condition).samples(samples);
        let mut events = Events::new().with(window);
        let solution = solve_with(&problem, Tsit5, &one_step(1.0), &mut events).unwrap();
        assert_eq!(solution.events().len(), seen, "{samples}");
        for (event, exact) in solution.events().iter().zip([0.4, 0.5]) {
            close(event.t, exact, 1e-14);
        }
    }
}

#[test]
fn a_tank_that_runs_empty_and_stays_so() {
    // Zero is reached exactly and never crossed; the domain keeps it there.
    system::system! {
        struct Tank;
        state { u }
        params { flow }
        rhs(_t) { d(u) = -flow; }
    }
    let empty = Root::new("empty", |_t, u, _p| u[0]).falling().effect(|at| {
        at.u[0] = 0.0;
        at.p[0] = 0.0;
    });
    let mut events = Events::new().with(empty);
    let problem = erased(Tank, [1.0], [0.5], (0.0, 10.0)).unwrap();
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.events().len(), 1);
    close(solution.events()[0].t, 2.0, 1e-12);
    assert_eq!(solution.last(), [0.0]);
}

#[test]
fn discrete_conditions_see_what_roots_have_left() {
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let jump = Root::new("jump", |_t, u, _p| u[0] - 1.0).effect(|at| at.u[0] += 100.0);
    let high = Discrete::new("high", |_t, u, _p| u[0] > 50.0).terminal();
    let mut events = Events::new().with(jump).with(high);
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    close(solution.ended_by().unwrap().t, 1.0, 1e-14);
    close(solution.last()[0], 101.0, 1e-14);
}

#[test]
fn a_curved_border_that_is_crossed_and_not_bounced_off() {
    // A particle is slowed down by 1e-6 where it enters a disc, and set free where it leaves it: the
    // condition is curved, but nothing sends the particle back.
    for (inside, level) in [(1.0, 1e-6), (-1.0, 1e-3)] {
        let border = Root::new("border", move |_t, u: &[f64], _p| inside * (1.0 - u[0] * u[0]))
            .effect(|at| at.p[0] = if at.p[0] == 1.0 { level } else { 1.0 });
        let mut events = Events::new().with(border);
        let end = 1.0 + 2.0 / level + 1.0;
        let problem = erased(Clock, [-2.0], [1.0], (0.0, end)).unwrap();
        let solution = solve_with(&problem, Tsit5, &tight(Save::Last), &mut events).unwrap();
        assert_eq!(solution.events().len(), 2);
        close(solution.last()[0], 2.0, 1e-8);
    }
}
