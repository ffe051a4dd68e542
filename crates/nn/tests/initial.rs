//! The initial parameters: their distribution, and that they never change.

use nn::{Activation, Init, Mlp};

/// Mean and variance of uniform weights, within four standard errors.
fn assert_distribution(weights: &[f64], variance: f64) {
    let n = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / n;
    let found = weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / n;
    assert!(mean.abs() < 4.0 * (variance / n).sqrt(), "mean {mean}");
    // A uniform number has kurtosis 9/5: the sample variance deviates by sqrt(0.8 / n).
    let allowed = 4.0 * (0.8 / n).sqrt();
    assert!((found / variance - 1.0).abs() < allowed, "variance {found} for {variance}");
    let bound = (3.0 * variance).sqrt();
    assert!(weights.iter().all(|w| w.abs() <= bound));
    assert!(weights.iter().any(|w| w.abs() > 0.999 * bound));
}

#[test]
fn variances_are_those_of_the_papers() {
    let mlp = Mlp::new(&[64, 128, 128, 32], Activation::Tanh).unwrap();
    for seed in [0, 1, 42] {
        let by = |init: Init| mlp.init(init, seed);
        let (glorot, he, small) =
            (by(Init::Glorot), by(Init::He), by(Init::SmallResidual { scale: 0.01 }));
        for (l, layer) in mlp.layers().iter().enumerate() {
            let (n, m) = (layer.inputs() as f64, layer.outputs() as f64);
            assert_distribution(layer.weights(&glorot).unwrap(), 2.0 / (n + m));
            assert_distribution(layer.weights(&he).unwrap(), 2.0 / n);
            let scale: f64 = if l == 2 { 0.01 } else { 1.0 };
            assert_distribution(layer.weights(&small).unwrap(), scale * scale * 2.0 / (n + m));
            for p in [&glorot, &he, &small] {
                assert!(layer.biases(p).unwrap().iter().all(|&b| b == 0.0));
            }
        }
    }
    assert!(mlp.init(Init::Zeros, 3).iter().all(|&w| w == 0.0));
}

/// Users fit from a seed and expect the same fit next year.
#[test]
fn the_first_numbers_are_pinned() {
    let mlp = Mlp::new(&[2, 1], Activation::Tanh).unwrap();
    // Bound sqrt(6 / 3); the uniform numbers behind it are those of ChaCha8 with this seed.
    let p = mlp.init(Init::Glorot, 42);
    assert_eq!(p, PINNED);
    assert_ne!(mlp.init(Init::Glorot, 43), p);
}

/// From ChaCha8 and its seeding written independently (in Python, from RFC 8439 and PCG32).
const PINNED: [f64; 3] = [0.514_480_124_208_238_7, 1.273_571_176_667_002_6, 0.0];

#[test]
fn a_small_residual_starts_near_zero_with_a_gradient() {
    let mlp = Mlp::new(&[2, 16, 16, 2], Activation::Tanh).unwrap();
    assert_eq!(Init::small_residual(), Init::SmallResidual { scale: 1e-4 });
    let p = mlp.init(Init::small_residual(), 5);
    let mut ws = nn::Workspace::new(&mlp);
    let (mut x_bar, mut p_bar) = ([0.0; 2], vec![0.0; p.len()]);
    let x = [1.0, -2.0];
    let y = mlp.vjp(&p, &x, &[1.0, 1.0], &mut x_bar, &mut p_bar, &mut ws).unwrap();
    assert!(y.iter().all(|y| y.abs() < 1e-3 && *y != 0.0), "{y:?}");
    let last = mlp.layers()[2].weights(&p_bar).unwrap();
    assert!(last.iter().any(|g| g.abs() > 0.1), "{last:?}");
}
