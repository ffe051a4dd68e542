use crate::catalogue::{self, Kind};
use crate::document::{self, Numbers, Ordered, Setting};
use crate::error::check_count;
use crate::{Equations, Error, ErrorKind};
use serde::Deserialize;

/// A quantity with respect to which is differentiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// The parameter with this index.
    Parameter(usize),
    /// The initial value of the state with this index.
    InitialValue(usize),
}

impl Input {
    /// Reads `k` or `x(0)`.
    pub(crate) fn read_all(
        texts: &[String],
        setting: &Setting,
        numbers: &Numbers<'_>,
    ) -> Result<Vec<Self>, Error> {
        let position = |names: &[String], name: &str| names.iter().position(|n| n == name);
        let read = |text: &String| {
            let input = match text.strip_suffix("(0)") {
                Some(state) => position(&setting.variables, state).map(Self::InitialValue),
                None => position(&setting.param_names, text).map(Self::Parameter),
            };
            let place = numbers.place("wrt");
            input.ok_or_else(|| ErrorKind::UnknownName { place, name: text.clone() }.into())
        };
        texts.iter().map(read).collect()
    }
}

/// A least-squares problem with its gradient, and the sensitivities along the solution.
///
/// The loss is the sum over `observation_times` and states of `(uᵢ(t) - dataᵢ(t))²`.
///
/// ```
/// use testset::{Input, SensitivityReference};
///
/// let lv = SensitivityReference::load("lv_grad")?;
/// assert_eq!(lv.wrt[0], Input::Parameter(0));
/// assert_eq!(lv.wrt[5], Input::InitialValue(1));
/// assert_eq!((lv.loss, lv.gradient[0]), (60.68013898719890655555, 527.2795914517340474257));
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SensitivityReference {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
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
    /// The right-hand sides as text.
    pub equations: Equations,
    /// The inputs `q` with respect to which is differentiated, in order.
    pub wrt: Vec<Input>,
    /// When the states are observed.
    pub observation_times: Vec<f64>,
    /// The observations: a row for each time, a column for each state.
    pub data: Vec<Vec<f64>>,
    /// The parameters that the data were made with.
    pub data_made_with: Vec<f64>,
    /// The loss at `u0` and `p`.
    pub loss: f64,
    /// What the loss is, in words.
    pub loss_definition: String,
    /// Derivative of the loss with respect to each of `wrt`.
    pub gradient: Vec<f64>,
    /// The solution and its derivatives at the initial and the observation times.
    pub state_and_sensitivities: Vec<SensitivityPoint>,
    /// Where the problem comes from.
    pub source: String,
    /// How the values were computed.
    pub method: String,
    /// What they were checked against.
    pub cross_checks: Vec<String>,
    /// How accurate they are.
    pub estimated_accuracy: String,
}

/// The solution and its derivatives at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivityPoint {
    /// The time.
    pub t: f64,
    /// The state.
    pub u: Vec<f64>,
    /// `du_dq[i][j]` is the derivative of state `i` with respect to `wrt[j]`.
    pub du_dq: Vec<Vec<f64>>,
}

impl SensitivityReference {
    /// Reads `lv_grad`, `lorenz_grad_short` or `rober_grad`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownReference`], [`ErrorKind::WrongKind`], or what is wrong with the file
    /// (the references of [`ClosedFormSensitivity`](crate::ClosedFormSensitivity) have other
    /// fields).
    pub fn load(name: &str) -> Result<Self, Error> {
        Self::parse(name, catalogue::text(name, &[Kind::Sensitivity])?)
    }

    /// Reads a text in the format of the files; `name` only stands in errors.
    ///
    /// # Errors
    ///
    /// What is wrong with the text: every number is parsed, every length is checked, a field that
    /// is not known is refused.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let file: File = document::read(name, text)?;
        let setting = Setting::read(
            name,
            (&file.auxiliary, &file.equations),
            &file.parameters,
            &file.initial_values,
            &file.t_span,
        )?;
        let mut numbers = Numbers::new(name);
        let (dim, times) = (setting.variables.len(), file.observation_times.len());
        check_count(dim, file.variables.len(), || numbers.place("variables"))?;
        let wrt = Input::read_all(&file.wrt, &setting, &numbers)?;
        check_count(times, file.data.len(), || numbers.place("data"))?;
        let rows = file.data.iter().map(|row| numbers.vector_of(dim, row, "data"));
        let data = rows.collect::<Result<Vec<_>, _>>()?;
        let made_with = &file.data_made_with;
        check_count(setting.p.len(), made_with.0.len(), || numbers.place("data_made_with"))?;
        let mut points = Vec::new();
        for point in &file.state_and_sensitivities {
            let place = format!("state_and_sensitivities at t = {}", point.t);
            check_count(dim, point.du_dq.len(), || numbers.place(&place))?;
            let rows = point.du_dq.iter().map(|row| numbers.vector_of(wrt.len(), row, &place));
            points.push(SensitivityPoint {
                t: numbers.value(&point.t, &place)?,
                u: numbers.vector_of(dim, &point.u, &place)?,
                du_dq: rows.collect::<Result<_, _>>()?,
            });
        }
        let Setting { variables, u0, param_names, p, tspan, equations } = setting;
        Ok(Self {
            observation_times: numbers.vector(&file.observation_times, "observation_times")?,
            data,
            loss: numbers.value(&file.reference.loss, "reference, L")?,
            gradient: numbers.vector_of(wrt.len(), &file.reference.gradient, "gradient")?,
            data_made_with: numbers.named(made_with, "data_made_with")?.1,
            name: file.name,
            title: file.title,
            stiff: file.stiff,
            variables,
            u0,
            p,
            param_names,
            tspan,
            equations,
            wrt,
            loss_definition: file.loss,
            state_and_sensitivities: points,
            source: file.source,
            method: file.method,
            cross_checks: file.cross_checks,
            estimated_accuracy: file.estimated_accuracy,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    #[serde(rename = "kind")]
    _kind: Kind,
    stiff: bool,
    variables: Vec<String>,
    auxiliary: Vec<String>,
    equations: Vec<String>,
    parameters: Ordered<String>,
    initial_values: Ordered<String>,
    t_span: [String; 2],
    wrt: Vec<String>,
    observation_times: Vec<String>,
    data: Vec<Vec<String>>,
    data_made_with: Ordered<String>,
    loss: String,
    reference: LossText,
    state_and_sensitivities: Vec<PointText>,
    #[serde(rename = "layout")]
    _layout: String,
    method: String,
    cross_checks: Vec<String>,
    estimated_accuracy: String,
    source: String,
    #[serde(rename = "conventions")]
    _conventions: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LossText {
    #[serde(rename = "L")]
    loss: String,
    gradient: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointText {
    t: String,
    u: Vec<String>,
    du_dq: Vec<Vec<String>>,
}
