use crate::{Error, ErrorKind, Term};
use scalar::Scalar;
use std::collections::HashSet;

/// Candidate terms over named variables, each of them once.
///
/// Built by [`PolynomialLibrary`](crate::PolynomialLibrary), then joined and thinned out:
///
/// ```
/// use datadriven::PolynomialLibrary;
///
/// let linear = PolynomialLibrary { degree: 1, ..Default::default() }.build(&["x", "y"])?;
/// let cubic = PolynomialLibrary { degree: 3, bias: false, ..Default::default() }.build(&["x"])?;
/// let library = linear.concat(&cubic).without(&["1"])?;
/// assert_eq!(library.names(), ["x", "y", "x^2", "x^3"]);
///
/// let mut values = [0.0; 4];
/// library.eval(&[2.0, 5.0], &mut values);
/// assert_eq!(values, [2.0, 5.0, 4.0, 8.0]);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Unchecked")
)]
pub struct Library {
    variables: Vec<String>,
    terms: Vec<Term>,
}

impl Library {
    /// From parts; terms that occur again are dropped.
    pub(crate) fn new(variables: Vec<String>, terms: Vec<Term>) -> Result<Self, Error> {
        check_names(&variables)?;
        let terms = distinct(terms);
        if terms.is_empty() {
            return Err(ErrorKind::EmptyLibrary.into());
        }
        Ok(Self { variables, terms })
    }

    /// The variables, in order.
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The terms, in order.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// How many terms there are: at least one.
    pub fn num_terms(&self) -> usize {
        self.terms.len()
    }

    /// The terms as text: `1`, `x`, `x^2·y`.
    pub fn names(&self) -> Vec<String> {
        self.terms.iter().map(|term| term.name(&self.variables)).collect()
    }

    /// The terms as LaTeX.
    pub fn latex_names(&self) -> Vec<String> {
        self.terms.iter().map(|term| term.latex(&self.variables)).collect()
    }

    /// Where a term stands, by its name. Factors may stand in any order, joined by `·` or `*`.
    ///
    /// ```
    /// # use datadriven::PolynomialLibrary;
    /// let library = PolynomialLibrary::default().build(&["x", "y"])?;
    /// assert_eq!(library.position("y*x"), Some(4));
    /// assert_eq!(library.position("x*x"), library.position("x^2"));
    /// assert_eq!(library.position("x^3"), None);
    /// # Ok::<(), datadriven::Error>(())
    /// ```
    pub fn position(&self, name: &str) -> Option<usize> {
        let mut factors = Vec::new();
        if name.trim() != "1" {
            for factor in name.split(['·', '*']) {
                let (variable, power) = match factor.split_once('^') {
                    Some((variable, power)) => (variable, power.trim().parse().ok()?),
                    None => (factor, 1),
                };
                factors.push((self.variables.iter().position(|v| v == variable.trim())?, power));
            }
        }
        let wanted = Term::from_factors(factors);
        self.terms.iter().position(|term| *term == wanted)
    }

    /// This library followed by the terms of another that it does not have yet. Variables are
    /// matched by name.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        let mut variables = self.variables.clone();
        let mut place = Vec::with_capacity(other.variables.len());
        for name in &other.variables {
            place.push(variables.iter().position(|v| v == name).unwrap_or_else(|| {
                variables.push(name.clone());
                variables.len() - 1
            }));
        }
        let mut terms = self.terms.clone();
        for term in &other.terms {
            terms.push(Term::from_factors(term.factors().iter().map(|&(v, e)| (place[v], e))));
        }
        Self { variables, terms: distinct(terms) }
    }

    /// This library without the terms named (as in [`position`](Self::position)).
    ///
    /// # Errors
    ///
    /// A term that is not there, or none left.
    pub fn without(&self, names: &[impl AsRef<str>]) -> Result<Self, Error> {
        let mut excluded = HashSet::new();
        for name in names {
            let name = name.as_ref();
            excluded.insert(self.position(name).ok_or_else(|| ErrorKind::UnknownTerm {
                term: name.to_owned(),
                known: self.names(),
            })?);
        }
        let mut i = 0..;
        self.retain(|_| i.next().is_some_and(|i| !excluded.contains(&i)))
    }

    /// This library with only those terms that `keep` accepts.
    ///
    /// ```
    /// # use datadriven::PolynomialLibrary;
    /// let library = PolynomialLibrary::default().build(&["x", "y"])?;
    /// let products = library.retain(|term| term.factors().len() == 2)?;
    /// assert_eq!(products.names(), ["x·y"]);
    /// # Ok::<(), datadriven::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None left.
    pub fn retain(&self, mut keep: impl FnMut(&Term) -> bool) -> Result<Self, Error> {
        let terms = self.terms.iter().filter(|term| keep(term)).cloned().collect();
        Self::new(self.variables.clone(), terms)
    }

    /// Writes the value of each term at `u` into `values`, for any number type. Slices of the
    /// wrong length give NaN.
    pub fn eval<S: Scalar>(&self, u: &[S], values: &mut [S]) {
        if u.len() != self.variables.len() || values.len() != self.terms.len() {
            return system::wrong_lengths(values);
        }
        for (value, term) in values.iter_mut().zip(&self.terms) {
            *value = term.eval(u);
        }
    }
}

/// The terms without repetitions, in order.
fn distinct(mut terms: Vec<Term>) -> Vec<Term> {
    let mut seen = HashSet::new();
    terms.retain(|term| seen.insert(term.clone()));
    terms
}

/// Names that equations can be written with, and told apart by.
pub(crate) fn check_names(names: &[String]) -> Result<(), Error> {
    if names.is_empty() {
        return Err(ErrorKind::NoVariables.into());
    }
    let mut seen = HashSet::new();
    for name in names {
        if name.is_empty()
            || name.trim() != name
            || name.parse::<f64>().is_ok()
            || name.chars().any(|c| matches!(c, '·' | '*' | '^') || c.is_control())
        {
            return Err(ErrorKind::InvalidName { name: name.clone() }.into());
        }
        if !seen.insert(name) {
            return Err(ErrorKind::DuplicateName { name: name.clone() }.into());
        }
    }
    Ok(())
}

/// What a file may hold, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Unchecked {
    variables: Vec<String>,
    terms: Vec<Term>,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for Library {
    type Error = Error;

    fn try_from(read: Unchecked) -> Result<Self, Error> {
        let expected = read.variables.len();
        for term in &read.terms {
            if let Some(&(found, _)) = term.factors().iter().find(|&&(v, _)| v >= expected) {
                let what = "variables of a term that was read";
                return Err(ErrorKind::WrongLength { what, expected, found }.into());
            }
            let limit = crate::PolynomialLibrary::MAX_TERMS;
            if term.degree() as usize > limit {
                let count = u128::from(term.degree());
                return Err(ErrorKind::TooManyTerms { count, limit }.into());
            }
        }
        let terms =
            read.terms.iter().map(|term| Term::from_factors(term.factors().iter().copied()));
        Self::new(read.variables.clone(), terms.collect())
    }
}
