use crate::{Dense, Error, ErrorNorm, Stats, Taken};
use scalar::Concrete;
use system::{Buffer, Failure, Rhs};

/// One step, from `(t, u)` over `dt`; the method fills `u_next` and `error`.
///
/// Times are of type `T`: one for all numbers of the state, or one for each lane.
#[derive(Debug)]
pub struct Step<'a, B: Buffer, T = f64> {
    /// Start of the step.
    pub t: T,
    /// Signed length of the step.
    pub dt: T,
    /// The time to hand to the right-hand side at the start: `t`, or an ulp inside the step where
    /// `t` is a declared stop.
    pub t_first: T,
    /// The same at the end.
    pub t_last: T,
    /// State at `t`.
    pub u: &'a B,
    /// Parameters.
    pub p: &'a [B::Item],
    /// Out: the state at `t + dt`.
    pub u_next: &'a mut B,
    /// Out: the estimate of the local error. A method without one may leave anything there.
    pub error: &'a mut B,
}

impl<B: Buffer, T: Copy> Step<'_, B, T> {
    /// Its times.
    pub fn taken(&self) -> Taken<T> {
        Taken { t: self.t, dt: self.dt, t_first: self.t_first, t_last: self.t_last }
    }
}

/// A method for right-hand sides `F` and states stored in `B`.
///
/// A method is a small value of settings; all its memory lives in its `Cache`. An explicit
/// Runge–Kutta method only implements [`ExplicitRk`](crate::ExplicitRk).
///
/// The integrator calls, for every step: [`attempt`](Algorithm::attempt) until one is accepted,
/// [`accept`](Algorithm::accept), possibly [`dense`](Algorithm::dense), and before the next step
/// [`advance`](Algorithm::advance), or [`begin`](Algorithm::begin) after a stop. None of them
/// allocates.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot solve `{F}` with states stored in `{B}`",
    note = "a symplectic method needs a `HamiltonianSystem`, made from a `Hamiltonian`",
    note = "write the model with `system!` or as a `FromFn`, and give `u0` as an array or a `Vec`"
)]
pub trait Algorithm<F, B: Buffer>: Clone {
    /// Stages and scratch, allocated once per solve.
    type Cache;

    /// The method's name.
    fn name(&self) -> &'static str;

    /// Order of convergence.
    fn order(&self) -> u32;

    /// The order of the step after [`begin`](Algorithm::begin), from which its size is estimated:
    /// another one where a method starts at a low order, or is one of several.
    fn first_order(&self, cache: &Self::Cache) -> u32 {
        let _ = cache;
        self.order()
    }

    /// Whether the method estimates its error, so that its steps can be controlled.
    fn is_adaptive(&self) -> bool;

    /// Allocates, for states of the length of `u`.
    fn cache(&self, rhs: &F, u: &B) -> Self::Cache;

    /// Evaluates what the first step reuses: `f(t, u; p)`.
    ///
    /// # Errors
    ///
    /// As the right-hand side.
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>;

    /// Whether a solve can start here, asked right after [`begin`](Algorithm::begin) where the
    /// right-hand side has a mass matrix and the state comes from outside: at the start, and after an
    /// edit or the effect of an event. Sizes are those of `norm`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) where the state does not satisfy
    /// the algebraic equations, [`ErrorKind::HigherIndex`](crate::ErrorKind::HigherIndex) where they
    /// do not determine the algebraic variables.
    fn admit(
        &self,
        rhs: &F,
        (t, u, p): (f64, &B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Error>
    where
        B::Item: Concrete,
    {
        let _ = (rhs, t, u, p, norm, cache);
        Ok(())
    }

    /// Moves a state that the method itself came to onto the algebraic equations, where the right-hand
    /// side has a mass matrix: what is saved between steps (an interpolant may miss them by its error),
    /// what an edit or the effect of an event is to see, and a state behind a declared stop. Changes
    /// nothing that the next step needs. Gives whether there are algebraic equations.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoConsistentState`](crate::ErrorKind::NoConsistentState) where its iteration does not
    /// converge, and as [`admit`](Algorithm::admit); the state is then left as it is.
    fn settle(
        &self,
        rhs: &F,
        (t, u, p): (f64, &mut B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<bool, Error>
    where
        B::Item: Concrete,
    {
        let _ = (rhs, t, u, p, norm, cache);
        Ok(false)
    }

    /// The derivative `u'` at any state on the algebraic equations, by which the time of an event is
    /// differentiated: `f`, or where the right-hand side has a mass matrix what `M u' = f` and the
    /// derivative of the algebraic equations by time make of it.
    ///
    /// # Errors
    ///
    /// As the right-hand side; [`Failure::Recoverable`] where the equations do not determine it.
    fn slope(
        &self,
        rhs: &F,
        (t, u, p): (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item>,
    {
        let _ = cache;
        rhs.eval(t, u, p, du)
    }

    /// The derivative at the start of the step: what `begin` evaluated or `advance` carried over.
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item];

    /// Attempts a step; must leave the cache usable for a retry. An iteration ends when what is left
    /// is small in `norm`, in which an error of 1 is as large as the tolerance.
    ///
    /// # Errors
    ///
    /// As the right-hand side; [`Failure::Recoverable`] where an iteration does not converge, with
    /// the reason in [`refusal`](Algorithm::refusal).
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>
    where
        B::Item: Concrete;

    /// The square of the scaled error of an attempt, accepted when at most 1: that of `step.error`,
    /// unless the method combines several estimates.
    #[inline]
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64
    where
        B::Item: Concrete,
    {
        let _ = cache;
        norm.square_of(step.error.as_ref(), step.u.as_ref(), step.u_next.as_ref())
    }

    /// Completes an attempt that is about to be accepted: the derivative at its end.
    ///
    /// # Errors
    ///
    /// As the right-hand side.
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>;

    /// Writes the interpolant of the step just accepted (which may cost evaluations).
    ///
    /// `scratch` has the length of the state.
    ///
    /// # Errors
    ///
    /// As the right-hand side.
    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure>;

    /// Moves on to the next step.
    fn advance(&self, cache: &mut Self::Cache);

    /// What the method carries from step to step beside the state and its derivative, for a
    /// checkpoint; `advanced` says whether [`advance`](Algorithm::advance) was called since the last
    /// step. Nothing for one-step methods.
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        let _ = (cache, advanced);
        Vec::new()
    }

    /// Takes back what [`memory`](Algorithm::memory) gave, right after
    /// [`begin`](Algorithm::begin).
    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        let _ = (cache, memory);
    }

    /// Work done so far; steps are counted by the integrator.
    fn work(&self, cache: &Self::Cache) -> Stats;

    /// The change of the step size after an accepted step of signed length `dt`, where the controller
    /// proposes `factor`. Asked right after [`accept`](Algorithm::accept); never for fixed steps.
    #[inline]
    fn step_factor(&self, cache: &mut Self::Cache, dt: f64, factor: f64) -> f64 {
        let _ = (cache, dt);
        factor
    }

    /// The change of the step size for the retry after a rejected attempt, where the controller
    /// proposes `factor`. Asked right after [`squared_error`](Algorithm::squared_error); below 1.
    #[inline]
    fn retry_factor(&self, cache: &mut Self::Cache, factor: f64) -> f64 {
        let _ = cache;
        factor
    }

    /// Why the last attempt was refused, if the method itself refused it and not the right-hand side.
    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        let _ = cache;
        None
    }

    /// An estimate or a bound of the modulus of the largest eigenvalue of `∂f/∂u` in a step, asked
    /// right after [`accept`](Algorithm::accept); `None` where the method knows of none.
    fn spectral_radius(&self, step: &Step<'_, B>, cache: &Self::Cache) -> Option<f64>
    where
        B::Item: Concrete,
    {
        let _ = (step, cache);
        None
    }

    /// How far the region of stability reaches along the negative real axis.
    fn real_stability(&self) -> f64 {
        f64::INFINITY
    }

    /// The order that the next error behaves by: another one than [`order`](Algorithm::order) where a
    /// method switches between methods.
    #[inline]
    fn order_of_error(&self, cache: &Self::Cache) -> u32 {
        let _ = cache;
        self.order()
    }

    /// Whether this can have come from [`memory`](Algorithm::memory).
    fn is_memory(&self, cache: &Self::Cache, memory: &[B::Item]) -> bool {
        memory.len() == self.memory(cache, true).len()
    }

    /// Whether the method solves `M u' = f` with a mass matrix `M` ([`Rhs::mass`](system::Rhs::mass)).
    fn takes_mass(&self) -> bool {
        false
    }
}

/// Why an implicit method refused an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// The matrix of its linear systems is singular; the pivot of this component vanished.
    Singular {
        /// Index of the component.
        index: usize,
    },
    /// Its Jacobian is not finite.
    Jacobian {
        /// Index of the derivative.
        row: usize,
        /// Index of the state by which it is differentiated; `n` for time.
        column: usize,
    },
    /// An entry of its Jacobian is missing in the declared pattern, or not what products with the
    /// Jacobian say.
    Entry {
        /// Index of the derivative.
        row: usize,
        /// Index of the state by which it is differentiated.
        column: usize,
    },
    /// Its iteration did not converge.
    NotConverged,
}

/// A step that has been taken, with the state at its start.
#[derive(Debug)]
pub struct Interval<'a, B: Buffer, T = f64> {
    /// Its times.
    pub step: Taken<T>,
    /// State at the start.
    pub u: &'a B,
    /// Parameters.
    pub p: &'a [B::Item],
}
