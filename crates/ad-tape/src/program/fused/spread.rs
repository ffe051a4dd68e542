use super::graph::NONE;
use scalar::Scalar;

/// Where the elements of a slice are among the values: each of several fields, which are stored cell by cell in
/// the slice, in a row; and those that are elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    /// First places; [`NONE`] where no row has most of a field.
    rows: Vec<u32>,
    /// The first element of the first cell.
    first: usize,
    cells: usize,
    /// Element and place.
    others: Vec<[u32; 2]>,
    /// Room for as many numbers as there are others.
    room: usize,
}

/// The value that more than half of all have, if there is one, and how many have it (Boyer and Moore 1981).
pub(super) fn majority(values: impl Iterator<Item = u32> + Clone) -> (u32, usize) {
    let (mut candidate, mut lead) = (NONE, 0usize);
    for value in values.clone() {
        match lead {
            0 => (candidate, lead) = (value, 1),
            _ if value == candidate => lead += 1,
            _ => lead -= 1,
        }
    }
    (candidate, values.filter(|&value| value == candidate).count())
}

impl Spread {
    /// For these places, below `slots`, with so many fields, the first element of the first cell, and so many cells.
    pub(super) fn new(
        places: &[u32],
        (fields, first, cells): (usize, usize, usize),
        slots: u32,
    ) -> Self {
        let mut spread = Self { first, cells, ..Self::default() };
        for field in 0..fields {
            let starts = (0..cells)
                .map(|cell| places[first + cell * fields + field].wrapping_sub(cell as u32));
            let (row, count) = majority(starts);
            let end = row.checked_add(cells as u32);
            let fits = 2 * count > cells && end.is_some_and(|end| end <= slots);
            spread.rows.push(if fits { row } else { NONE });
        }
        for (k, &place) in places.iter().enumerate() {
            let (cell, field) = (k.wrapping_sub(first) / fields, k.wrapping_sub(first) % fields);
            let row = spread.rows[field];
            if cell >= cells || row == NONE || row + cell as u32 != place {
                spread.others.push([k as u32, place]);
            }
        }
        spread
    }

    /// Takes room for sums.
    pub(super) fn with_room(mut self, allocate: impl FnOnce(usize) -> u32) -> Self {
        self.room = allocate(self.others.len()) as usize;
        self
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.rows[..]) + size_of_val(&self.others[..])
    }

    /// Copies a slice to its places; what is missing is zero.
    pub(super) fn load<S: Scalar>(&self, x: &[S], values: &mut [S]) {
        let (fields, cells) = (self.rows.len(), self.cells);
        match (x.get(self.first..self.first + fields * cells), &self.rows[..]) {
            (Some(x), &[a, b]) if a < b && b != NONE && b - a >= cells as u32 => {
                let (earlier, later) = values.split_at_mut(b as usize);
                let (a, b) = (&mut earlier[a as usize..a as usize + cells], &mut later[..cells]);
                for (([x, y], a), b) in x.as_chunks::<2>().0.iter().zip(a).zip(b) {
                    (*a, *b) = (*x, *y);
                }
            }
            (Some(x), _) => {
                for (field, row) in self.rows() {
                    let row = &mut values[row..row + cells];
                    match fields {
                        1 => row.copy_from_slice(x),
                        3 => take::<S, 3>(x, field, row),
                        4 => take::<S, 4>(x, field, row),
                        _ => row
                            .iter_mut()
                            .zip(x.chunks_exact(fields))
                            .for_each(|(to, cell)| *to = cell[field]),
                    }
                }
            }
            (None, _) => {
                for (field, row) in self.rows() {
                    for (cell, to) in values[row..row + cells].iter_mut().enumerate() {
                        let element = self.first + cell * fields + field;
                        *to = x.get(element).copied().unwrap_or(S::zero());
                    }
                }
            }
        }
        for &[k, place] in &self.others {
            values[place as usize] = x.get(k as usize).copied().unwrap_or(S::zero());
        }
    }

    /// Copies the values to a slice.
    pub(super) fn store<S: Scalar>(&self, values: &[S], y: &mut [S]) {
        self.put(values, y, |y, value| *y = value);
        for &[k, place] in &self.others {
            y[k as usize] = values[place as usize];
        }
    }

    /// Adds the values to a slice.
    pub(super) fn add<S: Scalar>(&self, values: &mut [S], y: &mut [S]) {
        for (i, &[k, _]) in self.others.iter().enumerate() {
            values[self.room + i] = y[k as usize];
        }
        self.put(values, y, |y, value| *y += value);
        for (i, &[k, place]) in self.others.iter().enumerate() {
            y[k as usize] = values[self.room + i] + values[place as usize];
        }
    }

    fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| **row != NONE);
        rows.map(|(field, &row)| (field, row as usize))
    }

    #[inline(always)]
    fn put<S: Scalar>(&self, values: &[S], y: &mut [S], put: impl Fn(&mut S, S)) {
        let fields = self.rows.len();
        let Some(y) = y.get_mut(self.first..self.first + fields * self.cells) else { return };
        let row = |k: usize| match self.rows[k] {
            NONE => &[],
            row => &values[row as usize..row as usize + self.cells],
        };
        match (fields, self.rows().count()) {
            (1, 1) => put_cells([row(0)], y, put),
            (2, 2) => put_cells([row(0), row(1)], y, put),
            (3, 3) => put_cells([0, 1, 2].map(row), y, put),
            (4, 4) => put_cells([0, 1, 2, 3].map(row), y, put),
            _ => {
                for (field, _) in self.rows() {
                    let cells = y.chunks_exact_mut(fields).zip(row(field));
                    cells.for_each(|(cell, &value)| put(&mut cell[field], value));
                }
            }
        }
    }
}

#[inline(always)]
fn take<S: Scalar, const N: usize>(x: &[S], field: usize, row: &mut [S]) {
    let cells = x.as_chunks::<N>().0;
    for (to, cell) in row.iter_mut().zip(cells) {
        *to = cell[field];
    }
}

#[inline(always)]
fn put_cells<S: Scalar, const N: usize>(rows: [&[S]; N], y: &mut [S], put: impl Fn(&mut S, S)) {
    let cells = y.as_chunks_mut::<N>().0;
    let len = rows.iter().fold(cells.len(), |len, row| len.min(row.len()));
    let (cells, rows) = (&mut cells[..len], rows.map(|row| &row[..len]));
    for (i, cell) in cells.iter_mut().enumerate() {
        for k in 0..N {
            put(&mut cell[k], rows[k][i]);
        }
    }
}
