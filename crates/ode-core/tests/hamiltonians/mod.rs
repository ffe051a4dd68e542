//! Hamiltonians with known answers, and the matrix of symplectic methods.
#![allow(dead_code)] // not every test uses all of them

use ode_core::{
    Hamiltonian, HamiltonianSystem, KahanLi6, KahanLi8, McAte4, McAte5, OdeProblem, Options,
    PositionVerlet, Ruth3, Save, Solution, StepSize, Symplectic, SymplecticEuler, VelocityVerlet,
    Yoshida6, solve,
};
use scalar::{Dual, Scalar};
use std::fmt::Debug;

/// A test that is run for many methods.
pub(crate) trait Visitor {
    fn visit<M: Solves + Copy + Debug>(&mut self, method: M, order: u32);
}

/// Runs a test for every method; the order is stated independently of its splitting.
pub(crate) fn every(visitor: &mut impl Visitor) {
    visitor.visit(SymplecticEuler, 1);
    visitor.visit(VelocityVerlet, 2);
    visitor.visit(PositionVerlet, 2);
    visitor.visit(Ruth3, 3);
    visitor.visit(McAte4, 4);
    visitor.visit(McAte5, 5);
    visitor.visit(Yoshida6, 6);
    visitor.visit(KahanLi6, 6);
    visitor.visit(KahanLi8, 8);
}

/// A tangent per component of the planar problems below.
pub(crate) type D4 = Dual<f64, 4>;

/// A symplectic method, as these tests use it: generic code over methods needs the solve spelled out,
/// because `Algorithm` is implemented for each of them by itself.
pub(crate) trait Solves: Symplectic {
    fn solve<H: Hamiltonian + Copy, const N: usize>(
        self,
        model: H,
        u0: [f64; N],
        p: &[f64],
        tspan: (f64, f64),
        steps: usize,
        save: Save,
    ) -> Solution;

    fn solve_duals<H: Hamiltonian + Copy, const N: usize>(
        self,
        model: H,
        u0: [D4; N],
        p: &[D4],
        tspan: (f64, f64),
        steps: usize,
    ) -> Solution<D4>;
}

macro_rules! solves {
    ($($method:ident)*) => {$(
        impl Solves for $method {
            fn solve<H: Hamiltonian + Copy, const N: usize>(
                self,
                model: H,
                u0: [f64; N],
                p: &[f64],
                tspan: (f64, f64),
                steps: usize,
                save: Save,
            ) -> Solution {
                let problem = OdeProblem::new(HamiltonianSystem(model), u0, p, tspan).unwrap();
                let solution = solve(&problem, self, &fixed(tspan, steps, save)).unwrap();
                assert_eq!(solution.stats().accepted, steps);
                solution
            }

            fn solve_duals<H: Hamiltonian + Copy, const N: usize>(
                self,
                model: H,
                u0: [D4; N],
                p: &[D4],
                tspan: (f64, f64),
                steps: usize,
            ) -> Solution<D4> {
                let problem = OdeProblem::over(HamiltonianSystem(model), u0, p, tspan).unwrap();
                solve(&problem, self, &fixed(tspan, steps, Save::Last)).unwrap()
            }
        }
    )*};
}

solves! {
    SymplecticEuler VelocityVerlet PositionVerlet Ruth3 McAte4 McAte5 Yoshida6 KahanLi6 KahanLi8
}

pub(crate) fn fixed((t0, t1): (f64, f64), steps: usize, save: Save) -> Options {
    let step = StepSize::Fixed((t1 - t0).abs() / steps as f64);
    Options { step, save, max_steps: 2 * steps, ..Options::default() }
}

/// `p² / 2 + ω² q² / 2`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oscillator;

impl Hamiltonian for Oscillator {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        1
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        p[0].powi(2).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], params: &[S]) -> S {
        (params[0] * q[0]).powi(2).scale(0.5)
    }
}

/// `|p|² / 2 - μ / |q|`: the energy of the orbit from the pericentre is -1/2, its period 2π.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kepler;

impl Kepler {
    pub(crate) const E: f64 = 0.6;
    pub(crate) const START: [f64; 4] = [1.0 - Self::E, 0.0, 0.0, 2.0];
}

impl Hamiltonian for Kepler {
    fn degrees(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        1
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        (p[0] * p[0] + p[1] * p[1]).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], params: &[S]) -> S {
        -params[0] / (q[0] * q[0] + q[1] * q[1]).sqrt()
    }
}

/// `p² / 2 - cos q`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pendulum;

impl Hamiltonian for Pendulum {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        p[0].powi(2).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], _: &[S]) -> S {
        -q[0].cos()
    }
}

/// Hénon and Heiles (1964).
#[derive(Clone, Copy, Debug)]
pub(crate) struct HenonHeiles;

impl Hamiltonian for HenonHeiles {
    fn degrees(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        (p[0] * p[0] + p[1] * p[1]).scale(0.5)
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], _: &[S]) -> S {
        let (x, y) = (q[0], q[1]);
        (x * x + y * y).scale(0.5) + x * x * y - y.powi(3).scale(1.0 / 3.0)
    }
}

/// A kinetic energy that is not quadratic, and a potential that is not either:
/// `cosh p + exp q - q`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anharmonic;

impl Hamiltonian for Anharmonic {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _: &[S]) -> S {
        p[0].cosh()
    }
    fn potential<S: Scalar>(&self, _t: S, q: &[S], _: &[S]) -> S {
        q[0].exp() - q[0]
    }
}

/// Caldirola and Kanai: `e^(-γt) p² / 2 + e^(γt) q² / 2`, whose positions are those of a damped
/// oscillator, `q'' + γ q' + q = 0`. Both energies depend on time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Damped;

impl Damped {
    pub(crate) const GAMMA: f64 = 0.4;

    /// From `q = 1`, `q' = 0` at time 0.
    pub(crate) fn exact(t: f64) -> [f64; 2] {
        let (half, g) = (0.5 * Self::GAMMA, Self::GAMMA);
        let w = (1.0 - half * half).sqrt();
        let (sin, cos) = (w * t).sin_cos();
        let q = (-half * t).exp() * (cos + half / w * sin);
        let v = -(-half * t).exp() * sin / w;
        [q, (g * t).exp() * v]
    }
}

impl Hamiltonian for Damped {
    fn degrees(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        0
    }
    fn kinetic<S: Scalar>(&self, t: S, p: &[S], _: &[S]) -> S {
        t.scale(-Self::GAMMA).exp() * p[0].powi(2).scale(0.5)
    }
    fn potential<S: Scalar>(&self, t: S, q: &[S], _: &[S]) -> S {
        t.scale(Self::GAMMA).exp() * q[0].powi(2).scale(0.5)
    }
}

macro_rules! models {
    ($any:ident { $($name:ident)* }) => {
        /// Any of these: the solver is compiled once per method, not per model.
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $any {
            $($name),*
        }

        impl Hamiltonian for $any {
            fn degrees(&self) -> usize {
                match self {
                    $(Self::$name => $name.degrees()),*
                }
            }
            fn num_params(&self) -> usize {
                match self {
                    $(Self::$name => $name.num_params()),*
                }
            }
            fn kinetic<S: Scalar>(&self, t: S, p: &[S], params: &[S]) -> S {
                match self {
                    $(Self::$name => $name.kinetic(t, p, params)),*
                }
            }
            fn potential<S: Scalar>(&self, t: S, q: &[S], params: &[S]) -> S {
                match self {
                    $(Self::$name => $name.potential(t, q, params)),*
                }
            }
            #[inline(never)]
            fn velocity<S: Scalar>(&self, t: S, p: &[S], params: &[S], velocity: &mut [S]) {
                match self {
                    $(Self::$name => $name.velocity(t, p, params, velocity)),*
                }
            }
            #[inline(never)]
            fn force<S: Scalar>(&self, t: S, q: &[S], params: &[S], force: &mut [S]) {
                match self {
                    $(Self::$name => $name.force(t, q, params, force)),*
                }
            }
        }
    };
}

models! { Planar { Kepler HenonHeiles } }
models! { Line { Anharmonic Damped } }
