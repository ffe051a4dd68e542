use crate::Real;
use crate::simd::{Task, Vector};

/// `to[j][i] = from[i][j]`.
pub(crate) struct Transpose<'a, T> {
    pub(crate) from: &'a [T],
    pub(crate) to: &'a mut [T],
    /// Rows of `from`, and how long they are.
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// From one row to the next.
    pub(crate) from_stride: usize,
    pub(crate) to_stride: usize,
}

impl<T: Real> Task for Transpose<'_, T> {
    type Elem = T;
    type Output = ();
    #[inline(always)]
    fn run<V: Vector<Elem = T>>(self, isa: V::Isa) {
        transpose::<V>(isa, self);
    }
}

/// Square by square, each in registers.
#[inline(always)]
pub(super) fn transpose<V: Vector>(isa: V::Isa, task: Transpose<'_, V::Elem>) {
    const MOST: usize = 16;
    let Transpose { from, to, rows, columns, from_stride, to_stride } = task;
    for row in (0..rows).step_by(V::LANES) {
        let high = V::LANES.min(rows - row);
        for column in (0..columns).step_by(V::LANES) {
            let wide = V::LANES.min(columns - column);
            let mut square = [V::splat(isa, V::Elem::ZERO); MOST];
            if high == V::LANES && wide == V::LANES {
                for i in 0..V::LANES {
                    square[i] = V::load(isa, &from[(row + i) * from_stride + column..]);
                }
                V::transpose(&mut square);
                for j in 0..V::LANES {
                    square[j].store(&mut to[(column + j) * to_stride + row..]);
                }
            } else {
                for i in 0..high {
                    let from = &from[(row + i) * from_stride + column..];
                    for j in 0..wide {
                        to[(column + j) * to_stride + row + i] = from[j];
                    }
                }
            }
        }
    }
}
