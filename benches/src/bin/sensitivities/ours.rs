//! Our algorithms, each by some solvers.

use crate::laps::{Laps, Slow};
use crate::question::Question;
use ad_tape::Vjp;
use ode_core::{OdeProblem, Tsit5, Vern7, solve};
use ode_stiff::{Bdf, RadauIIA5, Rodas5P};
use sensitivity::{
    BacksolveAdjoint, DiscreteAdjoint, ForwardEquations, ForwardSensitivity, GaussAdjoint,
    InterpolatingAdjoint, QuadratureAdjoint, StepControl,
};
use system::{Buffer, Rhs, System};

/// Inputs from which on forward sensitivities are not measured, and states from which on backsolve is not.
const MANY: usize = 64;

/// Digits beyond which interpolants of implicit methods are too rough for the adaptive quadrature.
const INTERPOLANTS: u32 = 8;

/// Steps that are chosen for the states only.
const STATE: DiscreteAdjoint =
    DiscreteAdjoint { control: StepControl::State, memory: sensitivity::Memory::All };

impl<F: System, B: Buffer<Item = f64>> Question<F, B> {
    /// Explicit methods, at `rtol = 10^-digits`.
    pub(crate) fn explicit<'a>(&'a self, digits: u32, laps: &mut Laps<'a>, slow: &mut Slow) {
        macro_rules! by {
            ($($solver:ident)*) => {$(
                let name = stringify!($solver);
                let options = self.options(digits);
                laps.solve(name, move || solve(&self.problem, $solver, &options));
                if self.problem.u0().as_ref().len() + self.problem.p().len() <= MANY {
                    self.with(digits, laps, slow, (name, "forward"), move |options| {
                        ForwardSensitivity.gradient(&self.problem, $solver, options, &self.loss)
                    });
                }
                self.with(digits, laps, slow, (name, "discrete"), move |options| {
                    let adjoint = DiscreteAdjoint::default();
                    adjoint.gradient(&self.problem, $solver, options, &self.loss)
                });
                self.with(digits, laps, slow, (name, "discrete-state"), move |options| {
                    STATE.gradient(&self.problem, $solver, options, &self.loss)
                });
                self.with(digits, laps, slow, (name, "gauss"), move |options| {
                    let adjoint = GaussAdjoint::default();
                    adjoint.gradient(&self.problem, $solver, options, &self.loss)
                });
                self.with(digits, laps, slow, (name, "interpolating"), move |options| {
                    let adjoint = InterpolatingAdjoint::default();
                    adjoint.gradient(&self.problem, $solver, options, &self.loss)
                });
                // What diffuses forward cannot be solved for backward.
                if self.problem.u0().as_ref().len() <= MANY {
                    self.with(digits, laps, slow, (name, "backsolve"), move |options| {
                        let adjoint = BacksolveAdjoint { force: true, ..BacksolveAdjoint::default() };
                        adjoint.gradient(&self.problem, $solver, options, &self.loss)
                    });
                }
            )*};
        }
        by! { Tsit5 Vern7 }
    }

    /// Implicit methods.
    pub(crate) fn implicit<'a>(&'a self, digits: u32, laps: &mut Laps<'a>, slow: &mut Slow) {
        macro_rules! by {
            ($($solver:ident)*) => {$(
                let name = stringify!($solver);
                let options = self.options(digits);
                laps.solve(name, move || solve(&self.problem, $solver::default(), &options));
                self.with(digits, laps, slow, (name, "gauss"), move |options| {
                    let adjoint = GaussAdjoint::default();
                    adjoint.gradient(&self.problem, $solver::default(), options, &self.loss)
                });
                if digits <= INTERPOLANTS {
                    self.with(digits, laps, slow, (name, "quadrature"), move |options| {
                        let adjoint = QuadratureAdjoint::default();
                        adjoint.gradient(&self.problem, $solver::default(), options, &self.loss)
                    });
                }
                self.with(digits, laps, slow, (name, "interpolating"), move |options| {
                    let adjoint = InterpolatingAdjoint::default();
                    adjoint.gradient(&self.problem, $solver::default(), options, &self.loss)
                });
            )*};
        }
        by! { RadauIIA5 Rodas5P Bdf }
        self.with(digits, laps, slow, ("RadauIIA5", "forward"), move |options| {
            ForwardSensitivity.gradient(&self.problem, RadauIIA5, options, &self.loss)
        });
        self.with(digits, laps, slow, ("Bdf", "forward-equations"), move |options| {
            let forward = ForwardEquations::default();
            forward.gradient(&self.problem, Bdf::default(), options, &self.loss)
        });
        self.with(digits, laps, slow, ("Rodas5P", "discrete"), move |options| {
            DiscreteAdjoint::default().gradient(&self.problem, Rodas5P, options, &self.loss)
        });
        self.with(digits, laps, slow, ("Rodas5P", "discrete-state"), move |options| {
            STATE.gradient(&self.problem, Rodas5P, options, &self.loss)
        });
        self.with(digits, laps, slow, ("RadauIIA5", "discrete-state"), move |options| {
            STATE.gradient(&self.problem, RadauIIA5, options, &self.loss)
        });
    }

    /// The same question of the same function with products by hand: discrete adjoints, which need no more.
    pub(crate) fn by_hand<'a, G: Vjp + Rhs<f64>>(
        &'a self,
        problem: &'a OdeProblem<G, B>,
        digits: u32,
        laps: &mut Laps<'a>,
        slow: &mut Slow,
    ) {
        macro_rules! by {
            ($($solver:ident)*) => {$(
                let names = (stringify!($solver), "discrete-kernels");
                self.with(digits, laps, slow, names, move |options| {
                    STATE.gradient_of_black_box(problem, $solver, options, &self.loss)
                });
            )*};
        }
        by! { Tsit5 Vern7 }
    }
}

impl<F: Rhs<f64>, B: Buffer<Item = f64>> Question<F, B> {
    fn with<'a>(
        &'a self,
        digits: u32,
        laps: &mut Laps<'a>,
        slow: &mut Slow,
        names: (&'static str, &str),
        run: impl Fn(&ode_core::Options) -> Result<sensitivity::Gradient, sensitivity::Error> + 'a,
    ) {
        let options = self.options(digits);
        laps.gradient(self, names, slow, move || run(&options));
    }
}
