//! dfdx: a module with sizes in its type, and its tape. One network only.

use crate::protocol::seconds_of;
use crate::{NEVER, Network, Outcome};
use dfdx::prelude::*;

type Net = ((Linear<2, 32>, Tanh), (Linear<32, 32>, Tanh), Linear<32, 2>);

pub(crate) fn vjp(network: &Network, runs: usize) -> Outcome {
    if network.layers.sizes != [2, 32, 32, 2] || !network.tanh {
        return Err(NEVER.into());
    }
    match network.layers.single {
        false => vjp_of_doubles(network, runs),
        true => vjp_of_singles(network, runs),
    }
}

macro_rules! vjp {
    ($name:ident, $E:ident) => {
        fn $name(network: &Network, runs: usize) -> Outcome {
            let device = Cpu::default();
            let mut net = device.build_module::<Net, $E>();
            let convert = |v: &[f64]| v.iter().map(|&v| v as $E).collect::<Vec<$E>>();
            // Its weights are stored row by row.
            let rows = |l: usize| {
                let layer = network.layers.each().nth(l)?;
                let (n, m) = (layer.inputs, layer.outputs);
                let weights = (0..m).flat_map(|j| (0..n).map(move |i| layer.weights[i * m + j]));
                Some((convert(&weights.collect::<Vec<_>>()), convert(layer.biases)))
            };
            macro_rules! each {
                ($net:expr, $do:ident) => {
                    $do!(0, $net.0.0);
                    $do!(1, $net.1.0);
                    $do!(2, $net.2);
                };
            }
            macro_rules! set {
                ($l:literal, $linear:expr) => {
                    let (weights, biases) = rows($l).ok_or(NEVER)?;
                    $linear.weight.copy_from(&weights);
                    $linear.bias.copy_from(&biases);
                };
            }
            each!(net, set);
            let shape = (network.batch, Const::<2>);
            let x = device.tensor_from_vec(convert(&network.x), shape);
            let bar = device.tensor_from_vec(convert(&network.bar), shape);
            let once = || {
                let y = net.try_forward(x.leaky_trace()).map_err(|why| format!("{why:?}"))?;
                (y * bar.clone()).sum().try_backward().map_err(|why| format!("{why:?}"))
            };
            let seconds = seconds_of(runs, || once().map(drop))?;
            let (gradients, mut all) = (once()?, Vec::new());
            macro_rules! get {
                ($l:literal, $linear:expr) => {
                    let rows = gradients.get(&$linear.weight).as_vec();
                    let m = gradients.get(&$linear.bias).as_vec().len();
                    let n = rows.len() / m;
                    for i in 0..n {
                        all.extend((0..m).map(|j| f64::from(rows[j * n + i])));
                    }
                    all.extend(gradients.get(&$linear.bias).as_vec().into_iter().map(f64::from));
                };
            }
            each!(net, get);
            Ok((all, seconds * runs as f64))
        }
    };
}

vjp!(vjp_of_doubles, f64);
vjp!(vjp_of_singles, f32);
