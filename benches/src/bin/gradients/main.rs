//! What a gradient costs: products with the transposed Jacobians of right-hand sides, `u_bar` and `p_bar` of
//! `lambdaᵀ f(u, p)`, beside the function itself in `f64`, and an adjoint written by hand.

mod case;
mod hand_written;
mod ours;

use benches::{Arguments, Recorder};
use case::Case;
use std::error::Error;
use std::process::ExitCode;
use testset::models::{Brusselator2d, Lorenz63, LotkaVolterra, Pollution};

/// The name of the suite in its records.
const SUITE: &str = "gradients";

const REPEATS: usize = 25;

fn main() -> ExitCode {
    benches::run(REPEATS, rows)
}

/// Writes a record for each problem and way.
fn rows(recorder: &mut Recorder, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut crew = benches::hire(arguments);
    crew.announce(recorder, arguments)?;
    let mut run = Run { recorder, arguments, peers: &mut crew.peers };
    let wave = |i: usize| (i as f64).sin();
    let lotka = Case::new("lotka_volterra", LotkaVolterra, &[1.5, 1.0, 3.0, 1.0], |i| {
        vec![1.0 + 0.3 * wave(i), 1.5 + 0.3 * wave(2 * i)]
    });
    lotka.by_hand(hand_written::lotka_volterra).rows(&mut run)?;
    let lorenz = Case::new("lorenz63", Lorenz63, &[10.0, 28.0, 8.0 / 3.0], |i| {
        vec![wave(i), wave(i + 1), 20.0 + wave(i + 2)]
    });
    lorenz.by_hand(hand_written::lorenz).rows(&mut run)?;
    let rates: Vec<f64> = (0..25).map(|k| 1.0 + 0.5 * wave(k)).collect();
    Case::new("pollution", Pollution, &rates, |i| {
        (0..20).map(|k| 1.0 + 0.5 * wave(k + i)).collect()
    })
    .rows(&mut run)?;
    let torus = Brusselator2d { side: 16 };
    let around = torus.initial_state();
    Case::new("brusselator_16x16", torus, &[0.1], |i| {
        around.iter().enumerate().map(|(k, u)| 1.0 + u + 0.1 * wave(k + i)).collect()
    })
    .rows(&mut run)
}

/// Where rows go, and who is asked.
struct Run<'a> {
    recorder: &'a mut Recorder,
    arguments: &'a Arguments,
    peers: &'a mut Vec<benches::Peer>,
}
