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
/// **Loose absolute tolerances.** Where the model leads away from states below zero, give a
/// [`Domain`](ode_core::Domain) or an `atol` below the smallest concentration: of Robertson's reactions to
/// `t = 1e11`, where `a` is 2e-8, an `atol` above that lets `a` pass below zero, and the model itself then leads
/// to -1e7 (also with other methods, CVODE among them; a long implicit step passes over the warning signs).
///
/// ```
/// use ode_core::Domain;
/// # use ode_core::{OdeProblem, Options, solve};
/// # use ode_stiff::Ndf;
/// # system::system! {
/// #     struct Robertson;
/// #     state { a, b, c }
/// #     params {}
/// #     rhs(_t) {
/// #         d(a) = -0.04 * a + 1e4 * b * c;
/// #         d(b) = 0.04 * a - 1e4 * b * c - 3e7 * b * b;
/// #         d(c) = 3e7 * b * b;
/// #     }
/// # }
/// let problem = OdeProblem::new(Robertson, [1.0, 0.0, 0.0], [], (0.0, 1e11))?;
/// let loose = Options { rtol: 1e-4, atol: 1e-6, ..Options::default() };
/// assert!(solve(&problem, Ndf::default(), &loose)?.last()[0] < -1e6); // no solution of interest
/// let options = Options { domain: Domain::NonNegative, ..loose };
/// let solution = solve(&problem, Ndf::default(), &options)?;
/// let u = solution.last();
/// assert!((0.0..1e-6).contains(&u[0]) && (u[2] - 1.0).abs() < 1e-5);
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
