//! Products with transposed Jacobians, and how these change with the state.

use super::super::reverse::Reverse;
use super::super::second::{Point, Second};
use crate::Error;
use ad_tape::{Record, Vjp};
use scalar::{Dual, Lanes, Scalar};
use std::array::from_fn;
use system::{Failure, System};

/// Pairs of a cotangent and a direction that are done side by side.
const WIDTH: usize = 4;

type Wide = Dual<Lanes<WIDTH>, 1>;
type One = Dual<f64, 1>;

/// Products of a model, with their memory.
pub(super) struct Products<A: System> {
    system: A,
    record: Record,
    second: Second<A>,
    moved: Moved,
}

/// The point and the cotangents with tangents.
enum Moved {
    /// By the model's own products, in lanes.
    Wide(Box<Lifted<Wide>>),
    /// By its program or a tape, one pair after the other.
    One(Box<Lifted<One>>, Box<Point<One>>),
}

struct Lifted<D> {
    u: Vec<D>,
    p: Vec<D>,
    du_bar: Vec<D>,
    u_bar: Vec<D>,
    p_bar: Vec<D>,
}

impl<D: Scalar> Lifted<D> {
    fn new(n: usize, m: usize) -> Self {
        let zeros = |len: usize| vec![D::zero(); len];
        Self { u: zeros(n), p: zeros(m), du_bar: zeros(n), u_bar: zeros(n), p_bar: zeros(m) }
    }
}

/// Cotangents `vᵢ`, directions `dᵢ` in the states and `τᵢ` in time; states one after the other.
#[derive(Clone, Copy)]
pub(super) struct Pairs<'a> {
    pub(super) du_bars: &'a [f64],
    pub(super) directions: &'a [f64],
    pub(super) moves: &'a [f64],
}

impl<A: System + Copy> Products<A> {
    pub(super) fn new(system: A) -> Result<Self, Error> {
        let (n, m) = (system.dim(), system.num_params());
        let second = Second::new(system, false)?;
        let moved = match second.is_own() {
            true => Moved::Wide(Box::new(Lifted::new(n, m))),
            false => {
                let point = Reverse::<One>::record(&second);
                Moved::One(Box::new(Lifted::new(n, m)), Box::new(point))
            }
        };
        Ok(Self { record: system.record(), system, second, moved })
    }

    /// Adds `(∂f/∂u)ᵀ du_bar` and `(∂f/∂p)ᵀ du_bar`.
    pub(super) fn pull_back(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        du_bar: &[f64],
        bars: (&mut [f64], &mut [f64]),
    ) -> Result<(), Failure> {
        Vjp::pull_back(&self.system, t, u, p, du_bar, bars, &mut self.record)
    }

    /// Adds `(∂f/∂u)ᵀ v₀` and `(∂f/∂p)ᵀ v₀`, and the derivatives of `Σ vᵢᵀ (∂f/∂u dᵢ + ∂f/∂t τᵢ)` by the
    /// states and the parameters: those of the products with `vᵢ` along `(dᵢ, τᵢ)`.
    pub(super) fn along(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        pairs: Pairs<'_>,
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
    ) -> Result<(), Failure> {
        let (n, Pairs { du_bars, directions, moves }) = (u.len(), pairs);
        match &mut self.moved {
            Moved::Wide(lifted) => {
                let Lifted { u: x, p: q, du_bar, u_bar: x_bar, p_bar: q_bar } = &mut **lifted;
                q.iter_mut().zip(p).for_each(|(q, &p)| *q = Wide::from_f64(p));
                for first in (0..moves.len()).step_by(WIDTH) {
                    let count = WIDTH.min(moves.len() - first);
                    let row = |of: &[f64], j: usize| {
                        let of = &of[first * n + j..];
                        Lanes(from_fn(|k| if k < count { of[k * n] } else { 0.0 }))
                    };
                    for j in 0..n {
                        x[j] = Dual { re: Lanes([u[j]; WIDTH]), eps: [row(directions, j)] };
                        du_bar[j] = Dual::constant(row(du_bars, j));
                    }
                    let tau = Lanes(from_fn(|k| if k < count { moves[first + k] } else { 0.0 }));
                    let time = Dual { re: Lanes([t; WIDTH]), eps: [tau] };
                    x_bar.fill(Wide::zero());
                    q_bar.fill(Wide::zero());
                    self.system.vjp(time, x, q, du_bar, x_bar, q_bar);
                    let take = |to: &mut [f64], from: &[Wide]| {
                        for (to, from) in to.iter_mut().zip(from) {
                            let [a, b, c, d] = from.eps[0].0;
                            *to += (a + b) + (c + d);
                            if first == 0 {
                                *to += from.re.0[0];
                            }
                        }
                    };
                    take(u_bar, x_bar);
                    take(p_bar, q_bar);
                }
                Ok(())
            }
            Moved::One(lifted, point) => {
                let Lifted { u: x, p: q, du_bar, u_bar: x_bar, p_bar: q_bar } = &mut **lifted;
                q.iter_mut().zip(p).for_each(|(q, &p)| *q = One::constant(p));
                let rows = du_bars.chunks_exact(n).zip(directions.chunks_exact(n));
                for (i, ((v, direction), &tau)) in rows.zip(moves).enumerate() {
                    if v.iter().all(|&v| v == 0.0) {
                        continue;
                    }
                    for j in 0..n {
                        x[j] = Dual { re: u[j], eps: [direction[j]] };
                        du_bar[j] = Dual::constant(v[j]);
                    }
                    x_bar.fill(One::zero());
                    q_bar.fill(One::zero());
                    let time = Dual { re: t, eps: [tau] };
                    let bars = (&mut x_bar[..], &mut q_bar[..]);
                    self.second.pull_back_at((time, x, q), du_bar, bars, point)?;
                    let take = |to: &mut [f64], from: &[One]| {
                        for (to, from) in to.iter_mut().zip(from) {
                            *to += if i == 0 { from.eps[0] + from.re } else { from.eps[0] };
                        }
                    };
                    take(u_bar, x_bar);
                    take(p_bar, q_bar);
                }
                Ok(())
            }
        }
    }
}
