//! One solution as an ordinary differential equation, with a regular mass matrix, and with an algebraic state; and a ball that
//! bounces. All in closed form.

use ode_core::Direction;
use scalar::{Dual, Scalar};
use sensitivity::{EventModel, Loss, When};
use system::System;
use testset::models::LinearDampedOscillator;

/// Start, frequency and damping, span.
pub(crate) const X0: [f64; 2] = [0.8, -0.3];
pub(crate) const P: [f64; 2] = [1.4, 0.2];
pub(crate) const SPAN: (f64, f64) = (0.3, 2.5);

/// The damped oscillator, of one type in all its forms, so that methods are compiled for one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oscillator {
    /// As it is.
    Plain,
    /// Times the mass matrix [`HEAVY`].
    Heavy,
    /// With what the loss wants as an algebraic state.
    Watched,
}

pub(crate) const HEAVY: [[f64; 2]; 2] = [[2.0, 1.0], [0.0, 3.0]];

impl System for Oscillator {
    fn dim(&self) -> usize {
        if *self == Self::Watched { 3 } else { 2 }
    }
    fn num_params(&self) -> usize {
        2
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (x, v, w, z) = (u[0], u[1], p[0], p[1]);
        let force = -w * w * x - (z * w * v).scale(2.0);
        (du[0], du[1]) = (v, force);
        match self {
            Self::Plain => {}
            Self::Heavy => (du[0], du[1]) = (v.scale(2.0) + force, force.scale(3.0)),
            Self::Watched => du[2] = x * v + v * v + t * v - u[2],
        }
    }
}

/// `Σ tᵢ xᵢ² + (i + 1) vᵢ + aᵢ` at points, `∫ a dt` along the way, with `a = x v + v² + t v`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) points: bool,
    pub(crate) running: bool,
    /// Times at which it looks, on both ends and between steps.
    pub(crate) times: &'static [f64],
}

pub(crate) const KINDS: [Kind; 3] = [
    Kind { name: "points", points: true, running: false, times: &[0.3, 1.1, 1.7, 2.5] },
    Kind { name: "running", points: false, running: true, times: &[] },
    Kind { name: "both", points: true, running: true, times: &[0.9, 2.5] },
];

fn watched<S: Scalar>(t: S, u: &[S]) -> S {
    match u {
        [_, _, a] => *a,
        _ => u[0] * u[1] + u[1] * u[1] + t * u[1],
    }
}

impl Loss for Kind {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], _p: &[S]) -> S {
        match self.points {
            true => t * u[0] * u[0] + u[1].scale(1.0 + i as f64) + watched(t, u),
            false => S::zero(),
        }
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
        if self.running { watched(t, u) } else { S::zero() }
    }
}

/// The loss of `x0, v0, w, z, t0, t1` and the save times.
fn closed_form<S: Scalar>(kind: &Kind, x: &[S]) -> S {
    let (start, p, t0, t1) = ([x[0], x[1]], [x[2], x[3]], x[4], x[5]);
    let at = |t: S| LinearDampedOscillator::exact(t - t0, start, p);
    let mut total = S::zero();
    if kind.points {
        for (i, &t) in x[6..].iter().enumerate() {
            total += kind.at(i, t, &at(t), &p);
        }
    }
    if kind.running {
        let ([x0, v0], [x1, v1], [w, z]) = (start, at(t1), p);
        // x = -(v' + 2 z w v) / w²; the energy falls by 2 z w v².
        let energy = |x: S, v: S| (v * v + w * w * x * x).scale(0.5);
        let integral_of_x = -(v1 - v0 + (z * w * (x1 - x0)).scale(2.0)) / (w * w);
        total += (x1 * x1 - x0 * x0).scale(0.5);
        total += (energy(x0, v0) - energy(x1, v1)) / (z * w).scale(2.0);
        total += t1 * x1 - t0 * x0 - integral_of_x;
    }
    total
}

pub(crate) type Exact = (f64, Vec<f64>);

/// The loss and its derivatives by state, parameters, ends and save times.
pub(crate) fn exact(kind: &Kind) -> Exact {
    let x = [&X0[..], &P, &[SPAN.0, SPAN.1], kind.times].concat();
    differentiated(&x, |x| closed_form(kind, x))
}

fn differentiated(x: &[f64], f: impl Fn(&[Dual]) -> Dual) -> Exact {
    let along = |k: usize| {
        let lift = |(i, &x): (usize, &f64)| match i == k {
            true => Dual::variable(x, 0),
            false => Dual::constant(x),
        };
        f(&x.iter().enumerate().map(lift).collect::<Vec<_>>())
    };
    let slopes = (0..x.len()).map(|k| along(k).eps[0]).collect();
    (along(0).re, slopes)
}

system::system! {
    pub(crate) struct Ball;
    state { height, speed }
    params { gravity, restitution }
    rhs(_t) {
        d(height) = speed;
        d(speed) = -gravity + 0.0 * restitution;
    }
}

pub(crate) struct Bounce;

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

pub(crate) const BALL: [f64; 2] = [1.0, 0.4];
pub(crate) const BALL_P: [f64; 2] = [9.0, 0.8];
pub(crate) const BALL_SPAN: (f64, f64) = (0.0, 0.9);

/// `Σ tᵢ hᵢ + vᵢ` and `∫ h dt` of a ball that bounces once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight(pub(crate) Kind);

impl Flight {
    pub(crate) fn times(&self) -> &'static [f64] {
        if self.0.points { &[0.2, 0.7, 0.9] } else { &[] }
    }

    pub(crate) fn exact(&self) -> Exact {
        let x = [&BALL[..], &BALL_P, &[BALL_SPAN.0, BALL_SPAN.1], self.times()].concat();
        differentiated(&x, |x| {
            let (h, v, g, e, t0, t1) = (x[0], x[1], x[2], x[3], x[4], x[5]);
            let impact = (v * v + (g * h).scale(2.0)).sqrt();
            let bounce = t0 + (v + impact) / g;
            let arcs = [(t0, h, v), (bounce, Dual::zero(), e * impact)];
            let below = |arc: usize, t: Dual| {
                let ((_, h, v), s) = (arcs[arc], t - arcs[arc].0);
                h * s + (v * s * s).scale(0.5) - (g * s * s * s).scale(1.0 / 6.0)
            };
            let mut total = Dual::zero();
            for &t in &x[6..] {
                let (t0, h, v) = arcs[usize::from(t.re > bounce.re)];
                let s = t - t0;
                total += t * (h + v * s - (g * s * s).scale(0.5)) + v - g * s;
            }
            if self.0.running {
                total += below(0, bounce) + below(1, t1);
            }
            total
        })
    }
}

impl Loss for Flight {
    fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], _p: &[S]) -> S {
        if self.0.points { t * u[0] + u[1] } else { S::zero() }
    }
    fn running<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        if self.0.running { u[0] } else { S::zero() }
    }
}
