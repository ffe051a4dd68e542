use crate::catalogue::{self, Kind};
use crate::document::{self, Numbers, Ordered};
use crate::{Equations, Error};
use serde::Deserialize;

/// Long-time averages of the Lorenz system and their derivative, with statistical errors.
///
/// ```
/// let lorenz = testset::AverageReference::load("lorenz_time_average_sensitivity")?;
/// assert_eq!(lorenz.derivative, 1.0016);
/// assert_eq!((lorenz.means[4].rho, lorenz.means[4].mean_z), (28.0, 23.5504));
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AverageReference {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Names of the states, in order.
    pub variables: Vec<String>,
    /// Parameters.
    pub p: Vec<f64>,
    /// Names of the parameters, in order.
    pub param_names: Vec<String>,
    /// The right-hand sides as text.
    pub equations: Equations,
    /// Where to start, in words.
    pub start: String,
    /// The average of `z` for some values of `rho`.
    pub means: Vec<MeanAt>,
    /// Derivative of the average of `z` with respect to `rho` at 28.
    pub derivative: f64,
    /// Its standard error.
    pub derivative_standard_error: f64,
    /// Identities that hold exactly, in words.
    pub exact_identities: Vec<String>,
    /// The Lyapunov exponents at `rho = 28`.
    pub lyapunov_exponents: [f64; 3],
    /// Their exact sum, in words.
    pub lyapunov_sum: String,
    /// Where the values come from.
    pub source: String,
    /// What to expect of shadowing methods.
    pub notes: String,
    /// How the values were computed.
    pub method: String,
    /// How accurate they are.
    pub estimated_accuracy: String,
}

/// The average of `z` at one parameter value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanAt {
    /// The parameter.
    pub rho: f64,
    /// The average.
    pub mean_z: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl AverageReference {
    /// Reads a reference of kind [`Kind::ChaoticAverage`].
    ///
    /// # Errors
    ///
    /// [`UnknownReference`](crate::ErrorKind::UnknownReference),
    /// [`WrongKind`](crate::ErrorKind::WrongKind), or what is wrong with the file.
    pub fn load(name: &str) -> Result<Self, Error> {
        let file: File = document::read(name, catalogue::text(name, &[Kind::ChaoticAverage])?)?;
        let mut numbers = Numbers::new(name);
        let (param_names, p) = numbers.named(&file.parameters, "parameters")?;
        let variables = ["x", "y", "z"].map(String::from).to_vec();
        let equations = Equations::read(name, &variables, &param_names, &[], &file.equations)?;
        let values = file.reference;
        let mut means = Vec::new();
        for mean in &values.mean_z_at_rho {
            means.push(MeanAt {
                rho: numbers.value(&mean.rho, "mean_z_at_rho, rho")?,
                mean_z: numbers.value(&mean.mean_z, "mean_z_at_rho, mean_z")?,
                standard_error: numbers.value(&mean.standard_error, "mean_z_at_rho")?,
            });
        }
        let exponent =
            |i: usize| numbers.value(&values.lyapunov_exponents[i], "lyapunov_exponents");
        Ok(Self {
            name: file.name,
            title: file.title,
            variables,
            p,
            param_names,
            equations,
            start: file.initial_values,
            means,
            derivative: numbers.value(&values.d_mean_z_d_rho_at_28, "d_mean_z_d_rho_at_28")?,
            derivative_standard_error: numbers
                .value(&values.d_mean_z_d_rho_standard_error, "d_mean_z_d_rho_standard_error")?,
            exact_identities: values.exact_identities,
            lyapunov_exponents: [exponent(0)?, exponent(1)?, exponent(2)?],
            lyapunov_sum: values.lyapunov_sum_exact,
            source: file.source,
            notes: file.notes,
            method: file.method,
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
    equations: Vec<String>,
    parameters: Ordered<String>,
    initial_values: String,
    /// From 0 to infinity.
    #[serde(rename = "t_span")]
    _t_span: [String; 2],
    reference: ValuesText,
    method: String,
    estimated_accuracy: String,
    source: String,
    notes: String,
    #[serde(rename = "conventions")]
    _conventions: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValuesText {
    mean_z_at_rho: Vec<MeanText>,
    d_mean_z_d_rho_at_28: String,
    d_mean_z_d_rho_standard_error: String,
    exact_identities: Vec<String>,
    lyapunov_exponents: [String; 3],
    lyapunov_sum_exact: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeanText {
    rho: String,
    mean_z: String,
    standard_error: String,
}
