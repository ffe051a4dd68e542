use super::{Splitting, method::symplectic};

/// Ruth's method of third order: three forces per step.
///
/// # References
///
/// R. D. Ruth, *A canonical integration technique*, IEEE Trans. Nucl. Sci. NS-30 (1983) 2669–2671;
/// Hairer, Lubich, Wanner, *Geometric Numerical Integration*, 2nd ed. (2006), VI.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ruth3;

symplectic!(
    Ruth3,
    Splitting {
        order: 3,
        nystrom: false,
        kicks: &[7.0 / 24.0, 3.0 / 4.0, -1.0 / 24.0],
        drifts: &[2.0 / 3.0, -2.0 / 3.0, 1.0],
    }
);
