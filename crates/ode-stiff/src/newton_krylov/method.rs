use super::Preconditioning;
use super::reals::Reals;
use crate::Parts;
use linalg::Field;
use ode_core::{Algorithm, Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use system::{Buffer, Failure, Rhs};

/// A method whose Newton iteration solves its linear systems by GMRES: the Jacobian is only multiplied
/// with, by one evaluation of the right-hand side in dual numbers, and memory grows like the number of
/// states.
///
/// For [`Bdf`](crate::Bdf), [`Ndf`](crate::Ndf), and the singly diagonally implicit and additive
/// methods. Worth it where factors fill up, as on grids in two dimensions from about 10³ states on, and in
/// three; or where nothing is known of the pattern. Every system has its own Jacobian and step size, so
/// that nothing in it is old but the preconditioner.
///
/// **Inexact Newton**: an increment is computed until its residual is `forcing` times what the
/// nonlinear iteration may leave (as in CVODE), in the norm of the tolerances, which also scale rows and
/// columns. **Mass matrices** are taken where the method takes them (a consistent start is checked by factors).
/// **Duals**: the tangents
/// are solved for with the matrix of the values.
///
/// ```
/// use ode_core::{OdeProblem, Options, solve};
/// use ode_stiff::{Ndf, NewtonKrylov, Preconditioning};
/// use system::{Scalar, System};
///
/// /// Heat on a square of `n × n` cells.
/// struct Plate {
///     n: usize,
/// }
///
/// impl System for Plate {
///     fn dim(&self) -> usize {
///         self.n * self.n
///     }
///     fn num_params(&self) -> usize {
///         0
///     }
///     fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
///         let n = self.n;
///         let at = |x: usize, y: usize| if x < n && y < n { u[y * n + x] } else { S::zero() };
///         for (y, x) in (0..n).flat_map(|y| (0..n).map(move |x| (y, x))) {
///             let [left, below] = [at(x.wrapping_sub(1), y), at(x, y.wrapping_sub(1))];
///             let sum = left + below + at(x + 1, y) + at(x, y + 1);
///             du[y * n + x] = (sum - at(x, y).scale(4.0)).scale((n * n) as f64);
///         }
///     }
/// }
///
/// let problem = OdeProblem::new(Plate { n: 20 }, vec![1.0; 400], [], (0.0, 0.1))?;
/// let krylov = NewtonKrylov {
///     preconditioning: Preconditioning::Ilu0,
///     ..NewtonKrylov::new(Ndf::default())
/// };
/// let iterative = solve(&problem, krylov, &Options::default())?;
/// let direct = solve(&problem, Ndf::default(), &Options::default())?;
/// assert!((iterative.last()[210] - direct.last()[210]).abs() < 1e-4);
/// assert!(iterative.stats().products > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// P. N. Brown, A. C. Hindmarsh, *Reduced storage matrix methods in stiff ODE systems*, Appl. Math.
/// Comput. 31 (1989) 40–91. <https://doi.org/10.1016/0096-3003(89)90110-0>
#[derive(Clone, Debug)]
pub struct NewtonKrylov<M> {
    /// The method.
    pub method: M,
    /// Vectors that GMRES keeps until it restarts.
    pub restart: usize,
    /// Most products for one system.
    pub max_products: usize,
    /// The residual of an increment, as a part of what Newton's iteration may leave; in `(0, 1)`.
    pub forcing: f64,
    /// What makes the iterations shorter.
    pub preconditioning: Preconditioning,
}

impl<M> NewtonKrylov<M> {
    /// Without a preconditioner, with the constants of CVODE where it has them: `forcing` is 0.05.
    pub fn new(method: M) -> Self {
        let preconditioning = Preconditioning::Nothing;
        Self { method, restart: 30, max_products: 120, forcing: 0.05, preconditioning }
    }
}

impl<M: Default> Default for NewtonKrylov<M> {
    fn default() -> Self {
        Self::new(M::default())
    }
}

/// The settings of [`NewtonKrylov`], for numbers of type `S`.
#[derive(Clone)]
pub struct Krylov<S> {
    pub(super) restart: usize,
    pub(super) max_products: usize,
    pub(super) forcing: f64,
    pub(super) preconditioning: Preconditioning,
    pub(super) reals: Reals<S>,
}

/// A method that solves its equations by Newton's iteration, so that [`NewtonKrylov`] can take it.
pub trait NewtonIteration<F, B: Buffer>: Algorithm<F, B> {
    /// The name of the method with GMRES: a checkpoint of it is none of the method's.
    const KRYLOV_NAME: &'static str;

    /// [`Algorithm::cache`] with GMRES.
    fn krylov_cache(&self, rhs: &F, u: &B, krylov: &Krylov<B::Item>) -> Self::Cache;
}

impl<F, B, M> Algorithm<F, B> for NewtonKrylov<M>
where
    M: NewtonIteration<F, B>,
    B: Buffer<Item: Parts + Field>,
{
    type Cache = M::Cache;

    fn name(&self) -> &'static str {
        M::KRYLOV_NAME
    }
    fn order(&self) -> u32 {
        self.method.order()
    }
    fn first_order(&self, cache: &Self::Cache) -> u32 {
        self.method.first_order(cache)
    }
    fn is_adaptive(&self) -> bool {
        self.method.is_adaptive()
    }
    fn takes_mass(&self) -> bool {
        self.method.takes_mass()
    }
    fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
        let krylov = Krylov {
            restart: self.restart,
            max_products: self.max_products,
            forcing: self.forcing,
            preconditioning: self.preconditioning.clone(),
            reals: Reals::NEW,
        };
        self.method.krylov_cache(rhs, u, &krylov)
    }
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        self.method.begin(rhs, t, u, p, cache)
    }
    fn admit(
        &self,
        rhs: &F,
        at: (f64, &B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Error> {
        self.method.admit(rhs, at, norm, cache)
    }
    fn settle(
        &self,
        rhs: &F,
        at: (f64, &mut B, &[B::Item]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<bool, Error> {
        self.method.settle(rhs, at, norm, cache)
    }
    fn slope(
        &self,
        rhs: &F,
        at: (B::Item, &[B::Item], &[B::Item]),
        du: &mut [B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>
    where
        F: Rhs<B::Item>,
    {
        self.method.slope(rhs, at, du, cache)
    }
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        self.method.derivative(cache)
    }
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        self.method.attempt(rhs, step, norm, cache)
    }
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        self.method.squared_error(step, cache, norm)
    }
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        self.method.accept(rhs, step, cache)
    }
    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        self.method.dense(rhs, interval, scratch, cache, dense)
    }
    fn advance(&self, cache: &mut Self::Cache) {
        self.method.advance(cache);
    }
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        self.method.memory(cache, advanced)
    }
    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        self.method.restore(cache, memory);
    }
    fn work(&self, cache: &Self::Cache) -> Stats {
        self.method.work(cache)
    }
    fn step_factor(&self, cache: &mut Self::Cache, dt: f64, factor: f64) -> f64 {
        self.method.step_factor(cache, dt, factor)
    }
    fn retry_factor(&self, cache: &mut Self::Cache, factor: f64) -> f64 {
        self.method.retry_factor(cache, factor)
    }
    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        self.method.refusal(cache)
    }
    fn spectral_radius(&self, step: &Step<'_, B>, cache: &Self::Cache) -> Option<f64> {
        self.method.spectral_radius(step, cache)
    }
    fn real_stability(&self) -> f64 {
        self.method.real_stability()
    }
    fn order_of_error(&self, cache: &Self::Cache) -> u32 {
        self.method.order_of_error(cache)
    }
    fn is_memory(&self, cache: &Self::Cache, memory: &[B::Item]) -> bool {
        self.method.is_memory(cache, memory)
    }
}
