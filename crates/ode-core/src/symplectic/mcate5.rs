#![allow(clippy::excessive_precision)] // as printed

use super::{Splitting, method::symplectic};

/// McLachlan's and Atela's method of fifth order with the smallest error constants: six forces per
/// step.
///
/// Fifth order where the kinetic energy is **quadratic in the momenta** and does not depend on time
/// (any `pᵀ M⁻¹ p / 2`); third order otherwise.
///
/// # References
///
/// R. I. McLachlan, P. Atela, *The accuracy of symplectic integrators*, Nonlinearity 5 (1992)
/// 541–562.
#[derive(Clone, Copy, Debug, Default)]
pub struct McAte5;

symplectic!(
    McAte5,
    Splitting {
        order: 5,
        nystrom: true,
        kicks: &[
            0.1193900292875672758,
            0.6989273703824752308,
            -0.1713123582716007754,
            0.4012695022513534480,
            0.0107050818482359840,
            -0.0589796254980311632,
        ],
        drifts: &[
            0.3398396258391100000,
            -0.0886013369030273290,
            0.5858564768259621188,
            -0.6030393565364918880,
            0.3235807965546976394,
            0.4423637942197494587,
        ],
    }
);
