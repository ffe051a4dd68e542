//! The algebraic equations of `M u' = f(t, u)`, linearised at a state.

use super::complete_pivoting::CompletePivoting;
use super::linearization::Linearization;
use super::obstacle::{Obstacle, name};
use super::settlement::Settlement;
use super::subspaces::Subspaces;
use linalg::{ErrorKind, Field, Pattern, Solver, Structure};
use ode_core::Stats;
use scalar::Concrete;
use std::fmt;
use std::sync::Arc;
use system::{Jacobian, Rhs};

/// With bases `E` and `V` of the null spaces of `M` (`EᵀM = 0`, `M V = 0`) the algebraic equations are
/// `g = Eᵀf = 0` for the algebraic variables `y` in `u + V y`. Their Jacobian `G = Eᵀ (∂f/∂u) V` is
/// regular where, and only where, the index is 1.
///
/// Columns of tangents behind the leading states have the same `G`, and are corrected one by one.
pub(crate) struct Constraints<S: Field, W> {
    spaces: Subspaces<S>,
    /// The number of leading states.
    n: usize,
    linearization: Linearization<S, W>,
    /// `G` is a sum of terms: its place in `values`, that of the entry of the Jacobian, the weight.
    terms: Vec<(usize, usize, f64)>,
    /// `Eᵀ ∂f/∂u` likewise: equation, place in the Jacobian, column, weight.
    rows: Vec<(usize, usize, usize, f64)>,
    /// Row and column of each value, the values of `G`, and the sizes of what was summed up.
    places: Vec<(usize, usize)>,
    values: Vec<S>,
    sizes: Vec<f64>,
    /// What rows and columns are multiplied by, so that their largest entries are about 1.
    row_scale: Vec<f64>,
    column_scale: Vec<f64>,
    factors: Factors<S>,
    g: Vec<S>,
    direction: Vec<S>,
    /// Scratch of [`slope`](Constraints::slope).
    by_time: Vec<S>,
    /// Whether the factors belong to the start of the step.
    is_current: bool,
    pub(super) settlement: Settlement<S>,
    pub(super) evaluations: usize,
    jacobians: usize,
    factorizations: usize,
    solves: usize,
}

enum Factors<S: Field> {
    Dense(CompletePivoting<S>),
    Sparse(Solver<S>),
    /// Whatever its values, the matrix is singular: no row is left for this column.
    None {
        column: usize,
    },
}

/// Up to so many algebraic variables their rank is found by complete pivoting.
const DENSE: usize = 200;

impl<S: Concrete + Field, W> Constraints<S, W> {
    /// `None` without a mass matrix.
    pub(crate) fn new<F: Jacobian<S, Work = W>>(rhs: &F) -> Option<Self> {
        let n = rhs.leading();
        let spaces = Subspaces::new(&rhs.mass()?.leading(n))?;
        let m = spaces.equations.len();
        let linearization = Linearization::new(rhs);
        let by_state = |sums: &[Vec<(usize, f64)>]| {
            let mut of = vec![Vec::new(); n];
            for (k, sum) in sums.iter().enumerate() {
                sum.iter().for_each(|&(i, w)| of[i].push((k, w)));
            }
            of
        };
        let (of_row, of_column) = (by_state(&spaces.equations), by_state(&spaces.variables));
        let (mut rows, mut entries) = (Vec::new(), Vec::new());
        linearization.for_each(|at, i, j| {
            for &(e, w) in &of_row[i] {
                rows.push((e, at, j, w));
                of_column[j].iter().for_each(|&(v, x)| entries.push(((e, v), at, w * x)));
            }
        });
        let (mut places, factors): (Vec<(usize, usize)>, _);
        let sparse = (linearization.is_sparse() && m > DENSE)
            .then(|| Pattern::from_entries(m, m, entries.iter().map(|entry| entry.0)).ok())
            .flatten()
            .and_then(|pattern| {
                let solver = S::solver(&Structure::Sparse(Arc::new(pattern.clone())));
                let factors = match solver.as_ref().map_err(linalg::Error::kind) {
                    Err(ErrorKind::StructurallySingular { column, .. }) => {
                        Factors::None { column: *column }
                    }
                    _ => Factors::Sparse(solver.ok()?),
                };
                Some((pattern, factors))
            });
        let position: Box<dyn Fn(usize, usize) -> usize>;
        if let Some((pattern, found)) = sparse {
            let column = |j| pattern.column(j).iter().map(move |&i| (i, j));
            places = (0..m).flat_map(column).collect();
            factors = found;
            position = Box::new(move |i, j| pattern.position(i, j).unwrap_or(0));
        } else {
            places = Vec::with_capacity(m * m);
            places.extend((0..m * m).map(|at| (at / m, at % m)));
            factors = Factors::Dense(CompletePivoting::new(m));
            position = Box::new(move |i, j| i * m + j);
        }
        let terms = entries.into_iter().map(|((e, v), at, w)| (position(e, v), at, w)).collect();
        let (zeros, ones) = (|n| vec![S::ZERO; n], |n| vec![1.0; n]);
        Some(Self {
            values: zeros(places.len()),
            sizes: vec![0.0; places.len()],
            row_scale: ones(m),
            column_scale: ones(m),
            g: zeros(m),
            direction: zeros(rhs.states()),
            by_time: zeros(rhs.states()),
            spaces,
            n,
            linearization,
            terms,
            rows,
            places,
            factors,
            is_current: false,
            settlement: Settlement::default(),
            evaluations: 0,
            jacobians: 0,
            factorizations: 0,
            solves: 0,
        })
    }

    /// Whether there are none: the mass matrix is regular.
    pub(crate) fn is_empty(&self) -> bool {
        self.g.is_empty()
    }

    /// Makes the next use linearise anew.
    pub(crate) fn forget(&mut self) {
        self.is_current = false;
    }

    /// Evaluates and factors `G`, unless that was done for this start already.
    pub(crate) fn linearize_once<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        at: (S, &[S], &[S]),
    ) -> Result<(), Obstacle> {
        if !self.is_current {
            self.linearize(rhs, at)?;
        }
        self.is_current = true;
        Ok(())
    }

    /// Evaluates and factors `G`.
    pub(crate) fn linearize<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        at: (S, &[S], &[S]),
    ) -> Result<(), Obstacle> {
        self.is_current = false;
        if self.is_empty() {
            return Ok(());
        }
        self.jacobians += 1;
        self.linearization.evaluate(rhs, at)?;
        self.values.fill(S::ZERO);
        self.sizes.fill(0.0);
        for &(place, at, w) in &self.terms {
            let term = self.linearization.entry(at) * S::real(w);
            self.values[place] += term;
            self.sizes[place] += term.modulus();
        }
        self.equilibrate();
        self.factorizations += 1;
        let values = &self.values;
        match &mut self.factors {
            Factors::Dense(factors) => {
                let factored = factors.factor_with(|a| a.copy_from_slice(values));
                factored.map_err(|found| self.singular(&found.rows, &found.columns))
            }
            Factors::Sparse(factors) => {
                let Err(error) = factors.factor(values) else { return Ok(()) };
                let column = match error.kind() {
                    ErrorKind::Singular { pivot } | ErrorKind::SingularLanes { pivot, .. } => {
                        *pivot
                    }
                    ErrorKind::StructurallySingular { column, .. } => *column,
                    _ => 0,
                };
                Err(self.singular_column(column))
            }
            Factors::None { column } => {
                let column = *column;
                Err(self.singular_column(column))
            }
        }
    }

    /// The rows of zeros, if there are some, else the row in the place of the column.
    #[cold]
    fn singular_column(&self, column: usize) -> Obstacle {
        let mut is_zero = vec![true; self.g.len()];
        for (place, x) in self.places.iter().zip(&self.values) {
            is_zero[place.0] &= x.modulus() == 0.0;
        }
        let zero: Vec<usize> = (0..is_zero.len()).filter(|&e| is_zero[e]).collect();
        self.singular(
            if zero.is_empty() { std::slice::from_ref(&column) } else { &zero },
            &[column],
        )
    }

    /// Rows, then columns. What was summed up counts, so that a sum that should be zero stays small.
    fn equilibrate(&mut self) {
        let Self { places, values, sizes, row_scale, column_scale, .. } = self;
        let inverse = |x: &mut f64| *x = if *x > 0.0 && x.is_finite() { 1.0 / *x } else { 1.0 };
        row_scale.fill(0.0);
        for (&(i, _), &size) in places.iter().zip(&*sizes) {
            row_scale[i] = row_scale[i].max(size);
        }
        row_scale.iter_mut().for_each(inverse);
        column_scale.fill(0.0);
        for (&(i, j), &size) in places.iter().zip(&*sizes) {
            column_scale[j] = column_scale[j].max(row_scale[i] * size);
        }
        column_scale.iter_mut().for_each(inverse);
        for (&(i, j), x) in places.iter().zip(values) {
            *x *= S::real(row_scale[i] * column_scale[j]);
        }
    }

    #[cold]
    fn singular(&self, rows: &[usize], columns: &[usize]) -> Obstacle {
        let states = |sums: &[Vec<(usize, f64)>], of: &[usize]| {
            let terms = of.iter().filter_map(|&k| sums.get(k)).flatten();
            let mut states: Vec<usize> = terms.map(|term| term.0).collect();
            states.sort_unstable();
            states.dedup();
            states
        };
        let equations = states(&self.spaces.equations, rows);
        let variables = states(&self.spaces.variables, columns);
        Obstacle::Singular { equations, variables }
    }

    /// Sets `g = Eᵀ f`.
    fn gather(&mut self, f: &[S]) {
        for (g, sum) in self.g.iter_mut().zip(&self.spaces.equations) {
            *g = sum.iter().fold(S::ZERO, |total, &(i, w)| total + f[i] * S::real(w));
        }
    }

    /// `g ← G⁻¹ g`.
    fn solve(&mut self) -> Result<(), Obstacle> {
        self.solves += 1;
        for (g, &scale) in self.g.iter_mut().zip(&self.row_scale) {
            *g *= S::real(scale);
        }
        let solved = match &mut self.factors {
            Factors::Dense(factors) => {
                factors.solve(&mut self.g);
                Ok(())
            }
            Factors::Sparse(factors) => factors.solve_in_place(&mut self.g),
            Factors::None { column } => {
                let column = *column;
                return Err(self.singular_column(column));
            }
        };
        if solved.is_err() || !self.g.iter().all(|g| g.is_finite()) {
            let bad = |g: &S| !g.is_finite();
            let k = self.g.iter().position(bad).unwrap_or(0);
            return Err(self.singular(&[k], &[k]));
        }
        for (g, &scale) in self.g.iter_mut().zip(&self.column_scale) {
            *g *= S::real(scale);
        }
        Ok(())
    }

    /// The Newton correction of the state, `-V G⁻¹ Eᵀ f`, by the last linearisation.
    pub(crate) fn correction(&mut self, f: &[S]) -> Result<&[S], Obstacle> {
        self.direction.fill(S::ZERO);
        let n = self.n.max(1);
        for (column, f) in f.chunks_exact(n).enumerate() {
            self.gather(f);
            self.solve()?;
            let Some(direction) = self.direction.get_mut(column * n..(column + 1) * n) else {
                break;
            };
            for (&y, sum) in self.g.iter().zip(&self.spaces.variables) {
                sum.iter().for_each(|&(j, w)| direction[j] += -(y * S::real(w)));
            }
        }
        Ok(&self.direction)
    }

    /// Turns `f` into the derivative of the state, `M u' = f` and `Eᵀ (∂f/∂u u' + ∂f/∂t) = 0`, by the
    /// linearisation at the same place.
    pub(crate) fn slope<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        at: (S, &[S], &[S]),
        f: &mut [S],
    ) -> Result<(), Obstacle> {
        let mut by_time = std::mem::take(&mut self.by_time);
        by_time.copy_from_slice(self.linearization.dfdt());
        let found = self.slopes(rhs, at, f, &mut by_time);
        self.by_time = by_time;
        found
    }

    fn slopes<F: Jacobian<S, Work = W>>(
        &mut self,
        rhs: &F,
        at: (S, &[S], &[S]),
        f: &mut [S],
        by_time: &mut [S],
    ) -> Result<(), Obstacle> {
        let n = self.n.max(1);
        let (f, tangents) = f.split_at_mut(n.min(f.len()));
        let (first, by_time) = by_time.split_at_mut(n.min(by_time.len()));
        self.slope_of(f, first)?;
        if tangents.is_empty() {
            return Ok(());
        }
        self.linearization.couple(rhs, at, (f, &mut *by_time))?;
        let mut columns = tangents.chunks_exact_mut(n).zip(by_time.chunks_exact(n));
        columns.try_for_each(|(f, by_time)| self.slope_of(f, by_time))
    }

    /// The same for one column, with its derivative by time.
    fn slope_of(&mut self, f: &mut [S], by_time: &[S]) -> Result<(), Obstacle> {
        let mut scratch = std::mem::take(&mut self.values);
        if scratch.len() < f.len() {
            scratch.resize(f.len(), S::ZERO);
        }
        let direction = &mut self.direction[..f.len()];
        let is_solved = self.spaces.solve(f, direction, &mut scratch);
        self.values = scratch;
        self.values.truncate(self.places.len());
        if !is_solved {
            return Err(Obstacle::NoMemory);
        }
        f.copy_from_slice(direction);
        if self.is_empty() {
            return Ok(());
        }
        for (g, sum) in self.g.iter_mut().zip(&self.spaces.equations) {
            *g = sum.iter().fold(S::ZERO, |total, &(i, w)| total + by_time[i] * S::real(w));
        }
        for &(e, at, j, w) in &self.rows {
            self.g[e] += self.linearization.entry(at) * f[j] * S::real(w);
        }
        self.solve()?;
        for (&y, sum) in self.g.iter().zip(&self.spaces.variables) {
            sum.iter().for_each(|&(j, w)| f[j] += -(y * S::real(w)));
        }
        Ok(())
    }

    /// A solution of `Mᵀ x = slope_bar`, where there is one.
    pub(crate) fn of_slope(&mut self, slope_bar: &[S], x: &mut [S]) -> Result<(), Obstacle> {
        match self.spaces.solve_transposed(slope_bar, x) {
            true => Ok(()),
            false => Err(Obstacle::NoMemory),
        }
    }

    /// `-E G⁻ᵀ Vᵀ u_bar`, by the last linearisation: where a state is moved onto the equations, the
    /// cotangent of `f` there that its own, `u_bar`, amounts to.
    pub(crate) fn multipliers(&mut self, u_bar: &[S], f_bar: &mut [S]) -> Result<(), Obstacle> {
        f_bar.fill(S::ZERO);
        self.solves += 1;
        let columns = self.spaces.variables.iter().zip(&self.column_scale);
        for (g, (sum, &scale)) in self.g.iter_mut().zip(columns) {
            let bar = sum.iter().fold(S::ZERO, |total, &(j, w)| total + u_bar[j] * S::real(w));
            *g = -(bar * S::real(scale));
        }
        match &mut self.factors {
            Factors::Dense(factors) => factors.solve_transposed(&mut self.g),
            Factors::Sparse(factors) => {
                if factors.solve_transposed_in_place(&mut self.g).is_err() {
                    return Err(self.singular_column(0));
                }
            }
            Factors::None { column } => {
                let column = *column;
                return Err(self.singular_column(column));
            }
        }
        let rows = self.spaces.equations.iter().zip(&self.row_scale);
        for (&g, (sum, &scale)) in self.g.iter().zip(rows) {
            sum.iter().for_each(|&(i, w)| f_bar[i] += g * S::real(w * scale));
        }
        Ok(())
    }

    /// The equation that is missed most: the names of its rows, and by how much.
    pub(crate) fn worst(&mut self, f: &[S], names: &[String]) -> (String, f64) {
        let n = self.n.max(1);
        let (mut e, mut residual, mut first) = (0, 0.0, 0);
        for (column, f) in f.chunks_exact(n).enumerate() {
            self.gather(f);
            for (i, size) in self.g.iter().map(|g| g.largest_part()).enumerate() {
                if size > residual || size.is_nan() {
                    (e, residual, first) = (i, size, column * n);
                }
            }
        }
        let rows = self.spaces.equations.get(e).into_iter().flatten();
        (rows.map(|row| name(names, first + row.0)).collect::<Vec<_>>().join(" + "), residual)
    }

    /// The states that may be changed.
    pub(crate) fn is_variable(&self, i: usize) -> bool {
        self.spaces.variables.iter().flatten().any(|term| term.0 == i)
    }

    /// `f(t, u)`, refused where it is not finite.
    pub(crate) fn evaluate<F: Rhs<S>>(
        rhs: &F,
        (t, u, p): (S, &[S], &[S]),
        f: &mut [S],
    ) -> Result<(), Obstacle> {
        rhs.eval(t, u, p, f)?;
        match f.iter().position(|f| !f.is_finite()) {
            None => Ok(()),
            Some(row) => Err(Obstacle::NoValue { row }),
        }
    }

    pub(crate) fn work(&self) -> Stats {
        let Self { evaluations, jacobians, factorizations, solves, .. } = *self;
        Stats { evaluations, jacobians, factorizations, solves, ..Stats::default() }
    }
}

impl<S: Field, W> fmt::Debug for Constraints<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Constraints").field("equations", &self.g.len()).finish_non_exhaustive()
    }
}
