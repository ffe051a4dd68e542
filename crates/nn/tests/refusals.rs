//! Wrong input: a typed error, or NaN where there is no way to return one. Never a panic.

use nn::{Activation, Error, ErrorKind, Init, Mlp, Model, Workspace};
use proptest::prelude::*;
use scalar::Dual;

fn kind<T: core::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

#[test]
fn architectures_that_make_no_sense() {
    let new = |sizes: &[usize]| kind(Mlp::new(sizes, Activation::Tanh));
    assert_eq!(new(&[]), ErrorKind::TooFewSizes { given: 0 });
    assert_eq!(new(&[3]), ErrorKind::TooFewSizes { given: 1 });
    assert_eq!(new(&[0, 3]), ErrorKind::ZeroWidth { layer: 0 });
    assert_eq!(new(&[2, 4, 0, 1]), ErrorKind::ZeroWidth { layer: 2 });
    assert_eq!(new(&[0]), ErrorKind::ZeroWidth { layer: 0 });
    let huge = usize::MAX;
    assert_eq!(new(&[huge, 1]), ErrorKind::TooLarge { layer: 1, inputs: huge, outputs: 1 });
    assert_eq!(new(&[1, huge]), ErrorKind::TooLarge { layer: 1, inputs: 1, outputs: huge });
    let half = 1 << (usize::BITS / 2);
    assert_eq!(
        new(&[1, half, half]),
        ErrorKind::TooLarge { layer: 2, inputs: half, outputs: half }
    );
    // Each layer is possible, all of them together are not.
    let most = isize::MAX as usize / 2112 / 4;
    let sum = new(&[1, most, 1, most, 1]);
    assert_eq!(sum, ErrorKind::TooLarge { layer: 3, inputs: 1, outputs: most });
}

#[test]
fn messages_name_the_layer() {
    let message = |sizes: &[usize]| Mlp::new(sizes, Activation::Tanh).unwrap_err().to_string();
    assert!(message(&[2, 4, 0, 1]).contains("layer 2 has no units"));
    assert!(message(&[0, 1]).contains("no inputs"));
    assert!(message(&[1]).contains("at least two sizes"));
    assert!(message(&[1, 5, usize::MAX]).contains("layer 2 with 5 inputs"));
}

/// Each argument of each kernel, one too short and one too long; nothing is written.
#[test]
fn wrong_lengths_are_named() {
    let mlp = Mlp::new(&[2, 4, 3], Activation::Tanh).unwrap();
    let n = mlp.num_params();
    let mut ws = Workspace::new(&mlp);
    let slice = |argument: &str, which: &str, len: usize, off: isize| {
        vec![7.0; if argument == which { len.checked_add_signed(off).unwrap() } else { len }]
    };
    for off in [-1, 1] {
        for which in ["p", "x", "y", "y_bar", "x_bar", "p_bar", "p_dot", "x_dot", "y_dot"] {
            let s = |argument: &str, len: usize| slice(argument, which, len, off);
            let (p, x, mut y) = (s("p", n), s("x", 2), s("y", 3));
            let (y_bar, mut x_bar, mut p_bar) = (s("y_bar", 3), s("x_bar", 2), s("p_bar", n));
            let (p_dot, x_dot, mut y_dot) = (s("p_dot", n), s("x_dot", 2), s("y_dot", 3));
            let results = [
                (["p", "x", "y"].to_vec(), mlp.value(&p, &x, &mut y, &mut ws)),
                (
                    ["p", "x", "y_bar", "x_bar", "p_bar"].to_vec(),
                    mlp.vjp(&p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws).map(|_| ()),
                ),
                (
                    ["p", "x", "p_dot", "x_dot", "y", "y_dot"].to_vec(),
                    mlp.jvp(&p, &x, Some(&p_dot), &x_dot, &mut y, &mut y_dot, &mut ws),
                ),
            ];
            for (arguments, result) in results {
                if arguments.contains(&which) {
                    let ErrorKind::Length { argument, expected, found } = kind(result) else {
                        panic!("{which}: another error");
                    };
                    assert_eq!(argument, which);
                    assert_eq!(found, expected.checked_add_signed(off).unwrap());
                } else {
                    result.unwrap();
                }
            }
        }
    }
}

#[test]
fn batches_that_are_not_whole_rows() {
    let mlp = Mlp::new(&[2, 4, 3], Activation::Tanh).unwrap();
    let p = mlp.init(Init::Glorot, 1);
    let mut ws = Workspace::new(&mlp);
    let ragged = ErrorKind::RaggedBatch { argument: "x", row: 2, found: 3 };
    assert_eq!(kind(mlp.value_batch(&p, &[0.0; 3], &mut [0.0; 3], &mut ws)), ragged);
    let length = |argument, expected, found| ErrorKind::Length { argument, expected, found };
    let value = |y: &mut [f64], ws: &mut Workspace| mlp.value_batch(&p, &[0.0; 4], y, ws);
    assert_eq!(kind(value(&mut [0.0; 5], &mut ws)), length("y", 6, 5));
    let mut vjp = |p: &[f64], x: usize, y_bar: usize, x_bar: usize, p_bar: usize| {
        let (mut x_bar, mut p_bar) = (vec![0.0; x_bar], vec![0.0; p_bar]);
        let (x, y_bar) = (vec![0.0; x], vec![1.0; y_bar]);
        let result = kind(mlp.vjp_batch(p, &x, &y_bar, &mut x_bar, &mut p_bar, &mut ws));
        assert!(x_bar.iter().chain(&p_bar).all(|&v| v == 0.0));
        result
    };
    let n = p.len();
    assert_eq!(vjp(&p, 3, 3, 3, n), ragged);
    assert_eq!(vjp(&p, 4, 5, 4, n), length("y_bar", 6, 5));
    assert_eq!(vjp(&p, 4, 6, 3, n), length("x_bar", 4, 3));
    assert_eq!(vjp(&p, 4, 6, 4, n - 1), length("p_bar", n, n - 1));
    assert_eq!(vjp(&p, 4, 6, 0, n - 1), length("p_bar", n, n - 1));
    assert_eq!(vjp(&p[1..], 4, 6, 4, n), length("p", n, n - 1));
}

#[test]
fn a_workspace_of_a_smaller_network() {
    let [small, deep, wide] = [&[2, 4, 1][..], &[2, 4, 4, 4, 1], &[2, 1, 12]]
        .map(|s| Mlp::new(s, Activation::Tanh).unwrap());
    let value = |mlp: &Mlp, ws: &mut Workspace| {
        let p = mlp.init(Init::Glorot, 1);
        mlp.value(&p, &[0.1, 0.2], &mut vec![0.0; mlp.outputs()], ws)
    };
    for larger in [&deep, &wide] {
        let refused = kind(value(larger, &mut Workspace::new(&small)));
        assert!(matches!(refused, ErrorKind::SmallWorkspace { needed, found } if needed > found));
        value(&small, &mut Workspace::new(larger)).unwrap();
    }
}

#[test]
fn models_that_are_not_finite_or_complete() {
    let mlp = Mlp::new(&[1, 2, 1], Activation::Tanh).unwrap();
    let short = kind(Model::new(mlp.clone(), vec![0.0; 6]));
    assert_eq!(short, ErrorKind::Length { argument: "params", expected: 7, found: 6 });
    let mut p = vec![0.0; 7];
    p[5] = f64::INFINITY;
    let infinite = kind(Model::new(mlp, p));
    assert_eq!(infinite, ErrorKind::NonFinite { index: 5, value: f64::INFINITY });
}

#[test]
fn displayed() {
    let mlp = |sizes: &[usize]| Mlp::new(sizes, Activation::Tanh).unwrap();
    assert_eq!(mlp(&[2, 5, 5, 2]).to_string(), "2 → 5 tanh → 5 tanh → 2");
    assert_eq!(mlp(&[3, 1]).to_string(), "3 → 1");
    let positive = mlp(&[1, 4, 1]).with_output_activation(Activation::Softplus);
    assert_eq!(positive.to_string(), "1 → 4 tanh → 1 softplus");
    let linear = Mlp::new(&[1, 4, 1], Activation::Identity).unwrap();
    assert_eq!(linear.to_string(), "1 → 4 → 1");
}

proptest! {
    /// Inside a model there is no error to return: NaN, and no panic.
    #[test]
    fn eval_with_wrong_lengths_is_nan(
        sizes in prop::collection::vec(1..10usize, 2..4), off in prop::array::uniform3(-1..=1isize),
    ) {
        let mlp = Mlp::new(&sizes, Activation::Tanh).unwrap();
        let len = |n: usize, off| n.checked_add_signed(off).unwrap();
        let p = vec![Dual::<f64>::constant(0.5); len(mlp.num_params(), off[0])];
        let x = vec![Dual::<f64>::constant(0.5); len(mlp.inputs(), off[1])];
        let mut y = vec![Dual::<f64>::constant(7.0); len(mlp.outputs(), off[2])];
        mlp.eval(&p, &x, &mut y);
        let wrong = off != [0; 3];
        prop_assert!(y.iter().all(|y| y.re.is_nan() == wrong && y.re != 7.0));
    }

    #[test]
    fn layouts_cover_the_parameters_once(sizes in prop::collection::vec(1..9usize, 2..6)) {
        let mlp = Mlp::new(&sizes, Activation::Silu).unwrap();
        prop_assert!(mlp.sizes().eq(sizes.iter().copied()));
        let p: Vec<usize> = (0..mlp.num_params()).collect();
        let mut seen = Vec::new();
        for layer in mlp.layers() {
            let weights = layer.weights(&p).unwrap();
            for input in 0..layer.inputs() {
                for output in 0..layer.outputs() {
                    let at = layer.weight_index(output, input).unwrap();
                    prop_assert_eq!(weights[input * layer.outputs() + output], at);
                    seen.push(at);
                }
            }
            prop_assert_eq!(layer.weight_index(layer.outputs(), 0), None);
            prop_assert_eq!(layer.weight_index(0, layer.inputs()), None);
            seen.extend_from_slice(layer.biases(&p).unwrap());
        }
        prop_assert_eq!(seen, p);
        prop_assert_eq!(mlp.layers()[0].weights::<f64>(&[]), None);
    }
}
