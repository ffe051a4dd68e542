use crate::refit::refit;
use crate::resample::Resample;
use crate::{Bootstrap, Equation, Error, ErrorKind, Regression, SparseModel, Status, Stlsq};

/// Ensemble SINDy (Fasel, Kutz, Brunton, Brunton 2022): the search is repeated on resampled rows
/// and, if asked for, on random parts of the library. A term stays if it was found often enough.
///
/// ```
/// use datadriven::{Ensemble, PolynomialLibrary, Regression, Stlsq};
///
/// let x: Vec<[f64; 1]> = (0..60).map(|i| [0.05 * i as f64]).collect();
/// let noise = |i: usize| 0.05 * (31.0 * (i * i) as f64).sin();
/// let y: Vec<[f64; 1]> = x.iter().enumerate().map(|(i, [x])| [x - x * x + noise(i)]).collect();
/// let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["x"])?;
/// let regression = Regression::derivatives(&library, &x, &y)?;
/// let model = Ensemble::default().fit(&regression, &Stlsq::default())?;
/// let bootstrap = model.details()[0].bootstrap.as_ref().unwrap();
/// assert!(bootstrap.inclusion[1] > 0.9 && bootstrap.inclusion[2] > 0.9);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ensemble {
    /// How many replicates.
    pub replicates: usize,
    /// The seed: the same bits for the same seed, at any thread count.
    pub seed: u64,
    /// Length of the blocks of consecutive rows that are drawn together; 1 draws single rows. A
    /// time series, whose errors are correlated, needs blocks longer than the correlation.
    pub block: usize,
    /// How many terms of the library each replicate is offered; all by default.
    pub offered: Option<usize>,
    /// The inclusion probability from which a term belongs to the final support.
    pub inclusion: f64,
    /// The level of the percentile intervals.
    pub level: f64,
}

impl Default for Ensemble {
    /// 200 replicates of single rows and the whole library, seed 0; terms found in 60 % of them
    /// stay; 95 % intervals.
    fn default() -> Self {
        let (replicates, inclusion, level) = (200, 0.6, 0.95);
        Self { replicates, seed: 0, block: 1, offered: None, inclusion, level }
    }
}

/// Coefficients by target and term, with the terms that were offered.
type Replicate = (Vec<usize>, Vec<Vec<f64>>);

impl Ensemble {
    /// The model on the terms found often enough, refitted to all rows, with inclusion
    /// probabilities, medians and intervals. Cost: two regressions for each replicate, on all
    /// cores with the feature `parallel`.
    ///
    /// # Errors
    ///
    /// Settings out of range; more than half of the replicates without a fit (few rows leave
    /// terms collinear); every equation empty.
    pub fn fit(&self, regression: &Regression, stlsq: &Stlsq) -> Result<SparseModel, Error> {
        stlsq.check()?;
        let (resample, offered) = self.check(regression)?;
        let terms = regression.library().num_terms();
        let searched = run(self.replicates, |i| {
            let (rows, columns) = resample.draw(i, terms, offered);
            search(regression, stlsq, &rows, columns)
        });
        let failed: Vec<&Error> = searched.iter().filter_map(|r| r.as_ref().err()).collect();
        if let Some(&first) = failed.first().filter(|_| 2 * failed.len() > self.replicates) {
            let (failed, replicates, first) = (failed.len(), self.replicates, first.clone());
            return Err(ErrorKind::EnsembleFailed { failed, replicates, first }.into());
        }
        let searched: Vec<&Replicate> = searched.iter().flatten().collect();
        let full = regression.reduce_all();
        let mut equations = Vec::new();
        for target in 0..regression.targets().len() {
            let bootstrap = self.summary(&searched, target, terms);
            let enough = |j: &usize| bootstrap.inclusion[*j] >= self.inclusion;
            let support: Vec<usize> = (0..terms).filter(enough).collect();
            let status = if full.is_zero(target) {
                Status::ZeroTarget
            } else if support.is_empty() {
                let best = (0..terms).fold(0, |best, j| {
                    if bootstrap.inclusion[j] > bootstrap.inclusion[best] { j } else { best }
                });
                Status::Unsettled {
                    wanted: self.inclusion,
                    reached: bootstrap.inclusion[best],
                    term: regression.library().names()[best].clone(),
                }
            } else {
                Status::Converged
            };
            let equation = refit(regression, &full, target, &support, status)?;
            equations.push(Equation { bootstrap: Some(bootstrap), ..equation });
        }
        self.intervals(regression, &resample, offered, &mut equations);
        SparseModel::found(regression.library().clone(), equations)
    }

    /// Inclusion probabilities and medians.
    fn summary(&self, replicates: &[&Replicate], target: usize, terms: usize) -> Bootstrap {
        let mut values = vec![Vec::new(); terms];
        for (columns, coefficients) in replicates {
            for (&term, &value) in columns.iter().zip(&coefficients[target]) {
                values[term].push(value);
            }
        }
        let kept = |v: &Vec<f64>| v.iter().filter(|&&c| c != 0.0).count();
        Bootstrap {
            inclusion: values.iter().map(|v| kept(v) as f64 / v.len().max(1) as f64).collect(),
            median: values.iter_mut().map(|v| percentile(v, 0.5).unwrap_or(0.0)).collect(),
            intervals: vec![None; terms],
            level: self.level,
            replicates: replicates.len(),
        }
    }

    /// Percentile intervals of the final equations, refitted to the rows of every replicate.
    fn intervals(
        &self,
        regression: &Regression,
        resample: &Resample,
        offered: usize,
        equations: &mut [Equation],
    ) {
        let terms = regression.library().num_terms();
        let supports: Vec<Vec<usize>> = equations.iter().map(Equation::support).collect();
        let mut used: Vec<usize> = supports.concat();
        used.sort_unstable();
        used.dedup();
        let place = |term: &usize| used.iter().position(|u| u == term).unwrap_or(0);
        let places: Vec<Vec<usize>> =
            supports.iter().map(|s| s.iter().map(place).collect()).collect();
        let refitted: Vec<Vec<Option<Vec<f64>>>> = run(self.replicates, |i| {
            let reduced = regression.reduce(&resample.draw(i, terms, offered).0, &used);
            let coefficients = |(target, support): (usize, &Vec<usize>)| {
                if support.is_empty() {
                    return None;
                }
                let b = reduced.solve(target, support, None::<fn(usize) -> f64>).ok()?;
                let unit = support.iter().map(|&term| reduced.unit(term, target));
                let coefficients: Vec<f64> = b.into_iter().zip(unit).map(|(b, u)| b * u).collect();
                coefficients.iter().all(|c| c.is_finite()).then_some(coefficients)
            };
            places.iter().enumerate().map(coefficients).collect()
        });
        for (target, equation) in equations.iter_mut().enumerate() {
            let Some(bootstrap) = &mut equation.bootstrap else { continue };
            for (i, &term) in supports[target].iter().enumerate() {
                let mut values: Vec<f64> =
                    refitted.iter().filter_map(|r| r[target].as_ref().map(|b| b[i])).collect();
                let tail = 0.5 * (1.0 - self.level);
                let low = percentile(&mut values, tail);
                let high = percentile(&mut values, 1.0 - tail);
                bootstrap.intervals[term] = low.zip(high).map(|(low, high)| [low, high]);
            }
        }
    }

    fn check(&self, regression: &Regression) -> Result<(Resample, usize), Error> {
        let fault = |setting, value, expected| {
            Err(ErrorKind::InvalidSetting { setting, value, expected }.into())
        };
        if !(1..=1_000_000).contains(&self.replicates) {
            return fault("replicates", self.replicates as f64, "between 1 and 1000000");
        }
        if !(self.inclusion > 0.0 && self.inclusion <= 1.0) {
            return fault("inclusion", self.inclusion, "above 0 and at most 1");
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return fault("level", self.level, "between 0 and 1");
        }
        let terms = regression.library().num_terms();
        let offered = self.offered.unwrap_or(terms);
        if !(1..=terms).contains(&offered) {
            return fault("offered", offered as f64, "between 1 and the number of terms");
        }
        let block = self.block.max(1).min(regression.rows().saturating_add(1));
        match Resample::new(self.seed, &regression.segments, block) {
            Some(resample) if self.block > 0 => Ok((resample, offered)),
            _ => {
                let expected = "at least 1 and at most the length of the longest series";
                fault("block", self.block as f64, expected)
            }
        }
    }
}

/// The unbiased coefficients of one replicate.
fn search(
    regression: &Regression,
    stlsq: &Stlsq,
    rows: &[usize],
    columns: Vec<usize>,
) -> Result<Replicate, Error> {
    let reduced = regression.reduce(rows, &columns);
    let mut all = Vec::new();
    for target in 0..regression.targets().len() {
        let mut coefficients = vec![0.0; columns.len()];
        let fault = |dependence| regression.deficient(&dependence, Some(&columns));
        let support = stlsq.select(&reduced, target).map_err(fault)?.support;
        if !support.is_empty() {
            let no_penalty = None::<fn(usize) -> f64>;
            let b = reduced.solve(target, &support, no_penalty).map_err(fault)?;
            for (&j, b) in support.iter().zip(b) {
                coefficients[j] = b * reduced.unit(j, target);
                if !coefficients[j].is_finite() {
                    return Err(ErrorKind::Numerical { what: "a coefficient" }.into());
                }
            }
        }
        all.push(coefficients);
    }
    Ok((columns, all))
}

/// Sorts the values and interpolates between them; `None` without a value.
fn percentile(values: &mut [f64], p: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let at = p * values.len().checked_sub(1)? as f64;
    let (low, high) = (values.get(at.floor() as usize)?, values.get(at.ceil() as usize)?);
    Some(low + (high - low) * at.fract())
}

/// `f(0), f(1), …`, in order: the threads decide only when each is computed.
#[cfg(feature = "parallel")]
fn run<T: Send>(count: usize, f: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};
    (0..count).into_par_iter().map(f).collect()
}

#[cfg(not(feature = "parallel"))]
fn run<T>(count: usize, f: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(f).collect()
}
