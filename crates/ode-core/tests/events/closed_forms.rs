//! Times and states against closed forms, to 1e-10.

use crate::erased::{Erased, erased};
use crate::{Ball, Clock, Decay, Oscillator, close, tight};
use ode_core::{
    Algorithm, Direction, Dp5, Events, Options, Periodic, Root, Save, Scheduled, Tsit5, Vern7,
    solve_with,
};
use std::f64::consts::PI;

#[test]
fn a_ball_bounces_at_the_right_times_to_the_right_heights() {
    fn check<A: Algorithm<Erased<'static, f64>, [f64; 2]>>(method: A) {
        let (g, e) = (9.81, 0.8);
        let bounce =
            Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] *= -at.p[1]);
        let top = Root::new("top", |_t, u, _p| u[1]).falling();
        let mut events = Events::new().with(bounce).with(top);
        let problem = erased(Ball, [1.0, 0.0], [g, e], (0.0, 3.5)).unwrap();
        let solution = solve_with(&problem, method, &tight(Save::Dense), &mut events).unwrap();

        // Falls for T, then flies for 2 T e, 2 T e², …; tops in the middle, at heights e², e⁴, ….
        let fall = f64::sqrt(2.0 / g);
        let (mut hit, mut flight, mut height) = (fall, 2.0 * fall, 1.0);
        let mut found = solution.events().iter();
        let mut bounces = 0;
        loop {
            flight *= e;
            height *= e * e;
            if hit > 3.5 {
                break;
            }
            let bounce = found.next().unwrap();
            assert_eq!(bounce.name, "bounce");
            close(bounce.t, hit, 1e-10);
            close(bounce.after[1], g * flight / 2.0, 1e-10);
            assert_eq!(bounce.after[1], -e * bounce.before[1]);
            assert!(bounce.before[0] <= 0.0 && bounce.before[0] > -1e-12);
            bounces += 1;
            if hit + flight / 2.0 > 3.5 {
                break;
            }
            let top = found.next().unwrap();
            assert_eq!(top.name, "top");
            close(top.t, hit + flight / 2.0, 1e-10);
            close(top.before[0], height, 1e-10);
            hit += flight;
        }
        assert!(found.next().is_none());
        assert!(bounces >= 8, "{bounces}");
    }
    check(Tsit5);
    check(Vern7);
    check(Dp5);
}

#[test]
fn an_oscillator_crosses_in_each_direction() {
    for (end, sign) in [(20.0, 1.0), (-20.0, -1.0)] {
        let problem = erased(Oscillator, vec![1.0, 0.0], [], (0.0, end)).unwrap();
        for direction in [Direction::Any, Direction::Rising, Direction::Falling] {
            let zero = Root::new("zero", |_t, u, _p| u[0]).direction(direction);
            let mut events = Events::new().with(zero);
            let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
            // cos t = 0; backwards it falls first, too.
            let exact: Vec<f64> = (0..6)
                .filter(|k| match direction {
                    Direction::Any => true,
                    Direction::Falling => k % 2 == 0,
                    Direction::Rising => k % 2 == 1,
                })
                .map(|k| sign * (f64::from(k) + 0.5) * PI)
                .collect();
            assert_eq!(solution.events().len(), exact.len(), "{direction:?} {end}");
            for (found, exact) in solution.events().iter().zip(exact) {
                close(found.t, exact, 1e-10);
            }
        }
    }
}

#[test]
fn a_pendulum_crosses_after_a_quarter_of_its_period() {
    system::system! {
        struct Pendulum;
        state { angle, speed }
        params {}
        rhs(_t) {
            d(angle) = speed;
            d(speed) = -angle.sin();
        }
    }
    // T / 4 = K(sin(θ₀ / 2)) = π / (2 agm(1, cos(θ₀ / 2))).
    let theta = 2.0f64;
    let (mut a, mut b) = (1.0, (0.5 * theta).cos());
    for _ in 0..8 {
        (a, b) = (0.5 * (a + b), f64::sqrt(a * b));
    }
    let quarter = PI / (2.0 * a);
    let problem = erased(Pendulum, [theta, 0.0], [], (0.0, 30.0)).unwrap();
    let mut events = Events::new().with(Root::new("bottom", |_t, u, _p| u[0]));
    let solution = solve_with(&problem, Vern7, &tight(Save::Last), &mut events).unwrap();
    assert!(solution.events().len() >= 6);
    for (i, event) in solution.events().iter().enumerate() {
        close(event.t, quarter * (2 * i + 1) as f64, 1e-10);
        close(event.before[1].abs(), f64::sqrt(2.0 * (1.0 - theta.cos())), 1e-10);
    }
}

#[test]
fn a_decay_passes_its_thresholds() {
    for (u0, tspan, sign) in [(1.0, (0.0, 10.0), 1.0), ((-10.0f64).exp(), (10.0, 0.0), -1.0)] {
        let problem = erased(Decay, [u0], [1.0], tspan).unwrap();
        let thresholds = [0.9, 0.5, 0.1, 1e-3];
        let mut events = Events::new().with_all(
            thresholds.map(|level| Root::new(format!("{level}"), move |_t, u, _p| u[0] - level)),
        );
        let options = Options { atol: 1e-18, ..tight(Save::Steps) };
        let solution = solve_with(&problem, Vern7, &options, &mut events).unwrap();
        assert_eq!(solution.events().len(), 4);
        for event in solution.events() {
            let level: f64 = event.name.parse().unwrap();
            close(event.t, -level.ln(), 1e-10);
        }
        assert!(solution.events().is_sorted_by(|a, b| (b.t - a.t) * sign > 0.0));
    }
}

#[test]
fn doses_add_up() {
    let (k, times) = (0.3, vec![0.0, 1.0, 2.5, 4.0, 10.0]);
    let exact = |t: f64| -> f64 {
        times.iter().filter(|&&dose| dose <= t).map(|dose| f64::exp(-k * (t - dose))).sum()
    };
    let dose = Scheduled::new("dose", times.clone()).effect(|at| at.u[0] += 1.0);
    let problem = erased(Decay, [0.0], [k], (0.0, 10.0)).unwrap();
    let mut events = Events::new().with(dose);
    let solution = solve_with(&problem, Vern7, &tight(Save::Dense), &mut events).unwrap();
    assert_eq!(solution.events().iter().map(|dose| dose.t).collect::<Vec<_>>(), times);
    for i in 0..=1000 {
        let t = f64::from(i) * 0.01;
        close(solution.at(t).unwrap()[0], exact(t), 1e-10);
    }
}

#[test]
fn periods_are_multiplied_and_not_added() {
    // A tenth cannot be represented: sums of it drift, products do not.
    let mut level = 0.0;
    let tick = Periodic::new("tick", 0.1).effect(|at| {
        level += 1.0;
        at.u[0] = level;
        at.p[0] = -0.5;
    });
    let problem = erased(Clock, [0.0], [0.0], (0.0, 1000.0)).unwrap();
    let mut events = Events::new().with(tick);
    let solution = solve_with(&problem, Tsit5, &Options::default(), &mut events).unwrap();
    assert_eq!(solution.events().len(), 10_000);
    for (k, tick) in solution.events().iter().enumerate() {
        assert_eq!(tick.t, 0.1 * (k + 1) as f64);
        assert_eq!(tick.after, [(k + 1) as f64]);
    }
    drop(events);
    assert_eq!(level, 10_000.0);
    // The new parameter holds from the first tick on.
    close(solution.at(500.05).unwrap()[0], 5000.0 - 0.025, 1e-12);
}

#[test]
fn backwards_in_time_a_ball_falls_upwards() {
    // From rest at height 1, backwards: the same parabola.
    let problem = erased(Ball, [1.0, 0.0], [2.0, 1.0], (5.0, 2.5)).unwrap();
    let bounce = Root::new("bounce", |_t, u, _p| u[0]).falling().effect(|at| at.u[1] = -at.u[1]);
    let every = Periodic::new("every", 0.75);
    let mut events = Events::new().with(bounce).with(every);
    let solution = solve_with(&problem, Vern7, &tight(Save::Dense), &mut events).unwrap();
    let times: Vec<f64> = solution.events().iter().map(|event| event.t).collect();
    let exact = [4.25, 4.0, 3.5, 2.75];
    assert_eq!(times.len(), exact.len(), "{times:?}");
    for (found, exact) in times.iter().zip(exact) {
        close(*found, exact, 1e-10);
    }
    close(solution.at(3.0).unwrap()[0], 1.0, 1e-10);
    assert_eq!(solution.at(4.0 + 1e-9).unwrap().len(), 2);
}
