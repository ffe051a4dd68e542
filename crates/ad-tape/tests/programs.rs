//! Replays of programs against plain evaluation, tape, duals and nested duals.

mod random;

use ad_tape::{ErrorKind, Program, Symbol, gradient};
use proptest::prelude::*;
use random::{Step, programs, run};
use scalar::{AnyBinary, AnyUnary, Dual, Jet, Lanes, Scalar, Unary, derivative};

fn recorded(steps: &[Step], inputs: usize) -> Program {
    Program::record(inputs, |x| vec![run(steps, x), run(&steps[..steps.len() / 2], x)]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]
    #[test]
    fn replays_agree_with_everything(
        steps in programs(40),
        points in prop::array::uniform5(prop::array::uniform4(-1.5..1.5f64)),
        seeds in prop::array::uniform2(-1.0..1.0f64),
    ) {
        let program = recorded(&steps, 4);
        let (mut work, mut wide) = (program.work(), program.work());
        let (mut narrow, mut duals) = (program.work(), program.work());
        let mut lanes = [Lanes([0.0; 5]); 2];
        let x_lanes = core::array::from_fn::<_, 4, _>(|i| Lanes(points.map(|x| x[i])));
        program.forward(&x_lanes, &mut lanes, &mut wide).unwrap();
        let mut bar_lanes = [Lanes([0.0; 5]); 4];
        program.reverse(&seeds.map(|s| Lanes([s; 5])), &mut bar_lanes, &mut wide).unwrap();
        // The same memory at one point after the other.
        for (lane, x) in points.iter().enumerate() {
            let expected = [run(&steps, x), run(&steps[..steps.len() / 2], x)];
            let mut y = [0.0; 2];
            program.forward(x, &mut y, &mut work).unwrap();
            prop_assert_eq!(y.map(f64::to_bits), expected.map(f64::to_bits));
            prop_assert_eq!(lanes.map(|y| y.0[lane].to_bits()), expected.map(f64::to_bits));

            let x_dual = core::array::from_fn::<_, 4, _>(|i| Dual::<f64, 4>::variable(x[i], i));
            let exact = [run(&steps, &x_dual), run(&steps[..steps.len() / 2], &x_dual)];
            let mut y_dual = exact;
            program.forward(&x_dual, &mut y_dual, &mut duals).unwrap();
            let parts = exact.iter().flat_map(|y| y.eps);
            let size = parts.fold(1.0, |m: f64, e| m.max(e.abs()));
            let (_, taped) = gradient(
                |x| run(&steps, x) * Scalar::from_f64(seeds[0])
                    + run(&steps[..steps.len() / 2], x) * Scalar::from_f64(seeds[1]),
                x,
            );
            let mut bars = [0.5; 4];
            program.reverse(&seeds, &mut bars, &mut work).unwrap();
            for i in 0..4 {
                let bar = bars[i] - 0.5;
                let by_dual = exact[0].eps[i] * seeds[0] + exact[1].eps[i] * seeds[1];
                prop_assert!((bar - by_dual).abs() <= 1e-12 * size, "{i}: {bar} {by_dual}");
                prop_assert!((taped[i] - by_dual).abs() <= 1e-12 * size);
                prop_assert!((bar_lanes[i].0[lane] - by_dual).abs() <= 1e-12 * size);
                for k in 0..2 {
                    prop_assert!((y_dual[k].eps[i] - exact[k].eps[i]).abs() <= 1e-12 * size);
                }
            }
            // Jets as jets.
            let line = core::array::from_fn::<_, 4, _>(|i| {
                Jet::<f64, 3>::variable(x[i]).scale(1.0 + 0.2 * i as f64)
            });
            let (mut jets, mut of_jets) = ([Jet::zero(); 2], program.work());
            program.forward(&line, &mut jets, &mut of_jets).unwrap();
            let exact = run(&steps, &line);
            for k in 0..4 {
                let size = exact.derivative(k).abs().max(1.0);
                let same = (jets[0].derivative(k) - exact.derivative(k)).abs() <= 1e-11 * size;
                prop_assert!(same || exact.derivative(k).is_nan());
            }
            // f32 as plain f32.
            let x_narrow = x.map(|x| x as f32);
            let mut y_narrow = [0.0f32; 2];
            program.forward(&x_narrow, &mut y_narrow, &mut narrow).unwrap();
            let plain = run(&steps, &x_narrow);
            prop_assert!((y_narrow[0] - plain).abs() <= 1e-3 * plain.abs().max(1.0));
        }
    }

    /// Forward over reverse: second derivatives as by nested duals.
    #[test]
    fn second_derivatives_agree(
        steps in programs(15), x in prop::array::uniform4(-1.5..1.5f64),
        v in prop::array::uniform4(-1.0..1.0f64),
    ) {
        type D = Dual<f64, 1>;
        let program = Program::record(4, |x| vec![run(&steps, x)]).unwrap();
        let along = core::array::from_fn::<_, 4, _>(|i| D { re: x[i], eps: [v[i]] });
        let (mut work, mut y, mut bars) = (program.work(), [D::zero()], [D::zero(); 4]);
        program.forward(&along, &mut y, &mut work).unwrap();
        program.reverse(&[D::one()], &mut bars, &mut work).unwrap();
        let nested = core::array::from_fn::<_, 4, _>(|i| Dual::<D, 4>::variable(along[i], i));
        let exact = run(&steps, &nested);
        let parts = exact.eps.iter().flat_map(|e| [e.re, e.eps[0]]);
        let size = parts.fold(1.0, |m: f64, e| m.max(e.abs()));
        for i in 0..4 {
            prop_assert!((bars[i].re - exact.eps[i].re).abs() <= 1e-12 * size);
            prop_assert!((bars[i].eps[0] - exact.eps[i].eps[0]).abs() <= 1e-11 * size);
        }
    }
}

/// A loop of the model over cells becomes few instructions, with the bits of the loop.
#[test]
fn loops_become_runs() {
    fn ring<S: Scalar>(x: &[S]) -> Vec<S> {
        let n = x.len();
        let cell = |i: usize| {
            let (left, right) = (x[(i + n - 1) % n], x[(i + 1) % n]);
            (left + right - x[i].scale(2.0)) * x[i].sin() + x[i] / (S::one() + x[i] * x[i])
        };
        (0..n).map(cell).collect()
    }
    let n = 1000;
    let program = Program::record(n, |x| ring(x)).unwrap();
    let explained = program.explain();
    assert_eq!((explained.recorded, explained.operations), (9 * n, 9 * n));
    assert!(explained.instructions < 40, "{explained}");
    assert!(program.bytes() < 20 * n, "{explained}");
    let x: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
    let (mut work, mut y) = (program.work(), vec![0.0; n]);
    program.forward(&x, &mut y, &mut work).unwrap();
    assert_eq!(y, ring(&x));
    let seeds: Vec<f64> = (0..n).map(|i| ((i * i) as f64).sin()).collect();
    let mut bars = vec![0.0; n];
    program.reverse(&seeds, &mut bars, &mut work).unwrap();
    for i in [0, 1, 500, 999] {
        let lifted: Vec<Dual> =
            x.iter().enumerate().map(|(k, &x)| Dual { re: x, eps: [f64::from(k == i)] }).collect();
        let exact: f64 = ring(&lifted).iter().zip(&seeds).map(|(y, s)| y.eps[0] * s).sum();
        assert!((bars[i] - exact).abs() < 1e-12);
    }
}

/// Every function of `scalar`, by its rule.
#[test]
fn all_functions_are_replayed() {
    let constant = [AnyUnary::Powi(-3), AnyUnary::Powf(1.7), AnyUnary::Polygamma(2)];
    for &f in AnyUnary::ALL.iter().chain(&constant) {
        let program = Program::record(1, |x| vec![x[0].unary(f)]).unwrap();
        let (mut work, mut y, mut bar) = (program.work(), [0.0], [0.0]);
        for x in [0.3f64, 0.8, 1.7] {
            bar[0] = 0.0;
            program.forward(&[x], &mut y, &mut work).unwrap();
            program.reverse(&[1.0], &mut bar, &mut work).unwrap();
            let (value, slope) = derivative::of(f, x);
            assert!(y[0] == value || value.is_nan(), "{}({x})", f.name());
            assert!(bar[0] == slope || slope.is_nan(), "{}'({x})", f.name());
        }
    }
    for &f in AnyBinary::ALL {
        let program = Program::record(2, |x| vec![x[0].binary(x[1], f)]).unwrap();
        let (mut work, mut y, mut bar) = (program.work(), [0.0], [0.0; 2]);
        program.forward(&[1.3, 0.4], &mut y, &mut work).unwrap();
        program.reverse(&[1.0], &mut bar, &mut work).unwrap();
        let (value, dx, dy) = derivative::of_two(f, 1.3, 0.4);
        assert_eq!((y[0], bar), (value, [dx, dy]), "{f:?}");
    }
    /// Not one of `scalar`.
    #[derive(Clone, Copy, Debug)]
    struct Own;
    impl Unary for Own {
        fn f64(self, x: f64) -> f64 {
            x
        }
        fn slope<S: Scalar>(self, _: S, _: S) -> S {
            S::one()
        }
    }
    let unknown = Program::record(1, |x| vec![x[0].unary(Own)]).unwrap_err();
    assert_eq!(*unknown.kind(), ErrorKind::UnknownFunction { name: "Own".into() });
}

#[test]
fn what_no_output_needs_is_left_out() {
    let program = Program::record(3, |x| {
        let unused = (x[0] * x[1]).exp();
        let mut layer = [unused; 2];
        Scalar::dense_layer(&[x[0], x[1], x[2], x[0]], &[x[0]; 2], &x[1..], &mut layer);
        let (twice, again) = (x[0] * x[1], x[1] * x[0]);
        let folded = Symbol::from_f64(2.0).sqrt() * Symbol::from_f64(2.0).sqrt();
        vec![twice.sin() - again.sin(), x[2] * folded, folded]
    })
    .unwrap();
    let explained = program.explain();
    assert_eq!(explained.operations, 4, "mul, sin, sub, mul\n{explained}");
    let (mut work, mut y) = (program.work(), [0.0; 3]);
    program.forward(&[2.0, 3.0, 5.0], &mut y, &mut work).unwrap();
    let two = 2f64.sqrt() * 2f64.sqrt();
    assert_eq!(y, [0.0, 5.0 * two, two]);
}

/// √x is NaN on the side that was not chosen, and so is its derivative; with lanes each for itself.
#[test]
fn the_side_not_chosen_does_not_count() {
    let program = Program::record(2, |x| {
        vec![x[0].select_lt(Scalar::from_f64(1e-9), x[0] * x[1], x[0].sqrt() * x[1])]
    });
    let program = program.unwrap();
    let (mut work, mut y, mut bars) = (program.work(), [Lanes([0.0; 4]); 1], [Lanes([0.0; 4]); 2]);
    let x = [Lanes([-4.0, 0.0, 4.0, f64::NAN]), Lanes([3.0; 4])];
    program.forward(&x, &mut y, &mut work).unwrap();
    program.reverse(&[Lanes([1.0; 4])], &mut bars, &mut work).unwrap();
    assert_eq!(
        (bars[0].0[..3].to_vec(), bars[1].0[..3].to_vec()),
        (vec![3.0, 3.0, 0.75], vec![-4.0, 0.0, 2.0])
    );
    assert!(bars[0].0[3].is_nan(), "a NaN that counts is not hidden");
}

#[test]
fn nothing_is_allocated_once_warm() {
    let program = Program::record(40, |x| {
        let mut y = vec![Symbol::zero(); 6];
        Scalar::dense_layer(&x[..30], &x[30..36], &x[35..40], &mut y);
        y.iter().map(|y| y.tanh()).collect()
    })
    .unwrap();
    let (mut work, x, mut y, mut bars) = (program.work(), [0.1; 40], [0.0; 6], [0.0; 40]);
    let mut wide = program.work();
    let (x_wide, mut y_wide) = ([Lanes([0.1; 8]); 40], [Lanes([0.0; 8]); 6]);
    let mut bars_wide = [Lanes([0.0; 8]); 40];
    let mut replay = || {
        program.forward(&x, &mut y, &mut work).unwrap();
        program.reverse(&[1.0; 6], &mut bars, &mut work).unwrap();
        program.forward(&x_wide, &mut y_wide, &mut wide).unwrap();
        program.reverse(&[Lanes([1.0; 8]); 6], &mut bars_wide, &mut wide).unwrap();
    };
    replay();
    assert_eq!(allocation_counter::measure(replay).count_total, 0);
}

/// 12 bytes an operation in the end, and what the documentation says on the way.
#[test]
fn ten_million_operations() {
    let n = 10_000_000;
    let mut program = None;
    let counted = allocation_counter::measure(|| {
        let recorded = Program::record(1, |x| {
            let mut y = x[0];
            for k in 0..n / 2 {
                y = y * x[0] + Symbol::constant(if k % 2 == 0 { 0.5 } else { -0.5 });
            }
            vec![y]
        });
        program = recorded.ok();
    });
    let program = program.unwrap();
    let explained = program.explain();
    assert_eq!((explained.recorded, explained.operations), (n, n));
    assert!(program.bytes() <= 12 * n + 100, "{explained}");
    assert!(counted.bytes_max <= 80 * n as u64, "{} bytes", counted.bytes_max);
    let (mut work, mut y, mut bar) = (program.work(), [0.0], [0.0]);
    program.forward(&[0.25], &mut y, &mut work).unwrap();
    program.reverse(&[1.0], &mut bar, &mut work).unwrap();
    assert!(work.bytes() <= 16 * n + 100);
    let exact = (0..n / 2).fold(Dual::variable(0.25, 0), |y: Dual, k| {
        y * Dual::variable(0.25, 0) + Dual::constant(if k % 2 == 0 { 0.5 } else { -0.5 })
    });
    assert_eq!(y[0], exact.re);
    assert!((bar[0] - exact.eps[0]).abs() < 1e-12);
}

#[test]
fn misuse_is_an_error() {
    let program = Program::record(2, |x| vec![x[0] * x[1]]).unwrap();
    let other = Program::record(2, |x| vec![x[0] + x[1]]).unwrap();
    let (mut work, mut y) = (program.work::<f64>(), [0.0]);
    let kind = |result: Result<(), ad_tape::Error>| result.unwrap_err().kind().clone();
    let unready = kind(program.reverse(&[1.0], &mut [0.0; 2], &mut work));
    assert_eq!(unready, ErrorKind::NotForward);
    let lengths = kind(program.forward(&[1.0], &mut y, &mut work));
    assert!(matches!(lengths, ErrorKind::Lengths { found: 1, expected: 2, .. }));
    let lengths = kind(program.forward(&[1.0; 2], &mut [0.0; 2], &mut work));
    assert!(matches!(lengths, ErrorKind::Lengths { found: 2, expected: 1, .. }));
    program.forward(&[1.0; 2], &mut y, &mut work).unwrap();
    let lengths = kind(program.reverse(&[1.0; 3], &mut [0.0; 2], &mut work));
    assert!(matches!(lengths, ErrorKind::Lengths { found: 3, expected: 1, .. }));
    let lengths = kind(program.reverse(&[1.0], &mut [0.0; 4], &mut work));
    assert!(matches!(lengths, ErrorKind::Lengths { found: 4, expected: 2, .. }));
    assert_eq!(kind(other.forward(&[1.0; 2], &mut y, &mut work)), ErrorKind::OtherProgram);
    let full = Program::record_within(3, 2, |x| vec![x[0] * x[1] + x[0]]).unwrap_err();
    assert_eq!(*full.kind(), ErrorKind::Full { limit: 3 });
    let full = Program::record_within(3, 4, |x| vec![x[0]]).unwrap_err();
    assert_eq!(*full.kind(), ErrorKind::Full { limit: 3 });
    // Nothing at all is a program, too.
    let empty = Program::record(0, |_| vec![]).unwrap();
    empty.forward(&[], &mut [], &mut empty.work::<f64>()).unwrap();
}

#[test]
fn symbols_of_two_recordings_do_not_mix() {
    let mut inner = None;
    let outer = Program::record(1, |x| {
        let mix = Program::record(1, |y| {
            let _ = y[0] * x[0];
            vec![y[0]]
        });
        inner = Some(mix);
        vec![x[0]]
    });
    assert!(outer.is_ok());
    assert_eq!(*inner.unwrap().unwrap_err().kind(), ErrorKind::ForeignOperand);
}

/// Two fields, stored cell by cell, with neighbours across the border.
fn cells<S: Scalar>(x: &[S]) -> Vec<S> {
    let cell = |i: usize| {
        let (a, b, next) = (x[2 * i], x[2 * i + 1], x[(2 * i + 2) % x.len()]);
        [a * a * b - next * b, (a - b).max(next) * b + a / (b * b + S::one())]
    };
    (0..x.len() / 2).flat_map(cell).collect()
}

/// Operands at a distance, cotangents that are written and those that are added to.
#[test]
fn loops_over_cells_are_few_instructions() {
    let n = 100;
    let program = Program::record(n, |x| cells(x)).unwrap();
    let few = program.explain().instructions;
    let larger = Program::record(2 * n, |x| cells(x)).unwrap();
    assert!(few < 50 && few == larger.explain().instructions, "{few}");
    // The same with an input and a value twice among the outputs.
    let twice = Program::record(n, |x| {
        let mut y = cells(x);
        y.extend([x[3], y[7], y[7]]);
        y
    });
    let x: Vec<f64> = (0..n).map(|i| 1.0 + (i as f64).sin()).collect();
    for (program, extra) in [(program, false), (twice.unwrap(), true)] {
        let y_bar: Vec<f64> =
            (0..program.outputs()).map(|i| (1.0 + 3.0 * i as f64).cos()).collect();
        let mut exact = vec![0.0; n];
        for (j, exact) in exact.iter_mut().enumerate() {
            let lift = |(i, &re): (usize, &f64)| Dual { re, eps: [f64::from(i == j)] };
            let lifted: Vec<Dual> = x.iter().enumerate().map(lift).collect();
            let mut y = cells(&lifted);
            if extra {
                y.extend([lifted[3], y[7], y[7]]);
            }
            *exact = y.iter().zip(&y_bar).map(|(y, bar)| y.eps[0] * bar).sum();
        }
        let (mut work, mut y) = (program.work(), vec![0.0; program.outputs()]);
        for _ in 0..2 {
            program.forward(&x, &mut y, &mut work).unwrap();
            assert_eq!(y[..n], cells(&x));
            // Nothing is left over from the sweep before.
            for _ in 0..2 {
                let mut x_bar = vec![0.0; n];
                program.reverse(&y_bar, &mut x_bar, &mut work).unwrap();
                for (bar, exact) in x_bar.iter().zip(&exact) {
                    assert!((bar - exact).abs() < 1e-13 * exact.abs().max(1.0), "{bar} {exact}");
                }
            }
        }
    }
}

/// A map over elements needs no node of its own: it is one instruction.
#[test]
fn a_map_over_elements_is_one_instruction() {
    let program = Program::record(300, |x| x.iter().map(|x| x.tanh()).collect()).unwrap();
    assert_eq!(program.explain().instructions, 1);
}
