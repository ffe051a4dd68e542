use super::coefficients::MOST;
use super::method::multistep;
use super::ndf_step::NdfCache;

/// Numerical differentiation formulas of order 1 to 5: BDF with a term more, which makes the error
/// smaller and the region of stability hardly so. The method of `ode15s`.
///
/// Kept in backward differences, on a grid of equal steps that is interpolated anew when the step
/// size changes. As [`Bdf`](crate::Bdf) it takes mass matrices, starts at order 1, and keeps its
/// matrix for many steps.
///
/// ```
/// use ode_core::{OdeProblem, Options, solve};
/// use ode_stiff::Ndf;
///
/// system::system! {
///     struct Robertson;
///     state { a, b, c }
///     params {}
///     rhs(_t) {
///         d(a) = -0.04 * a + 1e4 * b * c;
///         d(b) = 0.04 * a - 1e4 * b * c - 3e7 * b * b;
///         d(c) = 3e7 * b * b;
///     }
/// }
/// let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], [], (0.0, 1e5))?;
/// let solution = solve(&problem, Ndf::default(), &Options { atol: 1e-12, ..Options::default() })?;
/// assert!((solution.last()[0] - 0.01786592114209955).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// L. F. Shampine, M. W. Reichelt, *The MATLAB ODE suite*, SIAM J. Sci. Comput. 18 (1997) 1–22.
/// <https://doi.org/10.1137/S1064827594276424>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ndf {
    /// Highest order, from 1 to 5 (the nearest of them otherwise).
    pub max_order: usize,
    /// Steps after which the Jacobian is evaluated anew, also where Newton's iteration converges.
    pub jacobian_age: usize,
}

impl Default for Ndf {
    fn default() -> Self {
        Self { max_order: MOST, jacobian_age: 51 }
    }
}

multistep!(Ndf, NdfCache);
