use linalg::{Choice, Error, Field, Pattern, Structure, choose};
use std::sync::Arc;
use system::{Coloring, Mass};

/// The pattern of `c M - J`, analysed once for all matrices that have it: real and complex ones.
pub(crate) struct Sparsity {
    pub(super) coloring: Coloring,
    /// Where each entry of the Jacobian, and each of the mass matrix, stands among the values.
    jacobian: Vec<usize>,
    mass: Vec<(usize, f64)>,
    pub(super) structure: Structure,
    pub(super) choice: Choice,
}

impl Sparsity {
    /// `None` where nothing is won: most columns share rows with most others.
    pub(super) fn new(pattern: &system::Pattern, mass: Option<&Mass>) -> Option<Self> {
        let n = pattern.num_rows();
        // As many colors as the fullest row has entries, at least: told before they are looked for.
        if (0..n).any(|i| 2 * pattern.row(i).len() > n) {
            return None;
        }
        let coloring = Coloring::new(pattern);
        if 2 * coloring.colors() > n {
            return None;
        }
        Self::with_coloring(coloring, mass).ok()
    }

    /// In any pattern that can be eliminated.
    pub(super) fn of_any(pattern: &system::Pattern, mass: Option<&Mass>) -> Option<Self> {
        Self::with_coloring(Coloring::new(pattern), mass).ok()
    }

    fn with_coloring(coloring: Coloring, mass: Option<&Mass>) -> Result<Self, Error> {
        let n = coloring.columns();
        let of_jacobian = || (0..n).flat_map(|j| coloring.rows_of(j).iter().map(move |&i| (i, j)));
        let of_mass: Vec<(usize, usize, f64)> = match mass {
            None => (0..n).map(|i| (i, i, 1.0)).collect(),
            Some(mass) => {
                (0..n).flat_map(|i| mass.row(i).iter().map(move |&(j, m)| (i, j, m))).collect()
            }
        };
        // The diagonal too, so that every pattern can be eliminated along it.
        let entries: Vec<(usize, usize)> = of_jacobian()
            .chain(of_mass.iter().map(|&(i, j, _)| (i, j)))
            .chain((0..n).map(|i| (i, i)))
            .collect();
        let whole = Pattern::from_entries(n, n, entries)?;
        let place = |i, j| whole.position(i, j).unwrap_or(0);
        let jacobian = of_jacobian().map(|(i, j)| place(i, j)).collect();
        let mass = of_mass.iter().map(|&(i, j, m)| (place(i, j), m)).collect();
        let structure = Structure::Sparse(Arc::new(whole));
        let choice = choose(&structure)?;
        Ok(Self { coloring, jacobian, mass, structure, choice })
    }

    /// The values of `c M - J`.
    pub(crate) fn shift<S: Copy, K: Field + From<S>>(&self, jac: &[S], c: K, values: &mut [K]) {
        values.fill(K::ZERO);
        for (&at, &x) in self.jacobian.iter().zip(jac) {
            values[at] = -K::from(x);
        }
        for &(at, m) in &self.mass {
            values[at] += c * K::real(m);
        }
    }

    /// Those of `J`, in groups of columns.
    pub(crate) fn coloring(&self) -> &Coloring {
        &self.coloring
    }

    /// The entries of `c M - J`.
    pub(crate) fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Row and column of an entry of the Jacobian.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let starts = self.coloring.starts();
        let j = starts.partition_point(|&start| start <= at).saturating_sub(1);
        (self.coloring.rows_of(j).get(at - starts[j]).copied().unwrap_or(0), j)
    }
}
