//! Forward sensitivities of differential–algebraic equations.

use super::answer::Asked;
use super::{D, ForwardSensitivity, seen};
use crate::mass::{Side, bordered, refused};
use crate::{Augmented, Error, Gradient, Loss};
use ode_core::{Algorithm, OdeProblem, Options};
use ode_stiff::{Rodas5P, make_consistent};
use scalar::Scalar;
use system::{Buffer, Mass, Rhs, System, WithMass};

impl ForwardSensitivity {
    /// The same for `M u' = f` with a constant mass matrix, which may be singular (index 1), by a method that takes one.
    ///
    /// Algebraic states of `u0` are a guess: the solve starts from [`consistent`](ode_stiff::consistent) ones, whose
    /// derivatives come by the implicit function theorem, so that derivatives by the guess are zero.
    ///
    /// ```
    /// use ode_core::{OdeProblem, Options, Save};
    /// use ode_stiff::Rodas5P;
    /// use scalar::Scalar;
    /// use sensitivity::{ForwardSensitivity, Loss};
    /// use system::{Mass, WithMass};
    ///
    /// system::system! {
    ///     /// `x' = -k x`, of which `y = x²` is seen.
    ///     struct Seen;
    ///     state { x, y }
    ///     params { k }
    ///     rhs(_t) {
    ///         d(x) = -k * x;
    ///         d(y) = x * x - y;
    ///     }
    /// }
    /// struct End;
    /// impl Loss for End {
    ///     fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
    ///         u[1]
    ///     }
    /// }
    /// let model = WithMass::new(Seen, Mass::diagonal([1.0, 0.0]))?;
    /// let problem = OdeProblem::new(model, [1.0, 0.0], [0.5], (0.0, 1.0))?;
    /// let options = Options { rtol: 1e-9, save: Save::Last, ..Options::default() };
    /// let found = ForwardSensitivity.gradient_of_dae(&problem, Rodas5P, &options, &End)?;
    /// let end = (-1f64).exp(); // x0² exp(-2 k)
    /// assert!((found.u0[0] - 2.0 * end).abs() < 1e-7 && found.u0[1] == 0.0);
    /// assert!((found.p[0] + 2.0 * end).abs() < 1e-7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`gradient`](ForwardSensitivity::gradient); where the index is above 1
    /// ([`HigherIndex`](ode_core::ErrorKind::HigherIndex)), no consistent state is found, or the method is explicit
    /// ([`MassMatrix`](ode_core::ErrorKind::MassMatrix)).
    pub fn gradient_of_dae<F, A, B, L>(
        &self,
        problem: &OdeProblem<WithMass<F>, B>,
        algorithm: A,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        A: for<'a> Algorithm<WithMass<&'a Augmented<'a, F, L>>, Vec<D>>,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        let (model, p, (start, end)) = (problem.rhs(), problem.p(), problem.tspan());
        let (rhs, n) = (model.rhs(), problem.u0().as_ref().len());
        let first = seen(start, end - start, &options.stops);
        let mut u0 = problem.u0().as_ref().to_vec();
        make_consistent(model, first, &mut u0, p, options)?;

        let asked = Asked::new((rhs, loss), (&u0, p), (start, end), options)?;
        let augmented = asked.model();
        let mass = match Rhs::<f64>::mass(model) {
            Some(mass) => mass.clone(),
            None => Mass::diagonal(vec![1.0; n]),
        };
        let with_integral = bordered(&mass, Side::Plain, usize::from(augmented.integrates))?;
        let solved = WithMass::new(&augmented, with_integral).map_err(refused)?;
        let plain = WithMass::new(rhs, mass).map_err(refused)?;

        let mut cache = Rodas5P.cache(&plain, &u0);
        let slope = |t: f64, u: &[f64], du: &mut [f64]| {
            let found = Rodas5P.slope(&plain, (t, u, p), du, &mut cache);
            found.map_err(|failure| Error::replay(t, &failure))
        };
        let prepare = |u: &mut [D], p: &[D]| {
            make_consistent(&plain, D::from_f64(first), &mut u[..n], p, options)?;
            Ok(())
        };
        asked.answer(solved, algorithm, options, slope, prepare)
    }
}
