//! Gaussian elimination with partial pivoting: `P A = L U`.

pub(crate) mod banded;
pub(crate) mod dense;
pub(crate) mod elimination;
pub(crate) mod faer_lu;
pub(crate) mod small;
pub(crate) mod sparse;
pub(crate) mod substitution;
pub(crate) mod unrolled;

/// A factorisation that could not be used: the first bad pivot, and in which systems.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadPivot {
    pub(crate) pivot: usize,
    pub(crate) systems: u64,
}

impl BadPivot {
    /// Notes what the inverse of pivot `k` is worth.
    #[inline(always)]
    pub(crate) fn note<S: crate::Field>(bad: &mut Option<Self>, k: usize, inverse: S) {
        let systems = inverse.unusable();
        if systems != 0 {
            let first = bad.get_or_insert(Self { pivot: k, systems: 0 });
            first.systems |= systems;
        }
    }

    /// The error that it is, for `systems` side by side.
    #[cold]
    pub(crate) fn error<S: crate::Field>(self) -> crate::Error {
        match S::SYSTEMS {
            1 => crate::ErrorKind::Singular { pivot: self.pivot },
            _ => crate::ErrorKind::SingularLanes { pivot: self.pivot, lanes: self.systems },
        }
        .into()
    }
}
