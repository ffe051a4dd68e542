use crate::notation::{latex_name, latex_number, number, sum};
use crate::{Error, ErrorKind, Library, student_t_quantile};
use core::fmt;

/// What stands on the left of an equation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Target {
    /// The time derivative of a state.
    Derivative(String),
    /// An output of a map.
    Output(String),
}

impl Target {
    /// The name of the state or output.
    pub fn name(&self) -> &str {
        match self {
            Self::Derivative(name) | Self::Output(name) => name,
        }
    }

    /// As LaTeX, `\dot{x}`.
    pub fn latex(&self) -> String {
        match self {
            Self::Derivative(name) => format!("\\dot{{{}}}", latex_name(name)),
            Self::Output(name) => latex_name(name),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Derivative(name) => write!(f, "d({name})/dt"),
            Self::Output(name) => f.write_str(name),
        }
    }
}

/// How the search for an equation ended.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Status {
    /// The support no longer changed.
    Converged,
    /// The support was still shrinking when the iterations ended: raise `max_iterations`.
    IterationLimit,
    /// The target is zero on every row, and so is the equation.
    ZeroTarget,
    /// Every coefficient fell below the threshold: lower it.
    Empty {
        /// The threshold.
        threshold: f64,
        /// The largest coefficient before all were dropped (of unit columns if normalised).
        largest: f64,
        /// Its term.
        term: String,
    },
    /// No term was found in enough bootstrap replicates.
    Unsettled {
        /// The inclusion probability asked for.
        wanted: f64,
        /// The largest one reached.
        reached: f64,
        /// Its term.
        term: String,
    },
}

impl Status {
    /// Whether there is an equation to use.
    pub fn is_found(&self) -> bool {
        !matches!(self, Self::Empty { .. } | Self::Unsettled { .. })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converged => f.write_str("converged"),
            Self::IterationLimit => f.write_str("stopped early: raise max_iterations"),
            Self::ZeroTarget => f.write_str("the target is zero on every row"),
            Self::Empty { threshold, largest, term } => write!(
                f,
                "no coefficient reached the threshold {}; the largest was {} of {term}: lower the \
                 threshold",
                number(*threshold),
                number(*largest)
            ),
            Self::Unsettled { wanted, reached, term } => write!(
                f,
                "no term was found in {:.0} % of the replicates; the best was {term} in {:.0} %: \
                 lower the threshold or the inclusion probability",
                100.0 * wanted,
                100.0 * reached
            ),
        }
    }
}

/// How well an equation fits the rows that it was found on.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Statistics {
    /// Rows of the regression.
    pub rows: usize,
    /// Root of the mean squared residual, in units of the target.
    pub rmse: f64,
    /// 1 − Σ residual² / Σ (y − ȳ)²; for a constant target 1 if it is met and 0 if not.
    pub r2: f64,
    /// Akaike's criterion with the correction for small samples (Hurvich and Tsai 1989); `None`
    /// where there are too few rows for it.
    pub aicc: Option<f64>,
    /// Schwarz' criterion.
    pub bic: f64,
    /// Of the terms of the equation, each scaled to unit length (so it does not depend on units).
    pub condition: f64,
}

/// What the replicates of an [`Ensemble`](crate::Ensemble) say, term by term.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bootstrap {
    /// The share of replicates that kept the term, of those in which it was offered.
    pub inclusion: Vec<f64>,
    /// The median coefficient over these replicates, 0 counted where it was dropped ("bragging").
    pub median: Vec<f64>,
    /// Percentile intervals of the terms of the final equation, refitted to every replicate.
    pub intervals: Vec<Option<[f64; 2]>>,
    /// Their level, such as 0.95.
    pub level: f64,
    /// Replicates that could be fitted.
    pub replicates: usize,
}

/// One found equation: a coefficient for each term of the library, 0 where it is absent.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Equation {
    /// What stands on the left.
    pub target: Target,
    /// Coefficients by term, unbiased: by least squares on the support alone.
    pub coefficients: Vec<f64>,
    /// Their standard errors √(σ² (ΘᵀΘ)⁻¹ⱼⱼ), given the support; 0 where the term is absent.
    pub std_errors: Vec<f64>,
    /// How the search ended.
    pub status: Status,
    /// How well it fits; `None` after [`with_coefficients`](crate::SparseModel::with_coefficients).
    pub statistics: Option<Statistics>,
    /// What the replicates say; `None` without an ensemble.
    pub bootstrap: Option<Bootstrap>,
}

impl Equation {
    /// The terms present, by their place in the library, ascending.
    pub fn support(&self) -> Vec<usize> {
        (0..self.coefficients.len()).filter(|&j| self.coefficients[j] != 0.0).collect()
    }

    /// The interval that holds a coefficient with a probability of `level`, by Student's t.
    ///
    /// It takes the support as known and the residuals as independent: after a search, and for
    /// derivatives of a series, the intervals of an ensemble are the more honest ones.
    ///
    /// # Errors
    ///
    /// A level outside (0, 1), a term that does not exist, or no statistics to go by.
    pub fn interval(&self, term: usize, level: f64) -> Result<[f64; 2], Error> {
        if !(level > 0.0 && level < 1.0) {
            let expected = "between 0 and 1";
            return Err(
                ErrorKind::InvalidSetting { setting: "level", value: level, expected }.into()
            );
        }
        let (Some(statistics), Some(&value), Some(error)) =
            (self.statistics, self.coefficients.get(term), self.std_errors.get(term))
        else {
            let what = "a coefficient with statistics";
            return Err(ErrorKind::WrongLength { what, expected: 1, found: 0 }.into());
        };
        let freedom = statistics.rows.saturating_sub(self.support().len());
        let half = student_t_quantile(0.5 + 0.5 * level, freedom) * error;
        Ok([value - half, value + half])
    }

    /// As text, `d(hare)/dt = 0.52 hare - 0.027 hare·lynx`. Why an equation is empty stands
    /// behind it in brackets.
    pub fn text(&self, library: &Library) -> String {
        let names = library.names();
        let terms = self.support();
        let terms = terms.iter().map(|&j| (self.coefficients[j], names.get(j).map_or("?", |n| n)));
        let right = sum(terms, number, " ");
        match self.status.is_found() {
            true => format!("{} = {right}", self.target),
            false => format!("{} = {right}  [{}]", self.target, self.status),
        }
    }

    /// As LaTeX, `\dot{x} = 0.52\,x`.
    pub fn latex(&self, library: &Library) -> String {
        let names = library.latex_names();
        let terms = self.support();
        let terms = terms.iter().map(|&j| (self.coefficients[j], names.get(j).map_or("?", |n| n)));
        format!("{} = {}", self.target.latex(), sum(terms, latex_number, "\\,"))
    }
}
