//! What a solution of a solve with events is.

use crate::erased::erased;
use crate::{Ball, Clock, Decay, Oscillator, close, tight};
use allocation_counter::measure;
use ode_core::{
    Components, Discrete, Events, Integrator, Options, Periodic, Progress, Root, Save, Saving,
    Scheduled, Tsit5, Vern7, solve, solve_with,
};

#[test]
fn no_events_are_the_plain_solve() {
    let problem = erased(Oscillator, vec![1.0, 0.0], [], (0.0, 20.0)).unwrap();
    for save in [Save::Dense, Save::Steps, Save::Last, Save::At(vec![1.0, 7.0, 20.0])] {
        let options = Options { save, ..Options::default() };
        let plain = solve(&problem, Tsit5, &options).unwrap();
        let solution = solve_with(&problem, Tsit5, &options, &mut Events::new()).unwrap();
        assert_eq!(solution.times(), plain.times());
        assert!(solution.iter().eq(plain.iter()));
        assert_eq!(solution.stats(), plain.stats());
        assert!(solution.events().is_empty() && solution.ended_by().is_none());
        // Notes leave the numbers alone, too.
        let mut events = Events::new().with(Root::new("zero", |_t, u, _p| u[0]));
        let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
        assert!(solution.iter().eq(plain.iter()));
        assert_eq!(solution.events().len(), 6);
    }
}

#[test]
fn both_sides_of_a_jump_are_saved_and_interpolated() {
    let problem = erased(Decay, [1.0], [1.0], (0.0, 5.0)).unwrap();
    let refill =
        || Root::new("refill", |_t, u, _p| u[0] - 0.5).falling().effect(|at| at.u[0] = 1.0);
    let period = 2f64.ln();
    let exact = |t: f64| (-(t - (t / period).floor() * period)).exp();
    for components in [Components::All, Components::Only(vec![0, 0])] {
        for save in [Save::Dense, Save::Steps] {
            let options = Options { components: components.clone(), ..tight(save.clone()) };
            let mut events = Events::new().with(refill());
            let solution = solve_with(&problem, Vern7, &options, &mut events).unwrap();
            assert_eq!(solution.events().len(), 7);
            for event in solution.events() {
                let both: Vec<f64> =
                    solution.iter().filter(|(t, _)| *t == event.t).map(|(_, u)| u[0]).collect();
                assert_eq!(both, [event.before[0], event.after[0]]);
                assert_eq!(solution.at(event.t).unwrap()[0], 1.0);
            }
            if save == Save::Dense {
                for i in 0..=5000 {
                    let t = f64::from(i) * 1e-3;
                    close(solution.at(t).unwrap()[0], exact(t), 1e-10);
                }
                // An ulp before the event it is still the old branch.
                let first = solution.events()[0].t;
                close(solution.at(first.next_down()).unwrap()[0], 0.5, 1e-10);
            }
        }
    }
}

#[test]
fn derivatives_belong_to_what_follows_a_jump() {
    let problem = erased(Decay, [1.0], [1.0], (0.0, 2.0)).unwrap();
    let jump = Scheduled::new("jump", [1.0, 2.0]).effect(|at| at.u[0] += 5.0);
    let mut events = Events::new().with(jump);
    let solution = solve_with(&problem, Vern7, &tight(Save::Dense), &mut events).unwrap();
    let (before, after) = ((-1.0f64).exp(), (-1.0f64).exp() + 5.0);
    close(solution.derivative(1f64.next_down()).unwrap()[0], -before, 1e-7);
    close(solution.derivative(1.0).unwrap()[0], -after, 1e-7);
    assert!(matches!(
        solution.derivative(2.0).unwrap_err().kind(),
        ode_core::ErrorKind::NoDerivative { t: 2.0 }
    ));
}

#[cfg(feature = "serde")]
#[test]
fn a_solution_with_events_is_written_and_read() {
    let problem = erased(Decay, [1.0], [1.0], (0.0, 2.0)).unwrap();
    let refill = Root::new("refill", |_t, u, _p| u[0] - 0.5).effect(|at| at.u[0] = 1.0);
    let table = Saving::new("square", ["u2"], |_t, u, _p, row| row[0] = u[0] * u[0]);
    let mut events = Events::new().with(refill).with(table);
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    let text = serde_json::to_string(&solution).unwrap();
    let read: ode_core::Solution = serde_json::from_str(&text).unwrap();
    assert_eq!(read.events(), solution.events());
    assert_eq!(read.table("square"), solution.table("square"));
    assert_eq!(read.at(1.7).unwrap(), solution.at(1.7).unwrap());
}

#[test]
fn backwards_both_sides_are_saved_too() {
    let problem = erased(Clock, [0.0], [1.0], (3.0, 0.0)).unwrap();
    let mut events =
        Events::new().with(Scheduled::new("jump", [2.0, 1.0]).effect(|at| at.u[0] += 10.0));
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    for (t, exact) in [(2.5, -0.5), (2.0, 9.0), (1.5, 8.5), (1.0, 18.0), (0.25, 17.25)] {
        close(solution.at(t).unwrap()[0], exact, 1e-13);
    }
}

#[test]
fn events_at_both_ends_of_the_span() {
    let problem = erased(Clock, [0.0], [1.0], (0.0, 2.0)).unwrap();
    let dose = || Scheduled::new("dose", [0.0, 2.0]).effect(|at| at.u[0] += 10.0);
    let mut events = Events::new().with(dose());
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.times()[..2], [0.0, 0.0]);
    assert_eq!((solution.state(0), solution.state(1)), (&[0.0][..], &[10.0][..]));
    close(solution.at(1.0).unwrap()[0], 11.0, 1e-14);
    close(solution.last()[0], 22.0, 1e-14);
    assert_eq!(solution.at(0.0).unwrap(), [10.0]);
    let mut events = Events::new().with(dose());
    let options = tight(Save::At(vec![0.0, 1.0, 2.0]));
    let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
    assert_eq!(solution.times(), [0.0, 1.0, 2.0]);
    close(solution.state(0)[0], 10.0, 1e-14);
    close(solution.state(2)[0], 22.0, 1e-14);
    // Ended before it began.
    let mut events = Events::new().with(dose().terminal());
    let solution = solve_with(&problem, Tsit5, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.times(), [0.0, 0.0]);
    assert_eq!(solution.ended_by().map(|end| end.t), Some(0.0));
}

#[test]
fn a_failed_solve_tells_what_had_happened() {
    // It explodes soon after the second event.
    let problem = erased(Decay, [1.0], [0.1], (0.0, 10.0)).unwrap();
    let early = Scheduled::new("early", [1.0]);
    let late = Scheduled::new("late", [2.0]).effect(|at| at.p[0] = -1e300);
    let each = Saving::new("u", ["u"], |_t, u, _p, row| row[0] = u[0]);
    let mut events = Events::new().with(early).with(late).with(each);
    let error = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap_err();
    let partial = error.partial();
    let names: Vec<_> = partial.events().iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["early", "late"]);
    assert_eq!(partial.table("u").unwrap().times(), partial.times());
    assert!(partial.ended_by().is_none());
}

#[test]
fn steps_without_an_event_allocate_nothing() {
    let count = |end: f64| {
        let problem = erased(Oscillator, vec![1.0, 0.0], [], (0.0, end)).unwrap();
        let far = Root::new("far", |_t, u, _p| u[0] - 2.0).effect(|at| at.u[0] = 0.0);
        let near = Root::new("near", |_t, u: &[f64], _p| u[0] * u[0] + u[1] * u[1] - 0.5);
        let never = Discrete::new("never", |_t, _u, _p| false);
        let after = Periodic::new("after", 1e6).first(end);
        let times: Vec<f64> = vec![0.1, 0.2];
        let at = Saving::new("at", ["x"], |_t, u, _p, row| row[0] = u[0]).at(times);
        let mut events = Events::new().with(far).with(near).with(never).with(after).with(at);
        let options = Options { save: Save::Last, rtol: 1e-9, ..Options::default() };
        let mut accepted = 0;
        let info = measure(|| {
            let solution = solve_with(&problem, Tsit5, &options, &mut events).unwrap();
            accepted = solution.stats().accepted;
        });
        (accepted, info.count_total, info.bytes_total)
    };
    let (few, short_count, short_bytes) = count(2.0);
    let (many, long_count, long_bytes) = count(200.0);
    assert!(many > 50 * few, "{few} {many}");
    assert_eq!((short_count, short_bytes), (long_count, long_bytes));
}

#[test]
fn the_same_by_hand_on_an_integrator() {
    // Everything that events do is open to everybody.
    let problem = erased(Ball, [1.0, 0.0], [2.0, 1.0], (0.0, 2.5)).unwrap();
    let options = tight(Save::Last);
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    let mut bounces = Vec::new();
    loop {
        let progress = integrator.step().unwrap();
        if integrator.u()[0] < 0.0 {
            let (mut lo, mut hi) = (integrator.last_step().t, integrator.t());
            while lo.next_up() < hi {
                let middle = 0.5 * (lo + hi);
                let mut u = [0.0; 2];
                integrator.interpolate(middle, &mut u).unwrap();
                if u[0] < 0.0 { hi = middle } else { lo = middle }
            }
            integrator.rewind(hi).unwrap();
            assert_eq!(integrator.t(), hi);
            let u = integrator.u_mut();
            u[1] = -u[1];
            u[0] = 0.0;
            bounces.push(hi);
        } else if progress == Progress::Finished {
            break;
        }
    }
    assert_eq!(bounces.len(), 1);
    close(bounces[0], 1.0, 1e-12);
    close(integrator.u()[0], 0.75, 1e-10);
}
