use crate::catalogue::{self, Kind};
use crate::document::{self, Numbers, Ordered, Setting};
use crate::error::check_count;
use crate::ranges::Ranges;
use crate::{Equations, Error, ErrorKind};
use serde::Deserialize;

/// An initial value problem with the values of its solution at some times.
///
/// ```
/// let rober = testset::Reference::load("rober")?;
/// assert_eq!(rober.param_names, ["k1", "k2", "k3"]);
/// assert_eq!((rober.tspan, rober.stiff), ((0.0, 1e11), true));
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reference {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Ordinary or differential-algebraic.
    pub kind: Kind,
    /// Whether explicit methods are a poor choice.
    pub stiff: bool,
    /// Names of the states, in order.
    pub variables: Vec<String>,
    /// Initial state.
    pub u0: Vec<f64>,
    /// Parameters.
    pub p: Vec<f64>,
    /// Names of the parameters, in order.
    pub param_names: Vec<String>,
    /// First and last time.
    pub tspan: (f64, f64),
    /// Times inside of `tspan` at which the right-hand side jumps: stop times for a solver.
    pub stops: Vec<f64>,
    /// The right-hand sides as text.
    pub equations: Equations,
    /// Diagonal of the mass matrix, if it is not the identity.
    pub mass_matrix_diagonal: Option<Vec<f64>>,
    /// The solution at the listed times, the initial time first.
    pub points: Vec<Point>,
    /// The smallest scale of errors: components that stay below it count absolutely. Zero if each
    /// component matters, however small.
    pub scale_floor: f64,
    /// How far the exact solution moves (in terms of the scaled error) when the inputs are rounded
    /// to `f64`: no `f64` solver can be asked for better. Not every file says.
    pub f64_floor: Option<f64>,
    /// What other solvers reach.
    pub peer_errors: Vec<PeerError>,
    /// Difference to published values, where there are some.
    pub published: Option<PublishedComparison>,
    /// Where the problem comes from.
    pub source: String,
    /// Closed forms, invariants, warnings.
    pub notes: String,
    /// How the values were computed.
    pub method: String,
    /// What they were checked against.
    pub cross_checks: Vec<String>,
    /// How accurate they are.
    pub estimated_accuracy: String,
}

/// The solution at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The time.
    pub t: f64,
    /// The state.
    pub u: Vec<f64>,
}

/// The error of another solver, scaled as by [`Reference::scaled_error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PeerError {
    /// Package and method.
    pub solver: String,
    /// Relative tolerance.
    pub rtol: f64,
    /// How the absolute tolerance was chosen.
    pub atol_rule: String,
    /// The error reached.
    pub scaled_error: f64,
    /// Evaluations of the right-hand side.
    pub evaluations: u64,
}

/// Largest difference to values printed elsewhere.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PublishedComparison {
    /// Where they are printed.
    pub source: String,
    /// Largest relative difference.
    pub max_relative_difference: Option<f64>,
    /// The component where it occurs.
    pub worst_component: Option<String>,
    /// For a periodic orbit: distance from the initial state after the published period.
    pub period_closure_error: Option<f64>,
}

impl Reference {
    /// Reads a reference of kind [`Kind::Ode`] or [`Kind::DaeIndex1`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownReference`], [`ErrorKind::WrongKind`], or what is wrong with the file.
    pub fn load(name: &str) -> Result<Self, Error> {
        Self::parse(name, catalogue::text(name, &[Kind::Ode, Kind::DaeIndex1])?)
    }

    /// Reads a text in the format of the files; `name` only stands in errors.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: every number is parsed, every length is checked, a field that
    /// is not known is refused.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let mut file: File = document::read(name, text)?;
        if let Some(ranges) = file.ranges.take() {
            file.expand(name, &ranges)?;
        }
        let setting = Setting::read(
            name,
            (&file.auxiliary, &file.equations),
            &file.parameters,
            &file.initial_values,
            &file.t_span,
        )?;
        let Setting { variables, u0, param_names, p, tspan, equations } = setting;
        let numbers = Numbers::new(name);
        check_count(variables.len(), file.variables.len(), || numbers.place("variables"))?;
        if let Some(stray) = file.variables.iter().zip(&variables).find(|(a, b)| a != b) {
            let place = numbers.place("variables");
            return Err(ErrorKind::UnknownName { place, name: stray.0.clone() }.into());
        }
        let dim = variables.len();
        let mut points = Vec::new();
        for point in &file.reference {
            // Left out: the initial state.
            let Some(u) = &point.u else {
                points.push(Point { t: numbers.value(&point.t, "reference, t")?, u: u0.clone() });
                continue;
            };
            let u = numbers.vector_of(dim, u, &format!("reference at t = {}", point.t))?;
            points.push(Point { t: numbers.value(&point.t, "reference, t")?, u });
        }
        if let Some(diagonal) = &file.mass_matrix_diagonal {
            check_count(dim, diagonal.len(), || numbers.place("mass_matrix_diagonal"))?;
        }
        let floor = file.f64_input_floor.as_ref();
        let floor =
            floor.map(|floor| numbers.value(&floor.value, "f64_input_floor")).transpose()?;
        let scale_floor = file.scale_floor.as_deref().unwrap_or("0");
        let scale_floor = numbers.value(scale_floor, "scale_floor")?;
        let stops = numbers.vector(&file.stops, "stops")?;
        let peers = file.peer_double_precision.iter();
        Ok(Self {
            name: file.name,
            title: file.title,
            kind: file.kind,
            stiff: file.stiff,
            variables,
            u0,
            p,
            param_names,
            tspan,
            stops,
            equations,
            mass_matrix_diagonal: file.mass_matrix_diagonal,
            points,
            scale_floor,
            f64_floor: floor,
            peer_errors: peers.map(|peer| peer.read(&numbers)).collect::<Result<_, _>>()?,
            published: file.published_comparison.map(|p| p.read(&numbers)).transpose()?,
            source: file.source,
            notes: file.notes,
            method: file.method,
            cross_checks: file.cross_checks,
            estimated_accuracy: file.estimated_accuracy,
        })
    }

    /// The listed times, the initial one first.
    pub fn times(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.t).collect()
    }

    /// The largest value of each component over the listed times, at least
    /// [`scale_floor`](Self::scale_floor) (1 for a component that is zero at all of them).
    pub fn scale(&self) -> Vec<f64> {
        let size = |u: &Vec<f64>, i: usize| u.get(i).map_or(0.0, |u| u.abs());
        let largest = |i: usize| self.points.iter().fold(0.0, |m: f64, at| m.max(size(&at.u, i)));
        let one_if_zero = |scale: f64| if scale == 0.0 { 1.0 } else { scale.max(self.scale_floor) };
        (0..self.variables.len()).map(|i| one_if_zero(largest(i))).collect()
    }

    /// The scaled error of a state at the listed time `t_index`: the largest of
    /// `|uᵢ - refᵢ| / max over listed times of |refᵢ|`. NaN if `u` has a NaN.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimeIndex`] or [`ErrorKind::Count`] if `t_index` or the length of `u` is wrong.
    ///
    /// ```
    /// let logistic = testset::Reference::load("logistic")?;
    /// assert_eq!(logistic.error(0, &logistic.u0)?, 0.0);
    /// assert!(logistic.error(0, &[f64::NAN])?.is_nan());
    /// assert!(logistic.error(0, &[]).is_err() && logistic.error(9, &[0.1]).is_err());
    /// # Ok::<(), testset::Error>(())
    /// ```
    pub fn error(&self, t_index: usize, u: &[f64]) -> Result<f64, Error> {
        let point = self.point(t_index, u)?;
        let scale = self.scale();
        Ok(largest(u.iter().zip(&point.u).zip(scale).map(|((u, r), scale)| (u - r).abs() / scale)))
    }

    /// The plain relative error of a state at the listed time `t_index`, for problems whose small
    /// components matter. A component whose reference is zero counts absolutely. NaN if `u` has a
    /// NaN.
    ///
    /// # Errors
    ///
    /// As [`error`](Reference::error).
    pub fn relative_error(&self, t_index: usize, u: &[f64]) -> Result<f64, Error> {
        let point = self.point(t_index, u)?;
        let one_if_zero = |r: f64| if r == 0.0 { 1.0 } else { r.abs() };
        Ok(largest(u.iter().zip(&point.u).map(|(u, &r)| (u - r).abs() / one_if_zero(r))))
    }

    /// The scaled error of a run: the largest [`error`](Reference::error) over the states
    /// `trajectory[i]` at *all* [`times`](Reference::times), the initial one included.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Count`] if a state is missing or of the wrong length.
    pub fn scaled_error<U: AsRef<[f64]>>(&self, trajectory: &[U]) -> Result<f64, Error> {
        let place = || format!("reference `{}`, trajectory at the listed times", self.name);
        check_count(self.points.len(), trajectory.len(), place)?;
        let errors = trajectory.iter().enumerate().map(|(i, u)| self.error(i, u.as_ref()));
        Ok(largest(errors.collect::<Result<Vec<_>, _>>()?.into_iter()))
    }

    fn point(&self, index: usize, u: &[f64]) -> Result<&Point, Error> {
        let count = self.points.len();
        let point = self.points.get(index);
        let point =
            point.ok_or_else(|| ErrorKind::TimeIndex { name: self.name.clone(), index, count })?;
        check_count(point.u.len(), u.len(), || {
            format!("reference `{}`, state at t = {}", self.name, point.t)
        })?;
        Ok(point)
    }
}

/// The maximum, NaN if one entry is NaN (`f64::max` would drop it).
fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |m, value| if value > m || value.is_nan() { value } else { m })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    kind: Kind,
    stiff: bool,
    variables: Vec<String>,
    auxiliary: Vec<String>,
    equations: Vec<String>,
    parameters: Ordered<String>,
    initial_values: Ordered<String>,
    t_span: [String; 2],
    #[serde(default)]
    stops: Vec<String>,
    /// Set if `variables`, `equations` and `initial_values` are patterns.
    ranges: Option<Ranges>,
    scale_floor: Option<String>,
    mass_matrix_diagonal: Option<Vec<f64>>,
    reference: Vec<PointText>,
    method: String,
    cross_checks: Vec<String>,
    estimated_accuracy: String,
    source: String,
    notes: String,
    f64_input_floor: Option<FloorText>,
    #[serde(default)]
    peer_double_precision: Vec<PeerText>,
    published_comparison: Option<PublishedText>,
    #[serde(rename = "conventions")]
    _conventions: String,
}

impl File {
    /// Writes out the patterns of a generated model.
    fn expand(&mut self, name: &str, ranges: &Ranges) -> Result<(), Error> {
        let place = |list: &str| format!("reference `{name}`, {list}");
        self.variables = ranges.expand(&place("variables"), &self.variables)?;
        self.equations = ranges.expand(&place("equations"), &self.equations)?;
        let (names, values): (Vec<_>, Vec<_>) = self.initial_values.0.drain(..).unzip();
        let names = ranges.expand(&place("initial_values"), &names)?;
        let values = ranges.expand(&place("initial_values"), &values)?;
        self.initial_values.0 = names.into_iter().zip(values).collect();
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointText {
    t: String,
    u: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FloorText {
    value: String,
    #[serde(rename = "meaning")]
    _meaning: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerText {
    solver: String,
    rtol: f64,
    atol: String,
    scaled_error: String,
    nfev: u64,
}

impl PeerText {
    fn read(&self, numbers: &Numbers<'_>) -> Result<PeerError, Error> {
        Ok(PeerError {
            solver: self.solver.clone(),
            rtol: self.rtol,
            atol_rule: self.atol.clone(),
            scaled_error: numbers.value(&self.scaled_error, "peer_double_precision")?,
            evaluations: self.nfev,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublishedText {
    source: String,
    max_relative_difference: Option<String>,
    worst_component: Option<String>,
    period_closure_error: Option<String>,
}

impl PublishedText {
    fn read(self, numbers: &Numbers<'_>) -> Result<PublishedComparison, Error> {
        let value = |text: Option<String>| {
            text.map(|text| numbers.value(&text, "published_comparison")).transpose()
        };
        Ok(PublishedComparison {
            source: self.source,
            max_relative_difference: value(self.max_relative_difference)?,
            worst_component: self.worst_component,
            period_closure_error: value(self.period_closure_error)?,
        })
    }
}
