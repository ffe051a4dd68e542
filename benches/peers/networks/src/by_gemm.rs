//! gemm, the products of faer and candle: a linear network by hand, three products for each layer. What is not a product costs
//! next to nothing.

use crate::protocol::seconds_of;
use crate::{NEVER, Network, Outcome};
use gemm::Parallelism;

pub(crate) fn vjp(network: &Network, runs: usize) -> Outcome {
    if network.tanh {
        return Err(NEVER.into());
    }
    match network.layers.single {
        false => vjp_of::<f64>(network, runs, |x| x, |x| x),
        true => vjp_of::<f32>(network, runs, |x| x as f32, f64::from),
    }
}

/// A matrix of rows, or its transpose.
#[derive(Clone, Copy)]
struct Matrix<'a, T> {
    numbers: &'a [T],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<T> Matrix<'_, T> {
    fn transpose(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    /// Rows, columns, and the steps from one of them to the next.
    fn shape(&self) -> ((usize, usize), (isize, isize)) {
        match self.transposed {
            false => ((self.rows, self.columns), (self.columns as isize, 1)),
            true => ((self.columns, self.rows), (1, self.columns as isize)),
        }
    }
}

fn matrix<T>(numbers: &[T], rows: usize, columns: usize) -> Matrix<'_, T> {
    Matrix { numbers, rows, columns, transposed: false }
}

/// `c = a b`, or `c += a b`; `c` row by row.
fn product<T: Copy + 'static>(one: T, add: bool, a: Matrix<'_, T>, b: Matrix<'_, T>, c: &mut [T]) {
    let (((m, k), (a_row, a_column)), ((inner, n), (b_row, b_column))) = (a.shape(), b.shape());
    assert!(k == inner && c.len() == m * n);
    assert!(a.numbers.len() == m * k && b.numbers.len() == k * n);
    // SAFETY: the three slices are as long as the matrices.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            add,
            a.numbers.as_ptr(),
            a_column,
            a_row,
            b.numbers.as_ptr(),
            b_column,
            b_row,
            one,
            one,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

fn vjp_of<T: Copy + 'static + std::ops::AddAssign>(
    network: &Network,
    runs: usize,
    from: impl Fn(f64) -> T,
    to: impl Fn(T) -> f64,
) -> Outcome {
    let convert = |v: &[f64]| v.iter().map(|&v| from(v)).collect::<Vec<T>>();
    let (samples, one) = (network.batch, from(1.0));
    let layers: Vec<_> = network
        .layers
        .each()
        .map(|layer| {
            let (w, b) = (convert(layer.weights), convert(layer.biases));
            (layer.inputs, layer.outputs, w, b)
        })
        .collect();
    // A row per sample.
    let zeros = |n: usize| vec![from(0.0); n];
    let mut h: Vec<Vec<T>> = vec![convert(&network.x)];
    h.extend(layers.iter().map(|(_, m, ..)| zeros(samples * m)));
    let mut bars: Vec<Vec<T>> = h.iter().map(|h| zeros(h.len())).collect();
    let last = layers.len();
    bars[last] = convert(&network.bar);
    let mut gradients: Vec<_> =
        layers.iter().map(|(_, _, w, b)| (zeros(w.len()), zeros(b.len()))).collect();
    let seconds = seconds_of(runs, || {
        for (l, (n, m, w, b)) in layers.iter().enumerate() {
            let (before, after) = h.split_at_mut(l + 1);
            let y = &mut after[0];
            for row in y.chunks_exact_mut(*m) {
                row.copy_from_slice(b);
            }
            product(one, true, matrix(&before[l], samples, *n), matrix(w, *n, *m), y);
        }
        for (l, (n, m, w, _)) in layers.iter().enumerate().rev() {
            let (before, after) = bars.split_at_mut(l + 1);
            let bar = matrix(&after[0], samples, *m);
            let (w_bar, b_bar) = &mut gradients[l];
            product(one, false, matrix(&h[l], samples, *n).transpose(), bar, w_bar);
            b_bar.fill(from(0.0));
            for row in after[0].chunks_exact(*m) {
                for (b_bar, &bar) in b_bar.iter_mut().zip(row) {
                    *b_bar += bar;
                }
            }
            product(one, false, bar, matrix(w, *n, *m).transpose(), &mut before[l]);
        }
        std::hint::black_box((&bars, &gradients));
        Ok(())
    })?;
    let all = gradients.iter().flat_map(|(w, b)| w.iter().chain(b)).map(|&g| to(g)).collect();
    Ok((all, seconds * runs as f64))
}
