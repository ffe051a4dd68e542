//! Eigenvalues.

use super::qr::column_norm;
use crate::error::check_size;
use crate::{Error, ErrorKind};
use faer::c64;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, evd_real, evd_scratch};
use faer::{MatRef, Par};

/// The eigenvalues of the `n × n` matrix whose columns stand one after the other in `a`, in no order, by
/// faer. Each is exact for a matrix that differs from `a` by rounding, so it is known up to a few units in
/// the last place of the largest entry, or worse where it is ill-conditioned.
///
/// ```
/// // A rotation.
/// let mut found = linalg::eigenvalues(2, &[0.0, 1.0, -1.0, 0.0])?;
/// found.sort_by(|x, y| x.im.total_cmp(&y.im));
/// assert!((found[0].im + 1.0).abs() < 1e-15 && (found[1].im - 1.0).abs() < 1e-15);
/// # Ok::<(), linalg::Error>(())
/// ```
///
/// # Errors
///
/// Wrong size, an entry that is not finite, no memory, no convergence.
pub fn eigenvalues(n: usize, a: &[f64]) -> Result<Vec<c64>, Error> {
    check_size("the matrix, column by column", n.saturating_mul(n), a.len())?;
    column_norm(n, a)?;
    if n == 0 {
        return Ok(Vec::new());
    }
    let (mut re, mut im) = (Diag::<f64>::zeros(n), Diag::<f64>::zeros(n));
    let no = ComputeEigenvectors::No;
    let need = evd_scratch::<f64>(n, no, no, Par::Seq, Default::default());
    let no_memory = |_| ErrorKind::OutOfMemory { what: "eigenvalues" };
    let mut memory = MemBuffer::try_new(need).map_err(no_memory)?;
    evd_real(
        MatRef::from_column_major_slice(a, n, n),
        re.as_mut(),
        im.as_mut(),
        None,
        None,
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(|_| ErrorKind::EigenvaluesNotConverged)?;
    let parts = re.column_vector().iter().zip(im.column_vector().iter());
    Ok(parts.map(|(&re, &im)| c64::new(re, im)).collect())
}
