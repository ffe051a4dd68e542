use crate::error::check_size;
use crate::{Choice, Error, Field, LinearSolve, Solver, Structure, choose};
use scalar::{Dual, Scalar};

/// Factors of a matrix of dual numbers by those of its values alone: a system with `N` tangents is
/// one factorisation and `1 + N` right-hand sides.
///
/// ```text
/// A₀ x₀ = b₀,    A₀ xₖ = bₖ - Aₖ x₀
/// ```
///
/// It nests: the values may be dual numbers themselves.
pub struct DualFactors<S: Field, const N: usize> {
    values: Solver<S>,
    structure: Structure,
    norm: f64,
    /// The values of the matrix, then each of its tangents; and the same of a right-hand side.
    matrix: Vec<S>,
    tangents: [Vec<S>; N],
    solution: Vec<S>,
    right: Vec<S>,
    product: Vec<S>,
}

impl<S: Field + Scalar, const N: usize> DualFactors<S, N> {
    /// Memory for matrices of this structure; no factors yet.
    ///
    /// # Errors
    ///
    /// As [`Field::solver`].
    pub fn new(structure: &Structure) -> Result<Self, Error> {
        Self::with_choice(structure, &choose(structure)?)
    }

    /// The same with a choice that was made for this structure before.
    ///
    /// # Errors
    ///
    /// As [`Field::solver_with`].
    pub fn with_choice(structure: &Structure, choice: &Choice) -> Result<Self, Error> {
        let zeros = |n| vec![S::ZERO; n];
        let (n, entries) = (structure.dim(), structure.len());
        Ok(Self {
            values: S::solver_with(structure, choice)?,
            structure: structure.clone(),
            norm: 0.0,
            matrix: zeros(entries),
            tangents: std::array::from_fn(|_| zeros(entries)),
            solution: zeros(n),
            right: zeros(n),
            product: zeros(n),
        })
    }

    fn solve(&mut self, b: &mut [Dual<S, N>], is_transposed: bool) -> Result<(), Error> {
        check_size("the right-hand side", self.structure.dim(), b.len())?;
        let Self { values, structure, tangents, solution, right, product, .. } = self;
        let mut by_values = |x: &mut [S]| match is_transposed {
            false => values.solve_in_place(x),
            true => values.solve_transposed_in_place(x),
        };
        for (x, b) in solution.iter_mut().zip(&*b) {
            *x = b.re;
        }
        by_values(solution)?;
        for (k, tangent) in tangents.iter().enumerate() {
            match is_transposed {
                false => structure.multiply(tangent, solution, product)?,
                true => structure.multiply_transposed(tangent, solution, product)?,
            }
            for ((right, b), &product) in right.iter_mut().zip(&*b).zip(&*product) {
                *right = b.eps[k] - product;
            }
            by_values(right)?;
            for (b, &x) in b.iter_mut().zip(&*right) {
                b.eps[k] = x;
            }
        }
        for (b, &x) in b.iter_mut().zip(&*solution) {
            b.re = x;
        }
        Ok(())
    }
}

impl<S: Field + Scalar, const N: usize> LinearSolve<Dual<S, N>> for DualFactors<S, N> {
    fn dim(&self) -> usize {
        self.structure.dim()
    }
    fn factor(&mut self, values: &[Dual<S, N>]) -> Result<(), Error> {
        self.norm = self.structure.norm(values)?;
        check_size("the values of the matrix", self.matrix.len(), values.len())?;
        for (at, value) in values.iter().enumerate() {
            self.matrix[at] = value.re;
            for (tangent, &eps) in self.tangents.iter_mut().zip(&value.eps) {
                tangent[at] = eps;
            }
        }
        self.values.factor(&self.matrix)
    }
    fn solve_in_place(&mut self, b: &mut [Dual<S, N>]) -> Result<(), Error> {
        self.solve(b, false)
    }
    fn solve_transposed_in_place(&mut self, b: &mut [Dual<S, N>]) -> Result<(), Error> {
        self.solve(b, true)
    }
    fn norm(&self) -> f64 {
        self.norm
    }
}
