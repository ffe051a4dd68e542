use crate::document::read;
use crate::{Error, ErrorKind};
use serde::Deserialize;

/// What a reference is about, and so which type reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// An initial value problem `u' = f(t, u; p)`: [`Reference`](crate::Reference).
    #[serde(rename = "ode")]
    Ode,
    /// `M u' = f(t, u; p)` with a singular diagonal `M`, of index 1:
    /// [`Reference`](crate::Reference).
    #[serde(rename = "dae_index1")]
    DaeIndex1,
    /// Derivatives of a solution or a loss: [`SensitivityReference`](crate::SensitivityReference)
    /// or [`ClosedFormSensitivity`](crate::ClosedFormSensitivity).
    #[serde(rename = "sensitivity")]
    Sensitivity,
    /// Event times: [`EventReference`](crate::EventReference).
    #[serde(rename = "event")]
    Event,
    /// Long-time averages: [`AverageReference`](crate::AverageReference).
    #[serde(rename = "chaotic_average")]
    ChaoticAverage,
}

impl Kind {
    /// The types that read it.
    pub(crate) fn reader(self) -> &'static str {
        match self {
            Self::Ode | Self::DaeIndex1 => "`Reference`",
            Self::Sensitivity => "`SensitivityReference` or `ClosedFormSensitivity`",
            Self::Event => "`EventReference`",
            Self::ChaoticAverage => "`AverageReference`",
        }
    }
}

/// One line of the list of references.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexEntry {
    /// The name to load it by.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Which type reads it.
    pub kind: Kind,
}

/// Embeds the files `reference/NAME.json`.
macro_rules! embed {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../reference/", $name, ".json")))),*]
    };
}

const FILES: &[(&str, &str)] = embed! {
    "linear_decay_forced",
    "linear_damped_oscillator",
    "linear_stiff_2x2",
    "linear_nonnormal_3x3",
    "prothero_robinson",
    "time_varying_linear",
    "logistic",
    "lotka_volterra",
    "brusselator_0d",
    "fitzhugh_nagumo",
    "lorenz63_short",
    "kepler_e05",
    "arenstorf",
    "pleiades",
    "rober",
    "vdpol_mu1000",
    "vdpol_scaled_eps1e-6",
    "hires",
    "orego",
    "chemakzo_dae",
    "rober_dae",
    "brusselator_1d_n20",
    "lv_grad",
    "lorenz_grad_short",
    "rober_grad",
    "event_bouncing_ball",
    "event_oscillator_zero_crossings",
    "event_projectile_terminal",
    "sens_exponential_decay",
    "sens_damped_oscillator",
    "adjoint_integral_cost",
    "lorenz_time_average_sensitivity",
    "rigid_body",
    "henon_heiles",
    "brusselator_1d_n500",
    "pollution",
    "pyrolysis_e5",
    "ring_modulator",
    "beam",
    "medical_akzo",
    "brusselator_2d_n32",
};

const INDEX: &str = include_str!("../reference/index.json");

/// Every reference, in the order of `reference/index.json`.
///
/// # Errors
///
/// [`ErrorKind::Json`] if the list cannot be read.
///
/// ```
/// let stiff = testset::index()?.into_iter().filter(|entry| entry.name.contains("vdpol")).count();
/// assert_eq!(stiff, 2);
/// # Ok::<(), testset::Error>(())
/// ```
pub fn index() -> Result<Vec<IndexEntry>, Error> {
    read("index", INDEX)
}

/// The text of a reference whose kind is one of `kinds`.
pub(crate) fn text(name: &str, kinds: &[Kind]) -> Result<&'static str, Error> {
    let file = FILES.iter().find(|(known, _)| *known == name);
    let (_, text) = file.ok_or_else(|| ErrorKind::UnknownReference { name: name.to_string() })?;
    let entry = index()?.into_iter().find(|entry| entry.name == name);
    let found = entry.ok_or_else(|| ErrorKind::UnknownReference { name: name.to_string() })?.kind;
    if kinds.contains(&found) {
        return Ok(text);
    }
    Err(ErrorKind::WrongKind { name: name.to_string(), found }.into())
}
