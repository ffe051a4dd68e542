use super::Separable;
use super::gradient::{Energy, gradient};
use scalar::Scalar;
use system::{System, wrong_lengths};

/// A separable Hamiltonian `H(t, q, p) = T(t, p) + V(t, q)`, written once: its two energies.
///
/// The equations of motion `q' = ∂T/∂p`, `p' = -∂V/∂q` follow by exact differentiation. Wrapped in
/// [`HamiltonianSystem`] it is a [`System`] with the states `(q, p)`, which every method solves.
///
/// ```
/// use ode_core::{Hamiltonian, HamiltonianSystem, KahanLi8, OdeProblem, Options, StepSize, solve};
/// use scalar::Scalar;
///
/// /// A planet around a fixed sun.
/// struct Planet;
///
/// impl Hamiltonian for Planet {
///     fn degrees(&self) -> usize {
///         2
///     }
///     fn num_params(&self) -> usize {
///         1
///     }
///     fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _params: &[S]) -> S {
///         (p[0] * p[0] + p[1] * p[1]).scale(0.5)
///     }
///     fn potential<S: Scalar>(&self, _t: S, q: &[S], params: &[S]) -> S {
///         -params[0] / (q[0] * q[0] + q[1] * q[1]).sqrt()
///     }
/// }
///
/// let orbit = std::f64::consts::TAU;
/// let problem =
///     OdeProblem::new(HamiltonianSystem(Planet), [1.0, 0.0, 0.0, 1.0], [1.0], (0.0, orbit))?;
/// let options = Options { step: StepSize::Fixed(orbit / 32.0), ..Options::default() };
/// let solution = solve(&problem, KahanLi8, &options)?;
/// assert!((solution.last()[0] - 1.0).abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Hamiltonian {
    /// Number of degrees of freedom: of positions, and of momenta.
    fn degrees(&self) -> usize;

    /// Number of parameters.
    fn num_params(&self) -> usize;

    /// The kinetic energy `T(t, p)`; `p` holds the momenta.
    fn kinetic<S: Scalar>(&self, t: S, p: &[S], params: &[S]) -> S;

    /// The potential energy `V(t, q)`; `q` holds the positions.
    fn potential<S: Scalar>(&self, t: S, q: &[S], params: &[S]) -> S;

    /// Writes `∂T/∂p`, what the positions change by.
    ///
    /// By default exact, by dual numbers, in ⌈degrees / 8⌉ evaluations of `T`. They live on the
    /// stack: nothing is allocated as long as momenta and parameters together are at most 512
    /// (fewer for number types that are large themselves). Override it with a formula where a
    /// larger or a hotter model deserves one.
    #[inline]
    fn velocity<S: Scalar>(&self, t: S, p: &[S], params: &[S], velocity: &mut [S]) {
        gradient(&Kinetic(self), t, p, params, velocity);
    }

    /// Writes `-∂V/∂q`, what the momenta change by. As [`velocity`](Hamiltonian::velocity).
    #[inline]
    fn force<S: Scalar>(&self, t: S, q: &[S], params: &[S], force: &mut [S]) {
        gradient(&Potential(self), t, q, params, force);
        for force in force {
            *force = -*force;
        }
    }

    /// `H(t, q, p)`.
    fn energy<S: Scalar>(&self, t: S, q: &[S], p: &[S], params: &[S]) -> S {
        self.kinetic(t, p, params) + self.potential(t, q, params)
    }

    /// Names of the positions, in order.
    fn position_names(&self) -> Vec<String> {
        (1..=self.degrees()).map(|i| format!("q{i}")).collect()
    }

    /// Names of the momenta, in order.
    fn momentum_names(&self) -> Vec<String> {
        (1..=self.degrees()).map(|i| format!("p{i}")).collect()
    }

    /// Names of the parameters, in order.
    fn param_names(&self) -> Vec<String> {
        (1..=self.num_params()).map(|i| format!("param{i}")).collect()
    }
}

struct Kinetic<'a, H: ?Sized>(&'a H);

impl<H: Hamiltonian + ?Sized> Energy for Kinetic<'_, H> {
    #[inline]
    fn at<S: Scalar>(&self, t: S, p: &[S], params: &[S]) -> S {
        self.0.kinetic(t, p, params)
    }
}

struct Potential<'a, H: ?Sized>(&'a H);

impl<H: Hamiltonian + ?Sized> Energy for Potential<'_, H> {
    #[inline]
    fn at<S: Scalar>(&self, t: S, q: &[S], params: &[S]) -> S {
        self.0.potential(t, q, params)
    }
}

/// The equations of motion of a [`Hamiltonian`]: states `(q₁, …, qₙ, p₁, …, pₙ)`.
///
/// A [`System`] like any other, so that explicit Runge–Kutta methods, sensitivities and dense output
/// work on it; and what symplectic methods ask for.
///
/// ```
/// # use ode_core::{Hamiltonian, HamiltonianSystem};
/// # use scalar::Scalar;
/// use system::System;
///
/// struct Pendulum;
///
/// impl Hamiltonian for Pendulum {
///     fn degrees(&self) -> usize {
///         1
///     }
///     fn num_params(&self) -> usize {
///         0
///     }
///     fn kinetic<S: Scalar>(&self, _t: S, p: &[S], _params: &[S]) -> S {
///         p[0].powi(2).scale(0.5)
///     }
///     fn potential<S: Scalar>(&self, _t: S, q: &[S], _params: &[S]) -> S {
///         -q[0].cos()
///     }
/// }
///
/// let pendulum = HamiltonianSystem(Pendulum);
/// let mut du = [0.0; 2];
/// pendulum.rhs(0.0, &[0.5, 2.0], &[], &mut du);
/// assert_eq!(du, [2.0, -0.5f64.sin()]);
/// assert_eq!(pendulum.energy(0.0, &[0.0, 2.0], &[]), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HamiltonianSystem<H>(pub H);

impl<H: Hamiltonian> HamiltonianSystem<H> {
    /// The energy of a state `(q, p)`; NaN if a length is wrong.
    pub fn energy<S: Scalar>(&self, t: S, u: &[S], params: &[S]) -> S {
        if u.len() != self.dim() || params.len() != System::num_params(self) {
            return S::from_f64(f64::NAN);
        }
        let (q, p) = u.split_at(u.len() / 2);
        self.0.energy(t, q, p, params)
    }
}

impl<H: Hamiltonian> System for HamiltonianSystem<H> {
    fn dim(&self) -> usize {
        self.0.degrees().saturating_mul(2)
    }
    fn num_params(&self) -> usize {
        self.0.num_params()
    }
    #[inline]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], params: &[S], du: &mut [S]) {
        let n = self.0.degrees();
        let fits = u.len() == self.dim() && u.len() == du.len();
        if !fits || params.len() != self.0.num_params() {
            return wrong_lengths(du);
        }
        let ((q, p), (velocity, force)) = (u.split_at(n), du.split_at_mut(n));
        self.0.velocity(t, p, params, velocity);
        self.0.force(t, q, params, force);
    }
    fn state_names(&self) -> Vec<String> {
        let mut names = self.0.position_names();
        names.extend(self.0.momentum_names());
        names
    }
    fn param_names(&self) -> Vec<String> {
        self.0.param_names()
    }
}

impl<H: Hamiltonian> Separable for HamiltonianSystem<H> {
    #[inline]
    fn velocity<S: Scalar>(&self, t: S, p: &[S], params: &[S], velocity: &mut [S]) {
        self.0.velocity(t, p, params, velocity);
    }
    #[inline]
    fn force<S: Scalar>(&self, t: S, q: &[S], params: &[S], force: &mut [S]) {
        self.0.force(t, q, params, force);
    }
}
