use super::coefficients::MOST;
use super::step::BdfCache;
use linalg::Field;
use ode_core::{Algorithm, Dense, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::Concrete;
use system::{Buffer, Failure, Jacobian};

/// Backward differentiation formulas of variable order 1 to 5 and variable step size: the stiff
/// method of VODE and CVODE.
///
/// A step costs little beside one or two evaluations of the right-hand side and as many solves; the
/// Jacobian is kept for up to 50 steps, its factors for up to 20. So it is the method of choice for
/// large systems, and for expensive ones. **Mass matrices** are taken, singular ones too where the
/// index is 1. **Dense output** is the polynomial of the method, of the order of the step. Where the
/// state is changed (an event, an edit, a declared stop) it starts anew at order 1.
///
/// With a fixed step size the order rises by itself as soon as there is enough history.
///
/// ```
/// use ode_core::{OdeProblem, Options, solve};
/// use ode_stiff::Bdf;
///
/// system::system! {
///     struct VanDerPol;
///     state { x, v }
///     params { mu }
///     rhs(_t) {
///         d(x) = v;
///         d(v) = mu * (1.0 - x.powi(2)) * v - x;
///     }
/// }
/// let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [1e3], (0.0, 2e3))?;
/// let solution = solve(&problem, Bdf::default(), &Options::default())?;
/// assert!((solution.last()[0] - 1.70616773).abs() < 1e-3);
/// assert!(solution.stats().jacobians < solution.stats().accepted / 10);
/// # Ok::<(), ode_core::SolveError>(())
/// ```
///
/// # References
///
/// - G. D. Byrne, A. C. Hindmarsh, *A polyalgorithm for the numerical solution of ordinary
///   differential equations*, ACM Trans. Math. Softw. 1 (1975) 71–96.
///   <https://doi.org/10.1145/355626.355636>
/// - K. R. Jackson, R. Sacks-Davis, *An alternative implementation of variable step-size multistep
///   formulas for stiff ODEs*, ACM Trans. Math. Softw. 6 (1980) 295–318.
///   <https://doi.org/10.1145/355900.355903>
/// - S. D. Cohen, A. C. Hindmarsh, *CVODE, a stiff/nonstiff ODE solver in C*, Comput. Phys. 10
///   (1996) 138–143. <https://doi.org/10.1063/1.4822377>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bdf {
    /// Highest order, from 1 to 5 (the nearest of them otherwise). The formulas of order 1 and 2 are
    /// A-stable; the others are unstable near the imaginary axis: 2 suits lightly damped oscillations.
    pub max_order: usize,
    /// Steps after which the Jacobian is evaluated anew, also where Newton's iteration converges.
    pub jacobian_age: usize,
}

impl Default for Bdf {
    fn default() -> Self {
        Self { max_order: MOST, jacobian_age: 51 }
    }
}

impl<F, B> Algorithm<F, B> for Bdf
where
    F: Jacobian<B::Item>,
    B: Buffer<Item: Concrete + Field>,
{
    type Cache = BdfCache<B, F::Work>;

    fn name(&self) -> &'static str {
        "Bdf"
    }
    fn order(&self) -> u32 {
        self.max_order.clamp(1, MOST) as u32
    }
    fn first_order(&self) -> u32 {
        1
    }
    fn is_adaptive(&self) -> bool {
        true
    }
    fn takes_mass(&self) -> bool {
        true
    }
    fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
        BdfCache::new::<F>(self.max_order, u, rhs.jacobian_work())
    }
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.begin(rhs, t, u, p)
    }
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        cache.derivative()
    }
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.attempt(self, rhs, step, norm)
    }
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        cache.squared_error(step.u.as_ref(), norm)
    }
    fn accept(
        &self,
        _rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.accept(step.u_next.as_ref());
        Ok(())
    }
    fn dense(
        &self,
        _rhs: &F,
        interval: &Interval<'_, B>,
        _scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        cache.dense(interval, dense);
        Ok(())
    }
    fn advance(&self, cache: &mut Self::Cache) {
        cache.advance();
    }
    fn memory(&self, cache: &Self::Cache, _advanced: bool) -> Vec<B::Item> {
        cache.memory()
    }
    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        cache.restore(memory);
    }
    fn step_factor(&self, cache: &mut Self::Cache, _dt: f64, _factor: f64) -> f64 {
        cache.step_factor()
    }
    fn retry_factor(&self, cache: &mut Self::Cache, _factor: f64) -> f64 {
        cache.retry_factor()
    }
    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        cache.refusal()
    }
    fn work(&self, cache: &Self::Cache) -> Stats {
        cache.work()
    }
}
