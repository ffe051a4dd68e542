use crate::error::check;
use crate::{Error, ErrorKind, Mlp};

/// A network with its parameters: what is written to a file and read back.
///
/// The parameters have the right length and are finite, also after reading (feature `serde`). With
/// `serde_json` switch on its feature `float_roundtrip`: without it, numbers may change in the last
/// place.
///
/// ```
/// use nn::{Activation, ErrorKind, Init, Mlp, Model};
///
/// let mlp = Mlp::new(&[1, 4, 1], Activation::Tanh)?;
/// let mut p = mlp.init(Init::Glorot, 2);
/// let model = Model::new(mlp.clone(), p.clone())?;
/// assert_eq!(model.params(), p);
///
/// p[3] = f64::NAN;
/// let error = Model::new(mlp, p).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::NonFinite { index: 3, .. }));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written"))]
pub struct Model {
    mlp: Mlp,
    params: Vec<f64>,
}

impl Model {
    /// Puts an architecture and its parameters together.
    ///
    /// # Errors
    /// [`Length`](ErrorKind::Length) if there are too few or too many parameters and
    /// [`NonFinite`](ErrorKind::NonFinite) if one is NaN or infinite.
    pub fn new(mlp: Mlp, params: Vec<f64>) -> Result<Self, Error> {
        check("params", mlp.num_params(), params.len())?;
        match params.iter().position(|p| !p.is_finite()) {
            Some(index) => Err(ErrorKind::NonFinite { index, value: params[index] }.into()),
            None => Ok(Self { mlp, params }),
        }
    }

    /// The architecture.
    pub fn mlp(&self) -> &Mlp {
        &self.mlp
    }

    /// The flat parameters.
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// Takes it apart again.
    pub fn into_parts(self) -> (Mlp, Vec<f64>) {
        (self.mlp, self.params)
    }
}

/// A model as it was written, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(rename = "Model", deny_unknown_fields)]
struct Written {
    mlp: Mlp,
    params: Vec<f64>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Model {
    type Error = Error;
    fn try_from(Written { mlp, params }: Written) -> Result<Self, Error> {
        Self::new(mlp, params)
    }
}
