use super::{QuantileSketch, Reduction, Table};
use crate::Solution;

/// Quantiles of every component at every saved point, by one [`QuantileSketch`] each.
///
/// Points are counted as by [`Moments`](super::Moments). Memory: 16 bytes for each bucket that is
/// hit, at most about `1 / accuracy` for each factor of two that the values span; while members are
/// added up to 2 KB more for each sketch.
///
/// ```
/// use ode_core::{Ensemble, Member, Options, Quantiles, Save, Tsit5};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
///
/// let member = |i| Member::new([1.0], [i as f64 / 100.0], (0.0, 1.0));
/// let options = Options { save: Save::Last, ..Options::default() };
/// let quantiles = Quantiles { accuracy: 1e-3 };
/// let quantiles = Ensemble::generate(&Decay, 101, member).reduce(Tsit5, &options, quantiles).value;
/// assert!((quantiles.quantile(0, 0, 0.5) - (-0.5f64).exp()).abs() < 1e-3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// Largest relative error of a quantile. Default 0.01.
    pub accuracy: f64,
}

impl Default for Quantiles {
    fn default() -> Self {
        Self { accuracy: 0.01 }
    }
}

/// What [`Quantiles`] come to.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileTable(Table<Option<QuantileSketch>>);

impl Reduction for Quantiles {
    type State = QuantileTable;
    type Output = QuantileTable;

    fn start(&self) -> QuantileTable {
        QuantileTable(Table::default())
    }

    fn add(&self, state: &mut QuantileTable, _: usize, solution: &Solution) {
        for (point, (_, u)) in solution.iter().enumerate() {
            for (cell, &u) in state.0.row(point, u.len()).iter_mut().zip(u) {
                cell.get_or_insert_with(|| QuantileSketch::new(self.accuracy)).add(u);
            }
        }
    }

    fn merge(&self, state: &mut QuantileTable, later: QuantileTable) {
        state.0.merge(later.0, |cell, later| match (cell, later) {
            (Some(cell), Some(later)) => cell.merge(later),
            (cell @ None, later) => *cell = later,
            (Some(_), None) => {}
        });
    }

    fn finish(&self, mut state: QuantileTable) -> QuantileTable {
        state.0.cells_mut().iter_mut().flatten().for_each(QuantileSketch::shrink);
        state
    }
}

impl QuantileTable {
    /// Number of saved points, the most that any member has.
    pub fn points(&self) -> usize {
        self.0.rows()
    }

    /// The sketch of a component at a saved point, both counted from 0; `None` if nobody has it.
    pub fn sketch(&self, point: usize, component: usize) -> Option<&QuantileSketch> {
        self.0.get(point, component)?.as_ref()
    }

    /// The `q`-quantile of a component at a saved point; NaN if nobody has it.
    pub fn quantile(&self, point: usize, component: usize, q: f64) -> f64 {
        self.sketch(point, component).map_or(f64::NAN, |sketch| sketch.quantile(q))
    }
}
