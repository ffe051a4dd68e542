//! The Jacobian of the model along the path, transposed.

use std::sync::Arc;
use system::{Coloring, DualWork, Failure, Jacobian, Pattern, System, jacobian_pattern};

/// `-(∂f/∂u)ᵀ` of a model, by its own Jacobian: duals, one tangent for each color of its columns.
#[derive(Debug)]
pub(super) struct Transposed {
    coloring: Arc<Coloring>,
    /// The entries of the model's Jacobian, column by column.
    values: Vec<f64>,
    dfdt: Vec<f64>,
    work: DualWork<f64>,
    /// Which of them is each entry of the transposed one, once that has been asked for.
    places: Vec<usize>,
}

/// The pattern of the transposed matrix.
pub(super) fn transposed(pattern: &Pattern) -> Pattern {
    let n = pattern.num_rows();
    let mut rows = vec![Vec::new(); n];
    for i in 0..n {
        for &j in pattern.row(i) {
            if let Some(row) = rows.get_mut(j) {
                row.push(i);
            }
        }
    }
    Pattern::from_rows(rows)
}

impl Transposed {
    pub(super) fn new<F: System>(model: &F) -> Self {
        let coloring = Coloring::new(&jacobian_pattern(model));
        Self {
            values: vec![0.0; coloring.num_nonzeros()],
            coloring: Arc::new(coloring),
            dfdt: vec![0.0; model.dim()],
            work: Jacobian::<f64>::jacobian_work(model),
            places: Vec::new(),
        }
    }

    fn differentiate<F: System>(
        &mut self,
        model: &F,
        (t, u, p): (f64, &[f64], &[f64]),
    ) -> Result<(), Failure> {
        let Self { coloring, values, dfdt, work, .. } = self;
        Jacobian::<f64>::sparse_derivatives(model, t, u, p, coloring, (values, dfdt), work)
    }

    /// Writes `-(∂f/∂u)ᵀ` into the corner of a matrix of zeros of `size` rows.
    pub(super) fn dense<F: System>(
        &mut self,
        model: &F,
        point: (f64, &[f64], &[f64]),
        (jac, size): (&mut [f64], usize),
    ) -> Result<(), Failure> {
        self.differentiate(model, point)?;
        for j in 0..self.coloring.columns() {
            let first = self.coloring.starts()[j];
            for (value, &i) in self.values[first..].iter().zip(self.coloring.rows_of(j)) {
                jac[j * size + i] = -value;
            }
        }
        Ok(())
    }

    /// Writes its entries, as `coloring` lists them.
    pub(super) fn sparse<F: System>(
        &mut self,
        model: &F,
        point: (f64, &[f64], &[f64]),
        (coloring, values): (&Coloring, &mut [f64]),
    ) -> Result<(), Failure> {
        self.differentiate(model, point)?;
        if self.places.len() != values.len() {
            self.places = places(&self.coloring, coloring);
        }
        for (value, &place) in values.iter_mut().zip(&self.places) {
            // What is not there is zero.
            *value = self.values.get(place).map_or(0.0, |value| -value);
        }
        Ok(())
    }
}

/// For each entry of `back`, column by column, where it stands in `own`, whose transposed it is a part of.
fn places(own: &Coloring, back: &Coloring) -> Vec<usize> {
    let mut places = Vec::with_capacity(back.num_nonzeros());
    for column in 0..back.columns() {
        for &row in back.rows_of(column) {
            let found = own.rows_of(row).binary_search(&column);
            places.push(found.map_or(usize::MAX, |k| own.starts()[row] + k));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use scalar::Scalar;

    /// `uᵢ' = p uᵢ uᵢ₊₁²`, and the last one by the first.
    struct Chain;

    impl System for Chain {
        fn dim(&self) -> usize {
            7
        }
        fn num_params(&self) -> usize {
            1
        }
        fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
            for i in 0..7 {
                let next = u[(i + 1) % 7];
                du[i] = if i == 6 { u[0] } else { p[0] * u[i] * next * next };
            }
        }
    }

    #[test]
    fn entries_are_those_of_the_transposed_matrix() {
        let u: Vec<f64> = (1..=7).map(f64::from).collect();
        let (mut plain, point) = (vec![0.0; 49], (0.0, &u[..], &[0.5][..]));
        let mut work = Jacobian::<f64>::jacobian_work(&Chain);
        Chain.jacobian(0.0, &u, &[0.5], &mut plain, &mut work).unwrap();
        let mut found = Transposed::new(&Chain);
        let mut dense = vec![0.0; 64];
        found.dense(&Chain, point, (&mut dense, 8)).unwrap();
        let back = Coloring::new(&transposed(&jacobian_pattern(&Chain)));
        let mut values = vec![f64::NAN; back.num_nonzeros()];
        found.sparse(&Chain, point, (&back, &mut values)).unwrap();
        let mut sparse = vec![0.0; 49];
        for j in 0..7 {
            for (value, &i) in values[back.starts()[j]..].iter().zip(back.rows_of(j)) {
                sparse[i * 7 + j] = *value;
            }
        }
        for i in 0..7 {
            for j in 0..7 {
                assert_eq!(dense[i * 8 + j], -plain[j * 7 + i], "{i} {j}");
                assert_eq!(sparse[i * 7 + j], -plain[j * 7 + i], "{i} {j}");
            }
        }
    }
}
