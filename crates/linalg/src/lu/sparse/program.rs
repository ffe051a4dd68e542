//! Small systems: the elimination as a list of what is done.

use crate::sparse::sets::{Sets, members};
use crate::{Field, Pattern};
use core::cmp::Ordering;

/// Up to so many rows, so that every row has a number of eight bits.
pub(crate) const MOST_ROWS: usize = 256;

/// Up to so many products in one elimination: the list should stay in the fast memory.
pub(crate) const MOST_PRODUCTS: usize = 1 << 14;

/// The factors `A = L D U` of a small system, with all products of their elimination and of a solve
/// one after the other.
///
/// A small sparse system has about one product for each entry of `L` and `U`: to find out, column by
/// column, which one comes next costs more than the product. What codes for chemical kinetics write
/// out as source text (Damian, Sandu, Damian, Potra, Carmichael 2002) is kept as numbers here.
#[derive(Clone, Debug)]
pub(super) struct Program<S> {
    /// `L` and `U` column by column, both without their diagonal of ones, and `D`: the products of a
    /// column in a solve do not wait for one another.
    entries: Vec<S>,
    /// The inverse of `D`.
    inverses: Vec<S>,
    /// The place of each value of the matrix among the entries.
    places: Vec<u16>,
    /// `entries[i] -= entries[l] * entries[u] / D`.
    products: Vec<[u16; 3]>,
    /// How many products each step of the elimination has.
    steps: Vec<u16>,
    /// Row and column of each entry of `L` and of `U`.
    lower: Vec<[u8; 2]>,
    upper: Vec<[u8; 2]>,
    x: Box<[S; MOST_ROWS]>,
}

impl<S: Field<Row = usize>> Program<S> {
    /// Writes down what the elimination of a pattern does, if that is little: rows and columns are
    /// eliminated in these orders.
    pub(super) fn new(pattern: &Pattern, rows: &[usize], columns: &[usize]) -> Option<Self> {
        let n = columns.len();
        if n > MOST_ROWS {
            return None;
        }
        let mut step_of = vec![0; n];
        rows.iter().enumerate().for_each(|(step, &row)| step_of[row] = step);
        // L by columns and U by rows, first the entries of the matrix.
        let (mut below, mut beside) = (Sets::new(n), Sets::new(n));
        for (k, &column) in columns.iter().enumerate() {
            for &row in pattern.column(column) {
                let step = step_of[row];
                match step.cmp(&k) {
                    Ordering::Greater => below.insert(k, step),
                    Ordering::Less => beside.insert(step, k),
                    Ordering::Equal => {}
                }
            }
        }
        let (steps, [lowers, uppers, products]) = fill_in(&mut below, &mut beside)?;
        let mut program = Self {
            entries: vec![S::ZERO; lowers + uppers + n],
            inverses: vec![S::ZERO; n],
            places: Vec::with_capacity(pattern.nnz()),
            products: Vec::with_capacity(products),
            lower: Vec::with_capacity(lowers),
            upper: Vec::with_capacity(uppers),
            steps,
            x: Box::new([S::ZERO; MOST_ROWS]),
        };
        let mut place = vec![0; n * n];
        for k in 0..n {
            place[k * (n + 1)] = (lowers + uppers + k) as u16;
            for i in members(below.of(k)) {
                place[i * n + k] = program.lower.len() as u16;
                program.lower.push([i as u8, k as u8]);
            }
        }
        // Their columns found by counting; the rows of each increase.
        let mut next = vec![0u16; n + 1];
        (0..n).for_each(|k| members(beside.of(k)).for_each(|j| next[j + 1] += 1));
        (0..n).for_each(|j| next[j + 1] += next[j]);
        program.upper.resize(uppers, [0; 2]);
        for k in 0..n {
            for j in members(beside.of(k)) {
                let at = usize::from(next[j]);
                next[j] += 1;
                place[k * n + j] = (lowers + at) as u16;
                program.upper[at] = [k as u8, j as u8];
            }
        }
        for k in 0..n {
            for i in members(below.of(k)) {
                let product = |j| [place[i * n + j], place[i * n + k], place[k * n + j]];
                program.products.extend(members(beside.of(k)).map(product));
            }
        }
        let mut step_of_column = vec![0; n];
        columns.iter().enumerate().for_each(|(step, &column)| step_of_column[column] = step);
        for (j, step) in step_of_column.into_iter().enumerate() {
            program.places.extend(pattern.column(j).iter().map(|&i| place[step_of[i] * n + step]));
        }
        Some(program)
    }

    /// The number of entries of `L` and `U` together.
    pub(super) fn fill(&self) -> usize {
        self.entries.len()
    }
}

/// Adds the fill, and counts the products of each step, and the entries of `L`, those of `U`, and the
/// products of all; `None` if they are too many.
fn fill_in(below: &mut Sets, beside: &mut Sets) -> Option<(Vec<u16>, [usize; 3])> {
    let n = below.count();
    let mut steps = Vec::with_capacity(n);
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    let mut total = [0; 3];
    for k in 0..n {
        rows.clear();
        rows.extend_from_slice(below.of(k));
        columns.clear();
        columns.extend_from_slice(beside.of(k));
        members(&rows).for_each(|i| beside.unite(i, &columns, i + 1));
        members(&columns).for_each(|j| below.unite(j, &rows, j + 1));
        let (lowers, uppers) = (below.len(k), beside.len(k));
        let products = lowers * uppers;
        total = [total[0] + lowers, total[1] + uppers, total[2] + products];
        if total[2] > MOST_PRODUCTS {
            return None;
        }
        steps.push(products as u16);
    }
    Some((steps, total))
}

impl<S: Field<Row = usize>> Program<S> {
    /// Factors the matrix with these values; `false` where a pivot is less than this part of the
    /// largest entry in its column, or no number to divide by.
    pub(super) fn factor(&mut self, values: &[S], least: f64) -> bool {
        let Self { entries, inverses, places, products, steps, lower, upper, .. } = self;
        entries.fill(S::ZERO);
        for (&place, &value) in places.iter().zip(values) {
            entries[usize::from(place)] = value;
        }
        let diagonal = lower.len() + upper.len();
        let mut products = &products[..];
        for (k, (&count, inverse)) in steps.iter().zip(&mut *inverses).enumerate() {
            let factor = entries[diagonal + k].inverse();
            *inverse = factor;
            let (now, later) = products.split_at(usize::from(count));
            for &[i, l, u] in now {
                let product = (entries[usize::from(l)] * factor, entries[usize::from(u)]);
                let entry = &mut entries[usize::from(i)];
                *entry = entry.minus_product(product.0, product.1);
            }
            products = later;
        }
        // All at once: most steps have few entries.
        let (below, above) = entries.split_at_mut(lower.len());
        for (entry, &[_, column]) in below.iter_mut().zip(&*lower) {
            *entry *= inverses[usize::from(column)];
        }
        for (entry, &[row, _]) in above.iter_mut().zip(&*upper) {
            *entry *= inverses[usize::from(row)];
        }
        // L has what each entry is to its pivot.
        let most = 1.0 / least;
        let unusable = inverses.iter().fold(0, |sum, inverse| sum | inverse.unusable());
        let is_bounded = below.iter().fold(true, |is, entry| is & (entry.modulus() <= most));
        unusable == 0 && is_bounded
    }

    /// Solves `A x = b` in place; `rows` and `columns` are in the order of elimination.
    #[inline]
    pub(super) fn solve(&mut self, (rows, columns): (&[usize], &[usize]), b: &mut [S]) {
        let (below, above) = self.entries.split_at(self.lower.len());
        let x = &mut self.x;
        for (x, &row) in x.iter_mut().zip(rows) {
            *x = b[row];
        }
        for (&[row, column], &entry) in self.lower.iter().zip(below) {
            subtract(x, row, entry, column);
        }
        for (x, &inverse) in x.iter_mut().zip(&self.inverses) {
            *x *= inverse;
        }
        for (&[row, column], &entry) in self.upper.iter().zip(above).rev() {
            subtract(x, row, entry, column);
        }
        for (&x, &column) in x.iter().zip(columns) {
            b[column] = x;
        }
    }

    /// Solves `Aᵀ x = b` in place.
    #[inline]
    pub(super) fn solve_transposed(&mut self, (rows, columns): (&[usize], &[usize]), b: &mut [S]) {
        let (below, above) = self.entries.split_at(self.lower.len());
        let x = &mut self.x;
        for (x, &column) in x.iter_mut().zip(columns) {
            *x = b[column];
        }
        for (&[row, column], &entry) in self.upper.iter().zip(above) {
            subtract(x, column, entry, row);
        }
        for (x, &inverse) in x.iter_mut().zip(&self.inverses) {
            *x *= inverse;
        }
        for (&[row, column], &entry) in self.lower.iter().zip(below).rev() {
            subtract(x, column, entry, row);
        }
        for (&x, &row) in x.iter().zip(rows) {
            b[row] = x;
        }
    }
}

/// `x[to] -= factor * x[from]`
#[inline(always)]
fn subtract<S: Field>(x: &mut [S; MOST_ROWS], to: u8, factor: S, from: u8) {
    x[usize::from(to)] = x[usize::from(to)].minus_product(factor, x[usize::from(from)]);
}
