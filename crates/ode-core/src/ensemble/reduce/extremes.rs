use super::{Reduction, Table};
use crate::Solution;

/// Smallest and largest value of every component at every saved point, and whose they are.
///
/// Points are counted as by [`Moments`](super::Moments). Of equal values the first member counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extremes;

/// What [`Extremes`] come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Range(Table<Option<[(f64, usize); 2]>>);

/// Smallest and largest of two ranges, the left one where they are equal.
fn merge(cell: &mut Option<[(f64, usize); 2]>, later: Option<[(f64, usize); 2]>) {
    match (cell, later) {
        (Some([low, high]), Some([later_low, later_high])) => {
            if later_low.0 < low.0 {
                *low = later_low;
            }
            if later_high.0 > high.0 {
                *high = later_high;
            }
        }
        (cell @ None, later) => *cell = later,
        (Some(_), None) => {}
    }
}

impl Reduction for Extremes {
    type State = Range;
    type Output = Range;

    fn start(&self) -> Range {
        Range(Table::default())
    }

    fn add(&self, state: &mut Range, index: usize, solution: &Solution) {
        for (point, (_, u)) in solution.iter().enumerate() {
            for (cell, &u) in state.0.row(point, u.len()).iter_mut().zip(u) {
                merge(cell, Some([(u, index); 2]));
            }
        }
    }

    fn merge(&self, state: &mut Range, later: Range) {
        state.0.merge(later.0, merge);
    }

    fn finish(&self, state: Range) -> Range {
        state
    }
}

impl Range {
    /// Number of saved points, the most that any member has.
    pub fn points(&self) -> usize {
        self.0.rows()
    }

    /// The smallest value of a component at a saved point, and the member that has it.
    pub fn smallest(&self, point: usize, component: usize) -> Option<(f64, usize)> {
        self.0.get(point, component)?.map(|[low, _]| low)
    }

    /// The largest value of a component at a saved point, and the member that has it.
    pub fn largest(&self, point: usize, component: usize) -> Option<(f64, usize)> {
        self.0.get(point, component)?.map(|[_, high]| high)
    }
}
