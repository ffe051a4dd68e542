use super::{Reduction, Table};
use crate::Solution;

/// Mean and variance of every component at every saved point: Welford's recurrence, merged by the
/// formula of Chan, Golub and LeVeque (1983), free of cancellation.
///
/// Points are counted in the order in which they are saved: give all members the same save times, or
/// times that mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments;

/// What [`Moments`] come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary(Table<Welford>);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Welford {
    count: u64,
    mean: f64,
    /// `Σ (x - mean)²`.
    squares: f64,
}

impl Welford {
    fn add(&mut self, x: f64) {
        self.count += 1;
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (x - self.mean);
    }

    fn merge(&mut self, later: Self) {
        let (a, b) = (self.count as f64, later.count as f64);
        if self.count == 0 || later.count == 0 {
            if self.count == 0 {
                *self = later;
            }
            return;
        }
        let apart = later.mean - self.mean;
        self.count += later.count;
        self.mean += apart * (b / (a + b));
        self.squares += later.squares + apart * apart * (a * b / (a + b));
    }
}

impl Reduction for Moments {
    type State = Summary;
    type Output = Summary;

    fn start(&self) -> Summary {
        Summary(Table::default())
    }

    fn add(&self, state: &mut Summary, _: usize, solution: &Solution) {
        for (point, (_, u)) in solution.iter().enumerate() {
            for (cell, &u) in state.0.row(point, u.len()).iter_mut().zip(u) {
                cell.add(u);
            }
        }
    }

    fn merge(&self, state: &mut Summary, later: Summary) {
        state.0.merge(later.0, Welford::merge);
    }

    fn finish(&self, state: Summary) -> Summary {
        state
    }
}

impl Summary {
    /// Number of saved points, the most that any member has.
    pub fn points(&self) -> usize {
        self.0.rows()
    }

    /// How many members have a point `point`.
    pub fn count(&self, point: usize) -> u64 {
        self.0.get(point, 0).map_or(0, |cell| cell.count)
    }

    /// Mean of a component at a saved point, both counted from 0; NaN if nobody has it.
    pub fn mean(&self, point: usize, component: usize) -> f64 {
        match self.0.get(point, component) {
            Some(cell) if cell.count > 0 => cell.mean,
            _ => f64::NAN,
        }
    }

    /// Sample variance, `Σ (x - mean)² / (count - 1)`; NaN for less than two members.
    pub fn variance(&self, point: usize, component: usize) -> f64 {
        match self.0.get(point, component) {
            Some(cell) if cell.count > 1 => cell.squares / (cell.count - 1) as f64,
            _ => f64::NAN,
        }
    }
}
