use core::fmt;

/// What went wrong, where, and what to try.
///
/// ```
/// use datadriven::{ErrorKind, PolynomialLibrary};
///
/// let error = PolynomialLibrary { degree: 0, bias: false, ..Default::default() }
///     .build(&["x"])
///     .unwrap_err();
/// assert_eq!(*error.kind(), ErrorKind::EmptyLibrary);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

impl Error {
    /// The kind, with its data.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

/// A term that the other terms already express, on the rows given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collinearity {
    /// The superfluous term.
    pub term: String,
    /// The terms whose combination it is; empty if the term is zero on every row.
    pub on: Vec<String>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A library over no variables.
    NoVariables,
    /// A variable name that equations could not be written with.
    InvalidName {
        /// The name.
        name: String,
    },
    /// Two variables or two targets with the same name.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A library without a single term.
    EmptyLibrary,
    /// A library too large to regress on.
    TooManyTerms {
        /// Terms asked for.
        count: u128,
        /// Terms allowed.
        limit: usize,
    },
    /// A term that the library does not have.
    UnknownTerm {
        /// What was asked for.
        term: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A variable or target that is not a state.
    UnknownState {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A list of the wrong length.
    WrongLength {
        /// Which list.
        what: &'static str,
        /// Length needed.
        expected: usize,
        /// Length given.
        found: usize,
    },
    /// A row of the wrong length.
    RowLength {
        /// Which table.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// Length needed.
        expected: usize,
        /// Length given.
        found: usize,
    },
    /// NaN, an infinity, or a number so large (1e300) that its square sums overflow.
    NonFinite {
        /// Which table or list.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// Which column: a variable, term or target.
        column: String,
    },
    /// Not more rows than terms: nothing is left to judge the fit by.
    TooFewRows {
        /// Rows given.
        rows: usize,
        /// Terms of the library.
        terms: usize,
    },
    /// Terms that cannot be told apart on these rows.
    RankDeficient {
        /// Each superfluous term.
        dependent: Vec<Collinearity>,
    },
    /// No equation kept a single term.
    EmptyModel {
        /// Why, for each equation.
        reasons: Vec<String>,
    },
    /// The equations do not make a problem with this initial state and span.
    Problem {
        /// Why.
        error: ode_core::Error,
    },
    /// A coefficient that overflowed, or a decomposition that did not converge.
    Numerical {
        /// What was computed.
        what: &'static str,
    },
    /// A setting outside its range.
    InvalidSetting {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A series with too few points to differentiate.
    ShortSeries {
        /// Points given.
        points: usize,
        /// Points needed.
        needed: usize,
    },
    /// Times that do not increase.
    UnsortedTimes {
        /// The first point that is not later than the one before it.
        index: usize,
        /// The time before it.
        before: f64,
        /// Its time.
        at: f64,
    },
    /// Fewer than half of the bootstrap replicates could be fitted.
    EnsembleFailed {
        /// Replicates without a fit.
        failed: usize,
        /// All replicates.
        replicates: usize,
        /// Why the first of them failed.
        first: Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind as K;
        match self.kind() {
            K::NoVariables => f.write_str("a library needs at least one variable"),
            K::InvalidName { name } => write!(
                f,
                "`{name}` cannot name a variable: a name is not empty, not a number, and has no \
                 `·`, `*`, `^`, control character or outer space"
            ),
            K::DuplicateName { name } => write!(f, "the name `{name}` occurs twice"),
            K::EmptyLibrary => f.write_str(
                "the library has no term: raise the degree, add the bias, or exclude fewer terms",
            ),
            K::TooManyTerms { count, limit } => write!(
                f,
                "the library would have {count} terms, more than {limit}: lower the degree or \
                 leave out the interactions"
            ),
            K::UnknownTerm { term, known } => {
                write!(f, "there is no term `{term}`; there are {}", list(known))
            }
            K::UnknownState { name, known } => {
                write!(f, "there is no state `{name}`; there are {}", list(known))
            }
            K::WrongLength { what, expected, found } => {
                write!(f, "{what}: {expected} needed, {found} given")
            }
            K::RowLength { what, row, expected, found } => {
                write!(f, "row {row} of {what} has {found} numbers, not {expected}")
            }
            K::NonFinite { what, row, column } => write!(
                f,
                "row {row} of {what} is not finite (or beyond 1e300) in `{column}`: drop the row or rescale the data"
            ),
            K::TooFewRows { rows, terms } => write!(
                f,
                "{rows} rows cannot determine {terms} terms and an error: give at least {} rows, \
                 or a smaller library",
                terms.saturating_add(1)
            ),
            K::RankDeficient { dependent } => {
                f.write_str("terms that cannot be told apart on these data:")?;
                for (i, Collinearity { term, on }) in dependent.iter().enumerate() {
                    f.write_str(if i == 0 { " " } else { "; " })?;
                    if on.is_empty() {
                        write!(f, "`{term}` is zero on every row")?;
                    } else {
                        write!(f, "`{term}` is a combination of {}", list(on))?;
                    }
                }
                f.write_str(". Exclude them, or give rows on which they differ")
            }
            K::Problem { error } => error.fmt(f),
            K::EmptyModel { reasons } => {
                write!(f, "no equation kept a term: {}", reasons.join("; "))
            }
            K::Numerical { what } => write!(f, "{what} cannot be computed: rescale the data"),
            K::InvalidSetting { setting, value, expected } => {
                write!(f, "`{setting}` is {value}, but must be {expected}")
            }
            K::ShortSeries { points, needed } => write!(
                f,
                "{points} points are too few to differentiate: at least {needed} are needed"
            ),
            K::UnsortedTimes { index, before, at } => write!(
                f,
                "times must increase: point {index} is at {at}, after {before}. Sort the rows and \
                 merge those of the same time"
            ),
            K::EnsembleFailed { failed, replicates, first } => write!(
                f,
                "{failed} of {replicates} bootstrap replicates could not be fitted (the first: \
                 {first}): give more rows or a smaller library"
            ),
        }
    }
}

impl std::error::Error for Error {}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
