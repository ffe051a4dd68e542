use crate::{Error, ErrorKind, SparseModel, SparseSystem};
use ode_core::OdeProblem;

impl SparseModel {
    /// The equations as a problem that runs and differentiates; its parameters are the coefficients.
    ///
    /// The states are the variables of the library, and each must have an equation.
    ///
    /// # Errors
    ///
    /// As [`SparseSystem::new`]; or `u0` or `tspan` are not those of a problem.
    ///
    /// ```
    /// use datadriven::{PolynomialLibrary, Regression, Stlsq};
    /// use ode_core::{Options, Tsit5, solve};
    ///
    /// // x' = -2x, found from samples and solved again.
    /// let x: Vec<[f64; 1]> = (1..20).map(|i| [0.3 * i as f64]).collect();
    /// let dx: Vec<[f64; 1]> = x.iter().map(|[x]| [-2.0 * x]).collect();
    /// let library = PolynomialLibrary::default().build(&["x"])?;
    /// let model = Stlsq::default().fit(&Regression::derivatives(&library, &x, &dx)?)?;
    /// let problem = model.ode_problem([1.0], (0.0, 1.0))?;
    /// let end = solve(&problem, Tsit5, &Options::default())?.last()[0];
    /// assert!((end - (-2f64).exp()).abs() < 1e-6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ode_problem<B: system::Buffer<Item = f64>>(
        &self,
        u0: B,
        tspan: (f64, f64),
    ) -> Result<OdeProblem<SparseSystem, B>, Error> {
        let system = SparseSystem::new(self)?;
        let p = system.coefficients().to_vec();
        OdeProblem::new(system, u0, p, tspan).map_err(|error| ErrorKind::Problem { error }.into())
    }
}
