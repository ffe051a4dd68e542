use crate::catalogue::{self, Kind};
use crate::document::{self, Numbers, Ordered, Setting};
use crate::{Equations, Error, ErrorKind, Input};
use serde::Deserialize;

/// Derivatives of a solution in closed form: each value has a name, and is a number, a gradient or
/// a Hessian.
///
/// ```
/// use testset::ClosedFormSensitivity;
///
/// let decay = ClosedFormSensitivity::load("sens_exponential_decay")?;
/// let names: Vec<_> = decay.values.iter().map(|(name, _)| name.as_str()).collect();
/// assert_eq!(names[..3], ["y(T)", "dy/dk", "dy/dy0"]);
/// assert_eq!(decay.scalar("dy/dk")?, -0.734738569517891461311884256436);
/// assert_eq!(decay.value("Hess G")?[1][0], decay.value("grad G")?[0][0]);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClosedFormSensitivity {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
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
    /// The inputs with respect to which is differentiated, in order.
    pub wrt: Vec<Input>,
    /// The values by name, row by row: a number is 1 × 1, a gradient one row.
    pub values: Vec<(String, Vec<Vec<f64>>)>,
    /// Where the problem comes from.
    pub source: String,
    /// How the values were computed.
    pub method: String,
    /// How accurate they are.
    pub estimated_accuracy: String,
}

impl ClosedFormSensitivity {
    /// Reads `sens_exponential_decay`, `sens_damped_oscillator` or `adjoint_integral_cost`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownReference`], [`ErrorKind::WrongKind`], or what is wrong with the file.
    pub fn load(name: &str) -> Result<Self, Error> {
        let file: File = document::read(name, catalogue::text(name, &[Kind::Sensitivity])?)?;
        let (parameters, start) = (&file.parameters, &file.initial_values);
        let setting = Setting::read(name, (&[], &file.equations), parameters, start, &file.t_span)?;
        let numbers = Numbers::new(name);
        let wrt = Input::read_all(&file.wrt, &setting, &numbers)?;
        let read = |(key, value): &(String, Value)| {
            let rows = match value {
                Value::Number(text) => vec![vec![numbers.value(text, key)?]],
                Value::Gradient(texts) => vec![numbers.vector_of(wrt.len(), texts, key)?],
                Value::Hessian(rows) => numbers.matrix(rows, key)?,
            };
            Ok((key.clone(), rows))
        };
        let values = file.reference.0.iter().map(read).collect::<Result<_, Error>>()?;
        let Setting { variables, u0, param_names, p, tspan, equations } = setting;
        Ok(Self {
            name: file.name,
            title: file.title,
            variables,
            u0,
            p,
            param_names,
            tspan,
            equations,
            wrt,
            values,
            source: file.source,
            method: file.method,
            estimated_accuracy: file.estimated_accuracy,
        })
    }

    /// A value by its name, row by row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownName`] if there is none of this name.
    pub fn value(&self, key: &str) -> Result<&[Vec<f64>], Error> {
        let found = self.values.iter().find(|(name, _)| name == key);
        let place = || format!("reference `{}`, reference", self.name);
        found
            .map(|(_, rows)| rows.as_slice())
            .ok_or_else(|| ErrorKind::UnknownName { place: place(), name: key.to_string() }.into())
    }

    /// A number by its name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownName`] if there is none of this name, [`ErrorKind::Count`] if it is a
    /// gradient or a Hessian.
    pub fn scalar(&self, key: &str) -> Result<f64, Error> {
        match self.value(key)? {
            [row] if row.len() == 1 => Ok(row[0]),
            rows => Err(ErrorKind::Count {
                place: format!("reference `{}`, {key}", self.name),
                expected: 1,
                found: rows.iter().map(Vec::len).sum(),
            }
            .into()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    #[serde(rename = "kind")]
    _kind: Kind,
    equations: Vec<String>,
    parameters: Ordered<String>,
    initial_values: Ordered<String>,
    t_span: [String; 2],
    wrt: Vec<String>,
    reference: Ordered<Value>,
    method: String,
    estimated_accuracy: String,
    source: String,
    #[serde(rename = "conventions")]
    _conventions: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(String),
    Gradient(Vec<String>),
    Hessian(Vec<Vec<String>>),
}
