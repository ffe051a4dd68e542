use super::coefficients::MOST;
use super::method::multistep;
use super::step::BdfCache;

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
/// # use ode_stiff::Bdf;
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
/// assert!(solve(&problem, Bdf::default(), &loose)?.last()[0] < -1e6); // no solution of interest
/// let options = Options { domain: Domain::NonNegative, ..loose };
/// let solution = solve(&problem, Bdf::default(), &options)?;
/// let u = solution.last();
/// assert!((0.0..1e-6).contains(&u[0]) && (u[2] - 1.0).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
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

multistep!(Bdf, BdfCache);
