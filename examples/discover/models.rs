//! The mechanistic model, and models with holes for a network.

use sciml::fit::Known;
use sciml::prelude::*;

/// Lotka and Volterra: `prey' = α prey - β prey pred`, `pred' = γ prey pred - δ pred`.
#[derive(Clone, Debug)]
pub(crate) struct LotkaVolterra {
    pub(crate) names: [String; 2],
}

pub(crate) const PARAMETERS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

impl System for LotkaVolterra {
    fn dim(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        4
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let encounters = u[0] * u[1];
        du[0] = p[0] * u[0] - p[1] * encounters;
        du[1] = p[2] * encounters - p[3] * u[1];
    }
    fn state_names(&self) -> Vec<String> {
        self.names.to_vec()
    }
    fn param_names(&self) -> Vec<String> {
        PARAMETERS.map(String::from).to_vec()
    }
}

/// Which part of the physics a hybrid model knows; the network adds the rest to the growth rates per
/// head, so that populations stay positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knowledge {
    /// Prey grow and predators die at constant rates; what they do to each other is unknown.
    GrowthAndDeath,
    /// All of Lotka–Volterra; what is missing from it, such as self-limitation, is unknown.
    LotkaVolterra,
    /// Nothing: a neural differential equation.
    Nothing,
}

/// The known part of a hybrid model.
#[derive(Clone, Debug)]
pub(crate) struct Hybrid {
    pub(crate) knowledge: Knowledge,
    pub(crate) names: [String; 2],
    /// Typical size of each population: inputs of the network are of order one.
    pub(crate) typical: [f64; 2],
    /// Typical rate: outputs of the network are of order one.
    pub(crate) rate: f64,
}

impl Known for Hybrid {
    fn dim(&self) -> usize {
        2
    }
    fn param_names(&self) -> Vec<String> {
        let names: &[&str] = match self.knowledge {
            Knowledge::GrowthAndDeath => &["alpha", "delta"],
            Knowledge::LotkaVolterra => &PARAMETERS,
            Knowledge::Nothing => &[],
        };
        names.iter().map(ToString::to_string).collect()
    }
    fn network_inputs(&self) -> usize {
        2
    }
    fn network_outputs(&self) -> usize {
        2
    }
    fn features<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], x: &mut [S]) {
        for i in 0..2 {
            x[i] = u[i].scale(0.5 / self.typical[i]);
        }
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], network: &[S], du: &mut [S]) {
        let unknown = [network[0].scale(self.rate), network[1].scale(self.rate)];
        let known = match self.knowledge {
            Knowledge::GrowthAndDeath => [p[0], -p[1]],
            Knowledge::LotkaVolterra => [p[0] - p[1] * u[1], p[2] * u[0] - p[3]],
            Knowledge::Nothing => [S::zero(); 2],
        };
        for i in 0..2 {
            du[i] = u[i] * (known[i] + unknown[i]);
        }
    }
    fn state_names(&self) -> Vec<String> {
        self.names.to_vec()
    }
}
