use super::Disagreement;

/// Units in the last place that a value may be wrong by.
const UNITS: u64 = 2;
/// Relative error that a derivative may have.
const RELATIVE: f64 = 1e-12;
/// Derivatives below this are as good as 0: their digits are lost where products underflow.
const NEGLIGIBLE: f64 = 1e-290;

fn agree(
    number: &'static str,
    order: usize,
    found: f64,
    expected: f64,
    yes: bool,
) -> Result<(), Disagreement> {
    if yes { Ok(()) } else { Err(Disagreement { number, order, found, expected }) }
}

/// A value in double precision.
pub(super) fn value(number: &'static str, found: f64, expected: f64) -> Result<(), Disagreement> {
    let key = |x: f64| if x < 0.0 { -(x.abs().to_bits() as i64) } else { x.abs().to_bits() as i64 };
    let close = key(found).abs_diff(key(expected)) <= UNITS;
    let yes = if expected.is_nan() { found.is_nan() } else { close && !found.is_nan() };
    agree(number, 0, found, expected, yes)
}

/// A value in single precision, where the exact one fits.
pub(super) fn single(found: f32, exact: f64) -> Result<(), Disagreement> {
    let expected = exact as f32;
    let key = |x: f32| if x < 0.0 { -(x.abs().to_bits() as i32) } else { x.abs().to_bits() as i32 };
    let close = u64::from(key(found).abs_diff(key(expected))) <= UNITS;
    let yes = if expected.is_nan() { found.is_nan() } else { close && !found.is_nan() };
    agree("f32", 0, f64::from(found), f64::from(expected), yes)
}

/// Lanes against `f64` alone.
pub(super) fn same_bits<const W: usize>(
    number: &'static str,
    lanes: [f64; W],
    alone: f64,
) -> Result<(), Disagreement> {
    for lane in lanes {
        let yes = lane.to_bits() == alone.to_bits() || (lane.is_nan() && alone.is_nan());
        agree(number, 0, lane, alone, yes)?;
    }
    Ok(())
}

/// A derivative of order 1 or higher, to `tolerance` times the usual.
pub(super) fn derivative(
    number: &'static str,
    order: usize,
    found: f64,
    expected: f64,
    tolerance: f64,
) -> Result<(), Disagreement> {
    let yes = if expected.is_finite() {
        (found - expected).abs() <= tolerance * RELATIVE * expected.abs() + NEGLIGIBLE
    } else if order == 1 && expected.is_infinite() {
        found == expected
    } else {
        !found.is_finite()
    };
    agree(number, order, found, expected, yes)
}

/// A first derivative in single precision, where it fits.
pub(super) fn single_derivative(found: f32, expected: f64) -> Result<(), Disagreement> {
    let found = f64::from(found);
    let size = expected.abs();
    let yes = (found - expected).abs() <= 1e-5 * size + 1e-30 || size > f64::from(f32::MAX);
    agree("Dual<f32>", 1, found, expected, yes)
}
