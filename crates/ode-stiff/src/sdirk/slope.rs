//! The derivative of a state at the start of a solve with a mass matrix.

use super::newton::Newton;
use crate::iteration_matrix::Trouble;
use linalg::{DenseLu, ErrorKind, Field};
use scalar::Concrete;
use system::{Buffer, Failure, Jacobian, Mass};

/// Solves `M u' = f` for `u'`, where `M` may be singular.
///
/// Elimination of the rows of `M` leaves `E M` with rows of zeros below. There `E f = 0` is an
/// algebraic equation, and the derivative of it, `E (J u' + ∂f/∂t) = 0`, takes its place. Together
/// they are regular where the index is at most 1.
#[derive(Debug)]
pub(crate) struct Slope<S: Field> {
    n: usize,
    rank: usize,
    /// `E M` and `E`, row by row.
    echelon: Vec<f64>,
    elimination: Vec<f64>,
    lu: DenseLu<S>,
    right: Vec<S>,
}

/// What elimination leaves of an entry that should be zero, relative to the largest one.
const ROUNDING: f64 = 1e-12;

impl<S: Concrete + Field> Slope<S> {
    pub(crate) fn new(mass: &Mass) -> Self {
        let n = mass.size();
        let (mut echelon, mut elimination) = (vec![0.0; n * n], vec![0.0; n * n]);
        for i in 0..n {
            elimination[i * n + i] = 1.0;
            for &(j, m) in mass.row(i) {
                echelon[i * n + j] = m;
            }
        }
        let largest = echelon.iter().fold(0.0, |most: f64, m| most.max(m.abs()));
        let mut rank = 0;
        for column in 0..n {
            let size = |row: usize| echelon[row * n + column].abs();
            let Some(pivot) = (rank..n).max_by(|&a, &b| size(a).total_cmp(&size(b))) else { break };
            if size(pivot) <= ROUNDING * largest {
                continue;
            }
            for matrix in [&mut echelon, &mut elimination] {
                (0..n).for_each(|j| matrix.swap(rank * n + j, pivot * n + j));
            }
            for row in rank + 1..n {
                let factor = echelon[row * n + column] / echelon[rank * n + column];
                if factor != 0.0 {
                    for matrix in [&mut echelon, &mut elimination] {
                        for j in 0..n {
                            matrix[row * n + j] -= factor * matrix[rank * n + j];
                        }
                    }
                }
            }
            rank += 1;
        }
        let zeros = vec![S::ZERO; n];
        Self { n, rank, echelon, elimination, lu: DenseLu::new(n), right: zeros }
    }

    /// Turns `f` into the derivative of the state at `at`.
    pub(crate) fn solve<F, B>(
        &mut self,
        rhs: &F,
        newton: &mut Newton<B, F::Work>,
        at: (f64, &[S], &[S]),
        f: &mut [S],
    ) -> Result<(), Failure>
    where
        F: Jacobian<S>,
        B: Buffer<Item = S>,
    {
        let Self { n, rank, echelon, elimination, lu, right } = self;
        let (n, rank) = (*n, *rank);
        let is_regular = rank == n;
        if !is_regular && let Err(trouble) = newton.differentiate_fully(rhs, at) {
            // A Jacobian that is not finite is reported by the first step.
            return match trouble {
                Trouble::Failed(failure) => Err(failure),
                Trouble::Refused(_) => {
                    newton.restart();
                    Ok(())
                }
            };
        }
        let matrix = newton.matrix();
        let dfdt = matrix.dfdt();
        let row_of = |i: usize| &elimination[i * n..(i + 1) * n];
        let weigh = |i: usize, x: &dyn Fn(usize) -> S| {
            let mut sum = S::ZERO;
            for (k, &e) in row_of(i).iter().enumerate().filter(|(_, e)| **e != 0.0) {
                sum = x(k).scale_add(e, sum);
            }
            sum
        };
        for (i, right) in right.iter_mut().enumerate() {
            *right = if i < rank { weigh(i, &|k| f[k]) } else { -weigh(i, &|k| dfdt[k]) };
        }
        let factored = lu.factor_with(|w| {
            for j in 0..n {
                for i in 0..n {
                    w[j * n + i] = match i < rank {
                        true => S::real(echelon[i * n + j]),
                        false => weigh(i, &|k| matrix.entry(k, j)),
                    };
                }
            }
        });
        let solved = factored.and_then(|()| lu.solve_in_place(right));
        if let Err(error) = solved {
            return Err(match error.kind() {
                ErrorKind::Singular { pivot } | ErrorKind::SingularLanes { pivot, .. } => {
                    let name = rhs.names().into_iter().nth(*pivot).unwrap_or_default();
                    let t = at.0;
                    Failure::Fatal(format!(
                        "at t = {t} the algebraic equations do not determine `{name}`: the index is \
                         above 1, or an equation is missing; differentiate the constraint, or start \
                         elsewhere"
                    ))
                }
                _ => Failure::Recoverable,
            });
        }
        f.copy_from_slice(right);
        Ok(())
    }
}
