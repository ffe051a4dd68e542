//! Values, slopes and the slice kernels of the activations.

use nn::Activation::{self, Gelu, Identity, Relu, Sigmoid, Silu, Sin, Softplus, Tanh};
use scalar::Dual;

const ALL: [Activation; 8] = [Identity, Tanh, Sin, Sigmoid, Softplus, Silu, Gelu, Relu];

fn points() -> impl Iterator<Item = f64> {
    (-400..=400).map(|k| f64::from(k) * 0.1).chain([0.0, -0.0, 1e-300, -1e-9, 700.0, -700.0])
}

/// Closed forms to 17 digits.
#[test]
fn published_values() {
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 2e-16 * b.abs().max(1.0), "{a} {b}");
    close(Tanh.apply(0.7), 0.604_367_777_117_163_6);
    close(Tanh.derivative(0.7), 0.634_739_589_982_458_4);
    close(Softplus.apply(1.0), 1.313_261_687_518_222_8);
    close(Softplus.derivative(-1.0), 0.268_941_421_369_995_1);
    close(Silu.apply(1.0), 0.731_058_578_630_004_9);
    close(Silu.apply(-1.0), -0.268_941_421_369_995_1);
    // The minimum of silu, where its derivative vanishes (Elfwing et al. 2018: about (-1.28, -0.28)).
    assert!(Silu.derivative(-1.278_464_542_761_074f64).abs() < 1e-15);
    close(Silu.apply(-1.278_464_542_761_074), -0.278_464_542_761_073_8);
}

#[test]
fn derivatives_are_those_of_duals_and_differences() {
    for f in ALL {
        for x in points() {
            let (slope, dual) = (f.derivative(x), f.apply(Dual::<f64>::variable(x, 0)));
            assert_eq!(dual.re.to_bits(), f.apply(x).to_bits(), "{f}({x})");
            let dual = dual.eps[0];
            assert!((slope - dual).abs() <= 1e-15 * x.abs().max(1.0), "{f}'({x}) {slope} {dual}");
            // A difference across the kink says nothing.
            if f == Relu && x.abs() < 0.01 {
                continue;
            }
            let h = 2e-3;
            let d = |k: f64| f.apply(x + k * h) - f.apply(x - k * h);
            let difference = (45.0 * d(1.0) - 9.0 * d(2.0) + d(3.0)) / (60.0 * h);
            let error = (slope - difference).abs();
            assert!(error < 1e-11 * x.abs().max(1.0), "{f}'({x}): {slope} {difference}");
        }
    }
}

#[test]
fn slices_agree_with_single_values() {
    for f in ALL {
        let x: Vec<f64> = points().collect();
        let (mut values, mut with_slope, mut slope) = (x.clone(), x.clone(), vec![0.0; x.len()]);
        f.apply_slice(&mut values);
        f.apply_with_slope(&mut with_slope, &mut slope);
        // Far to the left GELU is the exponential of a large number, whose rounding counts.
        let rtol = if f == Gelu { 3e-13 } else { 1e-15 };
        let close = |a: f64, b: f64, scale: f64| (a - b).abs() <= rtol * b.abs().max(scale);
        for (i, &x) in x.iter().enumerate() {
            assert_eq!(values[i].to_bits(), with_slope[i].to_bits(), "{f}({x})");
            assert!(close(values[i], f.apply(x), 1e-300), "{f}({x}) {} {}", values[i], f.apply(x));
            assert!(close(slope[i], f.derivative(x), 1.0), "{f}'({x})");
            let all = f.derivatives(x);
            assert!(close(all[0], values[i], 0.0) && close(all[1], slope[i], 0.1), "{f}({x})");
        }
        let (mut single, mut slopes) =
            (x.iter().map(|&x| x as f32).collect::<Vec<_>>(), vec![0.0; x.len()]);
        f.apply_with_slope(&mut single, &mut slopes);
        for (i, &x) in x.iter().enumerate() {
            let x = x as f32;
            let (y, dy) = (f.apply(f64::from(x)) as f32, f.derivative(f64::from(x)) as f32);
            let rtol = if f == Gelu { 2e-5 } else { 5e-7 };
            assert!(
                (single[i] - y).abs() <= rtol * y.abs().max(1e-30),
                "{f}({x}) {} {y}",
                single[i]
            );
            assert!(
                (slopes[i] - dy).abs() <= 1e-6 * dy.abs().max(1.0),
                "{f}'({x}) {} {dy}",
                slopes[i]
            );
        }
    }
}

/// Each derivative against a sixth-order difference of the one before.
#[test]
fn higher_derivatives_are_those_of_differences() {
    for f in ALL {
        for k in -60..=60 {
            let x = f64::from(k) * 0.1 + 0.013;
            let h = 2e-3;
            let exact: [f64; 6] = f.derivatives(x);
            let at = |k: f64| f.derivatives(x + k * h);
            let (a, b, c) = ((at(1.0), at(-1.0)), (at(2.0), at(-2.0)), (at(3.0), at(-3.0)));
            for n in 0..5 {
                let d = |pair: ([f64; 6], [f64; 6])| pair.0[n] - pair.1[n];
                let difference = (45.0 * d(a) - 9.0 * d(b) + d(c)) / (60.0 * h);
                let error = (exact[n + 1] - difference).abs();
                assert!(error < 1e-9, "{f} order {} at {x}: {} {difference}", n + 1, exact[n + 1]);
            }
        }
    }
}

/// tanh at 0.7, to 16 digits.
#[test]
fn published_derivatives() {
    let known: [f64; 5] = [
        0.604_367_777_117_163_6,
        0.634_739_589_982_458_4,
        -0.767_232_310_091_916_4,
        0.121_592_277_383_236_93,
        2.774_983_422_780_783_5,
    ];
    for (found, known) in Tanh.derivatives(0.7).into_iter().zip(known) {
        assert!((found - known).abs() < 4e-15, "{found} {known}");
    }
}

#[test]
fn far_out_nothing_overflows() {
    for x in [1e4, 1e300] {
        assert_eq!((Softplus.apply(x), Softplus.apply(-x)), (x, 0.0));
        assert_eq!((Silu.apply(x), Silu.apply(-x)), (x, -0.0));
        let ends = [(Tanh, 0.0, 0.0), (Softplus, 1.0, 0.0), (Silu, 1.0, 0.0), (Gelu, 1.0, 0.0)];
        for (f, right, left) in ends {
            assert_eq!(f.derivatives(x)[1..], [right, 0.0, 0.0, 0.0, 0.0], "{f}");
            assert_eq!(f.derivatives(-x)[1..], [left, 0.0, 0.0, 0.0, 0.0], "{f}");
            assert_eq!((f.derivative(x), f.derivative(-x)), (right, left), "{f}");
        }
    }
}

#[test]
fn not_a_number_stays_visible() {
    for f in ALL {
        let (mut z, mut slope) = ([f64::NAN], [0.0]);
        f.apply_with_slope(&mut z, &mut slope);
        assert!(z[0].is_nan() && f.apply(f64::NAN).is_nan(), "{f}");
    }
}

/// Limits, alike by the functions for all number types and by the kernels.
#[test]
fn at_infinity() {
    let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
    for x in [f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, f64::NAN] {
        for f in [Tanh, Sigmoid, Softplus, Silu, Gelu, Relu] {
            let (mut z, mut slope) = ([x], [0.0]);
            f.apply_with_slope(&mut z, &mut slope);
            assert!(same(f.apply(x), z[0]), "{f:?}({x}): {} and {}", f.apply(x), z[0]);
            let derivative = f.derivative(x);
            assert!(same(derivative, slope[0]), "{f:?}'({x}): {derivative} and {}", slope[0]);
        }
    }
}
