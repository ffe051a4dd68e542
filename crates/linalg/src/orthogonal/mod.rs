//! Orthogonal factors: least squares, singular values, eigenvalues.

pub(crate) mod eigenvalues;
pub(crate) mod pivoted_qr;
pub(crate) mod qr;
pub(crate) mod sparse_qr;
pub(crate) mod svd;
pub(crate) mod truncated_svd;
