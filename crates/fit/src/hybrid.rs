use crate::{Error, ErrorKind};
use nn::{Init, Mlp};
use scalar::Scalar;
use std::ops::Range;
use system::System;

/// The known part of a universal differential equation: a model with a hole for a network.
///
/// ```
/// use fit::Known;
/// use scalar::Scalar;
///
/// /// Growth and death are known; what prey and predators do to each other is not.
/// struct Populations;
///
/// impl Known for Populations {
///     fn dim(&self) -> usize {
///         2
///     }
///     fn param_names(&self) -> Vec<String> {
///         vec!["growth".into(), "death".into()]
///     }
///     fn network_inputs(&self) -> usize {
///         2
///     }
///     fn network_outputs(&self) -> usize {
///         2
///     }
///     fn features<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], x: &mut [S]) {
///         x.copy_from_slice(u);
///     }
///     fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]) {
///         du[0] = p[0] * u[0] + network[0];
///         du[1] = -p[1] * u[1] + network[1];
///     }
/// }
/// ```
pub trait Known {
    /// Number of states.
    fn dim(&self) -> usize;

    /// Names of the physical parameters, in order.
    fn param_names(&self) -> Vec<String>;

    /// Number of inputs of the network.
    fn network_inputs(&self) -> usize;

    /// Number of outputs of the network.
    fn network_outputs(&self) -> usize;

    /// Writes the inputs of the network into `x`; `p` holds the physical parameters.
    fn features<S: Scalar>(&self, t: S, u: &[S], p: &[S], x: &mut [S]);

    /// Writes the right-hand side into `du`, given the outputs of the network.
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]);

    /// Names of the states, in order.
    fn state_names(&self) -> Vec<String> {
        (1..=self.dim()).map(|i| format!("u{i}")).collect()
    }
}

/// A universal differential equation (Rackauckas et al. 2020, arXiv 2001.04385): known terms and a
/// network inside one [`System`].
///
/// Its parameters are the physical ones, followed by the weights of the network.
///
/// ```
/// use fit::{Known, UniversalOde};
/// use nn::{Activation, Init, Mlp};
/// use scalar::Scalar;
/// use system::System;
///
/// /// Growth is known; what limits it is not.
/// struct Growth;
///
/// impl Known for Growth {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn param_names(&self) -> Vec<String> {
///         vec!["rate".into()]
///     }
///     fn network_inputs(&self) -> usize {
///         1
///     }
///     fn network_outputs(&self) -> usize {
///         1
///     }
///     fn features<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], x: &mut [S]) {
///         x[0] = u[0];
///     }
///     fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]) {
///         du[0] = p[0] * u[0] + network[0];
///     }
/// }
///
/// let ude = UniversalOde::new(Growth, Mlp::new(&[1, 4, 1], Activation::Tanh).unwrap())?;
/// let p = ude.init(&[0.7], Init::Glorot, 1);
/// let (mut du, mut missing) = ([0.0], [0.0]);
/// ude.rhs(0.0, &[2.0], &p, &mut du);
/// ude.network_at(0.0, &[2.0], &p, &mut missing);
/// assert_eq!(du[0], 0.7 * 2.0 + missing[0]);
/// assert_eq!((ude.physical_params(), ude.network_params()), (0..1, 1..14));
/// assert_eq!(ude.param_names()[..2], ["rate", "w1"]);
/// # Ok::<(), fit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UniversalOde<K> {
    known: K,
    network: Mlp,
    physical: usize,
}

/// Inputs or outputs of a network that fit on the stack.
const CONNECTIONS: usize = 32;

impl<K: Known> UniversalOde<K> {
    /// Puts a network into the hole.
    ///
    /// # Errors
    ///
    /// When the network has other numbers of inputs and outputs than the known part asks for, or
    /// more than 32 of either.
    pub fn new(known: K, network: Mlp) -> Result<Self, Error> {
        let wiring = [
            ("inputs", known.network_inputs(), network.inputs()),
            ("outputs", known.network_outputs(), network.outputs()),
        ];
        for (what, expected, found) in wiring {
            if expected != found {
                return Err(ErrorKind::Network { what, expected, found }.into());
            }
            if found > CONNECTIONS {
                return Err(ErrorKind::Network { what, expected: CONNECTIONS, found }.into());
            }
        }
        let physical = known.param_names().len();
        Ok(Self { known, network, physical })
    }

    /// The known part.
    pub fn known(&self) -> &K {
        &self.known
    }

    /// The network.
    pub fn network(&self) -> &Mlp {
        &self.network
    }

    /// Where the physical parameters are among all parameters.
    pub fn physical_params(&self) -> Range<usize> {
        0..self.physical
    }

    /// Where the weights of the network are among all parameters.
    pub fn network_params(&self) -> Range<usize> {
        self.physical..self.physical + self.network.num_params()
    }

    /// Physical parameters as given, followed by freshly initialised weights. (As many as were given:
    /// a wrong number of them shows as a wrong length of `theta`.)
    pub fn init(&self, physical: &[f64], init: Init, seed: u64) -> Vec<f64> {
        [physical, &self.network.init(init, seed)].concat()
    }

    /// The outputs of the network at a point, given all parameters; NaN where a length is wrong.
    #[inline]
    pub fn network_at<S: Scalar>(&self, t: S, u: &[S], p: &[S], outputs: &mut [S]) {
        if p.len() != self.num_params() || u.len() != self.dim() {
            return system::wrong_lengths(outputs);
        }
        let (physical, weights) = p.split_at(self.physical);
        let mut inputs = [S::zero(); CONNECTIONS];
        let inputs = &mut inputs[..self.network.inputs()];
        self.known.features(t, u, physical, inputs);
        self.network.eval(weights, inputs, outputs);
    }
}

impl<K: Known> System for UniversalOde<K> {
    fn dim(&self) -> usize {
        self.known.dim()
    }
    fn num_params(&self) -> usize {
        self.physical + self.network.num_params()
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        if p.len() != self.num_params() || u.len() != self.dim() || du.len() != self.dim() {
            return system::wrong_lengths(du);
        }
        let mut outputs = [S::zero(); CONNECTIONS];
        let outputs = &mut outputs[..self.network.outputs()];
        self.network_at(t, u, p, outputs);
        self.known.rhs(t, u, &p[..self.physical], outputs, du);
    }
    fn state_names(&self) -> Vec<String> {
        self.known.state_names()
    }
    fn param_names(&self) -> Vec<String> {
        let weights = (1..=self.network.num_params()).map(|i| format!("w{i}"));
        self.known.param_names().into_iter().chain(weights).collect()
    }
}
