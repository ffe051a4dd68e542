//! Modules of dfdx behave as our network with the same weights (feature `dfdx`).
#![cfg(feature = "dfdx")]

use dfdx::prelude::{Cpu, DeviceBuildExt, Linear, Residual, Tanh};
use nn::{Activation, DfdxModule, ErrorKind, Init, Mlp, Workspace};
use scalar::{Dual, Scalar};

/// Parameters of ours, column by column, in the order of dfdx: row by row.
fn by_rows(mlp: &Mlp, p: &[f64]) -> Vec<f64> {
    let mut rows = Vec::new();
    for layer in mlp.layers() {
        for j in 0..layer.outputs() {
            rows.extend((0..layer.inputs()).map(|i| p[layer.weight_index(j, i).unwrap()]));
        }
        rows.extend(layer.biases(p).unwrap());
    }
    rows
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + b.abs()))
}

#[test]
fn a_module_agrees_with_our_network() {
    type Layers = (Linear<3, 7>, Tanh, Linear<7, 5>, Tanh, Linear<5, 2>);
    let mut network =
        DfdxModule::<_, 3, 2>::new(Cpu::default().build_module::<Layers, f64>()).unwrap();
    let mlp = Mlp::new(&[3, 7, 5, 2], Activation::Tanh).unwrap();
    assert_eq!(network.num_params(), mlp.num_params());
    let p: Vec<f64> =
        mlp.init(Init::He, 6).iter().enumerate().map(|(i, w)| w + 0.01 * i as f64).collect();
    let rows = by_rows(&mlp, &p);
    let (x, y_bar) = ([0.3, -0.8, 1.1], [0.7, -2.0]);
    let mut ws = Workspace::new(&mlp);
    let (mut x_bar, mut p_bar) = ([1.0; 3], vec![2.0; p.len()]);
    let y = mlp.vjp(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap().to_vec();

    let mut theirs = [0.0; 2];
    network.value(&rows, &x, &mut theirs).unwrap();
    assert!(close(&theirs, &y));
    assert_eq!(network.params().unwrap(), rows);
    let (mut their_x, mut their_p) = ([1.0; 3], vec![2.0; p.len()]);
    let value = network.vjp(&rows, &x, &y_bar, &mut their_x, &mut their_p).unwrap();
    assert!(close(&value, &y) && close(&their_x, &x_bar));
    assert!(close(&their_p, &by_rows(&mlp, &p_bar)));
}

/// `u' = -u + network(u)` by Euler's method: its discrete adjoint, from the module's products alone, is the derivative of the
/// same solution with our network in duals.
#[test]
fn a_universal_equation_has_the_gradient_of_duals() {
    const STEPS: usize = 25;
    const DT: f64 = 0.08;
    type Layers = (Linear<2, 6>, Tanh, Linear<6, 2>);
    let mut network =
        DfdxModule::<_, 2, 2>::new(Cpu::default().build_module::<Layers, f64>()).unwrap();
    let mlp = Mlp::new(&[2, 6, 2], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 2);
    let rows = by_rows(&mlp, &p);

    let mut states = vec![[1.0, -0.5]];
    for k in 0..STEPS {
        let (u, mut du) = (states[k], [0.0; 2]);
        network.value(&rows, &u, &mut du).unwrap();
        states.push([0, 1].map(|i| u[i] + DT * (du[i] - u[i])));
    }
    // Of u₀² + u₁² at the end.
    let mut lambda = states[STEPS].map(|u| 2.0 * u);
    let mut p_bar = vec![0.0; p.len()];
    for u in states[..STEPS].iter().rev() {
        let mut next = lambda.map(|l| (1.0 - DT) * l);
        network.vjp(&rows, u, &lambda.map(|l| DT * l), &mut next, &mut p_bar).unwrap();
        lambda = next;
    }
    let mut expected = vec![0.0; p.len()];
    for k in 0..p.len() {
        let lift = |(i, &p)| if i == k { Dual::variable(p, 0) } else { Dual::constant(p) };
        let p: Vec<Dual> = p.iter().enumerate().map(lift).collect();
        let mut u = [1.0, -0.5].map(Dual::constant);
        for _ in 0..STEPS {
            let mut du = [Dual::zero(); 2];
            mlp.eval(&p, &u, &mut du);
            u = [0, 1].map(|i| u[i] + (du[i] - u[i]).scale(DT));
        }
        expected[k] = (u[0] * u[0] + u[1] * u[1]).eps[0];
    }
    assert!(close(&p_bar, &by_rows(&mlp, &expected)));
}

/// An architecture that [`Mlp`] has not; and what the output does not depend on has gradient zero.
#[test]
fn other_modules_have_the_slopes_of_their_values() {
    type Layers = (Residual<(Linear<2, 2>, Tanh)>, Linear<2, 1>);
    let mut network =
        DfdxModule::<_, 2, 1>::new(Cpu::default().build_module::<Layers, f64>()).unwrap();
    let p: Vec<f64> = (0..9).map(|i| (1.0 + f64::from(i)).sin()).collect();
    let x = [0.4, -0.2];
    let (mut x_bar, mut p_bar) = ([0.0; 2], vec![0.0; 9]);
    network.vjp(&p, &x, &[1.0], &mut x_bar, &mut p_bar).unwrap();
    let mut value = |p: &[f64]| {
        let mut y = [0.0];
        network.value(p, &x, &mut y).unwrap();
        y[0]
    };
    for k in 0..9 {
        let (mut above, mut below) = (p.clone(), p.clone());
        above[k] += 1e-5;
        below[k] -= 1e-5;
        let slope = (value(&above) - value(&below)) / 2e-5;
        assert!((slope - p_bar[k]).abs() < 1e-8, "{k}");
    }

    let wrong = network.value(&p[1..], &x, &mut [0.0]).unwrap_err();
    assert_eq!(*wrong.kind(), ErrorKind::Length { argument: "p", expected: 9, found: 8 });
    let wrong = network.vjp(&p, &x, &[1.0; 2], &mut x_bar, &mut p_bar).unwrap_err();
    assert!(matches!(wrong.kind(), ErrorKind::Length { argument: "y_bar", .. }));
}
