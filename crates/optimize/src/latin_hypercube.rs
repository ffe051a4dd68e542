//! Points that cover a box evenly in each variable.

use crate::error::{Error, ErrorKind};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// `n` points in the box `bounds`, as a Latin hypercube (McKay, Beckman & Conover 1979): each
/// variable's interval is cut into `n` equal cells, each cell holds exactly one point, at a random
/// place in it, and the cells of different variables are paired at random.
///
/// The same seed gives the same points on every machine (ChaCha with 8 rounds). For parameters that
/// range over decades, sample their logarithms.
///
/// # Errors
/// [`ErrorKind::EmptyInterval`] unless each interval has finite ends with lower < upper;
/// [`ErrorKind::TooLarge`] if `n` points cannot be stored.
///
/// ```
/// use optimize::latin_hypercube;
/// let points = latin_hypercube(4, &[(0.0, 1.0), (-1.0, 1.0)], 7)?;
/// let mut cells: Vec<usize> = points.iter().map(|p| (p[0] * 4.0) as usize).collect();
/// cells.sort();
/// assert_eq!(cells, [0, 1, 2, 3]);
/// # Ok::<(), optimize::Error>(())
/// ```
pub fn latin_hypercube(n: usize, bounds: &[(f64, f64)], seed: u64) -> Result<Vec<Vec<f64>>, Error> {
    for (index, &(lower, upper)) in bounds.iter().enumerate() {
        if !(lower < upper && (upper - lower).is_finite()) {
            return Err(ErrorKind::EmptyInterval { index, lower, upper }.into());
        }
    }
    let too_large = |_| Error::from(ErrorKind::TooLarge { what: "points", count: n });
    let mut points: Vec<Vec<f64>> = Vec::new();
    let mut cells: Vec<usize> = Vec::new();
    points.try_reserve_exact(n).map_err(too_large)?;
    cells.try_reserve_exact(n).map_err(too_large)?;
    points.extend((0..n).map(|_| Vec::with_capacity(bounds.len())));
    cells.extend(0..n);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for &(lower, upper) in bounds {
        shuffle(&mut cells, &mut random);
        for (point, &cell) in points.iter_mut().zip(&cells) {
            let place = (cell as f64 + unit(&mut random)) / n as f64;
            // Rounding may reach the upper end; the box is half open.
            let x = lower + (upper - lower) * place;
            point.push(x.clamp(lower, upper.next_down()));
        }
    }
    Ok(points)
}

/// Uniform in [0, 1), on the grid of 2⁻⁵³.
fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 * (0.5 * f64::EPSILON)
}

/// Fisher–Yates. Written out, like [`unit`], so that no other crate's release changes the points.
fn shuffle(items: &mut [usize], random: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        // floor(u · (last + 1)) by the high half of a 128-bit product; its bias is below 2⁻⁴⁰ here.
        let wide = u128::from(random.next_u64()) * (last as u128 + 1);
        items.swap(last, (wide >> 64) as usize);
    }
}
