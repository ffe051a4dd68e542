//! Calls the algorithm that is meant, by the method that is meant.

use super::GradientAlgorithm;
use super::methods::Method;
use crate::{
    DiscreteAdjoint, Error, ErrorKind, ForwardSensitivity, GaussAdjoint, Gradient, Loss, Memory,
};
use ode_core::{OdeProblem, Options, Tsit5, Vern7};
use ode_stiff::{RadauIIA5, Rodas5P};
use system::{Buffer, System, WithMass};

/// Settings that do not depend on the algorithm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) method: Method,
    pub(super) memory: usize,
    pub(super) segments: usize,
}

macro_rules! each {
    ($method:expr, |$found:ident| $call:expr) => {
        match $method {
            Method::Tsit5 => {
                let $found = Tsit5;
                $call
            }
            Method::Vern7 => {
                let $found = Vern7;
                $call
            }
            Method::Rodas5P => {
                let $found = Rodas5P;
                $call
            }
            Method::RadauIIA5 => {
                let $found = RadauIIA5;
                $call
            }
        }
    };
}

macro_rules! implicit {
    ($run:expr, |$found:ident| $call:expr) => {
        match $run.method {
            Method::RadauIIA5 => {
                let $found = RadauIIA5;
                $call
            }
            _ => {
                let $found = Rodas5P;
                $call
            }
        }
    };
}

impl Run {
    pub(super) fn gradient<F, B, L>(
        &self,
        algorithm: GradientAlgorithm,
        problem: &OdeProblem<F, B>,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        match algorithm {
            GradientAlgorithm::Forward => each!(self.method, |method| {
                ForwardSensitivity.gradient(problem, method, options, loss)
            }),
            GradientAlgorithm::Gauss => each!(self.method, |method| {
                self.gauss().gradient(problem, method, options, loss)
            }),
            GradientAlgorithm::Discrete => {
                let memory = Memory::Bytes(self.memory);
                let adjoint = DiscreteAdjoint { memory, ..DiscreteAdjoint::default() };
                match self.method {
                    Method::Tsit5 => adjoint.gradient(problem, Tsit5, options, loss),
                    Method::Vern7 => adjoint.gradient(problem, Vern7, options, loss),
                    Method::Rodas5P | Method::RadauIIA5 => Err(no_discrete_adjoint()),
                }
            }
        }
    }

    pub(super) fn gradient_of_dae<F, B, L>(
        &self,
        algorithm: GradientAlgorithm,
        problem: &OdeProblem<WithMass<F>, B>,
        options: &Options,
        loss: &L,
    ) -> Result<Gradient, Error>
    where
        F: System,
        B: Buffer<Item = f64>,
        L: Loss,
    {
        match algorithm {
            GradientAlgorithm::Forward => implicit!(self, |method| {
                ForwardSensitivity.gradient_of_dae(problem, method, options, loss)
            }),
            GradientAlgorithm::Gauss => implicit!(self, |method| {
                self.gauss().gradient_of_dae(problem, method, options, loss)
            }),
            GradientAlgorithm::Discrete => Err(no_discrete_adjoint()),
        }
    }

    fn gauss(&self) -> GaussAdjoint {
        GaussAdjoint { segments: self.segments, ..GaussAdjoint::default() }
    }
}

/// Only those of explicit methods are asked here.
fn no_discrete_adjoint() -> Error {
    let (algorithm, of) = ("automatic discrete adjoint", "implicit methods");
    let instead = "DiscreteAdjoint itself, or GaussAdjoint or ForwardSensitivity";
    ErrorKind::Unsupported { algorithm, of, instead }.into()
}
