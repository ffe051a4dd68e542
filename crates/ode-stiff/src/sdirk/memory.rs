//! Real numbers in the memory of a checkpoint, whatever its number type is.

use scalar::Concrete;

/// So many numbers of the precision of `f32` hold one of the precision of `f64`.
const PIECES: usize = 3;

/// The bits of a significand that `f32` has no room for.
const LOW: u64 = (1 << 29) - 1;

/// Appends a real number, exactly: its sign, and its leading bits, the next ones, the last ones.
pub(crate) fn write<S: Concrete>(out: &mut Vec<S>, value: f64) {
    out.push(S::from_f64(if value < 0.0 { 1.0 } else { 0.0 }));
    let mut left = value.abs();
    for _ in 0..PIECES {
        let piece = f64::from_bits(left.to_bits() & !LOW);
        out.push(S::from_f64(piece));
        left -= piece;
    }
}

/// Takes a number from the front of a memory; 0 where nothing is left.
pub(crate) fn read<S: Concrete>(memory: &mut &[S]) -> f64 {
    let Some((number, rest)) = memory.split_at_checked(1 + PIECES) else { return 0.0 };
    *memory = rest;
    let size: f64 = number[1..].iter().map(|piece| piece.largest_part()).sum();
    if number[0].largest_part() > 0.0 { -size } else { size }
}

/// Takes as many numbers as `to` has; leaves it alone where there are not so many.
pub(crate) fn read_into<S: Copy>(memory: &mut &[S], to: &mut [S]) {
    if let Some((numbers, rest)) = memory.split_at_checked(to.len()) {
        to.copy_from_slice(numbers);
        *memory = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_in_any_precision() {
        for value in [0.0, 1.0, -1.0 / 3.0, 1e9 / 7.0, -123_456_789.123_456_78, 2.0_f64.powi(40)] {
            let (mut double, mut single) = (Vec::<f64>::new(), Vec::<f32>::new());
            write(&mut double, value);
            write(&mut single, value);
            assert_eq!(read(&mut &double[..]), value);
            assert_eq!(read(&mut &single[..]), value);
        }
    }
}
