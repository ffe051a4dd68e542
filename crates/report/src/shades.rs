//! Colours for values.

/// Every 17th of the 256 colours of viridis by S. van der Walt and N. Smith (2015, public domain, in matplotlib), whose
/// lightness rises evenly.
const VIRIDIS: [[u8; 3]; 16] = [
    [68, 1, 84],
    [72, 26, 108],
    [71, 47, 125],
    [65, 68, 135],
    [57, 86, 140],
    [49, 104, 142],
    [42, 120, 142],
    [35, 136, 142],
    [31, 152, 139],
    [34, 168, 132],
    [53, 183, 121],
    [84, 197, 104],
    [122, 209, 81],
    [165, 219, 54],
    [210, 226, 27],
    [253, 231, 37],
];

/// The colours that are told apart: steps of 1/64 cannot be seen, and equal neighbours are drawn at once.
pub(crate) const LEVELS: usize = 64;

/// The level of a fraction; beyond 0 and 1 that of the end.
pub(crate) fn level(fraction: f64) -> usize {
    ((fraction * LEVELS as f64) as usize).min(LEVELS - 1)
}

/// The colour in the middle of a level.
pub(crate) fn shade(level: usize) -> String {
    let place = (level as f64 + 0.5) / LEVELS as f64 * (VIRIDIS.len() - 1) as f64;
    let i = (place as usize).min(VIRIDIS.len() - 2);
    let part = place - i as f64;
    let mix = |k: usize| {
        let (a, b) = (f64::from(VIRIDIS[i][k]), f64::from(VIRIDIS[i + 1][k]));
        (a + part * (b - a)).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_middle_are_those_of_viridis() {
        assert_eq!((level(-1.0), level(0.0), level(0.5), level(1.0)), (0, 0, 32, 63));
        assert_eq!((level(7.0), level(f64::NAN)), (63, 0));
        let close = |level: usize, published: [i32; 3]| {
            let text = shade(level);
            let part = |k: usize| i32::from_str_radix(&text[2 * k + 1..2 * k + 3], 16).unwrap();
            (0..3).all(|k| (part(k) - published[k]).abs() <= 3)
        };
        // Entries 2, 62, 130, 194 and 254 of the table.
        assert!(close(0, [69, 4, 87]) && close(15, [60, 80, 139]) && close(32, [32, 146, 140]));
        assert!(close(48, [99, 203, 95]) && close(63, [251, 231, 35]));
    }

    #[test]
    fn lightness_rises() {
        let luma = |level: usize| {
            let text = shade(level);
            let part =
                |k: usize| f64::from(u8::from_str_radix(&text[2 * k + 1..2 * k + 3], 16).unwrap());
            0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
        };
        assert!((1..LEVELS).all(|k| luma(k) > luma(k - 1)));
    }
}
