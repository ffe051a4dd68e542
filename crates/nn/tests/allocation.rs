//! Nothing is allocated after the workspace.

use allocation_counter::measure;
use nn::{Activation, Init, Mlp, Workspace};
use scalar::{Dual, Scalar};

#[test]
fn no_kernel_allocates() {
    for width in [1, 8, 32, 200, 256] {
        let mlp = Mlp::new(&[2, width, width, 2], Activation::Silu).unwrap();
        let p = mlp.init(Init::Glorot, 1);
        let mut ws = Workspace::new(&mlp);
        let dual: Vec<Dual<f64, 4>> = p.iter().map(|&p| Dual::constant(p)).collect();
        let (x, y_bar, mut p_bar) = ([0.1, 0.2], [1.0, -1.0], vec![0.0; p.len()]);
        let (mut y, mut y_dot, mut x_bar) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        let mut y_dual = [Dual::zero(); 2];
        let xs: Vec<f64> = (0..100).map(f64::from).collect();
        let (mut ys, mut xs_bar) = (vec![0.0; 100], vec![0.0; 100]);
        let counted = measure(|| {
            mlp.eval(&p, &x, &mut y);
            mlp.eval(&dual, &[Dual::variable(0.1, 0), Dual::variable(0.2, 1)], &mut y_dual);
            mlp.value(&p, &x, &mut y, &mut ws).unwrap();
            mlp.vjp(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap();
            mlp.jvp(&p, &x, Some(&p), &x, &mut y, &mut y_dot, &mut ws).unwrap();
            mlp.value_batch(&p, &xs, &mut ys, &mut ws).unwrap();
            mlp.vjp_batch(&p, &xs, &xs, &mut xs_bar, &mut p_bar, &mut ws).unwrap();
        });
        assert_eq!(counted.count_total, 0, "width {width}");
        assert!(p_bar.iter().any(|g| *g != 0.0));
    }
}

/// The counter does count: beyond 256 units `eval` takes two vectors.
#[test]
fn wide_networks_allocate_in_eval_only() {
    let mlp = Mlp::new(&[1, 257, 1], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 1);
    let mut y = [0.0];
    assert_eq!(measure(|| mlp.eval(&p, &[0.5], &mut y)).count_total, 2);
}
