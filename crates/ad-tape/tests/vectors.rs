//! Vector nodes against their loops, whatever the operands are.

use ad_tape::{Adjoints, Tape, Var};
use proptest::prelude::*;
use scalar::{Dual, Scalar};

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
