use super::jacobian::{CHUNK, Sweep, Way};
use super::{Program, check, finite};
use crate::Error;
use scalar::Dependency;
use system::{Coloring, Pattern};

/// The Jacobian of a [`Program`] with only the entries that can be nonzero: columns that share no row
/// are swept together forward, or rows that share no column backward, whichever are fewer groups
/// (Curtis, Powell and Reid 1974).
///
/// ```
/// use ad_tape::{Program, SparseJacobian};
///
/// let program = Program::record(100, |x| x.windows(2).map(|w| w[0] * w[1]).collect())?;
/// let mut jacobian = SparseJacobian::new(&program)?;
/// assert_eq!(jacobian.sweeps(), 1); // two groups of columns
/// let values = jacobian.values(&program, &[3.0; 100])?;
/// assert_eq!(values, [3.0; 198]);
/// assert_eq!(jacobian.pattern().row(7), [7, 8]);
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseJacobian {
    pattern: Pattern,
    coloring: Coloring,
    way: Way,
    values: Vec<f64>,
}

impl Program {
    /// Which outputs can depend on which inputs, at any point: ⌈inputs / 64⌉ replays forward.
    ///
    /// # Errors
    ///
    /// None for a program that replays at all.
    pub fn pattern(&self) -> Result<Pattern, Error> {
        let mut sweep = Sweep::<Dependency>::new(self);
        let mut rows = vec![Vec::new(); self.outputs()];
        for first in (0..self.inputs()).step_by(Dependency::WINDOW) {
            for (j, x) in sweep.x.iter_mut().enumerate() {
                *x = Dependency::input(j.wrapping_sub(first));
            }
            self.forward(&sweep.x, &mut sweep.y, &mut sweep.work)?;
            for (row, y) in rows.iter_mut().zip(&sweep.y) {
                row.extend(y.inputs().map(|j| first + j));
            }
        }
        Ok(Pattern::from_rows(rows))
    }
}

/// Groups of the columns of a pattern that has perhaps more columns than rows.
fn color(mut rows: Vec<Vec<usize>>, columns: usize) -> Coloring {
    rows.resize(columns.max(rows.len()), Vec::new());
    Coloring::new(&Pattern::from_rows(rows))
}

impl SparseJacobian {
    /// Finds the pattern and the groups, and takes the memory.
    ///
    /// # Errors
    ///
    /// As [`Program::pattern`].
    pub fn new(program: &Program) -> Result<Self, Error> {
        let (m, n) = (program.outputs(), program.inputs());
        let pattern = program.pattern()?;
        let rows: Vec<_> = (0..m).map(|i| pattern.row(i).to_vec()).collect();
        let mut columns = vec![Vec::new(); n];
        for (i, row) in rows.iter().enumerate() {
            row.iter().for_each(|&j| columns[j].push(i));
        }
        let (by_columns, by_rows) = (color(rows, n), color(columns, m));
        let values = vec![0.0; pattern.num_nonzeros()];
        let (coloring, way) = match by_columns.colors() <= by_rows.colors() {
            true => (by_columns, Way::Forward(Sweep::new(program))),
            false => (by_rows, Way::Reverse(Sweep::new(program))),
        };
        Ok(Self { pattern, coloring, way, values })
    }

    /// Which entries there are.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether it sweeps forward.
    pub fn is_forward(&self) -> bool {
        matches!(self.way, Way::Forward(_))
    }

    /// Replays for one Jacobian.
    pub fn sweeps(&self) -> usize {
        self.coloring.colors().div_ceil(CHUNK)
    }

    /// The entries at `x`, row by row as in the [`pattern`](SparseJacobian::pattern).
    ///
    /// # Errors
    ///
    /// If a length does not fit, `program` is another one, or an entry is not finite.
    pub fn values(&mut self, program: &Program, x: &[f64]) -> Result<&[f64], Error> {
        check("the inputs", x.len(), program.inputs())?;
        let Self { pattern, coloring, way, values } = self;
        let color_of = coloring.color_of();
        if let Way::Reverse(sweep) = way {
            sweep.values(program, x)?;
        }
        for first in (0..coloring.colors()).step_by(CHUNK) {
            let lane = |k: usize| color_of[k].wrapping_sub(first);
            let mut entries = values.iter_mut();
            match way {
                Way::Forward(sweep) => {
                    let y = sweep.forward(program, x, lane)?;
                    for (i, y) in y.iter().enumerate() {
                        for (&j, entry) in pattern.row(i).iter().zip(&mut entries) {
                            *entry = y.eps.get(lane(j)).copied().unwrap_or(*entry);
                        }
                    }
                }
                Way::Reverse(sweep) => {
                    let x_bar = sweep.reverse(program, lane)?;
                    for i in 0..pattern.num_rows() {
                        for (&j, entry) in pattern.row(i).iter().zip(&mut entries) {
                            *entry = x_bar[j].0.get(lane(i)).copied().unwrap_or(*entry);
                        }
                    }
                }
            }
        }
        finite("the sparse Jacobian", values)?;
        Ok(values)
    }
}
