//! What shadowing found, with its errors.

use super::batch_means::standard_error;
use crate::{Error, ErrorKind};
use ode_core::Stats;
use std::fmt;

/// A long-time average, its derivatives, and how far to trust them.
///
/// The errors are standard errors of one trajectory of this length by batch means: the pieces of the
/// average are joined to 10, 20 and 40 smooth batches in time that overlap by half, whose scatter says how
/// far their mean does, and the largest of the three estimates counts (fewer where there are not as many
/// pieces). They err on the large side: on Lorenz's equations over 200 time units by 2 to 5 times.
///
/// What they do not see is what all trajectories have in common: the error of the time steps, and that of
/// shadowing itself, which takes the shadowing solution of the perturbed model for a typical one. On
/// Lorenz's equations `d⟨z⟩/dρ` is 1.016 by shadowing, 1.002 by differences of long averages.
///
/// ```
/// # use ode_core::{Options, Rk4, StepSize};
/// # use scalar::Scalar;
/// # use sensitivity::{Average, AverageProblem, Nilss};
/// # system::system! {
/// #     struct Lorenz;
/// #     state { x, y, z }
/// #     params { sigma, rho, beta }
/// #     rhs(_t) {
/// #         d(x) = sigma * (y - x);
/// #         d(y) = x * (rho - z) - y;
/// #         d(z) = x * y - beta * z;
/// #     }
/// # }
/// # struct Height;
/// # impl Average for Height {
/// #     fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S { u[2] }
/// # }
/// let problem = AverageProblem::new(Lorenz, [1.0; 3], [10.0, 28.0, 8.0 / 3.0], 20.0, 100.0)?;
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let found = Nilss::default().gradient(&problem, Rk4, &options, &Height)?;
/// let text = found.to_string();
/// assert!(text.starts_with("NILSS: average 23."), "{text}");
/// assert!(text.contains("d/d rho") && text.contains("unstable"), "{text}");
/// # Ok::<(), sensitivity::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowingGradient {
    /// The algorithm.
    pub method: &'static str,
    /// The average over the trajectory.
    pub average: f64,
    /// Its standard error.
    pub average_error: f64,
    /// The derivatives with respect to [`parameters`](ShadowingGradient::parameters), in this order.
    pub p: Vec<f64>,
    /// Their standard errors.
    pub p_error: Vec<f64>,
    /// The indices of the parameters.
    pub parameters: Vec<usize>,
    /// Their names.
    pub names: Vec<String>,
    /// The time that was averaged over.
    pub duration: f64,
    /// The time that passed before.
    pub spin_up: f64,
    /// Segments of the trajectory; 1 for the algorithms that do not cut it.
    pub segments: usize,
    /// Homogeneous solutions, of which the unstable directions have to be fewer; 0 for the algorithms that
    /// need none.
    pub directions: usize,
    /// For least squares shadowing how far, as a fraction, the slopes between neighbouring points are from
    /// the right-hand side between them: its equations are as coarse as that.
    pub defect: Option<f64>,
    /// Work: of the solve, and products with Jacobians and their transposes, Jacobians, factorisations of
    /// the whole block tridiagonal matrix and solves with it.
    pub stats: Stats,
    /// Bytes of memory: the trajectory, factors, and what is kept for each segment.
    pub bytes: usize,
}

/// What an algorithm knows of each piece of the trajectory.
pub(super) struct Pieces {
    pub(super) method: &'static str,
    /// Of all parameters.
    pub(super) names: Vec<String>,
    pub(super) parameters: Vec<usize>,
    /// What each piece contributes to each derivative.
    pub(super) derivatives: Vec<Vec<f64>>,
    /// How much it counts there.
    pub(super) weights: Vec<f64>,
    /// `∫ g dt`.
    pub(super) integrals: Vec<f64>,
    pub(super) durations: Vec<f64>,
    pub(super) segments: usize,
    pub(super) directions: usize,
    pub(super) defect: Option<f64>,
    pub(super) spin_up: f64,
    pub(super) stats: Stats,
    pub(super) bytes: usize,
}

impl ShadowingGradient {
    /// Sums the pieces.
    pub(super) fn assemble(pieces: &Pieces) -> Result<Self, Error> {
        let duration: f64 = pieces.durations.iter().sum();
        let total: f64 = pieces.weights.iter().sum();
        let mut found = Self {
            method: pieces.method,
            average: pieces.integrals.iter().sum::<f64>() / duration,
            average_error: standard_error(&pieces.integrals, &pieces.durations),
            p: Vec::new(),
            p_error: Vec::new(),
            parameters: pieces.parameters.clone(),
            names: Vec::new(),
            duration,
            spin_up: pieces.spin_up,
            segments: pieces.segments,
            directions: pieces.directions,
            defect: pieces.defect,
            stats: pieces.stats,
            bytes: pieces.bytes,
        };
        for (&index, derivatives) in pieces.parameters.iter().zip(&pieces.derivatives) {
            let derivative = derivatives.iter().sum::<f64>() / total;
            if !derivative.is_finite() {
                return Err(ErrorKind::GradientNotFinite { input: "p", index }.into());
            }
            found.p.push(derivative);
            found.p_error.push(standard_error(derivatives, &pieces.weights));
            found.names.push(pieces.names.get(index).cloned().unwrap_or_default());
        }
        Ok(found)
    }
}

/// A value with an error: both to the second digit of the error.
struct WithError(f64, f64);

impl fmt::Display for WithError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value, error) = *self;
        let digits = if error > 0.0 { 1.0 - error.log10().floor() } else { 10.0 };
        match digits.is_finite() && digits.abs() < 15.0 {
            true => {
                let digits = digits.max(0.0) as usize;
                write!(f, "{value:.digits$} ± {error:.digits$}")
            }
            false => write!(f, "{value:e} ± {error:.1e}"),
        }
    }
}

impl fmt::Display for ShadowingGradient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let average = WithError(self.average, self.average_error);
        writeln!(
            f,
            "{}: average {average} over {:.6} time units after {:.6}",
            self.method, self.duration, self.spin_up
        )?;
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for ((name, &value), &error) in self.names.iter().zip(&self.p).zip(&self.p_error) {
            writeln!(f, "  d/d {name:<width$}  {}", WithError(value, error))?;
        }
        writeln!(f, "  errors: standard errors by 10, 20 and 40 batch means, the largest")?;
        if self.directions > 0 || self.segments > 1 {
            writeln!(
                f,
                "  {} segments, {} directions for the unstable and neutral ones",
                self.segments, self.directions
            )?;
        }
        if let Some(defect) = self.defect {
            let percent = 100.0 * defect;
            writeln!(f, "  midpoint equations, {percent:.2} % off: shorter steps make them finer")?;
        }
        write!(f, "  {}; {:.1} MB", self.stats, self.bytes as f64 * 1e-6)
    }
}

#[cfg(test)]
mod tests {
    use super::WithError;

    #[test]
    fn errors_decide_on_digits() {
        assert_eq!(WithError(1.00731, 0.0234).to_string(), "1.007 ± 0.023");
        assert_eq!(WithError(-123.4, 56.0).to_string(), "-123 ± 56");
        assert_eq!(WithError(1.5, 0.0).to_string(), "1.5000000000 ± 0.0000000000");
        assert_eq!(WithError(1.5, f64::NAN).to_string(), "1.5000000000 ± NaN");
        assert_eq!(WithError(1e-30, 1e-31).to_string(), "1e-30 ± 1.0e-31");
    }
}
