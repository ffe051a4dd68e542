use super::collocation::{GAUSS4, GAUSS6, Gauss};
use super::{GaussCache, Parts};
use crate::by_cache::{by_cache, remembered_by_cache};
use ode_core::Algorithm;
use system::{Buffer, Jacobian, Rhs};

/// Gauss's collocation with two stages: fourth order, symplectic for every Hamiltonian, separable or
/// not, symmetric, A-stable. Fixed steps.
///
/// **Quadratic invariants are kept to rounding**: the stages are iterated until only rounding is
/// left, and the state is summed with compensation, as by the symplectic methods of `ode-core`.
/// **Stiff components** are damped little: use [`RadauIIA5`](crate::RadauIIA5) where they matter.
/// **Dense output** has third order, where the steps are not stiff.
///
/// ```
/// use ode_core::{OdeProblem, Options, StepSize, solve};
/// use ode_stiff::GaussLegendre4;
///
/// system::system! {
///     /// Euler's rigid body.
///     struct RigidBody;
///     state { x, y, z }
///     params { a, b, c }
///     rhs(_t) {
///         d(x) = a * y * z;
///         d(y) = b * z * x;
///         d(z) = c * x * y;
///     }
/// }
///
/// let problem = OdeProblem::new(RigidBody, [1.0, 0.0, 0.9], [-2.0, 1.25, -0.5], (0.0, 1e3))?;
/// let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
/// let energy = |u: &[f64]| 0.5 * u[0] * u[0] + u[1] * u[1] + 0.5 * u[2] * u[2];
/// let solution = solve(&problem, GaussLegendre4, &options)?;
/// assert!((energy(solution.last()) - energy(&[1.0, 0.0, 0.9])).abs() < 1e-14);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// Hairer, Lubich, Wanner, *Geometric Numerical Integration*, II.1.3 and IV.2.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct GaussLegendre4;

/// Gauss's collocation with three stages: sixth order; otherwise as [`GaussLegendre4`]. Its dense
/// output has fourth order.
///
/// ```
/// use ode_core::{OdeProblem, Options, StepSize, solve};
/// use ode_stiff::GaussLegendre6;
///
/// system::system! {
///     struct Oscillator;
///     state { x, v }
///     params {}
///     rhs(_t) {
///         d(x) = v;
///         d(v) = -x;
///     }
/// }
///
/// let problem = OdeProblem::new(Oscillator, [1.0, 0.0], [], (0.0, 10.0))?;
/// let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
/// let solution = solve(&problem, GaussLegendre6, &options)?;
/// assert!((solution.last()[0] - 10f64.cos()).abs() < 1e-10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// As [`GaussLegendre4`]; Butcher, *Implicit Runge–Kutta processes*, Math. Comp. 18 (1964) 50–64.
/// <https://doi.org/10.1090/S0025-5718-1964-0159424-9>
#[derive(Clone, Copy, Debug, Default)]
pub struct GaussLegendre6;

/// A Gauss method is its coefficients.
pub(super) trait Collocated<const S: usize> {
    const GAUSS: Gauss<S>;
}

macro_rules! gauss_legendre {
    ($method:ident, $stages:literal, $gauss:ident) => {
        impl Collocated<$stages> for $method {
            const GAUSS: Gauss<$stages> = $gauss;
        }

        impl<F, B> Algorithm<F, B> for $method
        where
            F: Rhs<B::Item> + Jacobian<f64>,
            B: Buffer<Item: Parts>,
        {
            type Cache = GaussCache<B, F::Work, $stages>;

            fn name(&self) -> &'static str {
                stringify!($method)
            }
            fn order(&self) -> u32 {
                2 * $stages
            }
            fn is_adaptive(&self) -> bool {
                false
            }
            by_cache!(F, B);
            remembered_by_cache!(B);
        }
    };
}

gauss_legendre!(GaussLegendre4, 2, GAUSS4);
gauss_legendre!(GaussLegendre6, 3, GAUSS6);
