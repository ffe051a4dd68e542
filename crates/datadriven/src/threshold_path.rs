use crate::reduced::Reduced;
use crate::{Equation, Error, ErrorKind, Library, Regression, SparseModel, Stlsq};

/// Thresholds to try, evenly spaced by their logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThresholdGrid {
    /// The lowest; by default the smallest coefficient of the full regression, so that the path
    /// starts with all terms.
    pub lowest: Option<f64>,
    /// The highest; by default the largest coefficient of the full regression.
    pub highest: Option<f64>,
    /// How many.
    pub count: usize,
}

impl Default for ThresholdGrid {
    /// 60 thresholds between the smallest and the largest coefficient.
    fn default() -> Self {
        Self { lowest: None, highest: None, count: 60 }
    }
}

/// What a candidate is chosen by: the smallest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Criterion {
    /// Akaike's with small-sample correction (for SINDy: Mangan et al. 2017).
    Aicc,
    /// Schwarz': prefers fewer terms.
    Bic,
}

/// One distinct support on the path of one target.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Candidate {
    /// The lowest threshold of the grid that gives it.
    pub threshold: f64,
    /// The equation and its statistics.
    pub equation: Equation,
}

impl Candidate {
    /// Its complexity: the number of terms.
    pub fn terms(&self) -> usize {
        self.equation.support().len()
    }

    fn score(&self, criterion: Criterion) -> f64 {
        let score = self.equation.statistics.and_then(|s| match criterion {
            Criterion::Aicc => s.aicc,
            Criterion::Bic => Some(s.bic),
        });
        score.unwrap_or(f64::INFINITY)
    }
}

/// What every threshold gives: complexity against error, target by target.
///
/// `Display` writes the table; the candidates on the Pareto front are marked.
///
/// ```
/// use datadriven::{Criterion, PolynomialLibrary, Regression, Stlsq, ThresholdGrid};
///
/// let x: Vec<[f64; 1]> = (0..200).map(|i| [0.02 * i as f64 - 2.0]).collect();
/// let noise = |i: usize| 0.01 * (17.0 * (i * i) as f64).sin();
/// let y: Vec<[f64; 1]> =
///     x.iter().enumerate().map(|(i, [x])| [x - 0.05 * x * x * x + noise(i)]).collect();
/// let library = PolynomialLibrary { degree: 5, ..Default::default() }.build(&["x"])?;
/// let regression = Regression::derivatives(&library, &x, &y)?;
/// // The default threshold of 0.1 would lose the cubic term.
/// let path = Stlsq::default().path(&regression, &ThresholdGrid::default())?;
/// let model = path.choose(Criterion::Bic)?;
/// assert_eq!(model.details()[0].support(), [1, 3]);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdPath {
    library: Library,
    candidates: Vec<Vec<Candidate>>,
}

impl Stlsq {
    /// The path over a grid of thresholds ([`threshold`](Self::threshold) itself is not used).
    /// The data are factored once, so it costs little more than one fit.
    ///
    /// # Errors
    ///
    /// Settings out of range (a grid has at least two thresholds, 0 < lowest ≤ highest);
    /// collinear terms.
    pub fn path(
        &self,
        regression: &Regression,
        grid: &ThresholdGrid,
    ) -> Result<ThresholdPath, Error> {
        self.check()?;
        let reduced = regression.reduce_all();
        let mut candidates = Vec::new();
        for target in 0..regression.targets().len() {
            let mut distinct: Vec<Candidate> = Vec::new();
            for threshold in grid.thresholds(self, regression, &reduced, target)? {
                let stlsq = Self { threshold, ..*self };
                let equation = stlsq.equation(regression, &reduced, target)?;
                let support = equation.support();
                if distinct.iter().all(|c| c.equation.support() != support) {
                    distinct.push(Candidate { threshold, equation });
                }
            }
            candidates.push(distinct);
        }
        Ok(ThresholdPath { library: regression.library().clone(), candidates })
    }
}

impl ThresholdGrid {
    fn thresholds(
        &self,
        stlsq: &Stlsq,
        regression: &Regression,
        reduced: &Reduced,
        target: usize,
    ) -> Result<Vec<f64>, Error> {
        if !(2..=100_000).contains(&self.count) {
            let (value, expected) = (self.count as f64, "between 2 and 100000");
            return Err(ErrorKind::InvalidSetting { setting: "count", value, expected }.into());
        }
        let full = stlsq
            .sizes(reduced, target)
            .map_err(|dependence| regression.deficient(&dependence, None))?;
        let largest = full.iter().copied().fold(0.0, f64::max);
        // Coefficients that are rounding are not worth a threshold of their own.
        let worth = full.iter().copied().filter(|&s| s > 1e-12 * largest);
        let smallest = worth.fold(f64::INFINITY, f64::min);
        let (default_low, default_high) =
            if largest > 0.0 { (0.99 * smallest, 1.01 * largest) } else { (1.0, 1.0) };
        let low = self.lowest.unwrap_or(default_low);
        let high = self.highest.unwrap_or(default_high.max(low));
        if !(low > 0.0 && low.is_finite()) {
            let expected = "finite and above 0";
            return Err(
                ErrorKind::InvalidSetting { setting: "lowest", value: low, expected }.into()
            );
        }
        if !(high >= low && high.is_finite()) {
            let expected = "finite and at least `lowest`";
            return Err(
                ErrorKind::InvalidSetting { setting: "highest", value: high, expected }.into()
            );
        }
        let step = (high.ln() - low.ln()) / (self.count - 1) as f64;
        Ok((0..self.count).map(|i| (low.ln() + step * i as f64).exp()).collect())
    }
}

impl ThresholdPath {
    /// The candidate terms.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The distinct candidates of each target, by ascending threshold.
    pub fn candidates(&self) -> &[Vec<Candidate>] {
        &self.candidates
    }

    /// The candidates of a target that no other beats in both terms and error, by ascending
    /// complexity; none for a target that does not exist.
    pub fn pareto(&self, target: usize) -> Vec<&Candidate> {
        let mut all: Vec<&Candidate> = self.candidates.get(target).into_iter().flatten().collect();
        let error = |c: &Candidate| c.equation.statistics.map_or(f64::INFINITY, |s| s.rmse);
        all.sort_by(|a, b| a.terms().cmp(&b.terms()).then(error(a).total_cmp(&error(b))));
        let mut best = f64::INFINITY;
        all.retain(|c| {
            let better = error(c) < best;
            best = best.min(error(c));
            better
        });
        all
    }

    /// The model whose equations minimise a criterion, each by itself; the simpler one on a tie.
    ///
    /// The criteria take residuals as independent noise. Errors of differentiation are not: look
    /// at the table, too.
    ///
    /// # Errors
    ///
    /// Every equation is empty.
    pub fn choose(&self, criterion: Criterion) -> Result<SparseModel, Error> {
        self.pick(|c| (c.score(criterion), c.terms()))
    }

    /// The model with at most so many terms for each target, and the smallest error of those.
    ///
    /// # Errors
    ///
    /// A list of the wrong length; every equation empty.
    pub fn with_terms(&self, terms: &[usize]) -> Result<SparseModel, Error> {
        let (expected, found) = (self.candidates.len(), terms.len());
        if expected != found {
            let what = "numbers of terms, one for each target";
            return Err(ErrorKind::WrongLength { what, expected, found }.into());
        }
        let mut equations = Vec::new();
        for (target, &most) in terms.iter().enumerate() {
            let front = self.pareto(target);
            // Fewer terms than any candidate has: the simplest.
            let within = front.iter().rev().find(|c| c.terms() <= most).or(front.first());
            equations.extend(within.map(|c| c.equation.clone()));
        }
        SparseModel::found(self.library.clone(), equations)
    }

    fn pick(&self, score: impl Fn(&Candidate) -> (f64, usize)) -> Result<SparseModel, Error> {
        let order = |a: &&Candidate, b: &&Candidate| {
            let ((a, terms_a), (b, terms_b)) = (score(a), score(b));
            a.total_cmp(&b).then(terms_a.cmp(&terms_b))
        };
        let best = self.candidates.iter().filter_map(|c| c.iter().min_by(order));
        SparseModel::found(self.library.clone(), best.map(|c| c.equation.clone()).collect())
    }
}
