//! What cannot be differentiated is said; nothing wraps, panics or gives a silent wrong answer.

use ad_tape::{Adjoints, ErrorKind, Recorder, Tape, Var, gradient};
use scalar::{Concrete, Scalar};

#[test]
fn variables_of_two_tapes_do_not_mix() {
    let (a, b) = (Tape::new(), Tape::new());
    let (x, y) = (a.var(1.0), b.var(2.0));
    let mut adjoints = Adjoints::new();
    let foreign = a.pullback(&[x, y], &[1.0; 2], &mut adjoints).unwrap_err();
    assert_eq!(*foreign.kind(), ErrorKind::ForeignOutput { position: 1 });

    let z = x * y;
    assert!(f64::is_nan(z.value()));
    for (tape, output) in [(&a, x), (&b, y)] {
        let mixed = tape.pullback(&[output], &[1.0], &mut adjoints).unwrap_err();
        assert_eq!(*mixed.kind(), ErrorKind::ForeignOperand);
        assert!(mixed.to_string().contains("two tapes"));
    }
}

#[test]
fn variables_of_two_tapes_do_not_mix_in_vector_nodes() {
    type Mix = for<'t> fn(Var<'t>, Var<'t>) -> Var<'t>;
    let dot: Mix = |x, y| Scalar::dot(&[x, y], &[x, x]);
    let axpy: Mix = |x, y| {
        let mut z = [x];
        Scalar::axpy(x, &[y], &mut z);
        z[0]
    };
    let layer: Mix = |x, y| {
        let mut z = [x];
        Scalar::dense_layer(&[x], &[x], &[y], &mut z);
        z[0]
    };
    for mix in [dot, axpy, layer] {
        let (a, b) = (Tape::new(), Tape::new());
        let (x, y) = (a.var(1.0), b.var(2.0));
        assert!(mix(x, y).value().is_nan());
        for (tape, output) in [(&a, x), (&b, y)] {
            let mixed = tape.pullback(&[output], &[1.0], &mut Adjoints::new()).unwrap_err();
            assert_eq!(*mixed.kind(), ErrorKind::ForeignOperand);
        }
    }
}

#[test]
fn tapes_nest() {
    // The derivative of x ↦ x (d/dy y² x at y = 3) = 6 x², by values from one tape to the other.
    let outer = Tape::new();
    let x = outer.var(2.0);
    let (_, inner) = gradient(|y| y[0] * y[0] * Var::constant(x.value()), &[3.0]);
    let f = x * Var::constant(inner[0]);
    let mut adjoints = Adjoints::new();
    outer.pullback(&[f], &[1.0], &mut adjoints).unwrap();
    assert_eq!((f.value(), adjoints.wrt(x).unwrap()), (24.0, 12.0));
}

#[test]
fn adjoints_belong_to_one_recording() {
    let (mut tape, other, mut adjoints) = (Tape::new(), Tape::new(), Adjoints::new());
    let x = tape.vars(&[1.0, 2.0, 3.0]);
    let y = x[0] * x[2];
    tape.pullback(&[y], &[1.0], &mut adjoints).unwrap();
    let later = y * y;
    assert_eq!(adjoints.wrt(later).unwrap(), 0.0);
    assert_eq!(adjoints.wrt_slice(&x).unwrap(), [3.0, 0.0, 1.0]);
    assert_eq!(adjoints.wrt_slice(&[]).unwrap(), [0.0; 0]);
    let order = adjoints.wrt_slice(&[x[0], x[2]]).unwrap_err();
    assert_eq!(*order.kind(), ErrorKind::NotContiguous { position: 1 });
    let order = adjoints.wrt_slice(&[x[1], x[0]]).unwrap_err();
    assert_eq!(*order.kind(), ErrorKind::NotContiguous { position: 1 });
    let constant = adjoints.wrt_slice(&[Var::constant(1.0)]).unwrap_err();
    assert_eq!(*constant.kind(), ErrorKind::NotContiguous { position: 0 });
    let unswept = adjoints.wrt_slice(&[y, later]).unwrap_err();
    assert_eq!(*unswept.kind(), ErrorKind::NotPulledBack { position: 0 });
    let foreign = adjoints.wrt(other.var(1.0)).unwrap_err();
    assert_eq!(*foreign.kind(), ErrorKind::NotPulledBack { position: 0 });
    let count = tape.pullback(&[y], &[], &mut adjoints).unwrap_err();
    assert_eq!(*count.kind(), ErrorKind::SeedCount { outputs: 1, seeds: 0 });

    tape.clear();
    let x = tape.var(1.0);
    let stale = adjoints.wrt(x).unwrap_err();
    assert_eq!(*stale.kind(), ErrorKind::NotPulledBack { position: 0 });
}

#[test]
fn a_full_tape_says_so() {
    type F = for<'t> fn(&[Var<'t>]) -> Var<'t>;
    let programs: [(F, usize); 4] = [
        (|x| x[0] * x[1] + x[0], 4),
        (|x| Scalar::dot(x, x), 3),
        (|x| Scalar::dot(&[x[1], x[0]], x), 5),
        (
            |x| {
                let mut y = [x[0]; 2];
                Scalar::dense_layer(&[x[0], x[1], x[1], x[0]], x, x, &mut y);
                Scalar::axpy(y[0], x, &mut y);
                y[1]
            },
            10,
        ),
    ];
    for (f, nodes) in programs {
        let mut gradient = [0.0; 2];
        for limit in 0..nodes {
            let mut recorder = Recorder::on(Tape::with_limit(limit));
            let full = recorder.gradient(f, &[1.0, 2.0], &mut gradient).unwrap_err();
            assert_eq!(*full.kind(), ErrorKind::Full { limit });
        }
        let mut recorder = Recorder::on(Tape::with_limit(nodes));
        recorder.gradient(f, &[1.0, 2.0], &mut gradient).unwrap();
        let lengths = recorder.gradient(f, &[1.0, 2.0], &mut [0.0]).unwrap_err();
        assert!(matches!(lengths.kind(), ErrorKind::Lengths { found: 1, expected: 2, .. }));
    }
    // Full once is not full for ever.
    let mut tape = Tape::with_limit(2);
    let x = tape.var(1.0);
    assert!(f64::is_nan((x + x + x).value()));
    tape.clear();
    let x = tape.var(1.0);
    tape.pullback(&[x + x], &[1.0], &mut Adjoints::new()).unwrap();
}

/// √x is NaN on the side that was not chosen, and so is its derivative.
#[test]
fn the_side_not_chosen_does_not_count() {
    for x in [-4.0, 0.0] {
        let (f, bars) = gradient(
            |x| x[0].select_lt(Scalar::from_f64(1e-9), x[0] * x[1], x[0].sqrt()),
            &[x, 3.0],
        );
        assert_eq!((f, bars), (3.0 * x, vec![3.0, x]));
    }
    // The same for one output of a vector node.
    let (_, bars) = gradient(
        |x| {
            let mut y = [x[0]; 2];
            Scalar::dense_layer(&[x[0], x[0] / (x[0] - x[0])], &[x[0]; 2], &[x[1]], &mut y);
            y[0]
        },
        &[2.0, 3.0],
    );
    assert_eq!(bars, [4.0, 2.0]);
    // A NaN that does count is not hidden.
    let (_, bars) = gradient(|x| x[0].sqrt() * x[1], &[-1.0, 1.0]);
    assert!(bars[0].is_nan() && bars[1].is_nan());
}

#[test]
fn degenerate_functions() {
    assert_eq!(gradient(|_| Var::constant(2.0), &[1.0]), (2.0, vec![0.0]));
    assert_eq!(gradient(|_| Var::constant(2.0), &[]), (2.0, vec![]));
    assert_eq!(gradient(|x| x[1], &[1.0, 5.0]), (5.0, vec![0.0, 1.0]));
    let (value, bars, hessian) = ad_tape::hessian(|_| Scalar::from_f64(2.0), &[]);
    assert_eq!((value, bars, hessian), (2.0, vec![], vec![]));
}

#[test]
fn error_control_sees_values_only() {
    let tape = Tape::new();
    let (error, state) = (tape.var(1e-3), tape.var(100.0));
    let square = Var::scaled_square(error, state, state, 0.0, 1e-5);
    assert!(square.is_constant() && (square.value() - 1.0).abs() < 1e-12);
    assert!(tape.var(f64::NAN).largest_part().is_nan() && !tape.var(f64::INFINITY).is_finite());
}

/// 32 bytes a node for reals, and 8 for its adjoint; the arrays grow by doubling.
#[test]
fn a_million_nodes() {
    let (mut tape, mut adjoints) = (Tape::new(), Adjoints::new());
    let n = 1_000_000;
    let mut bytes = 0;
    for round in 0..2 {
        tape.clear();
        let x = tape.var(1.0);
        let mut y = x;
        for _ in 1..n {
            y += x;
        }
        assert_eq!(tape.len(), n);
        assert!(tape.bytes() <= 2 * 32 * (n + 16), "{} bytes", tape.bytes());
        tape.pullback(&[y], &[1.0], &mut adjoints).unwrap();
        assert_eq!(adjoints.wrt(x).unwrap(), n as f64);
        assert!(round == 0 || tape.bytes() == bytes, "the memory is kept");
        bytes = tape.bytes();
        assert!(adjoints.bytes() <= 2 * 8 * n);
    }
}
