use crate::least_squares::Dependence;
use crate::reduced::Reduced;
use crate::refit::refit;
use crate::{Equation, Error, ErrorKind, Regression, SparseModel, Status};

/// Sequentially thresholded least squares (Brunton, Proctor, Kutz 2016): ridge regression on the
/// support, drop every |ξ| < λ, repeat until the support stays, then least squares on it alone.
///
/// The support only shrinks, so it settles within as many iterations as there are terms (Zhang
/// and Schaeffer 2019).
///
/// ```
/// use datadriven::{PolynomialLibrary, Regression, Stlsq};
///
/// let x: Vec<[f64; 2]> = (0..30).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let dx: Vec<[f64; 2]> = x.iter().map(|[a, b]| [*b, -a - 0.5 * a * a * b]).collect();
/// let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["a", "b"])?;
/// let regression = Regression::derivatives(&library, &x, &dx)?;
/// let model = Stlsq { threshold: 0.2, ..Stlsq::default() }.fit(&regression)?;
/// assert_eq!(model.equations(), ["d(a)/dt = 1 b", "d(b)/dt = -1 a - 0.5 a^2·b"]);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stlsq {
    /// λ: coefficients below it are dropped. In the units of the coefficients, or, if
    /// [`normalize`](Self::normalize) is set, as a share of the target (dimensionless).
    pub threshold: f64,
    /// α of the penalty α‖ξ‖² that is used while the support is sought; the final coefficients
    /// are free of it.
    pub ridge: f64,
    /// The most iterations.
    pub max_iterations: usize,
    /// Whether terms and targets are divided by their root mean square before they are compared
    /// with λ and α. The support then does not depend on the units of the data.
    pub normalize: bool,
}

impl Default for Stlsq {
    /// λ = 0.1 as in the literature, no ridge, 20 iterations, not normalised.
    fn default() -> Self {
        Self { threshold: 0.1, ridge: 0.0, max_iterations: 20, normalize: false }
    }
}

/// Where thresholding ended.
pub(crate) struct Selection {
    pub(crate) support: Vec<usize>,
    pub(crate) settled: bool,
    /// Size and term of the largest coefficient of the last regression.
    pub(crate) largest: (f64, usize),
}

impl Stlsq {
    /// The sparse model of a regression. Cost: one QR factorisation of the data, O(m (k + n)²),
    /// then O(k³) for each iteration and target.
    ///
    /// An equation that loses all its terms says so in its [`Status`].
    ///
    /// # Errors
    ///
    /// Settings out of range; collinear terms; every equation empty.
    pub fn fit(&self, regression: &Regression) -> Result<SparseModel, Error> {
        self.check()?;
        let reduced = regression.reduce_all();
        let equations = (0..regression.targets().len())
            .map(|target| self.equation(regression, &reduced, target))
            .collect::<Result<_, _>>()?;
        SparseModel::found(regression.library().clone(), equations)
    }

    /// One equation, possibly empty.
    pub(crate) fn equation(
        &self,
        regression: &Regression,
        reduced: &Reduced,
        target: usize,
    ) -> Result<Equation, Error> {
        let selection = self.select(reduced, target).map_err(|d| regression.deficient(&d, None))?;
        let (largest, term) = selection.largest;
        let status = if reduced.is_zero(target) {
            Status::ZeroTarget
        } else if selection.support.is_empty() {
            let term = regression.library().terms()[term].name(regression.library().variables());
            Status::Empty { threshold: self.threshold, largest, term }
        } else if selection.settled {
            Status::Converged
        } else {
            Status::IterationLimit
        };
        refit(regression, reduced, target, &selection.support, status)
    }

    /// The support of one target.
    pub(crate) fn select(&self, reduced: &Reduced, target: usize) -> Result<Selection, Dependence> {
        let mut support: Vec<usize> = (0..reduced.terms()).collect();
        let mut largest = (0.0, 0);
        if reduced.is_zero(target) {
            return Ok(Selection { support: Vec::new(), settled: true, largest });
        }
        for _ in 0..self.max_iterations {
            if support.is_empty() {
                return Ok(Selection { support, settled: true, largest });
            }
            let sizes = self.sizes_on(reduced, target, &support)?;
            let sizes = sizes.into_iter().zip(support.iter().copied());
            largest = sizes.clone().fold((0.0, support[0]), |a, b| if b.0 > a.0 { b } else { a });
            // A coefficient of exactly 0 is no term, even at threshold 0.
            let kept: Vec<usize> =
                sizes.filter(|s| s.0 >= self.threshold && s.0 > 0.0).map(|s| s.1).collect();
            if kept.len() == support.len() {
                return Ok(Selection { support, settled: true, largest });
            }
            support = kept;
        }
        Ok(Selection { support, settled: false, largest })
    }

    /// |ξ| of the regression on all terms, as it is compared with the threshold.
    pub(crate) fn sizes(&self, reduced: &Reduced, target: usize) -> Result<Vec<f64>, Dependence> {
        let all: Vec<usize> = (0..reduced.terms()).collect();
        self.sizes_on(reduced, target, &all)
    }

    fn sizes_on(
        &self,
        reduced: &Reduced,
        target: usize,
        support: &[usize],
    ) -> Result<Vec<f64>, Dependence> {
        let root = self.ridge.sqrt();
        // ‖Θξ − y‖² + α‖ξ‖² in scaled coefficients ξ = b ‖y‖ / ‖θ‖, divided by ‖y‖².
        let weight =
            |term: usize| if self.normalize { root } else { root / reduced.term_scale(term) };
        let b = reduced.solve(target, support, (self.ridge > 0.0).then_some(weight))?;
        // Columns of unit length are columns of unit root mean square: √m cancels.
        let unit = |term| if self.normalize { 1.0 } else { reduced.unit(term, target) };
        Ok(support.iter().zip(b).map(|(&term, b)| (b * unit(term)).abs()).collect())
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let fault = |setting, value, expected| {
            Err(ErrorKind::InvalidSetting { setting, value, expected }.into())
        };
        if !(self.threshold >= 0.0 && self.threshold.is_finite()) {
            return fault("threshold", self.threshold, "finite and at least 0");
        }
        if !(self.ridge >= 0.0 && self.ridge.is_finite()) {
            return fault("ridge", self.ridge, "finite and at least 0");
        }
        if self.max_iterations == 0 {
            return fault("max_iterations", 0.0, "at least 1");
        }
        Ok(())
    }
}
