//! The gradients are useful: a network learns.

use nn::{Activation, Init, Mlp, Workspace};
use std::f64::consts::PI;

/// Mean square error on sin(x), and its gradient.
fn loss(mlp: &Mlp, p: &[f64], x: &[f64], gradient: &mut [f64], ws: &mut Workspace) -> f64 {
    let n = x.len() as f64;
    let mut loss = 0.0;
    gradient.fill(0.0);
    let squares = |k: usize, y: &[f64], y_bar: &mut [f64]| {
        let residual = y[0] - x[k].sin();
        loss += residual * residual / n;
        y_bar[0] = 2.0 * residual / n;
    };
    mlp.vjp_batch_with(p, x, squares, &mut vec![0.0; x.len()], gradient, ws).unwrap();
    loss
}

#[test]
fn gradient_descent_learns_a_sine() {
    let x: Vec<f64> = (0..64).map(|k| PI * (f64::from(k) / 31.5 - 1.0)).collect();
    for activation in [Activation::Tanh, Activation::Silu, Activation::Softplus] {
        let mlp = Mlp::new(&[1, 16, 16, 1], activation).unwrap();
        let mut p = mlp.init(Init::He, 1);
        let mut gradient = vec![0.0; p.len()];
        let mut ws = Workspace::new(&mlp);
        let first = loss(&mlp, &p, &x, &mut gradient, &mut ws);
        let mut last = first;
        for _ in 0..10_000 {
            for (p, g) in p.iter_mut().zip(&gradient) {
                *p -= 0.05 * g;
            }
            last = loss(&mlp, &p, &x, &mut gradient, &mut ws);
        }
        // And 96 % of the variance of sin, which is 1/2, whatever the start.
        assert!(last < 0.02, "{activation}: {last}");
        assert!(last < first / 100.0, "{activation}: {first} to {last}");
    }
}
