//! Numbers of a method written into the memory of a checkpoint, which holds numbers of the state's
//! type, and read back without a changed bit.

use super::Parts;

/// How many numbers of type `S` hold one `f64`: one if nothing is rounded, three for `f32`.
fn width<S: Parts>() -> usize {
    let exact = S::from_f64(1.0 + f64::EPSILON).part(0) == 1.0 + f64::EPSILON;
    if exact { 1 } else { 3 }
}

/// Appends `value`, which must be finite and in the range of `S`.
pub(super) fn write<S: Parts>(notes: &mut Vec<S>, value: f64) {
    let mut rest = value;
    for _ in 0..width::<S>() {
        let leading = S::from_f64(rest);
        rest -= leading.part(0);
        notes.push(leading);
    }
}

/// Takes the next value off the front; 0 if there is none.
pub(super) fn read<S: Parts>(notes: &mut &[S]) -> f64 {
    match notes.split_at_checked(width::<S>()) {
        Some((first, rest)) => {
            *notes = rest;
            // The smallest first: each sum is a number that was there before.
            first.iter().rev().fold(0.0, |sum, x| x.part(0) + sum)
        }
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scalar::Dual;

    fn round_trip<S: Parts>() {
        let values = [0.0, 1.0, -0.1, 1e-17, 1e11 / 3.0, f64::EPSILON / 7.0];
        let mut notes: Vec<S> = Vec::new();
        values.iter().for_each(|&x| write(&mut notes, x));
        let mut notes = &notes[..];
        for value in values {
            assert_eq!(read(&mut notes), value);
        }
        assert!(notes.is_empty());
    }

    #[test]
    fn every_bit_comes_back() {
        round_trip::<f64>();
        round_trip::<f32>();
        round_trip::<Dual<f64, 2>>();
    }
}
