//! The adjoint equation as a right-hand side.

use super::path::Path;
use super::second::Second;
use super::transposed::{Transposed, transposed};
use crate::adjoint::Integrand;
use crate::mass::{Side, bordered};
use crate::{Error, Loss};
use ad_tape::{Record, Vjp};
use core::fmt;
use std::cell::RefCell;
use system::{Coloring, Failure, Jacobian, Mass, Pattern, Rhs, System, jacobian_pattern};

/// The adjoint equation along a solution, for a method to solve backwards in time (it stands in the bounds of the
/// continuous adjoints):
/// ```text
/// λ' = -(∂f/∂u)ᵀ λ - (∂g/∂u)ᵀ
/// μ' = -(∂f/∂p)ᵀ λ - (∂g/∂p)ᵀ     carried by some
/// u' = f(t, u; p)                 carried by backsolve
/// ```
/// with the running term `g` of the loss; for a model with a mass matrix `M` the first one is `Mᵀ λ' = …`, which where `M` is
/// singular is a differential–algebraic equation of the same index. It is linear in `λ`; its Jacobian is that of the model, transposed: exact, by duals,
/// with the pattern of the model where `λ` is all that is solved for.
pub struct AdjointEquation<'a, F, L> {
    pub(super) rhs: &'a F,
    pub(super) loss: &'a L,
    pub(super) carries: Carries,
    /// States and parameters of the model.
    pub(super) n: usize,
    pub(super) m: usize,
    integrates: bool,
    /// `Mᵀ`, and ones for the parameters.
    mass: Option<Mass>,
    scratch: RefCell<Scratch<'a, L>>,
}

/// What is integrated beside `λ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    Nothing,
    Parameters,
    ParametersAndState,
}

struct Scratch<'a, L> {
    path: Path,
    /// With the integral of the running term, which the path has.
    u: Vec<f64>,
    u_bar: Vec<f64>,
    p_bar: Vec<f64>,
    g_bar: Vec<f64>,
    record: Record,
    integrand: Option<Integrand<'a, L, f64>>,
}

impl<F, L> fmt::Debug for AdjointEquation<'_, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdjointEquation").finish_non_exhaustive()
    }
}

impl<'a, F: System, L: Loss> AdjointEquation<'a, F, L> {
    pub(super) fn new(
        (rhs, loss): (&'a F, &'a L),
        carries: Carries,
        path: Path,
        integrates: bool,
    ) -> Result<Self, Error> {
        let (n, m) = (rhs.dim(), rhs.num_params());
        let scratch = Scratch {
            path,
            u: vec![0.0; n + usize::from(integrates)],
            u_bar: vec![0.0; n],
            p_bar: vec![0.0; m],
            g_bar: vec![0.0; n],
            record: rhs.record(),
            integrand: integrates.then(|| Integrand::new(loss, n, m)).transpose()?,
        };
        let scratch = RefCell::new(scratch);
        Ok(Self { rhs, loss, carries, n, m, integrates, mass: None, scratch })
    }

    /// The same for a model with a mass matrix.
    pub(super) fn with_mass(mut self, mass: Option<&Mass>) -> Result<Self, Error> {
        if let Some(mass) = mass {
            let ones = self.states() - self.n;
            self.mass = Some(bordered(mass, Side::Transposed, ones)?);
        }
        Ok(self)
    }

    /// Lets somebody change the path.
    pub(super) fn with_path<T>(&self, change: impl FnOnce(&mut Path) -> T) -> T {
        change(&mut self.scratch.borrow_mut().path)
    }

    /// `(∂f/∂p)ᵀ λ + (∂g/∂p)ᵀ` on the path: what the gradient by the parameters is the integral of.
    pub(super) fn by_parameters(
        &self,
        t: f64,
        lambda: &[f64],
        p: &[f64],
        p_bar: &mut [f64],
    ) -> Result<(), Failure> {
        let scratch = &mut *self.scratch.borrow_mut();
        scratch.path.at(t, &mut scratch.u);
        self.pull_back(t, (lambda, true), p, scratch)?;
        p_bar.copy_from_slice(&scratch.p_bar);
        Ok(())
    }

    /// Products with the transposed Jacobians at the state in `scratch.u`.
    fn pull_back(
        &self,
        t: f64,
        (lambda, running): (&[f64], bool),
        p: &[f64],
        scratch: &mut Scratch<'a, L>,
    ) -> Result<(), Failure> {
        let Scratch { u, u_bar, p_bar, g_bar, record, integrand, .. } = scratch;
        u_bar.fill(0.0);
        p_bar.fill(0.0);
        let u = &u[..self.n];
        self.rhs.pull_back(t, u, p, lambda, (u_bar, p_bar), record)?;
        if let (Some(integrand), true) = (integrand, running) {
            integrand
                .pull_back((t, u, p), 1.0, g_bar, p_bar)
                .map_err(|why| Failure::Fatal(why.to_string()))?;
            u_bar.iter_mut().zip(g_bar).for_each(|(u_bar, g_bar)| *u_bar += *g_bar);
        }
        Ok(())
    }

    /// Puts the state at time `t` into `scratch.u`.
    fn look_up(&self, t: f64, y: &[f64], scratch: &mut Scratch<'a, L>) {
        match self.carries {
            Carries::ParametersAndState => {
                scratch.u[..self.n].copy_from_slice(&y[self.n + self.m..]);
            }
            _ => scratch.path.at(t, &mut scratch.u),
        }
    }
}

impl<F: System, L: Loss> Rhs<f64> for AdjointEquation<'_, F, L> {
    fn states(&self) -> usize {
        match self.carries {
            Carries::Nothing => self.n,
            Carries::Parameters => self.n + self.m,
            Carries::ParametersAndState => 2 * self.n + self.m,
        }
    }
    fn params(&self) -> Option<usize> {
        Some(self.m)
    }
    fn mass(&self) -> Option<&Mass> {
        self.mass.as_ref()
    }
    fn eval(&self, t: f64, y: &[f64], p: &[f64], dy: &mut [f64]) -> Result<(), Failure> {
        let scratch = &mut *self.scratch.borrow_mut();
        let (n, m) = (self.n, self.m);
        self.look_up(t, y, scratch);
        self.pull_back(t, (&y[..n], true), p, scratch)?;
        let (lambda, others) = dy.split_at_mut(n);
        lambda.iter_mut().zip(&scratch.u_bar).for_each(|(dy, bar)| *dy = -bar);
        if self.carries != Carries::Nothing {
            others.iter_mut().zip(&scratch.p_bar).for_each(|(dy, bar)| *dy = -bar);
        }
        if self.carries == Carries::ParametersAndState {
            self.rhs.rhs(t, &y[n + m..], p, &mut others[m..]);
        }
        Ok(())
    }
}

impl<'a, F: System, L: Loss> AdjointEquation<'a, F, L> {
    /// The programs for second derivatives, recorded when they are first asked for.
    fn known<'w>(&self, second: &'w mut Option<Second>) -> Result<&'w mut Second, Failure> {
        let programs = match second.take() {
            Some(known) => known,
            None => Second::new(self.rhs, self.loss, self.integrates).map_err(|why| {
                Failure::Fatal(format!(
                    "the method needs second derivatives of the model, which are replayed from a program: {why}; take a \
                     method without them (RadauIIA5, Bdf, KenCarp4), or an explicit one"
                ))
            })?,
        };
        Ok(second.insert(programs))
    }

    /// The derivative of the equation by time, at the state in `scratch.u`.
    fn slopes_in_time(
        &self,
        (t, y, p): (f64, &[f64], &[f64]),
        dfdt: &mut [f64],
        scratch: &mut Scratch<'a, L>,
        second: &mut Option<Second>,
    ) -> Result<(), Failure> {
        let (n, m) = (self.n, self.m);
        if self.mass.is_some() {
            let Scratch { path, u, u_bar, .. } = scratch;
            path.slope(t, u, u_bar);
            path.at(t, u);
        }
        let (u, u_dot) = (&scratch.u[..n], &mut scratch.u_bar);
        // A state on the path moves with time, one that is carried does not.
        match self.carries {
            Carries::ParametersAndState => u_dot.fill(0.0),
            _ if self.mass.is_some() => {}
            _ => self.rhs.rhs(t, u, p, u_dot),
        }
        let second = self.known(second)?;
        second.along((t, u, p), &y[..n], (u_dot, 1.0))?;
        let count = if self.carries == Carries::Nothing { n } else { n + m };
        for (dfdt, bar) in dfdt.iter_mut().zip(second.bars().take(count)) {
            *dfdt = -bar;
        }
        if self.carries == Carries::ParametersAndState {
            for (dfdt, slope) in dfdt[n + m..].iter_mut().zip(second.slopes()) {
                *dfdt = slope;
            }
        }
        Ok(())
    }
}

impl<F: System, L: Loss> Jacobian<f64> for AdjointEquation<'_, F, L> {
    type Work = AdjointWork;

    fn jacobian_work(&self) -> AdjointWork {
        AdjointWork { unit: vec![0.0; self.n], transposed: Transposed::new(self.rhs), second: None }
    }

    fn jacobian(
        &self,
        t: f64,
        y: &[f64],
        p: &[f64],
        jac: &mut [f64],
        work: &mut AdjointWork,
    ) -> Result<(), Failure> {
        let scratch = &mut *self.scratch.borrow_mut();
        let (n, m, size) = (self.n, self.m, self.states());
        let AdjointWork { unit, transposed, second } = work;
        self.look_up(t, y, scratch);
        jac.fill(0.0);
        transposed.dense(self.rhs, (t, &scratch.u[..n], p), (jac, size))?;
        if self.carries != Carries::Nothing {
            for j in 0..n {
                unit.fill(0.0);
                unit[j] = 1.0;
                self.pull_back(t, (unit, false), p, scratch)?;
                for i in 0..m {
                    jac[(n + i) * size + j] = -scratch.p_bar[i];
                }
            }
        }
        if self.carries == Carries::ParametersAndState {
            let second = self.known(second)?;
            for j in 0..n {
                unit.fill(0.0);
                unit[j] = 1.0;
                second.along((t, &scratch.u[..n], p), &y[..n], (unit, 0.0))?;
                let column = n + m + j;
                for (i, bar) in second.bars().enumerate() {
                    jac[i * size + column] = -bar;
                }
                for (i, f) in second.slopes().enumerate() {
                    jac[(n + m + i) * size + column] = f;
                }
            }
        }
        Ok(())
    }

    fn time_derivative(
        &self,
        t: f64,
        y: &[f64],
        p: &[f64],
        dfdt: &mut [f64],
        work: &mut AdjointWork,
    ) -> Result<(), Failure> {
        let scratch = &mut *self.scratch.borrow_mut();
        self.look_up(t, y, scratch);
        self.slopes_in_time((t, y, p), dfdt, scratch, &mut work.second)
    }

    fn jvp(
        &self,
        t: f64,
        y: &[f64],
        p: &[f64],
        (v, out): (&[f64], &mut [f64]),
        _work: &mut AdjointWork,
    ) -> Result<(), Failure> {
        if self.carries == Carries::ParametersAndState {
            return Err(Failure::Fatal("backsolve has no products of its Jacobian".to_owned()));
        }
        // It is linear.
        let scratch = &mut *self.scratch.borrow_mut();
        self.look_up(t, y, scratch);
        self.pull_back(t, (&v[..self.n], false), p, scratch)?;
        let bars = scratch.u_bar.iter().chain(&scratch.p_bar);
        out.iter_mut().zip(bars).for_each(|(out, bar)| *out = -bar);
        Ok(())
    }

    fn pattern(&self) -> Option<Pattern> {
        let own = || transposed(&jacobian_pattern(self.rhs));
        (self.carries == Carries::Nothing).then(own)
    }

    fn declares_pattern(&self) -> bool {
        false
    }

    fn sparse_derivatives(
        &self,
        t: f64,
        y: &[f64],
        p: &[f64],
        coloring: &Coloring,
        (values, dfdt): (&mut [f64], &mut [f64]),
        work: &mut AdjointWork,
    ) -> Result<(), Failure> {
        self.sparse_jacobian(t, y, p, coloring, (values, dfdt), work)?;
        self.time_derivative(t, y, p, dfdt, work)
    }

    fn sparse_jacobian(
        &self,
        t: f64,
        y: &[f64],
        p: &[f64],
        coloring: &Coloring,
        (values, _): (&mut [f64], &mut [f64]),
        work: &mut AdjointWork,
    ) -> Result<(), Failure> {
        let scratch = &mut *self.scratch.borrow_mut();
        self.look_up(t, y, scratch);
        let point = (t, &scratch.u[..self.n], p);
        work.transposed.sparse(self.rhs, point, (coloring, values))
    }
}

/// Memory for Jacobians of the adjoint equation.
#[derive(Debug)]
pub struct AdjointWork {
    unit: Vec<f64>,
    transposed: Transposed,
    /// Once they have been asked for.
    second: Option<Second>,
}
