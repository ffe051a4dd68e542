//! Whether a declared pattern has all entries, and they are right, asked once per solve.

use super::Trouble;
use super::sparsity::Sparsity;
use linalg::Field;
use ode_core::Refusal;
use scalar::Concrete;
use system::{Failure, Jacobian};

/// Random numbers that are the same in every run (SplitMix64; Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    /// In `[-1, 1)`.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as i64 as f64 / -(i64::MIN as f64)
    }

    /// Away from zero.
    fn weight(&mut self) -> f64 {
        let x = self.next();
        x + 0.5f64.copysign(x)
    }
}

/// Directions at each point.
const DIRECTIONS: usize = 2;

/// Products that differ by more than so many units in the last place, of the terms of a row, differ by
/// more than their rounding.
const ROUNDING: f64 = 1e5;

/// Scratch of the check.
struct Check<'a, S, W, F> {
    rhs: &'a F,
    sparsity: &'a Sparsity,
    work: &'a mut W,
    values: Vec<S>,
    dfdt: Vec<S>,
    v: Vec<S>,
    exact: Vec<S>,
}

/// Compares the products of the sparse Jacobian and of the exact one along random directions: at
/// `(t, u)`, and at a random point beside, where entries that vanish at the start do not. A right-hand
/// side without products is not checked, nor a point where something is not finite.
#[cold]
pub(super) fn check<S: Concrete + Field, F: Jacobian<S>>(
    rhs: &F,
    (t, u, p): (S, &[S], &[S]),
    sparsity: &Sparsity,
    work: &mut F::Work,
) -> Result<(), Trouble> {
    let n = u.len();
    if sparsity.coloring.columns() != n {
        let found = sparsity.coloring.columns();
        let text = format!("the pattern of the Jacobian has {found} rows, the model {n} states");
        return Err(Failure::Fatal(text).into());
    }
    let zeros = || vec![S::ZERO; n];
    let values = vec![S::ZERO; sparsity.coloring.num_nonzeros()];
    let (dfdt, v, exact) = (zeros(), zeros(), zeros());
    let mut check = Check { rhs, sparsity, work, values, dfdt, v, exact };
    let mut random = Random(n as u64);
    let largest = u.iter().map(|u| u.largest_part()).fold(0.0, f64::max);
    let scale = if largest > 0.0 { 0.01 * largest } else { 0.01 };
    // Outwards, so that what is not negative stays so.
    let beside = |&u: &S, random: &mut Random| {
        let away = if u.is_within(f64::NEG_INFINITY, -f64::MIN_POSITIVE) { -scale } else { scale };
        u.scale(1.0 + 0.1 * random.next()) + S::real(away * random.next().abs())
    };
    let moved: Vec<S> = u.iter().map(|u| beside(u, &mut random)).collect();
    for point in [u, &moved] {
        if let Some((row, column)) = check.wrong_entry((t, point, p), &mut random) {
            return Err(Trouble::Refused(Refusal::Entry { row, column }));
        }
    }
    Ok(())
}

impl<S: Concrete + Field, F: Jacobian<S>> Check<'_, S, F::Work, F> {
    /// An entry that the pattern leaves out, or whose value is another.
    fn wrong_entry(&mut self, at: (S, &[S], &[S]), random: &mut Random) -> Option<(usize, usize)> {
        let Self { rhs, sparsity, work, values, dfdt, .. } = self;
        let (t, u, p) = at;
        rhs.sparse_derivatives(t, u, p, &sparsity.coloring, (values, dfdt), work).ok()?;
        for _ in 0..DIRECTIONS {
            for v in &mut self.v {
                *v = S::real(random.weight());
            }
            self.product(at)?;
            if let Some(row) = self.differing_row() {
                let missing = self.missing(at, row, random);
                let column = missing.or_else(|| self.differing(at, row));
                return column.map(|column| (row, column));
            }
        }
        None
    }

    /// `exact = J v`; none where it is not finite.
    fn product(&mut self, (t, u, p): (S, &[S], &[S])) -> Option<()> {
        self.rhs.jvp(t, u, p, (&self.v, &mut self.exact), self.work).ok()?;
        let is_finite = |x: &[S]| x.iter().all(|x| x.is_finite());
        (is_finite(&self.exact) && is_finite(&self.values)).then_some(())
    }

    /// The row in which the products differ most, if more than by rounding.
    fn differing_row(&self) -> Option<usize> {
        let n = self.v.len();
        let coloring = &self.sparsity.coloring;
        let (mut sum, mut terms) = (vec![S::ZERO; n], vec![0.0f64; n]);
        for j in 0..n {
            let places = coloring.starts()[j]..;
            for (at, &i) in places.zip(coloring.rows_of(j)) {
                let term = self.values[at] * self.v[j];
                sum[i] += term;
                terms[i] += term.largest_part();
            }
        }
        let one = S::ONE + S::real(f64::EPSILON) - S::ONE;
        let is_double = one.largest_part() > 0.0;
        let unit = if is_double { f64::EPSILON } else { f64::from(f32::EPSILON) };
        // A row that is all missing has no terms: its rounding is measured by the others too.
        let largest = terms.iter().fold(0.0f64, |most, &x| most.max(x));
        let excess = |i: usize| {
            let difference = (sum[i] - self.exact[i]).largest_part();
            let size = terms[i] + self.exact[i].largest_part();
            let rounding = unit * (ROUNDING.min(0.01 / unit) * size + largest);
            if difference > rounding { difference / size } else { 0.0 }
        };
        let worst = (0..n).map(|i| (i, excess(i))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (worst.1 > 0.0).then_some(worst.0)
    }

    /// A column that the row depends on, against the pattern: by halving the candidates.
    fn missing(&mut self, at: (S, &[S], &[S]), row: usize, random: &mut Random) -> Option<usize> {
        let n = self.v.len();
        let is_declared =
            |j: &usize| self.sparsity.coloring.rows_of(*j).binary_search(&row).is_ok();
        let mut candidates: Vec<usize> = (0..n).filter(|j| !is_declared(j)).collect();
        let mut size = |check: &mut Self, columns: &[usize]| {
            check.v.fill(S::ZERO);
            for &j in columns {
                check.v[j] = S::real(random.weight());
            }
            check.product(at).map(|()| check.exact[row].largest_part())
        };
        while candidates.len() > 1 {
            let right = candidates.split_off(candidates.len() / 2);
            let sizes = (size(self, &candidates)?, size(self, &right)?);
            if sizes.1 > sizes.0 {
                candidates = right;
            }
        }
        let &column = candidates.first()?;
        (size(self, &[column])? > 0.0).then_some(column)
    }

    /// The declared column whose entry in this row differs most.
    fn differing(&mut self, at: (S, &[S], &[S]), row: usize) -> Option<usize> {
        let mut worst = None;
        let mut most = 0.0;
        for j in 0..self.v.len() {
            let coloring = &self.sparsity.coloring;
            let Ok(k) = coloring.rows_of(j).binary_search(&row) else { continue };
            let place = coloring.starts()[j] + k;
            self.v.fill(S::ZERO);
            self.v[j] = S::ONE;
            self.product(at)?;
            let difference = (self.values[place] - self.exact[row]).largest_part();
            if difference > most {
                (worst, most) = (Some(j), difference);
            }
        }
        worst
    }
}
