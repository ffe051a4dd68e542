//! Files in the format safetensors.

use crate::error::check;
use crate::{Activation, Error, ErrorKind, Mlp, Real};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

/// Names of the activations in the metadata.
const HIDDEN: &str = "hidden";
const OUTPUT: &str = "output";

impl Mlp {
    /// The network with its parameters as a file in the format [safetensors](https://github.com/huggingface/safetensors), which
    /// other libraries read (feature `safetensors`).
    ///
    /// Layer `l` is `layers.l.weight` of the shape `[outputs, inputs]` and `layers.l.bias`, as `F64` or `F32`, whatever `p` is;
    /// the metadata `hidden` and `output` name the activations.
    ///
    /// # Errors
    /// [`Length`](ErrorKind::Length), and [`NonFinite`](ErrorKind::NonFinite) if a parameter is NaN or infinite.
    ///
    /// ```
    /// use nn::{Activation, Init, Mlp};
    ///
    /// let mlp = Mlp::new(&[2, 5, 1], Activation::Silu)?;
    /// let p = mlp.init(Init::Glorot, 3);
    /// let bytes = mlp.to_safetensors(&p)?; // std::fs::write("model.safetensors", bytes)
    /// assert_eq!(Mlp::from_safetensors(&bytes)?, (mlp, p));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn to_safetensors<T: Real>(&self, p: &[T]) -> Result<Vec<u8>, Error> {
        check("p", self.num_params(), p.len())?;
        if let Some(index) = p.iter().position(|p| !p.is_finite()) {
            return Err(ErrorKind::NonFinite { index, value: p[index].to_f64() }.into());
        }
        let mut parts = Vec::with_capacity(2 * self.layers().len());
        for (l, layer) in self.layers().iter().enumerate() {
            let (n, m) = (layer.inputs, layer.outputs);
            let columns = &p[layer.weight_range()];
            let rows = (0..m).flat_map(|j| (0..n).map(move |i| columns[i * m + j]));
            parts.push((format!("layers.{l}.weight"), vec![m, n], to_bytes(rows)));
            let bias = p[layer.bias_range()].iter().copied();
            parts.push((format!("layers.{l}.bias"), vec![m], to_bytes(bias)));
        }
        let dtype = if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 };
        let names = [(HIDDEN, self.hidden_activation()), (OUTPUT, self.output_activation())];
        let metadata = names.iter().map(|(key, f)| ((*key).to_string(), f.to_string())).collect();
        let tensors: Result<Vec<_>, _> = parts
            .iter()
            .map(|(name, shape, bytes)| Ok((name, TensorView::new(dtype, shape.clone(), bytes)?)))
            .collect();
        tensors
            .and_then(|tensors| safetensors::serialize(tensors, Some(metadata)))
            .map_err(|error| file("header", error))
    }

    /// Reads what [`to_safetensors`](Mlp::to_safetensors), or another library in its manner, has written. `f64` takes files of
    /// both kinds of numbers, `f32` only those of its own: nothing is rounded unasked.
    ///
    /// # Errors
    /// [`File`](ErrorKind::File) for everything that is wrong in the file, with its place: cut off, other shapes, other tensors,
    /// numbers that are not finite. Those of [`Mlp::new`] for layers without units.
    pub fn from_safetensors<T: Real>(bytes: &[u8]) -> Result<(Self, Vec<T>), Error> {
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|error| file("header", error))?;
        let activation = |key: &str| {
            let name = header.metadata().as_ref().and_then(|all| all.get(key));
            let name = name.ok_or_else(|| {
                file(key, "the metadata do not name this activation, such as `tanh`")
            })?;
            Activation::from_name(name)
                .ok_or_else(|| file(key, format!("`{name}` is no activation known here")))
        };
        let (hidden, output) = (activation(HIDDEN)?, activation(OUTPUT)?);
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| file("header", error))?;

        let (mut sizes, mut layers) = (Vec::new(), 0);
        while let Ok(weight) = tensors.tensor(&format!("layers.{layers}.weight")) {
            let name = format!("layers.{layers}.weight");
            let &[outputs, inputs] = weight.shape() else {
                let shape = weight.shape();
                return Err(file(name, format!("shape {shape:?} is not [outputs, inputs]")));
            };
            match sizes.last() {
                None => sizes.push(inputs),
                Some(&before) if before == inputs => {}
                Some(before) => {
                    let problem =
                        format!("{inputs} inputs, but the layer before has {before} outputs");
                    return Err(file(name, problem));
                }
            }
            sizes.push(outputs);
            layers += 1;
        }
        if layers == 0 {
            return Err(file("layers.0.weight", "there is no such tensor"));
        }
        let mlp = Self::new(&sizes, hidden)?.with_output_activation(output);
        let mut p = vec![T::ZERO; mlp.num_params()];
        for (l, layer) in mlp.layers().iter().enumerate() {
            let (n, m) = (layer.inputs, layer.outputs);
            let rows = read(&tensors, format!("layers.{l}.weight"), &[m, n])?;
            for (i, column) in p[layer.weight_range()].chunks_exact_mut(m).enumerate() {
                for (j, w) in column.iter_mut().enumerate() {
                    *w = rows[j * n + i];
                }
            }
            let bias = read(&tensors, format!("layers.{l}.bias"), &[m])?;
            p[layer.bias_range()].copy_from_slice(&bias);
        }
        // All that were asked for are there; one more has another name.
        if tensors.len() > 2 * layers {
            let known = |name: &&str| {
                (0..layers).any(|l| {
                    *name == format!("layers.{l}.weight") || *name == format!("layers.{l}.bias")
                })
            };
            let mut names = tensors.names();
            names.sort_unstable();
            let other = names.iter().find(|name| !known(name)).copied().unwrap_or("header");
            return Err(file(other, format!("it is no part of a network of {layers} layers")));
        }
        Ok((mlp, p))
    }
}

fn file(place: impl Into<String>, problem: impl ToString) -> Error {
    ErrorKind::File { place: place.into(), problem: problem.to_string() }.into()
}

/// Little-endian, as the format wants it.
fn to_bytes<T: Real>(numbers: impl Iterator<Item = T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        match size_of::<T>() {
            4 => bytes.extend((number.to_f64() as f32).to_le_bytes()),
            _ => bytes.extend(number.to_f64().to_le_bytes()),
        }
    }
    bytes
}

/// The numbers of a tensor of this shape.
fn read<T: Real>(
    tensors: &SafeTensors<'_>,
    name: String,
    shape: &[usize],
) -> Result<Vec<T>, Error> {
    let Ok(tensor) = tensors.tensor(&name) else {
        return Err(file(name, "there is no such tensor"));
    };
    if tensor.shape() != shape {
        let found = tensor.shape();
        return Err(file(name, format!("shape {found:?}, but {shape:?} is needed")));
    }
    let data = tensor.data();
    let numbers: Vec<f64> = match (tensor.dtype(), size_of::<T>()) {
        (Dtype::F32, _) => {
            data.as_chunks().0.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes))).collect()
        }
        (Dtype::F64, 8) => {
            data.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect()
        }
        (Dtype::F64, _) => {
            return Err(file(name, "its F64 do not fit into f32: read it as f64 and round it"));
        }
        (other, _) => {
            return Err(file(name, format!("its numbers are {other}, not F32 or F64")));
        }
    };
    if let Some(i) = numbers.iter().position(|x| !x.is_finite()) {
        return Err(file(name, format!("number {i} is {}", numbers[i])));
    }
    Ok(numbers.into_iter().map(T::from_f64).collect())
}
