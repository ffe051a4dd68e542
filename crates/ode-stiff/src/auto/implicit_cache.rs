use crate::{EsdirkCache, NdfCache, RadauCache, RosenbrockCache};
use std::fmt;
use system::Buffer;

/// The memory of the implicit method that was chosen.
pub enum AutoCache<B: Buffer<Item = f64>, W> {
    /// Nothing was begun yet.
    Undecided,
    /// That of [`Rodas5P`](crate::Rodas5P).
    Rodas5P(Box<RosenbrockCache<B, W>>),
    /// That of [`RadauIIA5`](crate::RadauIIA5).
    RadauIIA5(Box<RadauCache<B, W>>),
    /// That of [`KenCarp4`](crate::KenCarp4).
    KenCarp4(Box<EsdirkCache<B, W>>),
    /// That of [`Ndf`](crate::Ndf).
    Ndf(Box<NdfCache<B, W>>),
    /// That of [`Ndf`](crate::Ndf) by [`NewtonKrylov`](crate::NewtonKrylov).
    Krylov(Box<NdfCache<B, W>>),
}

impl<B: Buffer<Item = f64>, W> fmt::Debug for AutoCache<B, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undecided => "undecided",
            Self::Rodas5P(_) => "Rodas5P",
            Self::RadauIIA5(_) => "RadauIIA5",
            Self::KenCarp4(_) => "KenCarp4",
            Self::Ndf(_) => "Ndf",
            Self::Krylov(_) => "NewtonKrylov Ndf",
        })
    }
}
