use crate::least_squares::Dependence;
use crate::library::check_names;
use crate::reduced::Reduced;
use crate::{Collinearity, Differentiate, Error, ErrorKind, Library, Target};
use faer::Mat;

/// The data of a discovery: library terms Θ and targets Y on the same rows, checked once.
///
/// ```
/// use datadriven::{PolynomialLibrary, Regression, Stlsq};
///
/// // Samples of y = 2 x − x², as they may come from a trained network.
/// let x: Vec<[f64; 1]> = (0..20).map(|i| [0.1 * i as f64]).collect();
/// let y: Vec<[f64; 1]> = x.iter().map(|[x]| [2.0 * x - x * x]).collect();
/// let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["x"])?;
/// let model = Stlsq::default().fit(&Regression::outputs(&library, &x, &y, &["growth"])?)?;
/// assert_eq!(model.equations(), ["growth = 2 x - 1 x^2"]);
/// # Ok::<(), datadriven::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regression {
    pub(crate) library: Library,
    pub(crate) targets: Vec<Target>,
    theta: Mat<f64>,
    y: Mat<f64>,
    /// Lengths of the stretches of consecutive rows: one for each series.
    pub(crate) segments: Vec<usize>,
}

impl Regression {
    /// States (rows × variables) and their time derivatives (the same shape): one equation for
    /// each variable.
    ///
    /// # Errors
    ///
    /// Tables of different length, rows of the wrong length, numbers that are not finite, or not
    /// more rows than terms.
    pub fn derivatives(
        library: &Library,
        x: &[impl AsRef<[f64]>],
        dx: &[impl AsRef<[f64]>],
    ) -> Result<Self, Error> {
        let targets = library.variables().iter().cloned().map(Target::Derivative).collect();
        Self::new(library, x, dx, targets)
    }

    /// One time series of all variables (rows × variables, at times `t`), smoothed and
    /// differentiated by a method of your choice.
    ///
    /// # Errors
    ///
    /// As [`derivatives`](Self::derivatives), and those of the differentiation.
    ///
    /// ```
    /// use datadriven::{FiniteDifference, PolynomialLibrary, Regression, Stlsq};
    ///
    /// let t: Vec<f64> = (0..200).map(|i| 0.01 * i as f64).collect();
    /// let x: Vec<[f64; 2]> = t.iter().map(|t| [3.0 * (-2.0 * t).exp(), 0.5 * t.exp()]).collect();
    /// let library = PolynomialLibrary { degree: 1, ..Default::default() }.build(&["x", "y"])?;
    /// let model = Stlsq::default().fit(&Regression::series(&library, &t, &x, &FiniteDifference)?)?;
    /// assert_eq!(model.equations(), ["d(x)/dt = -2 x", "d(y)/dt = 1 y"]);
    /// # Ok::<(), datadriven::Error>(())
    /// ```
    pub fn series(
        library: &Library,
        t: &[f64],
        x: &[impl AsRef<[f64]>],
        differentiation: &dyn Differentiate,
    ) -> Result<Self, Error> {
        let variables = library.variables();
        check_table("the states", x, variables)?;
        if t.len() != x.len() {
            let (expected, found) = (x.len(), t.len());
            return Err(ErrorKind::WrongLength { what: "times", expected, found }.into());
        }
        let mut smooth = vec![vec![0.0; variables.len()]; t.len()];
        let mut slopes = smooth.clone();
        for j in 0..variables.len() {
            let column: Vec<f64> = x.iter().map(|row| row.as_ref()[j]).collect();
            let estimate = differentiation.differentiate(t, &column)?;
            let (what, expected) = ("differentiated points", t.len());
            let found = estimate.values.len().min(estimate.derivatives.len());
            if found != expected {
                return Err(ErrorKind::WrongLength { what, expected, found }.into());
            }
            for i in 0..t.len() {
                smooth[i][j] = estimate.values[i];
                slopes[i][j] = estimate.derivatives[i];
            }
        }
        Self::derivatives(library, &smooth, &slopes)
    }

    /// Inputs (rows × variables) and outputs (rows × names) of any map, such as a trained network.
    ///
    /// # Errors
    ///
    /// As [`derivatives`](Self::derivatives); invalid or repeated names.
    pub fn outputs(
        library: &Library,
        x: &[impl AsRef<[f64]>],
        y: &[impl AsRef<[f64]>],
        names: &[impl AsRef<str>],
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        check_names(&names)?;
        Self::new(library, x, y, names.into_iter().map(Target::Output).collect())
    }

    fn new(
        library: &Library,
        x: &[impl AsRef<[f64]>],
        y: &[impl AsRef<[f64]>],
        targets: Vec<Target>,
    ) -> Result<Self, Error> {
        check_table("the inputs", x, library.variables())?;
        let names: Vec<String> = targets.iter().map(Target::to_string).collect();
        check_table("the targets", y, &names)?;
        let (rows, terms) = (x.len(), library.num_terms());
        if y.len() != rows {
            let what = "rows of the targets";
            return Err(ErrorKind::WrongLength { what, expected: rows, found: y.len() }.into());
        }
        if rows <= terms {
            return Err(ErrorKind::TooFewRows { rows, terms }.into());
        }
        let mut theta = Mat::zeros(rows, terms);
        let mut values = vec![0.0; terms];
        for (i, row) in x.iter().enumerate() {
            library.eval(row.as_ref(), &mut values);
            for (j, &value) in values.iter().enumerate() {
                if !is_usable(value) {
                    let column = library.terms()[j].name(library.variables());
                    let what = "the library";
                    return Err(ErrorKind::NonFinite { what, row: i, column }.into());
                }
                theta[(i, j)] = value;
            }
        }
        let y = Mat::from_fn(rows, targets.len(), |i, j| y[i].as_ref()[j]);
        Ok(Self { library: library.clone(), targets, theta, y, segments: vec![rows] })
    }

    /// Joins the rows of several series. A bootstrap block never spans two of them.
    ///
    /// # Errors
    ///
    /// None given, or different libraries or targets.
    pub fn join(parts: &[Self]) -> Result<Self, Error> {
        let what = "series to join, of one library and the same targets";
        let fault = |found| ErrorKind::WrongLength { what, expected: parts.len().max(1), found };
        let Some((first, others)) = parts.split_first() else { return Err(fault(0).into()) };
        let same = |p: &&Self| p.library == first.library && p.targets == first.targets;
        let fitting = 1 + others.iter().filter(same).count();
        if fitting < parts.len() {
            return Err(fault(fitting).into());
        }
        let place: Vec<(&Self, usize)> =
            parts.iter().flat_map(|p| (0..p.rows()).map(move |i| (p, i))).collect();
        Ok(Self {
            library: first.library.clone(),
            targets: first.targets.clone(),
            theta: Mat::from_fn(place.len(), first.theta.ncols(), |i, j| {
                place[i].0.theta[(place[i].1, j)]
            }),
            y: Mat::from_fn(place.len(), first.y.ncols(), |i, j| place[i].0.y[(place[i].1, j)]),
            segments: parts.iter().flat_map(|p| p.segments.iter().copied()).collect(),
        })
    }

    /// The candidate terms.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// What the equations stand for.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.theta.nrows()
    }

    pub(crate) fn reduce(&self, rows: &[usize], terms: &[usize]) -> Reduced {
        Reduced::new(self.theta.as_ref(), self.y.as_ref(), rows, terms)
    }

    pub(crate) fn reduce_all(&self) -> Reduced {
        let rows: Vec<usize> = (0..self.rows()).collect();
        let terms: Vec<usize> = (0..self.library.num_terms()).collect();
        self.reduce(&rows, &terms)
    }

    /// `Σ (y − ȳ)² / scale²`.
    pub(crate) fn spread(&self, target: usize, scale: f64) -> f64 {
        let column = self.y.col(target);
        let mean = column.iter().map(|y| y / scale).sum::<f64>() / self.rows() as f64;
        column.iter().map(|y| (y / scale - mean).powi(2)).sum()
    }

    /// Names the terms of a rank deficiency; `terms` are those that were offered.
    pub(crate) fn deficient(&self, dependence: &Dependence, terms: Option<&[usize]>) -> Error {
        let names = self.library.names();
        let name = |&j: &usize| names[terms.map_or(j, |terms| terms[j])].clone();
        let dependent = dependence
            .columns
            .iter()
            .map(|(term, on)| Collinearity { term: name(term), on: on.iter().map(name).collect() });
        ErrorKind::RankDeficient { dependent: dependent.collect() }.into()
    }
}

/// Finite, and small enough that the length of a column of such numbers is finite, too.
fn is_usable(value: f64) -> bool {
    value.abs() < 1e300
}

fn check_table(
    what: &'static str,
    rows: &[impl AsRef<[f64]>],
    columns: &[String],
) -> Result<(), Error> {
    for (i, row) in rows.iter().enumerate() {
        let (row, expected) = (row.as_ref(), columns.len());
        if row.len() != expected {
            return Err(ErrorKind::RowLength { what, row: i, expected, found: row.len() }.into());
        }
        if let Some(j) = row.iter().position(|&value| !is_usable(value)) {
            let column = columns[j].clone();
            return Err(ErrorKind::NonFinite { what, row: i, column }.into());
        }
    }
    Ok(())
}
