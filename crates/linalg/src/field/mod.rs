//! The numbers that a linear system can be made of.

mod complex;
mod dual;
mod float;
mod lanes;

use crate::{Choice, Error, Solver, Structure, choose};
use core::fmt::Debug;
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// A number that a linear system can be made of: `f64`, `f32`, [`c64`](crate::c64),
/// [`Dual`](scalar::Dual) and [`Lanes`](scalar::Lanes).
///
/// Lanes are several systems side by side. Each chooses its own pivots, so a choice of rows is a
/// [`Row`](Field::Row) and not an index. A dual number is pivoted by its value; the tangents of a
/// solution are then the exact derivative of the solution.
pub trait Field:
    Copy
    + Debug
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;
    /// How many systems are solved side by side: 1 except for lanes.
    const SYSTEMS: usize;

    /// Which row of a column was chosen, counted from the top of the slice; in lanes, one each.
    type Row: Copy + Debug + Send + Sync + 'static;

    /// The top row: nothing is exchanged.
    const TOP: Self::Row;

    /// A real number.
    fn real(value: f64) -> Self;

    /// `1 / self`.
    fn inverse(self) -> Self;

    /// `self - a b`, rounded once where the build's target has the instruction.
    #[inline(always)]
    fn minus_product(self, a: Self, b: Self) -> Self {
        self - a * b
    }

    /// A size to compare pivots and to sum norms by: `|x|`, for complex numbers `|re| + |im|`, for
    /// duals that of the value, for lanes the largest one. NaN or infinite if any real number
    /// carried (a tangent, a lane) is.
    fn modulus(self) -> f64;

    /// Whether every real number carried is finite.
    #[inline]
    fn all_finite(self) -> bool {
        self.modulus() < f64::INFINITY
    }

    /// The row of the largest of `len` entries, the first of them if several are.
    fn pivot_row(len: usize, entry: impl Fn(usize) -> Self) -> Self::Row;

    /// Exchanges the top of `column` with entry `row`; entries may be rows of a matrix. Doing it
    /// twice restores the column.
    fn exchange<T: Exchange<Self>>(row: Self::Row, column: &mut [T]);

    /// Turns exchanges, made one after the other, into what [`permute`](Field::permute) takes.
    fn compose(rows: &mut [Self::Row]);

    /// Applies composed exchanges: `to = P from`.
    #[inline(always)]
    fn permute(rows: &[Self::Row], from: &[Self], to: &mut [Self]) {
        if Self::SYSTEMS == 1 {
            for (to, &row) in to.iter_mut().zip(rows) {
                if let Some(&value) = Self::row_index(row).and_then(|row| from.get(row)) {
                    *to = value;
                }
            }
        } else {
            to.copy_from_slice(from);
            for (k, &row) in rows.iter().enumerate() {
                Self::exchange(row, &mut to[k..]);
            }
        }
    }

    /// Undoes composed exchanges: `to = Pᵀ from`.
    #[inline(always)]
    fn unpermute(rows: &[Self::Row], from: &[Self], to: &mut [Self]) {
        if Self::SYSTEMS == 1 {
            for (&value, &row) in from.iter().zip(rows) {
                if let Some(to) = Self::row_index(row).and_then(|row| to.get_mut(row)) {
                    *to = value;
                }
            }
        } else {
            to.copy_from_slice(from);
            for (k, &row) in rows.iter().enumerate().rev() {
                Self::exchange(row, &mut to[k..]);
            }
        }
    }

    /// The systems for which `self`, the inverse of a pivot, is no number to go on with (zero, NaN
    /// or infinite): bit `i` for lane `i`.
    fn unusable(self) -> u64;

    /// The row as an index; `None` in lanes.
    fn row_index(row: Self::Row) -> Option<usize>;

    /// Whether some system chose row `i`.
    fn is_chosen(row: Self::Row, i: usize) -> bool;

    /// `self` where row `i` was chosen, `other` elsewhere.
    fn where_row(self, row: Self::Row, i: usize, other: Self) -> Self;

    /// Memory for matrices of this structure, for the kind of factors that suits it: that of
    /// [`choose`](crate::choose); of dual numbers by the factors of their values
    /// ([`DualFactors`](crate::DualFactors)); in lanes always dense.
    ///
    /// # Errors
    ///
    /// A sparse pattern that is not square, or singular whatever its values.
    fn solver(structure: &Structure) -> Result<Solver<Self>, Error> {
        Self::solver_with(structure, &choose(structure)?)
    }

    /// The same with a choice that was made for this structure before, so that a real and a complex
    /// matrix are analysed once.
    ///
    /// # Errors
    ///
    /// As [`Factors::with_choice`](crate::Factors::with_choice).
    fn solver_with(structure: &Structure, choice: &Choice) -> Result<Solver<Self>, Error>;

    /// Factors an `n × n` matrix, column by column, by blocks, where there is a faster way than
    /// the loops of this crate; `None` where there is not.
    #[doc(hidden)]
    fn blocked_lu(_: usize, _: &mut [Self], _: &mut [Self::Row], _: &mut Blocks) -> Option<()> {
        None
    }
}

/// What can be exchanged for some systems of a bundle and left alone for others: numbers, and rows
/// of them.
pub trait Exchange<S: Field>: Copy {
    /// `self` where row `i` was chosen, `other` elsewhere.
    #[must_use]
    fn where_row(self, row: S::Row, i: usize, other: Self) -> Self;
}

impl<S: Field> Exchange<S> for S {
    #[inline(always)]
    fn where_row(self, row: S::Row, i: usize, other: Self) -> Self {
        Field::where_row(self, row, i, other)
    }
}

impl<S: Field, const N: usize> Exchange<S> for [S; N] {
    #[inline(always)]
    fn where_row(self, row: S::Row, i: usize, other: Self) -> Self {
        core::array::from_fn(|j| Field::where_row(self[j], row, i, other[j]))
    }
}

/// Turns exchanges with indices relative to their step into the order that they make.
#[inline(always)]
pub(crate) fn compose(rows: &mut [usize]) {
    // From the last step to the first: behind k stands an order of the rows after k.
    for k in (0..rows.len()).rev() {
        let chosen = rows[k];
        for row in &mut rows[k + 1..] {
            let row_from_k = *row + 1;
            // The row that stood at k is now where the chosen one was.
            *row = if row_from_k == chosen { 0 } else { row_from_k };
        }
    }
}

/// A field whose elements are one number each, real or complex, without parts: what norms and
/// condition estimates make sense for.
pub trait Number: Field {
    /// `|x|`.
    fn absolute(self) -> f64;
    /// `x / |x|`, and 1 for 0.
    fn direction(self) -> Self;
    /// The complex conjugate; a real number itself.
    fn conjugate(self) -> Self;
    /// The product with a real number.
    fn times(self, factor: f64) -> Self;
}

/// Scratch memory of the blocked factorisation.
#[doc(hidden)]
#[derive(Default)]
pub struct Blocks {
    memory: Option<(usize, faer::dyn_stack::MemBuffer)>,
}

impl Blocks {
    /// At least so much memory, kept for the next time.
    pub(crate) fn stack(
        &mut self,
        need: faer::dyn_stack::StackReq,
    ) -> Option<&mut faer::dyn_stack::MemStack> {
        let size = need.size_bytes() + need.align_bytes();
        if self.memory.as_ref().is_none_or(|(have, _)| *have < size) {
            self.memory = Some((size, faer::dyn_stack::MemBuffer::try_new(need).ok()?));
        }
        let (_, memory) = self.memory.as_mut()?;
        Some(faer::dyn_stack::MemStack::new(memory))
    }
}

impl core::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let bytes = self.memory.as_ref().map_or(0, |(size, _)| *size);
        write!(f, "Blocks({bytes} bytes)")
    }
}

impl Clone for Blocks {
    /// Scratch memory is not copied.
    fn clone(&self) -> Self {
        Self::default()
    }
}
