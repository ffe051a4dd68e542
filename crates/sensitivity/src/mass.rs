//! Mass matrices made from others.

use crate::{Error, ErrorKind};
use system::Mass;

/// Which way round a matrix is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Plain,
    Transposed,
}

/// The matrix, or its transpose, with so many ones behind it on the diagonal.
pub(crate) fn bordered(mass: &Mass, side: Side, ones: usize) -> Result<Mass, Error> {
    let n = mass.size();
    if (0..n).all(|i| mass.row(i).iter().all(|&(j, _)| i == j)) {
        let entry = |i: usize| mass.row(i).first().map_or(0.0, |&(_, m)| m);
        let border = std::iter::repeat_n(1.0, ones);
        return Ok(Mass::diagonal((0..n).map(entry).chain(border).collect::<Vec<_>>()));
    }
    let mut rows = vec![vec![0.0; n + ones]; n + ones];
    for i in 0..n {
        for &(j, m) in mass.row(i) {
            match side {
                Side::Plain => rows[i][j] = m,
                Side::Transposed => rows[j][i] = m,
            }
        }
    }
    (n..n + ones).for_each(|i| rows[i][i] = 1.0);
    Mass::dense(&rows).map_err(refused)
}

/// A mass matrix that does not fit its model: one that was checked before does.
pub(crate) fn refused(why: system::MassError) -> Error {
    let reason = why.to_string();
    ErrorKind::Solve(ode_core::ErrorKind::RightHandSide { t: f64::NAN, reason }.into()).into()
}

/// `out = Mᵀ x`; `x` itself without a mass matrix.
pub(crate) fn times_transposed(mass: Option<&Mass>, x: &[f64], out: &mut [f64]) {
    let Some(mass) = mass else { return out.copy_from_slice(x) };
    out.fill(0.0);
    for (i, &x) in x.iter().enumerate() {
        mass.row(i).iter().for_each(|&(j, m)| out[j] += m * x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_and_transposes() {
        let mass = Mass::dense(&[[1.0, 2.0], [0.0, 0.0]]).unwrap();
        let turned = bordered(&mass, Side::Transposed, 1).unwrap();
        let expected = Mass::dense(&[[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]).unwrap();
        assert_eq!(turned, expected);
        let plain = bordered(&mass, Side::Plain, 0).unwrap();
        assert_eq!(plain, mass);
        let diagonal = Mass::diagonal([3.0, 0.0]);
        let expected = Mass::diagonal([3.0, 0.0, 1.0]);
        assert_eq!(bordered(&diagonal, Side::Transposed, 1).unwrap(), expected);
        let (mut out, mut same) = ([0.0; 2], [0.0; 2]);
        times_transposed(Some(&mass), &[3.0, 5.0], &mut out);
        times_transposed(None, &[3.0, 5.0], &mut same);
        assert_eq!((out, same), ([3.0, 6.0], [3.0, 5.0]));
    }
}
