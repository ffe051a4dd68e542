use crate::{Equation, Error, ErrorKind, Library, Target};
use scalar::Scalar;

/// The result of a discovery: one [`Equation`] for each target, over one library.
///
/// `Display` writes it as a table; [`SparseSystem`](crate::SparseSystem) runs it.
///
/// ```
/// use datadriven::{PolynomialLibrary, Regression, Stlsq};
///
/// let x: Vec<[f64; 1]> = (1..20).map(|i| [0.3 * i as f64]).collect();
/// let dx: Vec<[f64; 1]> = x.iter().map(|[x]| [0.5 * x - 0.25 * x * x]).collect();
/// let library = PolynomialLibrary::default().build(&["hare"])?;
/// let model = Stlsq::default().fit(&Regression::derivatives(&library, &x, &dx)?)?;
/// assert_eq!(model.equations(), ["d(hare)/dt = 0.5 hare - 0.25 hare^2"]);
/// assert_eq!(
///     model.equations_latex(),
///     [r"\dot{\mathrm{hare}} = 0.5\,\mathrm{hare} - 0.25\,{\mathrm{hare}}^{2}"]
/// );
/// assert!((model.coefficient("hare", "hare^2").unwrap() + 0.25).abs() < 1e-12);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Unchecked")
)]
pub struct SparseModel {
    library: Library,
    equations: Vec<Equation>,
}

impl SparseModel {
    /// A model of which at least one equation holds something.
    pub(crate) fn found(library: Library, equations: Vec<Equation>) -> Result<Self, Error> {
        if equations.iter().all(|e| !e.status.is_found()) {
            let reasons = equations.iter().map(|e| format!("{}: {}", e.target, e.status));
            return Err(ErrorKind::EmptyModel { reasons: reasons.collect() }.into());
        }
        Ok(Self { library, equations })
    }

    /// The candidate terms.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Everything known about each equation.
    pub fn details(&self) -> &[Equation] {
        &self.equations
    }

    /// The targets, in order.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = &Target> {
        self.equations.iter().map(|e| &e.target)
    }

    /// The equations as text.
    pub fn equations(&self) -> Vec<String> {
        self.equations.iter().map(|e| e.text(&self.library)).collect()
    }

    /// The equations as LaTeX.
    pub fn equations_latex(&self) -> Vec<String> {
        self.equations.iter().map(|e| e.latex(&self.library)).collect()
    }

    /// The coefficients: one row for each term, one column for each target.
    pub fn coefficients(&self) -> Vec<Vec<f64>> {
        let row = |j| self.equations.iter().map(|e| e.coefficients[j]).collect();
        (0..self.library.num_terms()).map(row).collect()
    }

    /// Their standard errors, in the same shape.
    pub fn std_errors(&self) -> Vec<Vec<f64>> {
        let row = |j| self.equations.iter().map(|e| e.std_errors[j]).collect();
        (0..self.library.num_terms()).map(row).collect()
    }

    /// One coefficient, by the name of its target and its term; `None` if either does not exist.
    pub fn coefficient(&self, target: &str, term: &str) -> Option<f64> {
        let equation = self.equations.iter().find(|e| e.target.name() == target)?;
        equation.coefficients.get(self.library.position(term)?).copied()
    }

    /// The nonzero coefficients, equation by equation, as (equation, term, value).
    pub fn nonzeros(&self) -> Vec<(usize, usize, f64)> {
        let of = |(i, e): (usize, &Equation)| {
            let values = e.coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0);
            values.map(|(j, &c)| (i, j, c)).collect::<Vec<_>>()
        };
        self.equations.iter().enumerate().flat_map(of).collect()
    }

    /// Names of the nonzero coefficients, `hare: hare·lynx`, in the order of
    /// [`nonzeros`](Self::nonzeros).
    pub fn coefficient_names(&self) -> Vec<String> {
        let (names, equations) = (self.library.names(), &self.equations);
        let name = |&(i, j, _): &(usize, usize, f64)| {
            format!("{}: {}", equations[i].target.name(), names[j])
        };
        self.nonzeros().iter().map(name).collect()
    }

    /// Writes the right-hand sides at `u` into `values`, for any number type. Slices of the wrong
    /// length give NaN. O(targets × terms).
    pub fn eval<S: Scalar>(&self, u: &[S], values: &mut [S]) {
        if u.len() != self.library.variables().len() || values.len() != self.equations.len() {
            return system::wrong_lengths(values);
        }
        for (value, equation) in values.iter_mut().zip(&self.equations) {
            *value = S::zero();
            for (term, &coefficient) in self.library.terms().iter().zip(&equation.coefficients) {
                if coefficient != 0.0 {
                    *value += term.eval(u).scale(coefficient);
                }
            }
        }
    }

    /// The same terms with other coefficients and standard errors, in the order of
    /// [`nonzeros`](Self::nonzeros): after they were refitted inside an ODE. The statistics of
    /// the regression no longer apply and are dropped.
    ///
    /// # Errors
    ///
    /// Lists of the wrong length; a coefficient that is zero or not finite; an error that is
    /// negative or not finite.
    pub fn with_coefficients(&self, values: &[f64], std_errors: &[f64]) -> Result<Self, Error> {
        let places = self.nonzeros();
        for (what, found) in [("coefficients", values.len()), ("standard errors", std_errors.len())]
        {
            if found != places.len() {
                return Err(ErrorKind::WrongLength { what, expected: places.len(), found }.into());
            }
        }
        let mut model = self.clone();
        for equation in &mut model.equations {
            (equation.statistics, equation.bootstrap) = (None, None);
        }
        for ((&(i, j, _), &value), &error) in places.iter().zip(values).zip(std_errors) {
            if value == 0.0 || !value.is_finite() {
                let expected = "finite and not zero";
                return Err(
                    ErrorKind::InvalidSetting { setting: "coefficient", value, expected }.into()
                );
            }
            if !(error >= 0.0 && error.is_finite()) {
                let (setting, expected) = ("standard error", "finite and at least 0");
                return Err(ErrorKind::InvalidSetting { setting, value: error, expected }.into());
            }
            model.equations[i].coefficients[j] = value;
            model.equations[i].std_errors[j] = error;
        }
        Ok(model)
    }
}

/// What a file may hold, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Unchecked {
    library: Library,
    equations: Vec<Equation>,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for SparseModel {
    type Error = Error;

    fn try_from(read: Unchecked) -> Result<Self, Error> {
        let expected = read.library.num_terms();
        for e in &read.equations {
            let lists = e
                .bootstrap
                .iter()
                .flat_map(|b| [b.inclusion.len(), b.median.len(), b.intervals.len()]);
            for found in lists.chain([e.coefficients.len(), e.std_errors.len()]) {
                if found != expected {
                    let what = "numbers by term of an equation that was read";
                    return Err(ErrorKind::WrongLength { what, expected, found }.into());
                }
            }
            if let Some(row) = e.coefficients.iter().position(|c| !c.is_finite()) {
                let (what, column) = ("the coefficients", e.target.to_string());
                return Err(ErrorKind::NonFinite { what, row, column }.into());
            }
        }
        Ok(Self { library: read.library, equations: read.equations })
    }
}
