use crate::{Error, ErrorKind, SparseModel, Term};
use scalar::Scalar;
use system::System;

/// A model without a known part: every derivative is 0.
///
/// ```
/// use datadriven::NoKnownPart;
/// use system::System;
///
/// let nothing = NoKnownPart::new(&["hare", "lynx"]);
/// assert_eq!((nothing.dim(), nothing.num_params()), (2, 0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoKnownPart {
    states: Vec<String>,
}

impl NoKnownPart {
    /// Over named states.
    pub fn new(states: &[impl AsRef<str>]) -> Self {
        Self { states: states.iter().map(|s| s.as_ref().to_owned()).collect() }
    }
}

impl System for NoKnownPart {
    fn dim(&self) -> usize {
        self.states.len()
    }
    fn num_params(&self) -> usize {
        0
    }
    #[inline]
    fn rhs<S: Scalar>(&self, _t: S, _u: &[S], _p: &[S], du: &mut [S]) {
        du.fill(S::zero());
    }
    fn state_names(&self) -> Vec<String> {
        self.states.clone()
    }
}

/// Found equations as a [`System`] that runs and differentiates:
/// `du = known(t, u; p) + Σ ξ θ(u)` on chosen rows.
///
/// Its parameters are those of the known part, followed by the nonzero coefficients ξ in the
/// order of [`SparseModel::nonzeros`], named `hare: hare·lynx`: so they can be refitted inside an
/// ODE. [`params`](Self::params) gives the values found. Evaluation allocates nothing, and each
/// term is computed once for all rows.
///
/// ```
/// use datadriven::{PolynomialLibrary, Regression, SparseSystem, Stlsq};
/// use system::{System, system};
///
/// system! {
///     struct Growth;
///     state { hare, lynx }
///     params { birth, death }
///     rhs(_t) {
///         d(hare) = birth * hare;
///         d(lynx) = -death * lynx;
///     }
/// }
/// // What a trained network says about the missing terms:
/// let x: Vec<[f64; 2]> = (0..30).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let y: Vec<[f64; 2]> = x.iter().map(|[h, l]| [-0.9 * h * l, 0.8 * h * l]).collect();
/// let library = PolynomialLibrary::default().build(&["hare", "lynx"])?;
/// let found = Stlsq::default().fit(&Regression::outputs(&library, &x, &y, &["nn1", "nn2"])?)?;
///
/// let model = SparseSystem::with_known(Growth, &found, &[0, 1])?;
/// assert_eq!(model.param_names(), ["birth", "death", "hare: hare·lynx", "lynx: hare·lynx"]);
/// let p = model.params(&[1.3, 1.8])?;
/// let mut du = [0.0; 2];
/// model.rhs(0.0, &[2.0, 1.0], &p, &mut du);
/// assert!((du[0] - (1.3 * 2.0 - 0.9 * 2.0)).abs() < 1e-12);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseSystem<K = NoKnownPart> {
    known: K,
    /// Each term in use, over the states, with where it goes: (row, place among the coefficients).
    terms: Vec<(Term, Vec<(usize, usize)>)>,
    coefficients: Vec<f64>,
    names: Vec<String>,
}

impl SparseSystem {
    /// The whole right-hand side was found: the states are the variables of the library, in their
    /// order, and each has an equation.
    ///
    /// # Errors
    ///
    /// A variable without an equation, or an equation for something else.
    pub fn new(model: &SparseModel) -> Result<Self, Error> {
        let states = model.library().variables();
        let mut rows = Vec::new();
        for target in model.targets() {
            rows.push(position(states, target.name())?);
        }
        let targets: Vec<String> = model.targets().map(|t| t.name().to_owned()).collect();
        for state in states {
            position(&targets, state)?;
        }
        Self::with_known(NoKnownPart::new(states), model, &rows)
    }
}

impl<K: System> SparseSystem<K> {
    /// Equation `i` of the model is added to row `rows[i]` of the known part. The variables of the
    /// library are looked up among the states of the known part by name.
    ///
    /// # Errors
    ///
    /// A variable that is not a state; not one row for each equation; a row that does not exist.
    pub fn with_known(known: K, model: &SparseModel, rows: &[usize]) -> Result<Self, Error> {
        let states = known.state_names();
        let dim = known.dim();
        if rows.len() != model.details().len() {
            let (expected, found) = (model.details().len(), rows.len());
            let what = "rows, one for each equation";
            return Err(ErrorKind::WrongLength { what, expected, found }.into());
        }
        if let Some(&row) = rows.iter().find(|&&row| row >= dim) {
            let (value, expected) = (row as f64, "less than the number of states");
            return Err(ErrorKind::InvalidSetting { setting: "row", value, expected }.into());
        }
        let mut place = Vec::new();
        for variable in model.library().variables() {
            place.push(position(&states, variable)?);
        }
        let names = model.library().names();
        let mut system =
            Self { known, terms: Vec::new(), coefficients: Vec::new(), names: Vec::new() };
        for (equation, term, coefficient) in model.nonzeros() {
            let (row, index) = (rows[equation], system.coefficients.len());
            system.coefficients.push(coefficient);
            let state = states.get(row).map_or("?", String::as_str);
            system.names.push(format!("{state}: {}", names[term]));
            let factors = model.library().terms()[term].factors();
            let over_states = Term::from_factors(factors.iter().map(|&(v, e)| (place[v], e)));
            match system.terms.iter_mut().find(|(t, _)| *t == over_states) {
                Some((_, uses)) => uses.push((row, index)),
                None => system.terms.push((over_states, vec![(row, index)])),
            }
        }
        Ok(system)
    }

    /// The known part.
    pub fn known(&self) -> &K {
        &self.known
    }

    /// The coefficients found, in the order of the parameters.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// All parameters: those of the known part, then the coefficients found.
    ///
    /// # Errors
    ///
    /// Not as many as the known part has.
    pub fn params(&self, known: &[f64]) -> Result<Vec<f64>, Error> {
        let (expected, found) = (self.known.num_params(), known.len());
        if expected != found {
            let what = "parameters of the known part";
            return Err(ErrorKind::WrongLength { what, expected, found }.into());
        }
        Ok([known, &self.coefficients].concat())
    }
}

impl<K: System> System for SparseSystem<K> {
    fn dim(&self) -> usize {
        self.known.dim()
    }
    fn num_params(&self) -> usize {
        self.known.num_params() + self.coefficients.len()
    }
    #[inline]
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let split = self.known.num_params();
        if u.len() != self.dim() || du.len() != self.dim() || p.len() != self.num_params() {
            return system::wrong_lengths(du);
        }
        let (known, coefficients) = p.split_at(split);
        self.known.rhs(t, u, known, du);
        for (term, uses) in &self.terms {
            let value = term.eval(u);
            for &(row, index) in uses {
                du[row] += coefficients[index] * value;
            }
        }
    }
    fn state_names(&self) -> Vec<String> {
        self.known.state_names()
    }
    fn param_names(&self) -> Vec<String> {
        let mut names = self.known.param_names();
        names.extend(self.names.iter().cloned());
        names
    }
}

fn position(names: &[String], name: &str) -> Result<usize, Error> {
    names.iter().position(|n| n == name).ok_or_else(|| {
        ErrorKind::UnknownState { name: name.to_owned(), known: names.to_vec() }.into()
    })
}
