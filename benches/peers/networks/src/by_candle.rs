//! candle: its tensors on the CPU, `backward`, and its AdamW without decay, which is Adam.

use crate::protocol::seconds_of;
use crate::{Answers, Layers, Lesson, Network, Outcome};
use candle_core::{DType, Device, Error, Result, Shape, Tensor, Var};
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};

fn said(error: Error) -> String {
    error.to_string()
}

fn dtype(layers: &Layers) -> DType {
    if layers.single { DType::F32 } else { DType::F64 }
}

/// A tensor of these numbers.
fn tensor<S: Into<Shape>>(numbers: &[f64], shape: S, dtype: DType) -> Result<Tensor> {
    Tensor::from_slice(numbers, shape, &Device::Cpu)?.to_dtype(dtype)
}

/// Weights, inputs × outputs, and biases of each layer in turn.
fn variables(layers: &Layers) -> Result<Vec<Var>> {
    let dtype = dtype(layers);
    let mut all = Vec::new();
    for layer in layers.each() {
        let weights = tensor(layer.weights, (layer.inputs, layer.outputs), dtype)?;
        all.push(Var::from_tensor(&weights)?);
        all.push(Var::from_tensor(&tensor(layer.biases, layer.outputs, dtype)?)?);
    }
    Ok(all)
}

fn forward(p: &[Var], tanh: bool, x: &Tensor) -> Result<Tensor> {
    let mut h = x.clone();
    for (l, layer) in p.chunks_exact(2).enumerate() {
        h = h.matmul(&layer[0])?.broadcast_add(&layer[1])?;
        if tanh && 2 * (l + 1) < p.len() {
            h = h.tanh()?;
        }
    }
    Ok(h)
}

fn flat(tensors: impl Iterator<Item = Result<Tensor>>) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for tensor in tensors {
        all.extend(tensor?.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>()?);
    }
    Ok(all)
}

pub(crate) fn vjp(network: &Network, runs: usize) -> Outcome {
    let layers = &network.layers;
    let ready = || {
        let p = variables(layers)?;
        let x = tensor(&network.x, (network.batch, layers.inputs()), dtype(layers))?;
        let bar = tensor(&network.bar, (network.batch, layers.outputs()), dtype(layers))?;
        Ok((p, Var::from_tensor(&x)?, bar))
    };
    let (p, x, bar) = ready().map_err(said)?;
    let once = || (forward(&p, network.tanh, &x)? * &bar)?.sum_all()?.backward();
    let seconds = seconds_of(runs, || once().map(drop).map_err(said))?;
    let gradients = once().map_err(said)?;
    let missing = || Error::Msg("no gradient".into());
    let own = p.iter().map(|p| gradients.get(p).cloned().ok_or_else(missing));
    Ok((flat(own).map_err(said)?, seconds * runs as f64))
}

pub(crate) fn train(lesson: &Lesson, epochs: usize) -> Outcome {
    by_adam(lesson, epochs).map_err(said)
}

fn by_adam(lesson: &Lesson, epochs: usize) -> Result<(Vec<f64>, f64)> {
    let Lesson { layers, samples, batch, .. } = lesson;
    let (cpu, dtype) = (&Device::Cpu, dtype(layers));
    let x = Tensor::from_slice(&lesson.x, (*samples, layers.inputs()), cpu)?.to_dtype(dtype)?;
    let y = match &lesson.answers {
        Answers::Values(values) => {
            Tensor::from_slice(values, (*samples, layers.outputs()), cpu)?.to_dtype(dtype)?
        }
        Answers::Labels(labels) => Tensor::from_slice(labels, *samples, cpu)?,
    };
    let labels = matches!(lesson.answers, Answers::Labels(_));
    let batches: Vec<Vec<Tensor>> = lesson
        .order
        .chunks(*samples)
        .map(|epoch| epoch.chunks(*batch).map(|k| Tensor::from_slice(k, k.len(), cpu)).collect())
        .collect::<Result<_>>()?;
    let p = variables(layers)?;
    let (lr, weight_decay) = (lesson.rate, 0.0);
    let settings = ParamsAdamW { lr, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay };
    let mut adam = AdamW::new(p.clone(), settings)?;
    let mut step = |x: &Tensor, y: &Tensor| {
        let out = forward(&p, true, x)?;
        let loss = match labels {
            true => candle_nn::loss::cross_entropy(&out, y)?,
            false => candle_nn::loss::mse(&out, y)?,
        };
        adam.backward_step(&loss)
    };
    let start = std::time::Instant::now();
    for epoch in 0..epochs {
        if batches.is_empty() {
            step(&x, &y)?;
            continue;
        }
        for batch in &batches[epoch % batches.len()] {
            step(&x.index_select(batch, 0)?, &y.index_select(batch, 0)?)?;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok((flat(p.iter().map(|p| Ok(p.as_tensor().clone())))?, seconds))
}
