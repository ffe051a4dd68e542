//! LU of banded matrices.

use super::BadPivot;
use super::substitution::minus_dot;
use crate::error::check_size;
use crate::{Error, ErrorKind, Field, Structure};

/// LU with partial pivoting of banded matrices, with room for the fill that exchanges make: the
/// algorithm of LAPACK's `gbtrf`, for any [`Field`].
///
/// Values stand as [`Structure::Banded`] says. Cost: `2 n lower (lower + upper)` operations to
/// factor, `2 n (2 lower + upper)` to solve. All memory is taken by `new`.
///
/// ```
/// use linalg::BandedLu;
///
/// // -1 2 -1 on three diagonals; `0.0` fills the corners.
/// let mut lu = BandedLu::<f64>::new(3, 1, 1);
/// lu.factor(&[0.0, 2.0, -1.0, -1.0, 2.0, -1.0, -1.0, 2.0, 0.0])?;
/// let mut x = [1.0, 0.0, 1.0];
/// lu.solve_in_place(&mut x)?;
/// assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-15));
/// # Ok::<(), linalg::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BandedLu<S: Field = f64> {
    n: usize,
    lower: usize,
    upper: usize,
    /// Entry `(i, j)` at `j height + lower + upper + i - j`, `height = 2 lower + upper + 1`; the
    /// diagonal keeps inverses, by which the rows of `U` are multiplied: the substitution waits for nothing
    /// but the entry before. `L` is kept as it was when its column was eliminated.
    factors: Vec<S>,
    rows: Vec<S::Row>,
    norm: f64,
    factored: bool,
}

impl<S: Field> BandedLu<S> {
    /// Memory for matrices with so many diagonals below and above the main one.
    #[must_use]
    pub fn new(n: usize, lower: usize, upper: usize) -> Self {
        Self {
            n,
            lower,
            upper,
            factors: vec![S::ZERO; n * (2 * lower + upper + 1)],
            rows: vec![S::TOP; n],
            norm: 0.0,
            factored: false,
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.n
    }

    /// The largest column sum of the matrix that was factored.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// The structure whose values [`factor`](BandedLu::factor) takes.
    #[must_use]
    pub fn structure(&self) -> Structure {
        Structure::Banded { n: self.n, lower: self.lower, upper: self.upper }
    }

    fn height(&self) -> usize {
        2 * self.lower + self.upper + 1
    }

    /// Factors a matrix.
    ///
    /// # Errors
    ///
    /// Wrong size, an entry that is not finite, a singular matrix. After
    /// [`SingularLanes`](ErrorKind::SingularLanes) the lanes not named can be solved; after any
    /// other error nothing can.
    pub fn factor(&mut self, values: &[S]) -> Result<(), Error> {
        self.factored = false;
        let structure = self.structure();
        check_size("the band, column by column", structure.len(), values.len())?;
        self.norm = structure.norm(values)?;
        let (n, lower, upper, height) = (self.n, self.lower, self.upper, self.height());
        let columns = values.chunks_exact(lower + upper + 1);
        for (j, (room, column)) in self.factors.chunks_exact_mut(height).zip(columns).enumerate() {
            room.fill(S::ZERO);
            // Only what lies inside the matrix.
            let (first, end) = (upper.saturating_sub(j), (n + upper - j).min(column.len()));
            room[lower + first..lower + end].copy_from_slice(&column[first..end]);
        }
        let bad = match lower {
            1 => self.eliminate::<1>(),
            2 => self.eliminate::<2>(),
            3 => self.eliminate::<3>(),
            4 => self.eliminate::<4>(),
            _ => self.eliminate::<0>(),
        };
        self.factored = bad.is_none() || S::SYSTEMS > 1;
        bad.map_or(Ok(()), |bad| Err(bad.error::<S>()))
    }

    /// The elimination; a `LOWER` that is not 0 is the number of diagonals, known to the compiler.
    fn eliminate<const LOWER: usize>(&mut self) -> Option<BadPivot> {
        let Self { n, lower, upper, factors, rows, .. } = self;
        let (n, upper) = (*n, *upper);
        let lower = if LOWER > 0 { LOWER } else { *lower };
        let (height, diagonal) = (2 * lower + upper + 1, lower + upper);
        let mut bad = None;
        // The last column that the exchanges so far have reached.
        let mut reach = 0;
        for j in 0..n {
            let below = if j + lower < n { lower } else { n - 1 - j };
            let start = j * height + diagonal;
            let row = S::pivot_row(below + 1, |i| factors[start + i]);
            rows[j] = row;
            let offset = S::row_index(row).unwrap_or(below);
            reach = reach.max((j + upper + offset).min(n - 1));
            S::exchange(row, &mut factors[start..=start + below]);
            let (left, right) = factors.split_at_mut((j + 1) * height);
            let pivot_column = &mut left[start..=start + below];
            let inverse = pivot_column[0].inverse();
            BadPivot::note(&mut bad, j, inverse);
            pivot_column[0] = inverse;
            for entry in &mut pivot_column[1..] {
                *entry *= inverse;
            }
            for (c, column) in right.chunks_exact_mut(height).take(reach - j).enumerate() {
                // Entry (j, j + 1 + c).
                let at = diagonal - 1 - c;
                let entries = &mut column[at..=at + below];
                S::exchange(row, entries);
                let top = entries[0];
                entries[0] = top * inverse;
                if LOWER > 0 && below == LOWER {
                    for i in 1..=LOWER {
                        entries[i] = entries[i].minus_product(pivot_column[i], top);
                    }
                } else {
                    for i in 1..=below {
                        entries[i] = entries[i].minus_product(pivot_column[i], top);
                    }
                }
            }
        }
        bad
    }

    /// Solves `A x = b` in place.
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        self.ready(b)?;
        match (self.lower, self.upper) {
            (1, 1) => self.substitute::<1, 2>(b),
            (2, 2) => self.substitute::<2, 4>(b),
            (3, 3) => self.substitute::<3, 6>(b),
            (4, 4) => self.substitute::<4, 8>(b),
            _ => self.substitute_any(b),
        }
        Ok(())
    }

    /// Both substitutions for `LOWER` diagonals below and, after the exchanges, `ABOVE` above. What is
    /// not yet known of the solution moves through registers: memory would be waited for at every row.
    #[inline(always)]
    fn substitute<const LOWER: usize, const ABOVE: usize>(&self, b: &mut [S]) {
        const { assert!(0 < LOWER && LOWER < 5 && ABOVE <= 8) };
        let (n, height) = (self.n, self.height());
        let at = |b: &[S], i: usize| b.get(i).copied().unwrap_or(S::ZERO);
        // Single variables: an array of them is kept in memory.
        let read = |b: &[S], j| [at(b, j), at(b, j + 1), at(b, j + 2), at(b, j + 3), at(b, j + 4)];
        let [mut x0, mut x1, mut x2, mut x3, mut x4] = read(b, 0);
        for (j, column) in self.factors.chunks_exact(height).enumerate() {
            let row = self.rows[j];
            if (1..=LOWER).any(|i| S::is_chosen(row, i)) {
                let end = (j + LOWER + 1).min(n);
                for (b, x) in b[j..end].iter_mut().zip([x0, x1, x2, x3, x4]) {
                    *b = x;
                }
                S::exchange(row, &mut b[j..end]);
                [x0, x1, x2, x3, x4] = read(b, j);
            }
            let (top, lower) = (x0, &column[ABOVE + 1..ABOVE + 1 + LOWER]);
            b[j] = top * column[ABOVE];
            x0 = x1.minus_product(lower[0], top);
            x1 = if LOWER > 1 { x2.minus_product(lower[1], top) } else { at(b, j + 2) };
            x2 = match LOWER {
                1 => S::ZERO,
                2 => at(b, j + 3),
                _ => x3.minus_product(lower[2], top),
            };
            x3 = match LOWER {
                1 | 2 => S::ZERO,
                3 => at(b, j + 4),
                _ => x4.minus_product(lower[3], top),
            };
            x4 = if LOWER > 3 { at(b, j + 5) } else { S::ZERO };
        }
        let mut next: [S; 8] = core::array::from_fn(|i| if i < n { b[n - 1 - i] } else { S::ZERO });
        for (j, column) in self.factors.chunks_exact(height).enumerate().rev() {
            let (last, upper) = (next[0], &column[..ABOVE]);
            b[j] = last;
            for i in 1..ABOVE {
                next[i - 1] = next[i].minus_product(upper[ABOVE - i], last);
            }
            let new = if j >= ABOVE { b[j - ABOVE] } else { S::ZERO };
            next[ABOVE - 1] = new.minus_product(upper[0], last);
        }
    }

    /// The same for any number of diagonals.
    fn substitute_any(&self, b: &mut [S]) {
        let (n, height, diagonal) = (self.n, self.height(), self.lower + self.upper);
        for (j, column) in self.factors.chunks_exact(height).enumerate() {
            let below = self.lower.min(n - 1 - j);
            let x = &mut b[j..=j + below];
            S::exchange(self.rows[j], x);
            let top = x[0];
            x[0] = top * column[diagonal];
            for (x, &l) in x[1..].iter_mut().zip(&column[diagonal + 1..]) {
                *x = x.minus_product(l, top);
            }
        }
        for (j, column) in self.factors.chunks_exact(height).enumerate().rev() {
            let above = diagonal.min(j);
            let (before, x) = b.split_at_mut(j);
            let last = x[0];
            for (x, &u) in before[j - above..].iter_mut().zip(&column[diagonal - above..]) {
                *x = x.minus_product(u, last);
            }
        }
    }

    /// Solves `Aᵀ x = b` in place (for complex numbers without conjugation).
    ///
    /// # Errors
    ///
    /// Wrong size; no factors.
    pub fn solve_transposed_in_place(&self, b: &mut [S]) -> Result<(), Error> {
        self.ready(b)?;
        let (n, height, diagonal) = (self.n, self.height(), self.lower + self.upper);
        for (j, column) in self.factors.chunks_exact(height).enumerate() {
            let above = diagonal.min(j);
            let (before, x) = b.split_at_mut(j);
            x[0] = minus_dot(x[0], &column[diagonal - above..diagonal], &before[j - above..]);
        }
        for (j, column) in self.factors.chunks_exact(height).enumerate().rev() {
            let below = self.lower.min(n - 1 - j);
            let x = &mut b[j..=j + below];
            let scaled = x[0] * column[diagonal];
            x[0] = minus_dot(scaled, &column[diagonal + 1..=diagonal + below], &x[1..]);
            S::exchange(self.rows[j], x);
        }
        Ok(())
    }

    fn ready(&self, b: &[S]) -> Result<(), Error> {
        check_size("the right-hand side", self.n, b.len())?;
        if self.factored { Ok(()) } else { Err(ErrorKind::NotFactored.into()) }
    }
}
