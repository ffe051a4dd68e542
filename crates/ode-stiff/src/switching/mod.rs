//! An explicit method where the problem is not stiff, an implicit one where it is.

mod algorithm;
mod names;
mod rule;
mod switching_cache;

pub use rule::SwitchRule;
pub use switching_cache::SwitchingCache;

/// `nonstiff` until the problem turns out to be stiff, `stiff` until it is so no more.
///
/// After each explicit step two of its stages tell the largest eigenvalue `λ` of the Jacobian; where
/// `|λ dt|` stays at the border of the method's stability, stability and not accuracy decides about
/// the step, and the implicit method takes over. It gives way again where its steps have become so
/// short that the explicit one would be stable; not at once, since it may have to begin with short steps
/// itself. Steps, events, dense output and checkpoints go on
/// over a switch; the implicit method's memory is allocated at the first one. A problem with a mass
/// matrix is solved by the implicit method alone.
///
/// ```
/// use ode_core::{OdeProblem, Options, Tsit5, solve};
/// use ode_stiff::{Rodas5P, Switching};
///
/// system::system! {
///     struct VanDerPol;
///     state { x, v }
///     params { mu }
///     rhs(_t) { d(x) = v; d(v) = mu * (1.0 - x * x) * v - x; }
/// }
/// let method = Switching::new(Tsit5, Rodas5P);
/// let options = Options::default();
/// let mild = OdeProblem::new(VanDerPol, [2.0, 0.0], [1.0], (0.0, 20.0))?;
/// let stiff = OdeProblem::new(VanDerPol, [2.0, 0.0], [1000.0], (0.0, 2000.0))?;
/// assert_eq!(solve(&mild, method, &options)?.stats().factorizations, 0);
/// assert!(solve(&stiff, method, &options)?.stats().accepted < 1000); // Tsit5 alone: millions
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// L. Petzold, *Automatic selection of methods for solving stiff and nonstiff systems of ordinary
/// differential equations*, SIAM J. Sci. Stat. Comput. 4 (1983) 136–148; Hairer, Wanner II, IV.2, for
/// the estimate by stages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Switching<N, S> {
    /// The explicit method.
    pub nonstiff: N,
    /// The implicit method.
    pub stiff: S,
    /// When to switch.
    pub rule: SwitchRule,
}

impl<N, S> Switching<N, S> {
    /// With the usual rule.
    pub fn new(nonstiff: N, stiff: S) -> Self {
        Self { nonstiff, stiff, rule: SwitchRule::default() }
    }
}
