use scalar::Scalar;
use system::System;

/// What a symplectic method asks of a system with states `(q, p)`: `q' = v(t, p)` and
/// `p' = f(t, q)`, each by itself.
///
/// Not to be implemented by hand: write a [`Hamiltonian`](crate::Hamiltonian) and wrap it in
/// [`HamiltonianSystem`](crate::HamiltonianSystem). Whatever else is solved by a symplectic method
/// is refused when it is compiled:
///
/// ```compile_fail,E0277
/// # use ode_core::{KahanLi8, OdeProblem, Options, StepSize, solve};
/// system::system! {
///     struct Decay;
///     state { u, v }
///     params {}
///     rhs(_t) {
///         d(u) = -u;
///         d(v) = -v;
///     }
/// }
/// let problem = OdeProblem::new(Decay, [1.0, 1.0], [], (0.0, 1.0)).unwrap();
/// let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
/// solve(&problem, KahanLi8, &options); // `KahanLi8` cannot solve `Decay`
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a separable Hamiltonian system, which symplectic methods need",
    note = "implement `Hamiltonian` (kinetic and potential energy) and wrap it: \
            `HamiltonianSystem(model)`",
    note = "any other right-hand side is solved by an explicit method such as `Tsit5` or `Vern7`"
)]
pub trait Separable: System {
    /// Writes `v(t, p)`.
    fn velocity<S: Scalar>(&self, t: S, p: &[S], params: &[S], velocity: &mut [S]);

    /// Writes `f(t, q)`.
    fn force<S: Scalar>(&self, t: S, q: &[S], params: &[S], force: &mut [S]);
}

impl<F: Separable> Separable for &F {
    #[inline]
    fn velocity<S: Scalar>(&self, t: S, p: &[S], params: &[S], velocity: &mut [S]) {
        (**self).velocity(t, p, params, velocity);
    }
    #[inline]
    fn force<S: Scalar>(&self, t: S, q: &[S], params: &[S], force: &mut [S]) {
        (**self).force(t, q, params, force);
    }
}
