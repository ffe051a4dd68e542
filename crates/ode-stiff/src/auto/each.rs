//! Forwards to the method that is meant.

/// The implicit method that was chosen, and its memory; `none` before the choice.
macro_rules! each {
    ($methods:expr, $cache:expr, |$method:ident, $memory:ident| $call:expr, $none:expr) => {
        match $cache {
            $crate::AutoCache::Undecided => $none,
            $crate::AutoCache::Rodas5P($memory) => {
                let $method = &$crate::Rodas5P;
                $call
            }
            $crate::AutoCache::RadauIIA5($memory) => {
                let $method = &$crate::RadauIIA5;
                $call
            }
            $crate::AutoCache::KenCarp4($memory) => {
                let $method = &$crate::KenCarp4;
                $call
            }
            $crate::AutoCache::Ndf($memory) => {
                let $method = &$crate::Ndf::default();
                $call
            }
            $crate::AutoCache::Krylov($memory) => {
                let $method = &$methods.krylov;
                $call
            }
        }
    };
}

pub(super) use each;
