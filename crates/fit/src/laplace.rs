use crate::fitting::{Fitting, among_all};
use crate::student_t::student_t;
use crate::training::Free;
use crate::{Error, ErrorKind};
use faer::Mat;
use ode_core::{Options, Vern7};
use optimize::Bound;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use sensitivity::ForwardSensitivity;
use system::System;

/// The normal approximation of what the data say about the unknowns, around a fit.
///
/// With the residuals `r` and their Jacobian `J` with respect to the free unknowns (each on the
/// unbounded scale of its [`Bound`]), the covariance is `σ² (JᵀJ)⁻¹`, `σ² = rᵀr / (m - k)`: the
/// Gauss–Newton form of Laplace's approximation (Seber and Wild 1989, ch. 5). All rows of the data
/// count; the ridge does not.
///
/// Cost: one solve with duals per 8 unknowns, and a singular value decomposition of `m` by `k`.
///
/// ```
/// use fit::{Dataset, Fitting, Free, Laplace, Settings};
///
/// system::system! {
///     struct Line;
///     state { y }
///     params { slope }
///     rhs(_t) {
///         d(y) = slope;
///     }
/// }
///
/// // y = 1 + 2 t at t = 0, 1, 2, 3, off by ±0.1: the least-squares line has slope 1.96.
/// let data = Dataset::new(&[0.0, 1.0, 2.0, 3.0], &["y"], &[1.1, 2.9, 5.1, 6.9])?;
/// let fitting = Fitting::new(&Line, &data, Settings::default())?;
/// let laplace = Laplace::new(&fitting, &[1.06, 1.96], &Free::ALL)?;
/// assert_eq!(laplace.degrees(), 2);
/// let (low, high) = laplace.interval(1, 0.95).unwrap_or_default();
/// assert!(low < 2.0 && 2.0 < high);
/// assert_eq!(laplace.draws(10, 7), laplace.draws(10, 7));
/// # Ok::<(), fit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Laplace {
    theta: Vec<f64>,
    free: Vec<usize>,
    bounds: Vec<Bound>,
    /// The free unknowns on their unbounded scales.
    center: Vec<f64>,
    /// `factor[i][k]`: the covariance is `factor factorᵀ`.
    factor: Vec<Vec<f64>>,
    sigma: f64,
    degrees: usize,
    condition: f64,
}

/// An unknown is called unidentifiable beyond this condition of the scaled Jacobian.
const WORST_CONDITION: f64 = 1e8;

/// Sensitivities are solved at least to these tolerances: errors of the Jacobian hide a singular
/// direction beyond a condition of one over them.
const RTOL: f64 = 1e-10;
const ATOL: f64 = 1e-12;

impl Laplace {
    /// The approximation around `theta`, over the unknowns of `free`.
    ///
    /// # Errors
    ///
    /// When `theta` has the wrong length or a free unknown violates its bound, nothing is free, there
    /// are not more measurements than free unknowns, the data do not determine some combination of
    /// them (the one that weighs most is named), a residual is not finite (a logarithm of a negative
    /// state), or a solve fails.
    pub fn new<F: System>(
        fitting: &Fitting<'_, F>,
        theta: &[f64],
        free: &Free,
    ) -> Result<Self, Error> {
        fitting.split(theta)?;
        let free = free.indices(fitting.system.dim(), fitting.system.num_params())?;
        if free.is_empty() {
            return Err(ErrorKind::NothingFree { stage: "uncertainty".into() }.into());
        }
        let bounds: Vec<Bound> = free.iter().map(|&i| fitting.bounds()[i]).collect();
        let center = bounds
            .iter()
            .zip(&free)
            .map(|(bound, &i)| bound.unconstrain(theta[i]).map_err(|e| among_all(e, &[i])))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| ErrorKind::Training { stage: "uncertainty".into(), error })?;

        let (residuals, rows) = residuals(fitting, theta)?;
        let (m, k) = (residuals.len(), free.len());
        if m <= k {
            return Err(ErrorKind::TooFewMeasurements { measurements: m, unknowns: k }.into());
        }
        let slope = |j: usize| bounds[j].slope(center[j]);
        let jacobian = Mat::from_fn(m, k, |i, j| rows[i][free[j]] * slope(j));
        // Columns of length one: what the data determine does not depend on units.
        let length = |j: usize| (0..m).map(|i| jacobian[(i, j)].powi(2)).sum::<f64>().sqrt();
        let lengths: Vec<f64> = (0..k).map(length).collect();
        let rss: f64 = residuals.iter().map(|r| r * r).sum();
        if !(rss.is_finite() && lengths.iter().all(|length| length.is_finite())) {
            return Err(ErrorKind::NotDecomposed.into());
        }
        let unidentifiable = |j: usize, condition| {
            Error::from(ErrorKind::Unidentifiable { name: name_of(fitting, free[j]), condition })
        };
        if let Some(j) = lengths.iter().position(|&length| length == 0.0) {
            return Err(unidentifiable(j, f64::INFINITY));
        }
        let scaled = Mat::from_fn(m, k, |i, j| jacobian[(i, j)] / lengths[j]);
        let svd = scaled.thin_svd().map_err(|_| ErrorKind::NotDecomposed)?;
        let singular: Vec<f64> = (0..k).map(|i| svd.S().column_vector()[i]).collect();
        let v = svd.V();
        let condition = singular[0] / singular[k - 1];
        if condition.is_nan() || condition > WORST_CONDITION {
            let weight = |j: usize| v[(j, k - 1)].abs();
            let worst = (0..k).max_by(|&a, &b| weight(a).total_cmp(&weight(b))).unwrap_or(0);
            return Err(unidentifiable(worst, condition));
        }
        let sigma = (rss / (m - k) as f64).sqrt();
        let factor = (0..k)
            .map(|i| (0..k).map(|j| sigma * v[(i, j)] / (singular[j] * lengths[i])).collect())
            .collect();
        let theta = theta.to_vec();
        Ok(Self { theta, free, bounds, center, factor, sigma, degrees: m - k, condition })
    }

    /// The estimated standard deviation of a residual, on the scale of the fit.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Degrees of freedom of that estimate.
    pub fn degrees(&self) -> usize {
        self.degrees
    }

    /// Condition number of the residuals' Jacobian, its columns scaled to length one: how unevenly
    /// the data determine the unknowns, whatever their units.
    pub fn condition(&self) -> f64 {
        self.condition
    }

    /// The interval that holds unknown `i` with probability `level`, by Student's t on the unbounded
    /// scale of its bound, so that its ends are inside. A level outside 0 to 1 is taken as the nearer
    /// end (just below 1). `None` if the unknown was not free, or for a level of NaN.
    pub fn interval(&self, i: usize, level: f64) -> Option<(f64, f64)> {
        let j = self.free.iter().position(|&free| free == i).filter(|_| !level.is_nan())?;
        let error = self.factor[j].iter().map(|f| f * f).sum::<f64>().sqrt();
        let reach = student_t(level, self.degrees) * error;
        let at = |z: f64| self.bounds[j].constrain(z);
        Some((at(self.center[j] - reach), at(self.center[j] + reach)))
    }

    /// Draws of all unknowns; the frozen ones keep their values. The same seed, the same draws.
    pub fn draws(&self, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = || {
            let xi: Vec<f64> =
                self.center.iter().map(|_| StandardNormal.sample(&mut rng)).collect();
            let mut theta = self.theta.clone();
            for (j, &i) in self.free.iter().enumerate() {
                let shift: f64 =
                    self.factor[j].iter().zip(&xi).map(|(f, x): (&f64, &f64)| f * x).sum();
                theta[i] = self.bounds[j].constrain(self.center[j] + shift);
            }
            theta
        };
        (0..count).map(|_| draw()).collect()
    }
}

/// The weighted residuals at `theta` on the scale of the fit, and their derivatives with respect to
/// all unknowns.
fn residuals<F: System>(
    fitting: &Fitting<'_, F>,
    theta: &[f64],
) -> Result<(Vec<f64>, Vec<Vec<f64>>), Error> {
    let data = fitting.data();
    let settings = fitting.settings();
    let (u0, p) = fitting.split(theta)?;
    let Some(&end) = data.times().last() else { return Ok((Vec::new(), Vec::new())) };
    let problem = fitting.problem(u0, p, end)?;
    let options = fitting.options(data.times());
    let options = Options { rtol: options.rtol.min(RTOL), atol: options.atol.min(ATOL), ..options };
    let found = ForwardSensitivity.solve(&problem, Vern7, &options)?;
    let (mut residuals, mut rows) = (Vec::new(), Vec::new());
    for i in 0..data.len() {
        for ((&d, &state), &weight) in
            data.row(i).iter().zip(&settings.observes).zip(&settings.weights)
        {
            if d.is_nan() || weight == 0.0 {
                continue;
            }
            let u = found.state(i)[state];
            let lifted = settings.scale.apply(scalar::Dual::<f64, 1>::variable(u, 0));
            residuals.push((lifted.re - settings.scale.apply(d)) * weight.sqrt());
            let slope = lifted.eps[0] * weight.sqrt();
            rows.push(found.derivative(i, state).iter().map(|du| slope * du).collect());
        }
    }
    Ok((residuals, rows))
}

fn name_of<F: System>(fitting: &Fitting<'_, F>, i: usize) -> String {
    let n = fitting.system.dim();
    match i.checked_sub(n) {
        None => match fitting.system.state_names().get(i) {
            Some(state) => format!("{state}(t0)"),
            None => format!("u{}(t0)", i + 1),
        },
        Some(j) => fitting.system.param_names().get(j).cloned().unwrap_or(format!("p{}", j + 1)),
    }
}
