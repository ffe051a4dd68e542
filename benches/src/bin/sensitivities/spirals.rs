//! Networks that learn a spiral.

use crate::least_squares::LeastSquares;
use crate::models::{ByKernels, Spiral, Truth};
use crate::question::Question;
use nn::{Activation, Init, Mlp};
use ode_core::{OdeProblem, Options, Save, Vern7, solve};
use std::error::Error;

/// The usual example: 30 points of 1.5 time units.
const END: f64 = 1.5;
const POINTS: u32 = 30;
const START: [f64; 2] = [2.0, 0.0];

/// What is asked of a network of so many hidden units, and the same function with the kernels of `nn`.
type Asked = (Question<Spiral, [f64; 2]>, OdeProblem<ByKernels, [f64; 2]>);

pub(crate) fn question(name: &'static str, hidden: usize) -> Result<Asked, Box<dyn Error>> {
    let network = Mlp::new(&[2, hidden, 2], Activation::Tanh)?;
    let p = network.init(Init::Glorot, 1);
    let times: Vec<f64> = (0..POINTS).map(|i| END * f64::from(i) / f64::from(POINTS - 1)).collect();
    let truth = OdeProblem::new(Truth, START, [], (0.0, END))?;
    let save = Save::At(times.clone());
    let options = Options { rtol: 1e-12, atol: 1e-12, save, ..Options::default() };
    let data = solve(&truth, Vern7, &options)?.iter().flat_map(|(_, u)| u.to_vec()).collect();
    let sizes = vec![1.0; p.len()];
    let problem =
        OdeProblem::new(Spiral { network: network.clone() }, START, p.clone(), (0.0, END))?;
    let kernels = OdeProblem::new(ByKernels::new(network), START, p, (0.0, END))?;
    let (loss, exact) = (LeastSquares { data }, Vec::new());
    Ok((Question { name, problem, times, loss, sizes, small: 1.0, exact }, kernels))
}
