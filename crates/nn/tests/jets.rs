//! Jets and forward Laplacians: closed forms, nested duals, differences of the parameter gradient.

use allocation_counter::measure;
use nn::{Activation, ErrorKind, Init, Jets, Mlp, Workspace};
use proptest::prelude::*;
use scalar::{Dual, Scalar};

const ACTIVATIONS: [Activation; 7] = [
    Activation::Identity,
    Activation::Tanh,
    Activation::Softplus,
    Activation::Silu,
    Activation::Sin,
    Activation::Sigmoid,
    Activation::Gelu,
];

fn networks() -> impl Strategy<Value = (Mlp, Vec<f64>, u64)> {
    let activation = || prop::sample::select(&ACTIVATIONS[..]);
    (prop::collection::vec(1..=7usize, 2..=4), activation(), activation(), any::<u64>()).prop_map(
        |(sizes, hidden, output, seed)| {
            let mlp = Mlp::new(&sizes, hidden).unwrap().with_output_activation(output);
            let p = numbers(mlp.num_params(), seed ^ 7);
            (mlp, p, seed)
        },
    )
}

/// Numbers in [-1, 1].
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let line = Mlp::new(&[n.max(1), 1], Activation::Identity).unwrap();
    let bound = (6.0 / (n.max(1) as f64 + 1.0)).sqrt();
    line.init(Init::Glorot, seed)[..n].iter().map(|w| w / bound).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(1.0f64, |m, b| m.max(b.abs()));
    a.iter().zip(b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs() / scale))
}

type D1 = Dual<f64>;
type D2 = Dual<D1>;
type D3 = Dual<D2>;
type D4 = Dual<D3>;

/// `x + t` at every level: the derivative with respect to `t` four times.
fn line(x: f64, v: f64) -> D4 {
    let zero = D1 { re: 0.0, eps: [0.0] };
    let one = D1 { re: v, eps: [0.0] };
    let level2 = |re, eps| D2 { re, eps: [eps] };
    let level3 = |re, eps| D3 { re, eps: [eps] };
    let first = level2(D1 { re: x, eps: [v] }, one);
    let second = level3(first, level2(one, zero));
    D4 { re: second, eps: [level3(level2(one, zero), level2(zero, zero))] }
}

/// Value and four derivatives of each output along `v`, order by order.
fn by_duals(mlp: &Mlp, p: &[f64], x: &[f64], v: &[f64]) -> Vec<Vec<f64>> {
    let lifted: Vec<D4> = p.iter().map(|&p| D4::from_f64(p)).collect();
    let along: Vec<D4> = x.iter().zip(v).map(|(&x, &v)| line(x, v)).collect();
    let mut y = vec![D4::zero(); mlp.outputs()];
    mlp.eval(&lifted, &along, &mut y);
    let parts = |y: &D4| {
        let first = y.re.re.re.eps[0];
        [
            y.re.re.re.re,
            first,
            y.re.re.eps[0].eps[0],
            y.re.eps[0].eps[0].eps[0],
            y.eps[0].eps[0].eps[0].eps[0],
        ]
    };
    (0..5).map(|k| y.iter().map(|y| parts(y)[k]).collect()).collect()
}

proptest! {
    #[test]
    fn jets_are_nested_duals(
        (mlp, p, seed) in networks(),
        order in 1..=4usize,
        count in 0..=3usize,
        samples in prop::sample::select(&[0usize, 1, 8, 23, 70][..]),
    ) {
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let (x, v) = (numbers(samples * n, seed), numbers(count * n, seed ^ 1));
        let jets = Jets::along(&v, order);
        let numbers_each = jets.numbers(&mlp).unwrap();
        prop_assert_eq!(numbers_each, 1 + count * order);
        let mut ws = Workspace::for_jets(&mlp, &jets).unwrap();
        let mut jet = vec![0.0; samples * m * numbers_each];
        mlp.jet_batch(&p, &x, &jets, &mut jet, &mut ws).unwrap();
        for (x, jet) in x.chunks(n).zip(jet.chunks(m * numbers_each)) {
            let mut value = vec![0.0; m];
            mlp.eval(&p, x, &mut value);
            prop_assert!(distance(&jet[..m], &value) < 1e-14);
            for (v, along) in v.chunks(n).zip(jet[m..].chunks(m * order)) {
                let exact = by_duals(&mlp, &p, x, v);
                for k in 0..order {
                    let found = &along[k * m..][..m];
                    prop_assert!(distance(found, &exact[k + 1]) < 1e-12, "{mlp} {k}: {found:?} {exact:?}");
                }
            }
        }
    }

    #[test]
    fn the_laplacian_is_a_sum_of_second_derivatives(
        (mlp, p, seed) in networks(),
        samples in prop::sample::select(&[1usize, 8, 23, 70][..]),
    ) {
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let (x, w) = (numbers(samples * n, seed), numbers(n, seed ^ 2));
        let jets = Jets::laplacian(&w);
        let mut ws = Workspace::for_jets(&mlp, &jets).unwrap();
        let mut jet = vec![0.0; samples * m * (n + 2)];
        mlp.jet_batch(&p, &x, &jets, &mut jet, &mut ws).unwrap();
        // The same along directions that are the axes.
        let axes: Vec<f64> = (0..n * n).map(|k| f64::from(k % (n + 1) == 0)).collect();
        let mut along = vec![0.0; jet.len()];
        mlp.jet_batch(&p, &x, &Jets::laplacian_along(&axes, &w), &mut along, &mut ws).unwrap();
        prop_assert_eq!(&jet, &along);
        for (x, jet) in x.chunks(n).zip(jet.chunks(m * (n + 2))) {
            let mut laplacian = vec![0.0; m];
            for i in 0..n {
                let exact = by_duals(&mlp, &p, x, &axes[i * n..][..n]);
                prop_assert!(distance(&jet[(1 + i) * m..][..m], &exact[1]) < 1e-13);
                for (sum, second) in laplacian.iter_mut().zip(&exact[2]) {
                    *sum += w[i] * second;
                }
            }
            prop_assert!(distance(&jet[(n + 1) * m..], &laplacian) < 1e-12);
        }
    }

    /// The reverse sweep against a sixth-order difference of the jets, along a direction in the space of parameters.
    #[test]
    fn parameter_gradients_are_those_of_differences(
        (mlp, p, seed) in networks(),
        order in 0..=4usize,
        samples in prop::sample::select(&[1usize, 9, 40][..]),
    ) {
        let (n, m) = (mlp.inputs(), mlp.outputs());
        let (x, v, w) = (numbers(samples * n, seed), numbers(2 * n, seed ^ 1), numbers(2, seed ^ 2));
        let jets = match order {
            0 => Jets::laplacian_along(&v, &w),
            _ => Jets::along(&v, order),
        };
        let row = m * jets.numbers(&mlp).unwrap();
        let mut ws = Workspace::for_jets(&mlp, &jets).unwrap();
        let (bar, p_dot) = (numbers(samples * row, seed ^ 3), numbers(p.len(), seed ^ 4));
        let mut p_bar = vec![0.0; p.len()];
        mlp.jet_vjp_batch(&p, &x, &jets, &bar, &mut p_bar, &mut ws).unwrap();
        let slope: f64 = p_bar.iter().zip(&p_dot).map(|(a, b)| a * b).sum();
        let mut at = |t: f64| {
            let moved: Vec<f64> = p.iter().zip(&p_dot).map(|(p, d)| p + t * d).collect();
            let mut jet = vec![0.0; samples * row];
            mlp.jet_batch(&moved, &x, &jets, &mut jet, &mut ws).unwrap();
            jet.iter().zip(&bar).map(|(a, b)| a * b).sum::<f64>()
        };
        let h = 2e-3;
        let mut d = |k: f64| at(k * h) - at(-k * h);
        let difference = (45.0 * d(1.0) - 9.0 * d(2.0) + d(3.0)) / (60.0 * h);
        let scale = 1.0 + p_bar.iter().map(|g| g.abs()).sum::<f64>();
        prop_assert!((slope - difference).abs() < 1e-7 * scale, "{mlp} {order}: {slope} {difference}");
    }
}

/// Gradient and Laplacian of `Σ sin xᵢ`.
#[test]
fn a_sum_of_sines() {
    let mlp = Mlp::new(&[3, 3, 1], Activation::Sin).unwrap();
    let mut p = vec![0.0; mlp.num_params()];
    for i in 0..3 {
        p[mlp.layers()[0].weight_index(i, i).unwrap()] = 1.0;
        p[mlp.layers()[1].weight_index(0, i).unwrap()] = 1.0;
    }
    let x = [0.0, 1.0, 2.0];
    let jets = Jets::laplacian(&[1.0; 3]);
    let (mut jet, mut ws) = ([0.0; 5], Workspace::for_jets(&mlp, &jets).unwrap());
    mlp.jet_batch(&p, &x, &jets, &mut jet, &mut ws).unwrap();
    let sum: f64 = x.iter().map(|x| x.sin()).sum();
    let exact = [sum, 1.0, 1f64.cos(), 2f64.cos(), -sum];
    assert!(distance(&jet, &exact) < 1e-15, "{jet:?} {exact:?}");
}

/// tanh at 0.7 to order 4: published values.
#[test]
fn tanh_at_seven_tenths() {
    let mlp = Mlp::new(&[1, 1], Activation::Tanh).unwrap().with_output_activation(Activation::Tanh);
    let jets = Jets::along(&[1.0], 4);
    let (mut jet, mut ws) = ([0.0; 5], Workspace::for_jets(&mlp, &jets).unwrap());
    mlp.jet_batch(&[1.0, 0.0], &[0.7], &jets, &mut jet, &mut ws).unwrap();
    let known = [
        0.604_367_777_117_163_6,
        0.634_739_589_982_458_4,
        -0.767_232_310_091_916_4,
        0.121_592_277_383_236_93,
        2.774_983_422_780_783_5,
    ];
    assert!(distance(&jet, &known) < 1e-15, "{jet:?}");
}

/// The forward Laplacian of `Σ xᵢ²` at (0, 1, 2): gradient (0, 2, 4), Laplacian 6. The squares are `2 (1 - cos(h x)) / h²`, with
/// an error of the order of `h²`.
#[test]
fn a_sum_of_squares_in_the_limit() {
    let mlp = Mlp::new(&[3, 3, 1], Activation::Sin).unwrap();
    let h = 1e-3;
    let mut p = vec![0.0; mlp.num_params()];
    for i in 0..3 {
        p[mlp.layers()[0].weight_index(i, i).unwrap()] = h;
        p[mlp.layers()[1].weight_index(0, i).unwrap()] = -2.0 / (h * h);
    }
    mlp.layers()[0].biases_mut(&mut p).unwrap().fill(std::f64::consts::FRAC_PI_2);
    mlp.layers()[1].biases_mut(&mut p).unwrap().fill(6.0 / (h * h));
    let jets = Jets::laplacian(&[1.0; 3]);
    let (mut jet, mut ws) = ([0.0; 5], Workspace::for_jets(&mlp, &jets).unwrap());
    mlp.jet_batch(&p, &[0.0, 1.0, 2.0], &jets, &mut jet, &mut ws).unwrap();
    for (found, exact) in jet.iter().zip([5.0, 0.0, 2.0, 4.0, 6.0]) {
        assert!((found - exact).abs() < 1e-5, "{jet:?}");
    }
}

#[test]
fn single_precision_jets() {
    let mlp = Mlp::new(&[2, 20, 20, 1], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 3);
    let x = numbers(100, 5);
    let narrow = |v: &[f64]| v.iter().map(|&v| v as f32).collect::<Vec<f32>>();
    let jets = Jets::laplacian(&[1.0, 1.0]);
    let (mut jet, mut ws) = (vec![0.0; 200], Workspace::for_jets(&mlp, &jets).unwrap());
    mlp.jet_batch(&p, &x, &jets, &mut jet, &mut ws).unwrap();
    let jets = Jets::laplacian(&[1.0, 1.0]);
    let (mut single, mut ws) = (vec![0.0f32; 200], Workspace::for_jets(&mlp, &jets).unwrap());
    mlp.jet_batch(&narrow(&p), &narrow(&x), &jets, &mut single, &mut ws).unwrap();
    let wide: Vec<f64> = single.iter().map(|&v| f64::from(v)).collect();
    assert!(distance(&wide, &jet) < 1e-5);
}

#[test]
fn jets_do_not_allocate() {
    let mlp = Mlp::new(&[2, 50, 50, 1], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 1);
    let x = numbers(200, 2);
    for jets in [Jets::laplacian(&[1.0, 1.0]), Jets::along(&[1.0, 0.0], 4)] {
        let row = jets.numbers(&mlp).unwrap();
        let mut ws = Workspace::for_jets(&mlp, &jets).unwrap();
        let (mut jet, mut p_bar) = (vec![0.0; 100 * row], vec![0.0; p.len()]);
        let counted = measure(|| {
            mlp.jet_batch(&p, &x, &jets, &mut jet, &mut ws).unwrap();
            mlp.jet_vjp_batch(&p, &x, &jets, &jet, &mut p_bar, &mut ws).unwrap();
        });
        assert_eq!(counted.count_total, 0);
        assert!(p_bar.iter().any(|g| *g != 0.0));
    }
}

#[test]
fn refusals() {
    let mlp = Mlp::new(&[2, 4, 1], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 1);
    let kind = |jets: &Jets<'_>, x: usize, jet: usize| {
        let plain = Workspace::new(&mlp);
        let mut ws = Workspace::for_jets(&mlp, jets).unwrap_or(plain);
        let result = mlp.jet_batch(&p, &vec![0.0; x], jets, &mut vec![0.0; jet], &mut ws);
        result.unwrap_err().kind().clone()
    };
    let axis = [1.0, 0.0];
    for order in [0, 5, usize::MAX] {
        assert_eq!(kind(&Jets::along(&axis, order), 2, 2), ErrorKind::Order { order });
    }
    let ragged = ErrorKind::RaggedBatch { argument: "directions", row: 2, found: 3 };
    assert_eq!(kind(&Jets::along(&[0.0; 3], 1), 2, 2), ragged);
    let length = |argument, expected, found| ErrorKind::Length { argument, expected, found };
    assert_eq!(kind(&Jets::laplacian(&[1.0]), 2, 4), length("weights", 2, 1));
    assert_eq!(kind(&Jets::laplacian(&[1.0; 2]), 2, 3), length("jet", 4, 3));
    let ragged = ErrorKind::RaggedBatch { argument: "x", row: 2, found: 3 };
    assert_eq!(kind(&Jets::laplacian(&[1.0; 2]), 3, 4), ragged);
    // A workspace without room for so many derivatives.
    let many = numbers(2 * 40, 1);
    let jets = Jets::along(&many, 4);
    let mut jet = vec![0.0; jets.numbers(&mlp).unwrap()];
    let refused = mlp.jet_batch(&p, &[0.0; 2], &jets, &mut jet, &mut Workspace::new(&mlp));
    let error = refused.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SmallWorkspace { .. }), "{error}");
    let mut short = vec![0.0; 3];
    let mut ws = Workspace::for_jets(&mlp, &jets).unwrap();
    let refused = mlp.jet_vjp_batch(&p, &[0.0; 2], &jets, &jet, &mut short, &mut ws).unwrap_err();
    assert_eq!(*refused.kind(), length("p_bar", p.len(), 3));
}
