//! Modules of the crate `dfdx` as networks over a flat parameter slice.

use crate::error::check;
use crate::{Error, ErrorKind};
use core::fmt::Debug;
use dfdx::nn::Module;
use dfdx::nn::tensor_collection::{
    RecursiveWalker, TensorCollection, TensorOptions, TensorVisitor, ViewTensorMut, ViewTensorRef,
};
use dfdx::prelude::*;
use dfdx::tensor::{Cpu, CpuError, Gradients, OwnedTape, Tensor};

type Input<const I: usize> = Tensor<Rank1<I>, f64, Cpu>;
type Traced<const N: usize> = Tensor<Rank1<N>, f64, Cpu, OwnedTape<f64, Cpu>>;

/// A module of the crate [dfdx](https://docs.rs/dfdx/0.13) from `I` numbers to `O` as a network with a flat parameter slice:
/// its value and its vector–Jacobian product, as a universal differential equation asks for them (feature `dfdx`).
///
/// The parameters are the module's trainable tensors in its own order; of a `Linear` first the weights, row by row, then the
/// biases. An evaluation copies the slice into the module and allocates tensors, so that an [`Mlp`](crate::Mlp) of the same
/// layers is very much faster: this is for architectures that exist in dfdx only.
///
/// ```
/// use dfdx::prelude::*;
/// use nn::DfdxModule;
///
/// let module = Cpu::default().build_module::<(Linear<2, 8>, Tanh, Linear<8, 1>), f64>();
/// let mut network = DfdxModule::new(module)?;
/// let p = network.params()?;
/// assert_eq!(p.len(), 33);
/// // The right-hand side of u' = -u + network(t, u), and its cotangents.
/// let mut du = [0.0];
/// network.value(&p, &[0.1, 0.7], &mut du)?;
/// du[0] -= 0.7;
/// let (mut x_bar, mut p_bar) = ([0.0; 2], vec![0.0; 33]);
/// network.vjp(&p, &[0.1, 0.7], &[1.0], &mut x_bar, &mut p_bar)?;
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DfdxModule<M, const I: usize, const O: usize> {
    module: M,
    device: Cpu,
    params: usize,
}

impl<M, const I: usize, const O: usize> DfdxModule<M, I, O>
where
    M: TensorCollection<f64, Cpu>
        + Module<Input<I>, Output = Tensor<Rank1<O>, f64, Cpu>>
        + Module<Traced<I>, Output = Traced<O>>,
{
    /// Takes a module that was built on a `Cpu`; its weights are the parameters to start from.
    ///
    /// # Errors
    /// [`Module`](ErrorKind::Module) if its tensors cannot be read.
    pub fn new(module: M) -> Result<Self, Error> {
        let mut network = Self { module, device: Cpu::default(), params: 0 };
        network.params = network.params()?.len();
        Ok(network)
    }

    /// Length of the flat parameter slice.
    pub fn num_params(&self) -> usize {
        self.params
    }

    /// The parameters that the module has now: those of its start, or of the last evaluation.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn params(&self) -> Result<Vec<f64>, Error> {
        let mut p = Vec::new();
        M::iter_tensors(&mut RecursiveWalker { m: &self.module, f: &mut Reading(&mut p) })
            .map_err(failed)?;
        Ok(p)
    }

    /// The module, with the parameters of the last evaluation.
    pub fn into_inner(self) -> M {
        self.module
    }

    /// `y = module(x)`.
    ///
    /// # Errors
    /// [`Length`](ErrorKind::Length), and [`Module`](ErrorKind::Module) if dfdx has an error.
    pub fn value(&mut self, p: &[f64], x: &[f64], y: &mut [f64]) -> Result<(), Error> {
        check("y", O, y.len())?;
        let x = self.prepare(p, x)?;
        let value: Tensor<Rank1<O>, f64, Cpu> = self.module.try_forward(x).map_err(failed)?;
        y.copy_from_slice(&value.as_vec());
        Ok(())
    }

    /// The vector–Jacobian product: `x_bar += (∂y/∂x)ᵀ y_bar`, `p_bar += (∂y/∂p)ᵀ y_bar`. Gives the value.
    ///
    /// # Errors
    /// As [`value`](Self::value); then nothing is added.
    pub fn vjp(
        &mut self,
        p: &[f64],
        x: &[f64],
        y_bar: &[f64],
        x_bar: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<[f64; O], Error> {
        check("y_bar", O, y_bar.len())?;
        check("x_bar", I, x_bar.len())?;
        check("p_bar", self.params, p_bar.len())?;
        let x = self.prepare(p, x)?;
        let mut weights: Tensor<Rank1<O>, f64, Cpu> = self.device.try_zeros().map_err(failed)?;
        weights.copy_from(y_bar);
        let value: Traced<O> = self.module.try_forward(x.leaky_trace()).map_err(failed)?;
        let mut y = [0.0; O];
        y.copy_from_slice(&value.as_vec());
        // The gradient of Σ y_bar y.
        let sum = value.try_mul(weights).and_then(|y| y.try_sum::<Rank0, _>()).map_err(failed)?;
        let mut gradients = sum.try_backward().map_err(failed)?;
        // First all of them, so that nothing is added if one is missing.
        let mut found = Vec::with_capacity(self.params);
        let from = of(&mut gradients, &x).map_err(failed)?;
        let mut reading = ReadingGradients { gradients: &mut gradients, found: &mut found };
        M::iter_tensors(&mut RecursiveWalker { m: &self.module, f: &mut reading })
            .map_err(failed)?;
        for (bar, g) in x_bar.iter_mut().zip(from).chain(p_bar.iter_mut().zip(found)) {
            *bar += g;
        }
        Ok(y)
    }

    /// Checks lengths, puts the parameters into the module and the input into a tensor.
    fn prepare(&mut self, p: &[f64], x: &[f64]) -> Result<Input<I>, Error> {
        check("p", self.params, p.len())?;
        check("x", I, x.len())?;
        M::iter_tensors(&mut RecursiveWalker { m: &mut self.module, f: &mut Writing(p) })
            .map_err(failed)?;
        let mut input: Input<I> = self.device.try_zeros().map_err(failed)?;
        input.copy_from(x);
        Ok(input)
    }
}

fn failed(problem: impl Debug) -> Error {
    ErrorKind::Module { problem: format!("{problem:?}") }.into()
}

/// The gradient of a tensor; zeros if the value does not depend on it.
fn of<S: Shape>(
    gradients: &mut Gradients<f64, Cpu>,
    tensor: &Tensor<S, f64, Cpu>,
) -> Result<Vec<f64>, CpuError> {
    gradients.try_alloc_for(tensor)?;
    Ok(gradients.get(tensor).as_vec())
}

/// Reads all trainable tensors one after the other.
struct Reading<'a>(&'a mut Vec<f64>);

/// Writes them.
struct Writing<'a>(&'a [f64]);

/// Reads their gradients.
struct ReadingGradients<'a> {
    gradients: &'a mut Gradients<f64, Cpu>,
    found: &'a mut Vec<f64>,
}

/// A visitor of trainable tensors that builds no new module.
macro_rules! visitor {
    ($Visitor:ident, $View:ident, $tensor:ty, |$me:ident, $t:ident| $body:block) => {
        impl TensorVisitor<f64, Cpu> for $Visitor<'_> {
            type Viewer = $View;
            type Err = CpuError;
            type E2 = f64;
            type D2 = Cpu;

            fn visit<S: Shape>(
                &mut self,
                options: TensorOptions<S, f64, Cpu>,
                $t: $tensor,
            ) -> Result<Option<Tensor<S, f64, Cpu>>, CpuError> {
                let $me = self;
                if options.do_gradient_update {
                    $body
                }
                Ok(None)
            }
        }
    };
}

visitor!(Reading, ViewTensorRef, &Tensor<S, f64, Cpu>, |me, t| { me.0.extend(t.as_vec()) });
visitor!(Writing, ViewTensorMut, &mut Tensor<S, f64, Cpu>, |me, t| {
    let (own, rest) = me.0.split_at(t.shape().num_elements().min(me.0.len()));
    // As many as were counted, so that the lengths agree.
    if own.len() == t.shape().num_elements() {
        t.copy_from(own);
    }
    me.0 = rest;
});
visitor!(ReadingGradients, ViewTensorRef, &Tensor<S, f64, Cpu>, |me, t| {
    me.found.extend(of(me.gradients, t)?);
});
