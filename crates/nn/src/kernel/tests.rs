//! Every kernel with every set of instructions that the CPU has: the same results up to rounding. (The best set is compared with
//! duals and differences in `tests/`.)

use super::Transpose;
use crate::simd::HIGHEST;
use crate::{Activation, Error, Init, Jets, Mlp, Real, Workspace};

/// Whatever the kernels compute for a batch, one after the other.
fn everything<T: Real>(mlp: &Mlp, samples: usize) -> Result<Vec<f64>, Error> {
    let convert = |v: Vec<f64>| v.into_iter().map(T::from_f64).collect::<Vec<T>>();
    let numbers = |n: usize, seed: usize| {
        convert((0..n).map(|k| ((k * 7919 + seed) % 1021) as f64 / 512.0 - 1.0).collect())
    };
    let p = convert(mlp.init(Init::Glorot, 1));
    let (n, m) = (mlp.inputs(), mlp.outputs());
    let (x, x_dot) = (numbers(samples * n, 1), numbers(samples * n, 2));
    let (bar, p_dot, v) = (numbers(samples * m, 3), numbers(p.len(), 4), numbers(2 * n, 5));
    let mut all = Vec::new();
    let mut ws = Workspace::new(mlp);
    let (mut y, mut y_dot) = (bar.clone(), bar.clone());
    let (mut x_bar, mut p_bar) = (numbers(x.len(), 6), numbers(p.len(), 7));
    mlp.value_batch(&p, &x, &mut y, &mut ws)?;
    all.extend_from_slice(&y);
    mlp.vjp_batch(&p, &x, &bar, &mut x_bar, &mut p_bar, &mut ws)?;
    mlp.jvp_batch(&p, &x, Some(&p_dot), &x_dot, &mut y, &mut y_dot, &mut ws)?;
    for part in [&y, &y_dot, &x_bar, &p_bar] {
        all.extend_from_slice(part);
    }
    let (x, x_dot, bar) = (&x[..n], &x_dot[..n], &bar[..m]);
    mlp.vjp(&p, x, bar, &mut x_bar[..n], &mut p_bar, &mut ws)?;
    mlp.jvp(&p, x, Some(&p_dot), x_dot, &mut y[..m], &mut y_dot[..m], &mut ws)?;
    for part in [&y[..m], &y_dot[..m], &x_bar, &p_bar] {
        all.extend_from_slice(part);
    }
    let (weights, x) = (numbers(2, 8), numbers(samples * n, 1));
    let kinds = [1, 2, 3, 4].map(|order| Jets::along(&v, order));
    for jets in kinds.iter().chain([&Jets::laplacian_along(&v, &weights)]) {
        let mut ws = Workspace::for_jets(mlp, jets)?;
        let mut jet = vec![T::ZERO; samples * m * jets.numbers(mlp)?];
        mlp.jet_batch(&p, &x, jets, &mut jet, &mut ws)?;
        p_bar.fill(T::ZERO);
        mlp.jet_vjp_batch(&p, &x, jets, &numbers(jet.len(), 9), &mut p_bar, &mut ws)?;
        all.extend_from_slice(&jet);
        all.extend_from_slice(&p_bar);
    }
    Ok(all.into_iter().map(T::to_f64).collect())
}

fn agree<T: Real>(mlp: &Mlp, samples: usize, rtol: f64) {
    let [portable, avx2, avx512] = [0, 1, 2].map(|level| {
        HIGHEST.set(level);
        everything::<T>(mlp, samples).unwrap()
    });
    let scale = portable.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    for other in [avx2, avx512] {
        for (i, (a, b)) in portable.iter().zip(&other).enumerate() {
            assert!((a - b).abs() <= rtol * scale, "{mlp}, {samples} samples, {i}: {a} {b}");
        }
    }
}

#[test]
fn instructions_agree() {
    use Activation::{Gelu, Identity, Relu, Sigmoid, Silu, Sin, Softplus, Tanh};
    let activations = [Tanh, Sin, Sigmoid, Softplus, Silu, Gelu, Identity, Relu];
    let widths = [[2, 32, 32, 2], [1, 5, 3, 1], [3, 17, 20, 4], [5, 1, 8, 16], [2, 50, 7, 31]];
    for (k, activation) in activations.into_iter().enumerate() {
        for samples in [1, 8, 21, 150] {
            let mlp = Mlp::new(&widths[k % widths.len()], activation).unwrap();
            let mlp = mlp.with_output_activation(activations[(k + 3) % 8]);
            agree::<f64>(&mlp, samples, 1e-13);
            agree::<f32>(&mlp, samples, 1e-4);
        }
    }
    for widths in widths {
        agree::<f64>(&Mlp::new(&widths, Tanh).unwrap(), 40, 1e-13);
    }
}

fn transposed<T: Real>() {
    for (rows, columns) in [(1, 1), (16, 16), (17, 40), (40, 17), (3, 33), (32, 2)] {
        let (from_stride, to_stride) = (columns + 3, rows + 5);
        let from: Vec<T> = (0..rows * from_stride).map(|k| T::from_f64(k as f64)).collect();
        for level in 0..3 {
            HIGHEST.set(level);
            let mut to = vec![T::from_f64(-1.0); columns * to_stride];
            let task =
                Transpose { from: &from, to: &mut to, rows, columns, from_stride, to_stride };
            T::transpose(task);
            for (k, &found) in to.iter().enumerate() {
                let (j, i) = (k / to_stride, k % to_stride);
                // Nothing is written between the rows.
                let exact = if i < rows { from[i * from_stride + j] } else { T::from_f64(-1.0) };
                assert!(found == exact, "{rows} × {columns}, level {level}: {i} {j}");
            }
        }
    }
}

#[test]
fn rows_become_columns() {
    transposed::<f64>();
    transposed::<f32>();
}
