//! Gradients through events: closed forms, and duals through the events of `ode-core`.

use ode_core::{At, Direction, Events, OdeProblem, Options, Root, Save, Tsit5, Vern7, solve_with};
use scalar::{Dual, Scalar};
use sensitivity::{
    DiscreteAdjoint, ErrorKind, EventModel, Gradient, Loss, Memory, StepControl, When,
};
use testset::models::LotkaVolterra;

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

/// Heights at save times, and the area below the path.
struct Heights {
    area: f64,
}

impl Loss for Heights {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], _p: &[S]) -> S {
        u[0].scale(1.0 + i as f64) + t * u[1]
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[0].scale(self.area)
    }
}

/// The same in closed form; inputs: height, speed, gravity, restitution, start, end, save times.
fn closed_form<S: Scalar>(x: &[S], arcs: &[usize], last_arc: usize, area: f64) -> S {
    let (h, v, g, e, t0, t1) = (x[0], x[1], x[2], x[3], x[4], x[5]);
    let impact = (v * v + (g * h).scale(2.0)).sqrt();
    // Start, height and speed of each arc.
    let mut starts = vec![(t0, h, v)];
    let (mut t, mut up) = (t0 + (v + impact) / g, e * impact);
    for _ in 0..4 {
        starts.push((t, S::zero(), up));
        (t, up) = (t + (up / g).scale(2.0), e * up);
    }
    let at = |arc: usize, t: S| {
        let (t0, h, v) = starts[arc];
        let s = t - t0;
        (h + v * s - (g * s * s).scale(0.5), v - g * s)
    };
    let below = |arc: usize, t: S| {
        let (t0, h, v) = starts[arc];
        let s = t - t0;
        h * s + (v * s * s).scale(0.5) - (g * s * s * s).scale(1.0 / 6.0)
    };
    let mut total = below(last_arc, t1).scale(area);
    for arc in 0..last_arc {
        total += below(arc, starts[arc + 1].0).scale(area);
    }
    for (i, (&arc, &t)) in arcs.iter().zip(&x[6..]).enumerate() {
        let (height, speed) = at(arc, t);
        total += height.scale(1.0 + i as f64) + t * speed;
    }
    total
}

fn differentiated(x: &[f64], f: impl Fn(&[Dual]) -> Dual) -> (f64, Vec<f64>) {
    let mut value = 0.0;
    let slopes = (0..x.len())
        .map(|k| {
            let lift = |(i, &x): (usize, &f64)| match i == k {
                true => Dual::variable(x, 0),
                false => Dual::constant(x),
            };
            let x: Vec<_> = x.iter().enumerate().map(lift).collect();
            let found = f(&x);
            value = found.re;
            found.eps[0]
        })
        .collect();
    (value, slopes)
}

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let ends = [gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &ends, &gradient.times].concat()
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

fn tight(save: Save) -> Options {
    Options { rtol: 1e-12, atol: 1e-12, save, ..Options::default() }
}

/// Trap 9, and trap 2: save times an ulp beside a bounce.
#[test]
fn a_bouncing_ball() {
    let (h, v, g, e): (f64, f64, f64, f64) = (1.0, 0.5, 9.0, 0.8);
    let impact = (v * v + 2.0 * g * h).sqrt();
    let first = (v + impact) / g;
    let second = first + 2.0 * e * impact / g;
    for (times, arcs) in [
        (vec![0.0, 0.2, 0.9, 1.5], vec![0, 0, 1, 2]),
        (vec![first - 1e-12, first + 1e-12, second + 1e-12], vec![0, 1, 2]),
    ] {
        let x = [&[h, v, g, e, 0.0, 1.6], &times[..]].concat();
        let area = 0.7;
        let (loss, exact) = differentiated(&x, |x| closed_form(x, &arcs, 2, area));
        let problem = OdeProblem::new(Ball, [h, v], [g, e], (0.0, 1.6)).unwrap();
        for control in [StepControl::Sensitivity, StepControl::State] {
            let adjoint = DiscreteAdjoint { control, ..DiscreteAdjoint::default() };
            let options = tight(Save::At(times.clone()));
            let found = adjoint
                .gradient_with_events(&problem, Tsit5, &options, &Heights { area }, &Bounce)
                .unwrap();
            assert!((found.loss - loss).abs() < 1e-9, "{} {loss}", found.loss);
            close(&all_of(&found), &exact, 1e-8, "bounce");
        }
    }
}

system::system! {
    struct Decay;
    state { u }
    params { rate, when, dose }
    rhs(_t) {
        d(u) = -rate * u;
    }
}

struct Last;

impl Loss for Last {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0]
    }
}

/// A dose at a time that is a parameter, and doses at given times, also on the start and on a save time.
#[test]
fn doses() {
    struct Dose(bool);
    impl EventModel for Dose {
        fn when(&self) -> Vec<When> {
            match self.0 {
                true => vec![When::Crosses(Direction::Rising)],
                false => vec![When::At(vec![0.0, 1.0, 2.0])],
            }
        }
        fn condition<S: Scalar>(&self, _event: usize, t: S, _u: &[S], p: &[S]) -> S {
            t - p[1]
        }
        fn effect<S: Scalar>(&self, _event: usize, t: S, u: &mut [S], p: &[S]) {
            u[0] += p[2] * (t + S::one());
        }
    }
    let x = [1.5, 0.7, 0.9, 2.0];
    let problem = OdeProblem::new(Decay, [x[0]], &x[1..], (0.0, 3.0)).unwrap();
    let run = |dose, save| {
        DiscreteAdjoint::default()
            .gradient_with_events(&problem, Vern7, &tight(save), &Last, &Dose(dose))
            .unwrap()
    };
    let left = |k: Dual, t: f64| (-k.scale(t)).exp();
    let (loss, exact) = differentiated(&x, |x| {
        let rest = (x[1] * (x[2] - Dual::from_f64(3.0))).exp();
        x[0] * left(x[1], 3.0) + x[3] * (x[2] + Dual::one()) * rest
    });
    let found = run(true, Save::Last);
    assert!((found.loss - loss).abs() < 1e-10);
    close(&all_of(&found)[..4], &exact, 1e-9, "one dose");
    assert!(exact[2].abs() > 0.1, "its time matters");

    // At 0, 1, 2 amounts d, 2d, 3d; looked at right after the second.
    let (loss, exact) = differentiated(&x, |x| {
        let at = |t: f64, n: i32| {
            let doses = (0..n).map(|i| x[3].scale(f64::from(i + 1)) * left(x[1], t - f64::from(i)));
            x[0] * left(x[1], t) + doses.sum::<Dual>()
        };
        at(0.0, 1) + at(1.0, 2) + at(3.0, 3)
    });
    let found = run(false, Save::At(vec![0.0, 1.0, 3.0]));
    assert!((found.loss - loss).abs() < 1e-10);
    close(&all_of(&found)[..4], &exact, 1e-9, "three doses");
}

/// The running term is another one behind the event, which moves with the rate: `u' = p`, halved at 1.
#[test]
fn a_running_term_that_jumps() {
    system::system! {
        struct Ramp;
        state { u }
        params { p }
        rhs(_t) { d(u) = p; }
    }
    struct Halved;
    impl EventModel for Halved {
        fn when(&self) -> Vec<When> {
            vec![When::Crosses(Direction::Rising)]
        }
        fn condition<S: Scalar>(&self, _event: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0] - S::one()
        }
        fn effect<S: Scalar>(&self, _event: usize, _t: S, u: &mut [S], _p: &[S]) {
            u[0] = u[0].scale(0.5);
        }
    }
    struct Square;
    impl Loss for Square {
        fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
            u[0] * u[0]
        }
    }
    let (a, p, end) = (0.1, 1.1, 1.2);
    let problem = OdeProblem::new(Ramp, [a], [p], (0.0, end)).unwrap();
    for control in [StepControl::State, StepControl::Sensitivity] {
        let adjoint = DiscreteAdjoint { control, ..DiscreteAdjoint::default() };
        let options = tight(Save::Last);
        let found = adjoint.gradient_with_events(&problem, Vern7, &options, &Square, &Halved);
        let found = found.unwrap();
        // The integral over each ramp is a difference of u³ / 3p.
        let last = |x: &[Dual]| x[0] + x[1].scale(end) - Dual::constant(0.5);
        let exact = |x: &[Dual]| {
            let first = Dual::constant(0.875) - x[0].powi(3);
            (first + last(x).powi(3)) / x[1].scale(3.0)
        };
        let (loss, slopes) = differentiated(&[a, p], exact);
        assert!((found.loss - loss).abs() < 1e-12, "{} {loss}", found.loss);
        close(&[found.u0[0], found.p[0]], &slopes, 1e-10, "ramp");
    }
}

/// A fall that ends on the ground: its duration and its speed; and trap 3, save times behind the end.
#[test]
fn terminal_events() {
    struct Ground;
    impl EventModel for Ground {
        fn when(&self) -> Vec<When> {
            vec![When::Crosses(Direction::Falling)]
        }
        fn condition<S: Scalar>(&self, _event: usize, _t: S, u: &[S], _p: &[S]) -> S {
            u[0]
        }
        fn is_terminal(&self, _event: usize) -> bool {
            true
        }
    }
    struct Duration;
    impl Loss for Duration {
        fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], _p: &[S]) -> S {
            t * t + u[1]
        }
        fn running<S: Scalar>(&self, t: S, _u: &[S], _p: &[S]) -> S {
            t
        }
    }
    let x = [1.0, 0.5, 9.0, 0.8];
    let problem = OdeProblem::new(Ball, [x[0], x[1]], [x[2], x[3]], (0.0, 5.0)).unwrap();
    let run = |save| {
        DiscreteAdjoint::default()
            .gradient_with_events(&problem, Tsit5, &tight(save), &Duration, &Ground)
            .unwrap()
    };
    let end = |x: &[Dual]| {
        let impact = (x[1] * x[1] + (x[2] * x[0]).scale(2.0)).sqrt();
        ((x[1] + impact) / x[2], -impact)
    };
    let (loss, exact) = differentiated(&x, |x| {
        let (t, speed) = end(x);
        (t * t).scale(1.5) + speed
    });
    let found = run(Save::Last);
    assert!((found.loss - loss).abs() < 1e-10);
    close(&all_of(&found)[..4], &exact, 1e-8, "at the end");
    assert_eq!((found.t1, &found.times[..]), (0.0, &[0.0][..]));

    // Of the save times only the first is reached.
    let (loss, exact) = differentiated(&x, |x| {
        let (t, _) = end(x);
        (t * t).scale(0.5) + Dual::from_f64(0.04) + x[1] - x[2].scale(0.2)
    });
    let found = run(Save::At(vec![0.2, 3.0, 4.0]));
    assert!((found.loss - loss).abs() < 1e-10);
    close(&all_of(&found)[..4], &exact, 1e-8, "save times");
    assert_eq!(found.times[1..], [0.0, 0.0]);
}

/// Prey that are hunted whenever there are too many.
struct Hunt;

impl Hunt {
    fn threshold<S: Scalar>(u: &[S], p: &[S]) -> S {
        u[0] - p[0].scale(1.2)
    }
    fn shoot<S: Scalar>(t: S, u: &mut [S], p: &[S]) {
        u[0] = u[0].scale(0.5) + p[1].scale(0.1) * t.sin();
        u[1] *= S::one() - p[3].scale(0.2);
    }
}

impl EventModel for Hunt {
    fn when(&self) -> Vec<When> {
        vec![When::Crosses(Direction::Rising)]
    }
    fn condition<S: Scalar>(&self, _event: usize, _t: S, u: &[S], p: &[S]) -> S {
        Self::threshold(u, p)
    }
    fn effect<S: Scalar>(&self, _event: usize, t: S, u: &mut [S], p: &[S]) {
        Self::shoot(t, u, p);
    }
}

struct Squares;

impl Loss for Squares {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], p: &[S]) -> S {
        u[0] * u[0] + p[2] * u[1]
    }
}

#[test]
fn agrees_with_duals_through_events() {
    type D = Dual<f64, 6>;
    let x = [1.0, 1.0, 1.5, 1.0, 3.0, 1.0];
    let lifted: Vec<D> = x.iter().enumerate().map(|(i, &x)| D::variable(x, i)).collect();
    let p = lifted[2..].to_vec();
    let lifted = OdeProblem::over(LotkaVolterra, lifted[..2].to_vec(), p, (0.0, 8.0)).unwrap();
    let options = tight(Save::At(vec![1.0, 4.0, 8.0]));
    let hunt = Root::over("hunt", |_t: D, u: &[D], p: &[D]| Hunt::threshold(u, p))
        .rising()
        .effect(|at: &mut At<'_, D>| Hunt::shoot(at.t, at.u, at.p));
    let solution = solve_with(&lifted, Vern7, &options, &mut Events::new().with(hunt)).unwrap();
    assert!(solution.events().len() >= 3, "{}", solution.events().len());
    let terms =
        solution.iter().enumerate().map(|(i, (t, u))| Squares.at(i, D::from_f64(t), u, lifted.p()));
    let expected: D = terms.sum();

    let problem = OdeProblem::new(LotkaVolterra, [x[0], x[1]], &x[2..], (0.0, 8.0)).unwrap();
    let adjoint = DiscreteAdjoint::default();
    let found = adjoint.gradient_with_events(&problem, Vern7, &options, &Squares, &Hunt).unwrap();
    assert!((found.loss - expected.re).abs() < 1e-9);
    close(&all_of(&found)[..6], &expected.eps, 1e-8, "hunt");
}

#[test]
fn refusals() {
    /// Two conditions that cross at the same time.
    struct Twice;
    impl EventModel for Twice {
        fn when(&self) -> Vec<When> {
            vec![When::Crosses(Direction::Any), When::Crosses(Direction::Any)]
        }
        fn condition<S: Scalar>(&self, _event: usize, t: S, _u: &[S], _p: &[S]) -> S {
            t - S::from_f64(0.5)
        }
        fn effect<S: Scalar>(&self, _event: usize, _t: S, u: &mut [S], _p: &[S]) {
            u[0] = u[0].scale(0.5);
        }
    }
    let problem = OdeProblem::new(Decay, [1.0], [1.0, 1.0, 1.0], (0.0, 1.0)).unwrap();
    let options = tight(Save::Last);
    let adjoint = DiscreteAdjoint::default();
    let error = adjoint.gradient_with_events(&problem, Tsit5, &options, &Last, &Twice).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::SimultaneousEvents { t: 0.5 });
    let adjoint = DiscreteAdjoint { memory: Memory::Bytes(1 << 20), ..adjoint };
    let error = adjoint.gradient_with_events(&problem, Tsit5, &options, &Last, &Twice).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::MemoryOfEvents);
    assert!(error.to_string().contains("Memory::All"));
}
