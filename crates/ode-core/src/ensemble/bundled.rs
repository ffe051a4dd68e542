use scalar::Lanes;
use system::Buffer;

/// Storage of a state that exists in lanes too: `[f64; N]` as `[Lanes<W>; N]`, `Vec<f64>` as
/// `Vec<Lanes<W>>`.
pub trait Bundled: Buffer<Item = f64> {
    /// `W` states side by side.
    type InLanes<const W: usize>: Buffer<Item = Lanes<W>>;

    /// `W` states of `n` components, all zero (as many components as the type has, if it says so).
    fn in_lanes<const W: usize>(n: usize) -> Self::InLanes<W>;
}

impl<const N: usize> Bundled for [f64; N] {
    type InLanes<const W: usize> = [Lanes<W>; N];

    fn in_lanes<const W: usize>(_: usize) -> [Lanes<W>; N] {
        [Lanes([0.0; W]); N]
    }
}

impl Bundled for Vec<f64> {
    type InLanes<const W: usize> = Vec<Lanes<W>>;

    fn in_lanes<const W: usize>(n: usize) -> Vec<Lanes<W>> {
        vec![Lanes([0.0; W]); n]
    }
}
