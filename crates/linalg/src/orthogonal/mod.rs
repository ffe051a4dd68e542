//! Orthogonal factors: least squares and singular values.

pub(crate) mod pivoted_qr;
pub(crate) mod qr;
pub(crate) mod sparse_qr;
pub(crate) mod svd;
pub(crate) mod truncated_svd;
