//! The saved states as a matrix of another crate, without copying.

use super::Solution;

#[cfg(feature = "nalgebra")]
impl<S: nalgebra::Scalar> Solution<S> {
    /// The saved states as a matrix of [`dim`](Solution::dim) rows and one column per point.
    /// Nothing is copied. Needs feature `nalgebra`.
    ///
    /// ```
    /// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
    /// # use ode_core::{OdeProblem, Options, Tsit5, solve};
    /// let u0: [f64; 1] = nalgebra::Vector1::new(1.0).into(); // or, of a DVector, `u0.as_slice().to_vec()`
    /// let problem = OdeProblem::new(Decay, u0, [], (0.0, 5.0))?;
    /// let solution = solve(&problem, Tsit5, &Options::default())?;
    /// let states = solution.as_nalgebra();
    /// assert_eq!(states.shape(), (1, solution.len()));
    /// assert_eq!(states.row(0).max(), 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_nalgebra(&self) -> nalgebra::DMatrixView<'_, S> {
        nalgebra::DMatrixView::from_slice(&self.states, self.dim(), self.len())
    }
}

#[cfg(feature = "ndarray")]
impl<S> Solution<S> {
    /// The saved states as an array of one row per point and [`dim`](Solution::dim) columns. Nothing
    /// is copied. Needs feature `ndarray`.
    ///
    /// ```
    /// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
    /// # use ode_core::{OdeProblem, Options, Tsit5, solve};
    /// # let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 5.0))?;
    /// # let solution = solve(&problem, Tsit5, &Options::default())?;
    /// let states = solution.as_ndarray();
    /// assert_eq!(states.dim(), (solution.len(), 1));
    /// assert_eq!(states.row(0)[0], 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_ndarray(&self) -> ndarray::ArrayView2<'_, S> {
        ndarray::ArrayView2::from_shape((self.len(), self.dim()), &self.states)
            .expect("points × components") // invariant: every point has `dim` numbers
    }
}
