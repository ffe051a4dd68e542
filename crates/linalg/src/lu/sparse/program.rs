//! Small systems: the elimination as a list of what is done.

use super::SparseLu;
use super::refactor::REPIVOT;
use crate::Field;

/// Up to so many rows, so that every row has a number of eight bits.
const MOST_ROWS: usize = 256;

/// Up to so many products in one elimination: the list should stay in the fast memory.
const MOST_PRODUCTS: usize = 1 << 14;

/// No place: there is nothing of this row in the column at hand.
const NOWHERE: u16 = u16::MAX;

/// The factors `A = L D U` of a small system, with all products of their elimination and of a solve
/// one after the other.
///
/// A small sparse system has about one product for each entry of `L` and `U`: to find out, column by
/// column, which one comes next costs more than the product. What codes for chemical kinetics write
/// out as source text (Damian, Sandu, Damian, Potra, Carmichael 2002) is kept as numbers here.
#[derive(Clone, Debug)]
pub(super) struct Program<S> {
    /// `L` column by column, `U` row by row, both without their diagonal of ones, and `D`.
    entries: Vec<S>,
    /// The inverse of `D`.
    inverses: Vec<S>,
    /// The place of each value of the matrix among the entries.
    places: Vec<u16>,
    /// `entries[i] -= entries[l] * entries[u]`.
    products: Vec<[u16; 3]>,
    /// How many entries of `L`, of `U` and products each step of the elimination has.
    steps: Vec<[u16; 3]>,
    /// Row and column of each entry of `L` and of `U`.
    lower: Vec<[u8; 2]>,
    upper: Vec<[u8; 2]>,
    x: Box<[S; MOST_ROWS]>,
}

impl<S: Field<Row = usize>> SparseLu<S> {
    /// Writes down what the elimination with these pivots does, if that is little.
    pub(super) fn compile(&self) -> Option<Program<S>> {
        let n = self.dim();
        let (lower, upper) = (&self.lower, &self.upper);
        let products: usize = (0..n)
            .flat_map(|k| upper.column(k).index)
            .map(|&j| lower.column(j as usize).index.len())
            .sum();
        let count = lower.len() + upper.len() + n;
        if n > MOST_ROWS || products > MOST_PRODUCTS || count >= usize::from(NOWHERE) {
            return None;
        }
        // U by rows: counted, then filled column by column.
        let mut row_starts = vec![0; n + 1];
        for k in 0..n {
            upper.column(k).index.iter().for_each(|&j| row_starts[j as usize + 1] += 1);
        }
        (0..n).for_each(|k| row_starts[k + 1] += row_starts[k]);
        let mut next = row_starts.clone();
        let mut upper_moves = vec![[0, 0]; upper.len()];
        let mut lower_moves = Vec::with_capacity(lower.len());
        let mut places = vec![0; self.pattern.nnz()];
        // At each step of the elimination the products of a column, in any order of the columns.
        let mut of_step = vec![Vec::new(); n];
        let mut at = vec![NOWHERE; n];
        for (k, &column) in self.analysis.columns.iter().enumerate() {
            let (above, below) = (upper.column(k).index, lower.column(k).index);
            for &j in above {
                let place = &mut next[j as usize];
                upper_moves[*place] = [j as u8, k as u8];
                at[j as usize] = (lower.len() + *place) as u16;
                *place += 1;
            }
            at[k] = (lower.len() + upper.len() + k) as u16;
            for (place, &i) in (lower.start(k)..).zip(below) {
                lower_moves.push([i as u8, k as u8]);
                at[i as usize] = place as u16;
            }
            for &j in above {
                let j = j as usize;
                for (l, &i) in (lower.start(j)..).zip(lower.column(j).index) {
                    of_step[j].push([at[i as usize], l as u16, at[j]]);
                }
            }
            for value in self.pattern.col_ptr()[column]..self.pattern.col_ptr()[column + 1] {
                places[value] = at[self.step_of_entry[value] as usize];
            }
        }
        let lengths = |k: usize| {
            let (lowers, uppers) = (lower.column(k).index.len(), row_starts[k + 1] - row_starts[k]);
            [lowers as u16, uppers as u16, of_step[k].len() as u16]
        };
        Some(Program {
            entries: vec![S::ZERO; count],
            inverses: vec![S::ZERO; n],
            places,
            steps: (0..n).map(lengths).collect(),
            products: of_step.concat(),
            lower: lower_moves,
            upper: upper_moves,
            x: Box::new([S::ZERO; MOST_ROWS]),
        })
    }
}

impl<S: Field<Row = usize>> Program<S> {
    /// Factors the matrix with these values; `false` if the pivots are no longer good.
    pub(super) fn factor(&mut self, values: &[S]) -> bool {
        let Self { entries, inverses, places, products, steps, lower, upper, .. } = self;
        entries.fill(S::ZERO);
        for (&place, &value) in places.iter().zip(values) {
            entries[usize::from(place)] = value;
        }
        let diagonal = lower.len() + upper.len();
        let (mut l, mut u, mut products) = (0, lower.len(), &products[..]);
        for (k, (&[lowers, uppers, count], inverse)) in steps.iter().zip(inverses).enumerate() {
            let pivot = entries[diagonal + k];
            *inverse = pivot.inverse();
            let mut largest = 0.0f64;
            for entry in &mut entries[l..][..usize::from(lowers)] {
                largest = largest.max(entry.modulus());
                *entry *= *inverse;
            }
            if inverse.unusable() != 0 || pivot.modulus() < REPIVOT * largest {
                return false;
            }
            let (now, later) = products.split_at(usize::from(count));
            for &[i, l, u] in now {
                let product = (entries[usize::from(l)], entries[usize::from(u)]);
                let entry = &mut entries[usize::from(i)];
                *entry = entry.minus_product(product.0, product.1);
            }
            entries[u..][..usize::from(uppers)].iter_mut().for_each(|entry| *entry *= *inverse);
            l += usize::from(lowers);
            u += usize::from(uppers);
            products = later;
        }
        true
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
