#![allow(clippy::excessive_precision)] // as printed

use super::{Splitting, method::symplectic};

/// McLachlan's and Atela's method of fourth order with the smallest error constants: four forces per
/// step.
///
/// Fourth order where the kinetic energy is **quadratic in the momenta** and does not depend on time
/// (any `pᵀ M⁻¹ p / 2`); third order otherwise.
///
/// # References
///
/// R. I. McLachlan, P. Atela, *The accuracy of symplectic integrators*, Nonlinearity 5 (1992)
/// 541–562.
#[derive(Clone, Copy, Debug, Default)]
pub struct McAte4;

symplectic!(
    McAte4,
    Splitting {
        order: 4,
        nystrom: true,
        kicks: &[
            0.134496199277431089,
            -0.224819803079420806,
            0.756320000515668291,
            0.334003603286321425,
        ],
        drifts: &[
            0.515352837431122936,
            -0.085782019412973646,
            0.441583023616466524,
            0.128846158365384185,
        ],
    }
);
