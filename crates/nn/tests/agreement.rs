//! The kernels against each other, against duals, and against closed forms.

use nn::{Activation, Init, Mlp, Workspace};
use proptest::prelude::*;
use scalar::{Dependency, Dual, Lanes, Scalar};

const ACTIVATIONS: [Activation; 8] = [
    Activation::Identity,
    Activation::Tanh,
    Activation::Softplus,
    Activation::Silu,
    Activation::Sin,
    Activation::Sigmoid,
    Activation::Gelu,
    Activation::Relu,
];

/// A network, parameters with biases that are not zero, and a seed for the rest.
fn networks() -> impl Strategy<Value = (Mlp, Vec<f64>, u64)> {
    let activation = || prop::sample::select(&ACTIVATIONS[..]);
    (prop::collection::vec(1..=21usize, 2..=5), activation(), activation(), any::<u64>()).prop_map(
        |(sizes, hidden, output, seed)| {
            let mlp = Mlp::new(&sizes, hidden).unwrap().with_output_activation(output);
            let mut p = mlp.init(Init::Glorot, seed);
            for layer in mlp.layers() {
                let biases = layer.biases_mut(&mut p).unwrap();
                biases.copy_from_slice(&numbers(biases.len(), seed ^ 1));
            }
            (mlp, p, seed)
        },
    )
}

/// Numbers in [-1, 1]: the weights of a linear layer are as good as any.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let line = Mlp::new(&[n, 1], Activation::Identity).unwrap();
    let bound = (6.0 / (n as f64 + 1.0)).sqrt();
    line.init(Init::Glorot, seed)[..n].iter().map(|w| w / bound).collect()
}

/// Largest difference over the largest magnitude; what is below one is a difference of terms that are not.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(1.0f64, |m, b| m.max(b.abs()));
    a.iter().zip(b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs() / scale))
}

/// The gradient of `y_bar · y` by forward mode, eight inputs at a time: `(x_bar, p_bar)`.
fn gradient_by_duals(mlp: &Mlp, p: &[f64], x: &[f64], y_bar: &[f64]) -> (Vec<f64>, Vec<f64>) {
    type D = Dual<f64, 8>;
    let all: Vec<f64> = x.iter().chain(p).copied().collect();
    let mut gradient = Vec::new();
    let mut y = vec![D::zero(); mlp.outputs()];
    for start in (0..all.len()).step_by(8) {
        let seeded = all.iter().enumerate();
        let seeded: Vec<D> = seeded.map(|(i, &v)| D::variable(v, i.wrapping_sub(start))).collect();
        mlp.eval(&seeded[x.len()..], &seeded[..x.len()], &mut y);
        for i in 0..8.min(all.len() - start) {
            gradient.push(y.iter().zip(y_bar).map(|(y, bar)| y.eps[i] * bar).sum());
        }
    }
    let p_bar = gradient.split_off(x.len());
    (gradient, p_bar)
}

proptest! {
    #[test]
    fn eval_is_value_up_to_rounding((mlp, p, seed) in networks()) {
        let x = numbers(mlp.inputs(), seed);
        let (mut by_eval, mut by_value) = (vec![0.0; mlp.outputs()], vec![0.0; mlp.outputs()]);
        mlp.eval(&p, &x, &mut by_eval);
        mlp.value(&p, &x, &mut by_value, &mut Workspace::new(&mlp)).unwrap();
        prop_assert!(distance(&by_eval, &by_value) < 1e-12);
        prop_assert!(by_eval.iter().all(|y| y.is_finite()));
    }

    #[test]
    fn vjp_is_the_gradient_by_duals((mlp, p, seed) in networks()) {
        let (x, y_bar) = (numbers(mlp.inputs(), seed), numbers(mlp.outputs(), seed ^ 2));
        let (dx, dp) = gradient_by_duals(&mlp, &p, &x, &y_bar);
        let mut ws = Workspace::new(&mlp);
        let (mut x_bar, mut p_bar) = (vec![0.0; x.len()], vec![0.0; p.len()]);
        let y = mlp.vjp(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap().to_vec();
        prop_assert!(distance(&x_bar, &dx) < 1e-13, "{mlp}: {x_bar:?} {dx:?}");
        prop_assert!(distance(&p_bar, &dp) < 1e-13, "{mlp}: {p_bar:?} {dp:?}");
        let mut value = vec![0.0; y.len()];
        mlp.value(&p, &x, &mut value, &mut ws).unwrap();
        prop_assert!(distance(&y, &value) < 1e-15);

        // It adds: a second call with the same workspace doubles.
        mlp.vjp(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap();
        let twice = |v: &[f64]| v.iter().map(|v| 2.0 * v).collect::<Vec<_>>();
        prop_assert!(distance(&x_bar, &twice(&dx)) < 1e-13);
        prop_assert!(distance(&p_bar, &twice(&dp)) < 1e-13);
    }

    #[test]
    fn jvp_is_one_dual((mlp, p, seed) in networks()) {
        let x = numbers(mlp.inputs(), seed);
        let (x_dot, p_dot) = (numbers(x.len(), seed ^ 3), numbers(p.len(), seed ^ 4));
        let lift = |v: &[f64], dot: &[f64]| -> Vec<Dual> {
            v.iter().zip(dot).map(|(&re, &dot)| Dual { re, eps: [dot] }).collect()
        };
        let mut ws = Workspace::new(&mlp);
        for p_dot in [None, Some(&p_dot[..])] {
            let still = vec![0.0; p.len()];
            let mut expected = vec![Dual::zero(); mlp.outputs()];
            mlp.eval(&lift(&p, p_dot.unwrap_or(&still)), &lift(&x, &x_dot), &mut expected);
            let (mut y, mut y_dot) = (vec![0.0; mlp.outputs()], vec![0.0; mlp.outputs()]);
            mlp.jvp(&p, &x, p_dot, &x_dot, &mut y, &mut y_dot, &mut ws).unwrap();
            let (value, tangent): (Vec<f64>, Vec<f64>) =
                expected.iter().map(|y| (y.re, y.eps[0])).unzip();
            prop_assert!(distance(&y, &value) < 1e-14);
            prop_assert!(distance(&y_dot, &tangent) < 1e-13, "{mlp}: {y_dot:?} {tangent:?}");
        }
    }

    /// Batches of 0, below, at, and beyond the size of a block.
    #[test]
    fn a_batch_is_a_loop_of_singles(
        (mlp, p, seed) in networks(),
        samples in prop::sample::select(&[0usize, 1, 5, 32, 33, 71, 128, 150][..]),
    ) {
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let x = &numbers(samples * n + 1, seed)[1..];
        let y_bar = &numbers(samples * m + 1, seed ^ 5)[1..];
        let mut ws = Workspace::new(&mlp);
        let mut y = vec![0.0; samples * m];
        let (mut x_bar, mut p_bar) = (vec![0.5; samples * n], vec![0.5; p.len()]);
        let (mut x_bar_1, mut p_bar_1) = (x_bar.clone(), p_bar.clone());
        mlp.value_batch(&p, x, &mut y, &mut ws).unwrap();
        mlp.vjp_batch(&p, x, y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap();
        for k in 0..samples {
            let row = |v: &[f64], n: usize| v[k * n..][..n].to_vec();
            let x_bar = &mut x_bar_1[k * n..][..n];
            let single =
                mlp.vjp(&p, &row(x, n), &row(y_bar, m), x_bar, &mut p_bar_1, &mut ws).unwrap();
            // Sums in another order: what cancels is small beside the terms.
            prop_assert!(distance(single, &row(&y, m)) < 1e-12);
        }
        let mut alone = vec![0.5; p.len()];
        mlp.vjp_batch(&p, x, y_bar, &mut [], &mut alone, &mut ws).unwrap();
        prop_assert_eq!(&alone, &p_bar);
        prop_assert!(distance(&x_bar, &x_bar_1) < 1e-12);
        prop_assert!(distance(&p_bar, &p_bar_1) < 1e-12);
    }

    #[test]
    fn a_batch_of_tangents_is_a_loop_of_singles(
        (mlp, p, seed) in networks(),
        samples in prop::sample::select(&[0usize, 1, 9, 64, 67][..]),
    ) {
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let (x, x_dot) = (&numbers(samples * n + 1, seed)[1..], &numbers(samples * n + 1, !seed)[1..]);
        let p_dot = numbers(p.len(), seed ^ 6);
        let mut ws = Workspace::new(&mlp);
        for p_dot in [None, Some(&p_dot[..])] {
            let (mut y, mut y_dot) = (vec![0.0; samples * m], vec![0.0; samples * m]);
            mlp.jvp_batch(&p, x, p_dot, x_dot, &mut y, &mut y_dot, &mut ws).unwrap();
            for k in 0..samples {
                let (x, x_dot) = (&x[k * n..][..n], &x_dot[k * n..][..n]);
                let (mut one, mut one_dot) = (vec![0.0; m], vec![0.0; m]);
                mlp.jvp(&p, x, p_dot, x_dot, &mut one, &mut one_dot, &mut ws).unwrap();
                prop_assert!(distance(&one, &y[k * m..][..m]) < 1e-12);
                prop_assert!(distance(&one_dot, &y_dot[k * m..][..m]) < 1e-11);
            }
        }
    }

    /// `f32` gives the same to its own precision, single and batched.
    #[test]
    fn single_precision_is_the_same_network((mlp, p, seed) in networks()) {
        let (n, m, samples) = (mlp.inputs(), mlp.outputs(), 19);
        let narrow = |v: &[f64]| v.iter().map(|&v| v as f32).collect::<Vec<f32>>();
        let wide = |v: &[f32]| v.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
        let (x, y_bar) = (numbers(samples * n, seed), numbers(samples * m, seed ^ 5));
        let (p32, x32, y_bar32) = (narrow(&p), narrow(&x), narrow(&y_bar));
        let mut ws = Workspace::new(&mlp);
        let (mut x_bar, mut p_bar) = (vec![0.0; x.len()], vec![0.0; p.len()]);
        mlp.vjp_batch(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).unwrap();
        let mut ws32 = Workspace::new(&mlp);
        let (mut x_bar32, mut p_bar32) = (vec![0.0f32; x.len()], vec![0.0; p.len()]);
        mlp.vjp_batch(&p32, &x32, &y_bar32, &mut x_bar32, &mut p_bar32, &mut ws32).unwrap();
        prop_assert!(distance(&wide(&x_bar32), &x_bar) < 1e-4);
        prop_assert!(distance(&wide(&p_bar32), &p_bar) < 1e-4);
        let (mut x_bar1, mut p_bar1) = (vec![0.0f32; x.len()], vec![0.0; p.len()]);
        for k in 0..samples {
            let x_bar = &mut x_bar1[k * n..][..n];
            let (x, y_bar) = (&x32[k * n..][..n], &y_bar32[k * m..][..m]);
            mlp.vjp(&p32, x, y_bar, x_bar, &mut p_bar1, &mut ws32).unwrap();
        }
        prop_assert!(distance(&wide(&x_bar1), &x_bar) < 1e-4);
        prop_assert!(distance(&wide(&p_bar1), &p_bar) < 1e-4);
    }

    #[test]
    fn every_number_type_sees_the_same_network((mlp, p, seed) in networks()) {
        let points: Vec<_> = (0..4).map(|k| numbers(mlp.inputs(), seed ^ k)).collect();
        let p4: Vec<_> = p.iter().map(|&p| Lanes([p; 4])).collect();
        let x4: Vec<_> =
            (0..mlp.inputs()).map(|i| Lanes(core::array::from_fn(|k| points[k][i]))).collect();
        let mut y4 = vec![Lanes([0.0; 4]); mlp.outputs()];
        mlp.eval(&p4, &x4, &mut y4);
        for (k, x) in points.iter().enumerate() {
            let mut y = vec![0.0; mlp.outputs()];
            mlp.eval(&p, x, &mut y);
            prop_assert_eq!(y4.iter().map(|y| y.0[k]).collect::<Vec<_>>(), y);
        }
        // A dense network depends on each of its inputs.
        let x: Vec<_> = (0..mlp.inputs()).map(Dependency::input).collect();
        let mut y = vec![Dependency::zero(); mlp.outputs()];
        mlp.eval(&vec![Dependency::zero(); p.len()], &x, &mut y);
        prop_assert!(y.iter().all(|y| (0..x.len()).all(|i| y.depends_on(i))));
    }
}

/// `y = v₁ tanh(w₁ x + b₁) + v₂ tanh(w₂ x + b₂) + c`, written out: it fixes the layout.
#[test]
fn two_units_written_out() {
    let mlp = Mlp::new(&[1, 2, 1], Activation::Tanh).unwrap();
    let p = [0.7, -1.3, 0.2, 0.4, 1.1, -0.6, 0.05]; // w₁ w₂ b₁ b₂ v₁ v₂ c
    let x = 0.9;
    let [t1, t2] = [(0.7f64 * x + 0.2).tanh(), (-1.3f64 * x + 0.4).tanh()];
    let [s1, s2] = [1.1 * (1.0 - t1 * t1), -0.6 * (1.0 - t2 * t2)];
    let mut ws = Workspace::new(&mlp);
    let (mut x_bar, mut p_bar) = ([0.0], [0.0; 7]);
    let y = mlp.vjp(&p, &[x], &[1.0], &mut x_bar, &mut p_bar, &mut ws).unwrap();
    assert!(distance(y, &[1.1 * t1 - 0.6 * t2 + 0.05]) < 1e-15);
    assert!(distance(&x_bar, &[0.7 * s1 - 1.3 * s2]) < 1e-15);
    assert!(distance(&p_bar, &[s1 * x, s2 * x, s1, s2, t1, t2, 1.0]) < 1e-15);
}

/// Several inputs and outputs: `y = W x + b` with the columns of `W` one after the other.
#[test]
fn a_linear_layer_written_out() {
    let mlp = Mlp::new(&[2, 3], Activation::Tanh).unwrap();
    let p = [1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 0.1, 0.2, 0.3];
    let mut y = [0.0; 3];
    mlp.value(&p, &[2.0, -1.0], &mut y, &mut Workspace::new(&mlp)).unwrap();
    assert_eq!(y, [2.0 - 10.0 + 0.1, 4.0 - 20.0 + 0.2, 6.0 - 30.0 + 0.3]);
}

#[test]
fn nested_duals_give_the_hessian() {
    type D2 = Dual<Dual>;
    for activation in [Activation::Tanh, Activation::Softplus, Activation::Silu] {
        let mlp = Mlp::new(&[2, 4, 3, 1], activation).unwrap();
        let p = numbers(mlp.num_params(), 11);
        let x = numbers(2, 12);
        let all: Vec<f64> = x.iter().chain(&p).copied().collect();
        let mut ws = Workspace::new(&mlp);
        let mut gradient = |all: &[f64]| {
            let (x, p) = all.split_at(2);
            let (mut x_bar, mut p_bar) = (vec![0.0; 2], vec![0.0; p.len()]);
            mlp.vjp(p, x, &[1.0], &mut x_bar, &mut p_bar, &mut ws).unwrap();
            x_bar.extend(p_bar);
            x_bar
        };
        for i in 0..all.len() {
            // Sixth-order central difference of the gradient along input i.
            let h = 0.02;
            let mut at = |k: f64| {
                let mut moved = all.clone();
                moved[i] += k * h;
                gradient(&moved)
            };
            let mut column = vec![0.0; all.len()];
            for (k, weight) in [(1.0, 45.0), (2.0, -9.0), (3.0, 1.0)] {
                let (forward, back) = (at(k), at(-k));
                for j in 0..all.len() {
                    column[j] += weight * (forward[j] - back[j]) / (60.0 * h);
                }
            }
            for j in 0..all.len() {
                let seeded: Vec<D2> = (0..all.len())
                    .map(|k| Dual {
                        re: Dual { re: all[k], eps: [f64::from(k == i)] },
                        eps: [Dual { re: f64::from(k == j), eps: [0.0] }],
                    })
                    .collect();
                let mut y = [D2::zero()];
                mlp.eval(&seeded[2..], &seeded[..2], &mut y);
                let exact = y[0].eps[0].eps[0];
                assert!((exact - column[j]).abs() < 1e-8, "{mlp} {i} {j}: {exact} {}", column[j]);
            }
        }
    }
}

/// On the stack, beyond it (300 units), and numbers too large for it: the same result.
#[test]
fn every_capacity_gives_the_same_value() {
    for width in [7, 8, 9, 16, 17, 33, 65, 128, 129, 256, 257, 300] {
        let mlp = Mlp::new(&[1, width, width, 2], Activation::Tanh).unwrap();
        let p = mlp.init(Init::Glorot, 9);
        let (mut y, mut expected) = ([0.0; 2], [0.0; 2]);
        mlp.eval(&p, &[0.3], &mut y);
        mlp.value(&p, &[0.3], &mut expected, &mut Workspace::new(&mlp)).unwrap();
        assert!(distance(&y, &expected) < 1e-14, "{width}");
    }
    let mlp = Mlp::new(&[1, 200, 1], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 9);
    let large: Vec<Dual<f64, 512>> = p.iter().map(|&p| Dual::constant(p)).collect();
    let (mut y, mut y_dot) = ([0.0], [0.0]);
    let mut by_dual = [Dual::zero()];
    mlp.eval(&large, &[Dual::variable(0.3, 400)], &mut by_dual);
    let mut ws = Workspace::new(&mlp);
    mlp.jvp(&p, &[0.3], None, &[1.0], &mut y, &mut y_dot, &mut ws).unwrap();
    assert!((by_dual[0].re - y[0]).abs() < 1e-14);
    assert!((by_dual[0].eps[400] - y_dot[0]).abs() < 1e-14);
}
