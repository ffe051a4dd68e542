//! How much of the CPU's multiply–add peak the matrix part of a layer of 32 reaches, and what activations cost.

use crate::SUITE;
use benches::{Arguments, Contender, OURS, Record, Recorder, interleave};
use nn::{Activation, Init, Mlp, Real, Workspace};
use std::error::Error;
use std::hint::black_box;
use wide::{f32x8, f64x4};

/// What is asked for: this part of the peak by the matrix part.
const WANTED: f64 = 0.6;

/// The network: layers of one width, and the batch.
const SIZES: [usize; 5] = [32; 5];
const BATCH: usize = 256;

/// Multiply–adds of one run of a peak loop, for each number of a vector: twelve chains, so that latency does not count.
const CHAINS: usize = 12;
const LENGTH: usize = 4096;

macro_rules! peak_loop {
    ($name:ident, $vector:ident, $lanes:literal) => {
        /// Returns the multiply–adds of one run.
        fn $name() -> usize {
            let (a, b) = (black_box($vector::splat(0.999)), black_box($vector::splat(0.001)));
            let mut chains = [black_box($vector::splat(0.5)); CHAINS];
            for _ in 0..LENGTH {
                for chain in &mut chains {
                    *chain = chain.mul_add(a, b);
                }
            }
            black_box(chains);
            CHAINS * LENGTH * $lanes
        }
    };
}

peak_loop!(peak_f64, f64x4, 4);
peak_loop!(peak_f32, f32x8, 8);

/// Writes the records, and a line for people for each kind of numbers.
pub(crate) fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if !arguments.wants_problem("peak") {
        return Ok(());
    }
    one_kind::<f64>(recorder, arguments, "f64", peak_f64)?;
    one_kind::<f32>(recorder, arguments, "f32", peak_f32)
}

fn one_kind<T: Real>(
    recorder: &mut Recorder,
    arguments: &Arguments,
    kind: &str,
    peak: fn() -> usize,
) -> Result<(), Box<dyn Error>> {
    let mut linear = Run::<T>::new(Activation::Identity)?;
    let mut tanh = Run::<T>::new(Activation::Tanh)?;
    let [mut linear_value, mut tanh_value] = [linear.clone(), tanh.clone()];
    let mut contenders = [
        Contender::new(|n| (0..n).for_each(|_| _ = black_box(peak()))),
        Contender::new(|n| (0..n).for_each(|_| linear.vjp())),
        Contender::new(|n| (0..n).for_each(|_| tanh.vjp())),
        Contender::new(|n| (0..n).for_each(|_| linear_value.value())),
        Contender::new(|n| (0..n).for_each(|_| tanh_value.value())),
    ];
    let seconds = interleave(&mut contenders, arguments.repeats);
    let [top, vjp, vjp_tanh, value, value_tanh] = seconds[..] else {
        return Err("not timed".into());
    };
    // Three products of the same size: forward, weights, inputs.
    let products: usize = SIZES.windows(2).map(|pair| BATCH * pair[0] * pair[1]).sum();
    let rates = [
        ("fma", peak() as f64 / top, top),
        ("vjp-linear", 3.0 * products as f64 / vjp, vjp),
        ("vjp-tanh", 3.0 * products as f64 / vjp_tanh, vjp_tanh),
        ("value-linear", products as f64 / value, value),
        ("value-tanh", products as f64 / value_tanh, value_tanh),
    ];
    for (method, rate, seconds) in rates {
        let setting = &format!("{kind} batch={BATCH} gflops={:.1}", 2e-9 * rate);
        let (suite, who, problem) = (SUITE, OURS, "peak-32");
        recorder.write(&Record { suite, who, problem, method, setting, error: 0.0, seconds })?;
    }
    let units = (BATCH * SIZES[1..SIZES.len() - 1].iter().sum::<usize>()) as f64;
    let part = |rate: f64| rate / rates[0].1;
    recorder.remark(&format!(
        "{kind}: peak {:.1} GFLOP/s; matrix part of value and gradients {:.0} % of it, of the value alone {:.0} %: {} (wanted: \
         {:.0} %); tanh {:.2} ns a unit, with its slope {:.2} ns",
        2e-9 * rates[0].1,
        100.0 * part(rates[1].1),
        100.0 * part(rates[3].1),
        if part(rates[1].1) >= WANTED { "yes" } else { "no" },
        100.0 * WANTED,
        1e9 * (value_tanh - value) / units,
        1e9 * (vjp_tanh - vjp) / units,
    ))?;
    Ok(())
}

#[derive(Clone)]
struct Run<T> {
    mlp: Mlp,
    p: Vec<T>,
    x: Vec<T>,
    y: Vec<T>,
    bar: Vec<T>,
    x_bar: Vec<T>,
    p_bar: Vec<T>,
    ws: Workspace<T>,
}

impl<T: Real> Run<T> {
    fn new(activation: Activation) -> Result<Self, nn::Error> {
        let mlp = Mlp::new(&SIZES, activation)?;
        let p: Vec<T> = mlp.init(Init::Glorot, 1).into_iter().map(T::from_f64).collect();
        let numbers =
            |n: usize| (0..n).map(|k| T::from_f64((k % 17) as f64 / 17.0 - 0.5)).collect();
        let (x, bar): (Vec<T>, Vec<T>) = (numbers(BATCH * SIZES[0]), numbers(BATCH * 32));
        let (y, x_bar, p_bar) = (bar.clone(), vec![T::ZERO; x.len()], vec![T::ZERO; p.len()]);
        let ws = Workspace::new(&mlp);
        let mut run = Self { mlp, p, x, y, bar, x_bar, p_bar, ws };
        // The sizes are right from here on.
        run.mlp.value_batch(&run.p, &run.x, &mut run.y, &mut run.ws)?;
        Ok(run)
    }

    fn vjp(&mut self) {
        let Self { mlp, p, x, bar, x_bar, p_bar, ws, .. } = self;
        let _ = mlp.vjp_batch(black_box(p), x, bar, x_bar, p_bar, ws);
    }

    fn value(&mut self) {
        let _ = self.mlp.value_batch(black_box(&self.p), &self.x, &mut self.y, &mut self.ws);
    }
}
