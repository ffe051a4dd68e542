use super::{Parts, RadauCache};
use crate::by_cache::{admitted_by_cache, by_cache, remembered_by_cache};
use ode_core::{Algorithm, ErrorNorm, Step};
use system::{Buffer, Jacobian, Rhs};

/// Radau IIA with three stages: fifth order, L-stable, stiffly accurate. The method of the code
/// RADAU5, for stiff problems and DAEs of index 1 at medium and tight tolerances.
///
/// **Linear algebra**: one real and one complex system of the size of the state per iteration, from
/// one Jacobian, which is kept while Newton's method converges fast; steps keep their size, and the
/// factors with it, where little is gained by a change. Above a few states both matrices have banded or
/// sparse factors where the pattern of the Jacobian allows, analysed once. **Step sizes** follow Gustafsson's
/// predictive controller and not [`Options::controller`](ode_core::Options::controller), which only
/// decides on rejected steps. **Tolerances**: the error estimate is of third order; it is
/// held to `rtol^(2/3) / 10` as in RADAU5, below `rtol = 1e-4` to a multiple of `rtol^(4/5)`: the error
/// of the solution is then proportional to `rtol`. **Mass matrices** are taken, singular ones too where the index is 1. **Dense output** is the collocation
/// polynomial, corrected by the error estimate and by the step before: of fourth degree, continuous,
/// as good as the solution where a component is not stiff. A component that follows others at once
/// can err inside long steps by more than the tolerance: end steps
/// ([`Options::stops`](ode_core::Options::stops)) where that matters. **Duals**: factorisations are those of the values alone, see
/// [`Parts`].
///
/// ```
/// use ode_core::{OdeProblem, Options, solve};
/// use ode_stiff::RadauIIA5;
///
/// system::system! {
///     /// Van der Pol's oscillator.
///     struct VanDerPol;
///     state { x, v }
///     params { mu }
///     rhs(_t) {
///         d(x) = v;
///         d(v) = mu * (1.0 - x * x) * v - x;
///     }
/// }
///
/// let problem = OdeProblem::new(VanDerPol, [2.0, 0.0], [1e3], (0.0, 2e3))?;
/// let solution = solve(&problem, RadauIIA5, &Options::default())?;
/// assert!((solution.last()[0] - 1.706167732170465).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// Hairer, Wanner II, IV.8; Hairer, Wanner, *Stiff differential equations solved by Radau methods*,
/// J. Comput. Appl. Math. 111 (1999) 93–111. <https://doi.org/10.1016/S0377-0427(99)00134-X>
#[derive(Clone, Copy, Debug, Default)]
pub struct RadauIIA5;

impl<F, B> Algorithm<F, B> for RadauIIA5
where
    F: Rhs<B::Item> + Jacobian<f64>,
    B: Buffer<Item: Parts>,
{
    type Cache = RadauCache<B, F::Work>;

    fn name(&self) -> &'static str {
        "RadauIIA5"
    }
    fn order(&self) -> u32 {
        5
    }
    fn is_adaptive(&self) -> bool {
        true
    }
    fn takes_mass(&self) -> bool {
        true
    }
    #[inline]
    fn squared_error(
        &self,
        _step: &Step<'_, B>,
        cache: &mut Self::Cache,
        _norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        cache.squared_error()
    }
    #[inline]
    fn step_factor(&self, cache: &mut Self::Cache, dt: f64, _factor: f64) -> f64 {
        cache.step_factor(dt)
    }
    by_cache!(F, B);
    admitted_by_cache!(F, B);
    remembered_by_cache!(B);
}
