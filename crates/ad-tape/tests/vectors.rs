//! Vector nodes against their loops, whatever the operands are.

use ad_tape::{Adjoints, Program, Tape, Var};
use proptest::prelude::*;
use scalar::{Dual, Lanes, Scalar, Unary, function};

const INPUTS: usize = 12;
type D = Dual<f64, INPUTS>;

/// Where an operand comes from: an input (by number), a product of two of them, or a constant.
#[derive(Clone, Debug)]
enum Source {
    Input(usize),
    Product(usize, usize),
    Constant(f64),
}

fn operands<S: Scalar>(sources: &[Source], x: &[S]) -> Vec<S> {
    let operand = |source: &Source| match *source {
        Source::Input(i) => x[i],
        Source::Product(i, j) => x[i] * x[j],
        Source::Constant(c) => S::from_f64(c),
    };
    sources.iter().map(operand).collect()
}

/// Ranges of inputs, scattered inputs with repetitions, results, constants.
fn sources(len: usize) -> impl Strategy<Value = Vec<Source>> {
    let scattered = prop_oneof![
        (0..INPUTS).prop_map(Source::Input),
        (0..INPUTS, 0..INPUTS).prop_map(|(i, j)| Source::Product(i, j)),
        (-2.0..2.0f64).prop_map(Source::Constant),
    ];
    let range = (0..=INPUTS - len)
        .prop_map(move |first| (first..first + len).map(Source::Input).collect::<Vec<_>>());
    let constants = prop::collection::vec((-2.0..2.0f64).prop_map(Source::Constant), len);
    prop_oneof![2 => prop::collection::vec(scattered, len), 2 => range, 1 => constants]
}

/// All three operations in a chain, so that outputs of one are operands of the next.
fn chain<S: Scalar>([w, b, h, a]: &[Vec<Source>; 4], x: &[S]) -> Vec<S> {
    let (w, b, h, a) = (operands(w, x), operands(b, x), operands(h, x), operands(a, x));
    let mut y = vec![S::zero(); b.len()];
    S::dense_layer(&w, &b, &h, &mut y);
    let mut z = y.clone();
    S::axpy(a[0], &y, &mut z);
    S::axpy(y[0], &a, &mut z);
    let norm = S::dot(&z, &z);
    let mixed = S::dot(&y, &a);
    y.extend(z);
    y.extend([norm, mixed]);
    y
}

fn check(sources: &[Vec<Source>; 4], x: &[f64], seeds: &[f64]) {
    let duals: Vec<D> = x.iter().enumerate().map(|(i, &x)| D::variable(x, i)).collect();
    let exact = chain(sources, &duals);
    let tape = Tape::new();
    let vars = tape.vars(x);
    let outputs = chain(sources, &vars);
    let plain = chain(sources, x);
    assert_eq!(outputs.iter().map(|y| y.value()).collect::<Vec<_>>(), plain);
    let seeds: Vec<f64> = seeds.iter().cycle().copied().take(outputs.len()).collect();
    let mut adjoints = Adjoints::new();
    tape.pullback(&outputs, &seeds, &mut adjoints).unwrap();
    let bars = adjoints.wrt_slice(&vars).unwrap();
    let expected: Vec<f64> =
        (0..x.len()).map(|i| exact.iter().zip(&seeds).map(|(y, s)| y.eps[i] * s).sum()).collect();
    let size = expected.iter().fold(1.0, |m: f64, e| m.max(e.abs()));
    for (bar, expected) in bars.iter().zip(&expected) {
        assert!((bar - expected).abs() <= 1e-12 * size, "{bars:?} instead of {expected:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]
    #[test]
    fn vector_nodes_equal_their_loops(
        w in sources(6), b in sources(3), h in sources(2), a in sources(3),
        x in prop::array::uniform12(-2.0..2.0f64),
        seeds in prop::collection::vec(prop_oneof![Just(0.0), -2.0..2.0f64], 1..8),
    ) {
        check(&[w, b, h, a], &x, &seeds);
    }
}

/// Enough rows for the blocked inner loop, with a remainder.
#[test]
fn large_layers() {
    let (rows, cols) = (11, 7);
    let n = rows * cols + rows + cols;
    let value = |i: usize| ((i * 37 % 101) as f64 - 50.0) / 60.0;
    let tape = Tape::new();
    let vars = tape.vars(&(0..n).map(value).collect::<Vec<_>>());
    let (w, rest) = vars.split_at(rows * cols);
    let (b, x) = rest.split_at(rows);
    let mut y = vec![Scalar::zero(); rows];
    let before = tape.len();
    Scalar::dense_layer(w, b, x, &mut y);
    assert_eq!(tape.len() - before, rows, "no copies of operands in a row");
    let mut adjoints = Adjoints::new();
    for zeros in [0, 3] {
        let y_bar: Vec<f64> =
            (0..rows).map(|i| if i < zeros { 0.0 } else { value(3 * i) }).collect();
        tape.pullback(&y, &y_bar, &mut adjoints).unwrap();
        for j in 0..cols {
            let expected: f64 = (0..rows).map(|i| w[j * rows + i].value() * y_bar[i]).sum();
            assert!((adjoints.wrt(x[j]).unwrap() - expected).abs() < 1e-14);
            for i in 0..rows {
                let bar = adjoints.wrt(w[j * rows + i]).unwrap();
                assert_eq!(bar, x[j].value() * y_bar[i]);
            }
        }
        assert_eq!(adjoints.wrt_slice(b).unwrap(), y_bar);
    }
}

/// The first of equals, NaN where one is NaN, and one node.
#[test]
fn the_largest_has_the_cotangent() {
    let tape = Tape::new();
    let x = tape.vars(&[1.0, 4.0, -2.0, 4.0, f64::NAN]);
    let before = tape.len();
    let largest = Var::max_of(&x[..4]);
    assert_eq!((largest.value(), tape.len() - before), (4.0, 1));
    let undefined = Var::max_of(&x);
    assert!(undefined.value().is_nan());
    let (mut adjoints, seeds) = (Adjoints::new(), [3.0]);
    tape.pullback(&[largest], &seeds, &mut adjoints).unwrap();
    assert_eq!(adjoints.wrt_slice(&x).unwrap(), [0.0, 3.0, 0.0, 0.0, 0.0]);
    tape.pullback(&[undefined], &seeds, &mut adjoints).unwrap();
    assert_eq!(adjoints.wrt_slice(&x).unwrap(), [0.0, 0.0, 0.0, 0.0, 3.0]);
    assert_eq!(Var::<f64>::max_of(&[]).value(), f64::NEG_INFINITY);
    assert_eq!(Var::max_of(&[x[0], Var::constant(7.0)]).value(), 7.0);
    // In a program each lane has its own.
    let program = Program::record(3, |x| vec![Scalar::max_of(x)]).unwrap();
    assert_eq!(program.explain().operations, 1);
    let (mut work, mut y, mut bars) = (program.work(), [Lanes([0.0; 4])], [Lanes([0.0; 4]); 3]);
    let x = [[1.0, 2.0, 5.0, 0.0], [3.0, 2.0, 1.0, f64::NAN], [2.0, 2.0, 5.0, 1.0]].map(Lanes);
    program.forward(&x, &mut y, &mut work).unwrap();
    program.reverse(&[Lanes([1.0, 2.0, 3.0, 4.0])], &mut bars, &mut work).unwrap();
    assert_eq!(y[0].0[..3], [3.0, 2.0, 5.0]);
    assert!(y[0].0[3].is_nan());
    let expected = [[0.0, 2.0, 3.0, 0.0], [1.0, 0.0, 0.0, 4.0], [0.0; 4]];
    assert_eq!(bars.map(|bar| bar.0), expected);
}

/// One node for all elements, also of a function that no program could hold, and to second order.
#[test]
fn a_map_is_one_node() {
    /// `x / (1 + x²)`.
    #[derive(Clone, Copy, Debug)]
    struct Own;
    impl Unary for Own {
        fn f64(self, x: f64) -> f64 {
            x / (1.0 + x * x)
        }
        fn slope<S: Scalar>(self, x: S, _: S) -> S {
            let square = x * x;
            (S::one() - square) / (S::one() + square).powi(2)
        }
    }
    let tape = Tape::new();
    let values = [0.5, -1.0, 2.0].map(|x| Dual { re: x, eps: [1.0] });
    let x = tape.vars(&values);
    let mut y = [x[0]; 3];
    let before = tape.len();
    Var::map(Own, &x, &mut y);
    assert_eq!(tape.len() - before, 6, "slopes and values");
    let seeds = [1.0, 10.0, 0.0].map(Dual::constant);
    let mut adjoints = Adjoints::new();
    tape.pullback(&y, &seeds, &mut adjoints).unwrap();
    for ((x, bar), seed) in values.iter().zip(adjoints.wrt_slice(&x).unwrap()).zip(seeds) {
        let slope = Own.slope(*x, x.unary(Own));
        assert_eq!((bar.re, bar.eps[0]), (slope.re * seed.re, slope.eps[0] * seed.re));
    }
    // Scattered operands, constants among them, and slices of different lengths.
    let mut few = [Var::constant(Dual::constant(9.0)); 2];
    Var::map(Own, &[x[2], Var::constant(Dual::constant(3.0)), x[0]], &mut few);
    assert_eq!(few.map(|y| y.value().re), [0.4, 0.3]);
    // A slope that is not finite adds nothing where its result does not count.
    let x = tape.vars(&[0.0, 4.0].map(Dual::constant));
    let mut y = [x[0]; 2];
    Var::map(function::Sqrt, &x, &mut y);
    tape.pullback(&y[1..], &[Dual::one()], &mut adjoints).unwrap();
    assert_eq!(
        adjoints.wrt_slice(&x).unwrap().iter().map(|bar| bar.re).collect::<Vec<_>>(),
        [0.0, 0.25]
    );
    let program = Program::record(300, |x| {
        let mut y = vec![Scalar::zero(); 300];
        Scalar::map(function::Tanh, x, &mut y);
        y
    });
    assert_eq!(program.unwrap().explain().instructions, 1);
}

#[test]
fn lengths_that_do_not_fit() {
    let tape = Tape::new();
    let x = tape.vars(&[1.0, 2.0, 3.0]);
    // Empty operands.
    assert_eq!(Var::dot(&[], &x).value(), 0.0);
    Var::axpy(x[0], &[], &mut []);
    Var::dense_layer(&[], &[], &x, &mut []);
    let mut y = [Var::constant(9.0)];
    Var::dense_layer(&[], &x[1..2], &[], &mut y);
    assert_eq!(y[0].value(), 2.0);
    assert_eq!(tape.len(), 3, "nothing to record");
    // The shorter operand counts, as in the loop.
    assert_eq!(Var::dot(&x[..2], &x).value(), 5.0);
    let mut y = [x[0], x[0], x[0]];
    Var::axpy(x[1], &x[1..], &mut y);
    assert_eq!(y.map(Var::value), [5.0, 7.0, 1.0]);
    let mut y = [Var::constant(0.0)];
    Var::dense_layer(&x[..2], &x[..1], &x, &mut y);
    assert_eq!(y[0].value(), 1.0 + 1.0 + 4.0);
    // A bias that does not fit is not guessed.
    Var::dense_layer(&x, &x[..2], &x, &mut y);
    assert!(f64::is_nan(y[0].value()));
}

#[test]
fn constants_alone_stay_constants() {
    let c = [1.0, 2.0, 3.0].map(Var::<f64>::constant);
    let mut y = c;
    Var::axpy(c[0], &c, &mut y);
    assert_eq!(Var::dot(&c, &y).value(), 28.0);
    Var::dense_layer(&[c, c, c].concat(), &c, &c, &mut y);
    assert!(y.iter().all(|y| y.is_constant()));
    assert_eq!(y.map(Var::value), [7.0, 14.0, 21.0]);
}
