//! Train a network to tell two spirals apart, stop when it does not get better, and keep it in a file.
//!
//! cargo run --release --example spirals

use sciml::nn::{
    Activation, Adam, Chain, ChainWorkspace, Data, Init, Mlp, Normalize, Stage, Targets, Training,
};
use std::error::Error;
use std::ops::ControlFlow;

/// Points on two arms of 1.5 turns with much noise, far from the origin, and which arm each is on.
fn spirals(count: usize, seed: f64) -> (Vec<f64>, Vec<usize>) {
    let noise =
        |k: usize| 0.42 * (seed + 12.9898 * k as f64).sin() * (seed + 7.233 * k as f64).cos();
    let point = |k: usize| {
        let along = (k / 2) as f64 / (count / 2) as f64;
        let angle = 3.0 * std::f64::consts::PI * along + std::f64::consts::PI * (k % 2) as f64;
        let radius = 0.4 + 2.6 * along;
        [100.0 + radius * angle.cos() + noise(2 * k), radius * angle.sin() + noise(2 * k + 1)]
    };
    ((0..count).flat_map(point).collect(), (0..count).map(|k| k % 2).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    // The stage in front brings the inputs to mean 0 and deviation 1; it has no parameters.
    let (x, labels) = spirals(1200, 1.0);
    let normalize = Normalize::from_data(&x, 2)?;
    let network = Mlp::new(&[2, 32, 32, 2], Activation::Tanh)?;
    let stages = vec![Stage::Normalize(normalize), Stage::Mlp(network.clone())];
    let chain = Chain::new(2, stages)?;
    println!("{network}: {} parameters, {} points", chain.num_params(), labels.len());

    // A fifth of the points is held back; 30 epochs without progress on these are the end, and the best parameters count.
    let training = Training {
        epochs: 500,
        batch: 64,
        validation: 0.2,
        patience: Some(30),
        ..Training::default()
    };
    let mut p = chain.init(Init::Glorot, 7);
    let mut adam = Adam::new(chain.num_params(), 5e-3)?;
    let data = Data { x: &x, targets: Targets::Labels(&labels) };
    let trained = training.run(&chain, data, &mut p, &mut adam, |epoch| {
        if let (Some(watched), 1) = (epoch.watched, epoch.epoch % 25) {
            let (n, loss) = (epoch.epoch, epoch.batches);
            println!("epoch {n:>3}: loss {loss:.4}, on the points held back {watched:.4}");
        }
        ControlFlow::Continue(())
    })?;
    println!(
        "{} after {} epochs; best: {:.2e} after {}",
        trained.reason,
        trained.history.len(),
        trained.best,
        trained.best_epoch
    );

    // Other points of the same spirals.
    let (x, labels) = spirals(2000, 2.0);
    let mut y = vec![0.0; 2 * labels.len()];
    let mut ws = ChainWorkspace::new(&chain);
    chain.value_batch(&p, &x, &mut y, &mut ws)?;
    let right = y.chunks(2).zip(&labels).filter(|(y, label)| usize::from(y[1] > y[0]) == **label);
    let right = right.count() as f64 / labels.len() as f64;
    println!("right on new points: {:.1} %", 100.0 * right);
    assert!(right > 0.85);

    // What it has learned, as a picture.
    for row in -9..=9 {
        let line = (-18..=18).map(|column| {
            let x = [100.0 + f64::from(column) / 6.0, f64::from(row) / -3.0];
            let mut y = [0.0; 2];
            chain.eval(&p, &x, &mut y);
            if y[1] > y[0] { '#' } else { '.' }
        });
        println!("  {}", line.collect::<String>());
    }

    // Layers and their weights in a file that other libraries read, and back again.
    let path = "target/examples/spirals.safetensors";
    std::fs::create_dir_all("target/examples")?;
    std::fs::write(path, network.to_safetensors(&p)?)?;
    assert_eq!(Mlp::from_safetensors(&std::fs::read(path)?)?, (network, p));
    println!("Written: {path}");
    Ok(())
}
