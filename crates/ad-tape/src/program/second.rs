use super::jacobian::{CHUNK, Sweep, Tangents};
use super::star::star_coloring;
use super::{Program, check, finite};
use crate::Error;
use scalar::{Dependency, Dual, Scalar};
use system::Pattern;

/// The memory of [`Program::hessian_vector`].
#[derive(Clone, Debug)]
pub struct HessianWork(Sweep<Dual>);

impl Program {
    /// Memory for [`hessian_vector`](Program::hessian_vector).
    pub fn hessian_work(&self) -> HessianWork {
        HessianWork(Sweep::new(self))
    }

    /// Writes the gradient of `y_barᵀ y` at `x` and the product of its Hessian with `v`: forward over
    /// reverse, about three times the cost of a gradient.
    ///
    /// ```
    /// use ad_tape::Program;
    ///
    /// // f = x² y: H = [2y 2x; 2x 0]
    /// let program = Program::record(2, |x| vec![x[0] * x[0] * x[1]])?;
    /// let (mut gradient, mut product) = ([0.0; 2], [0.0; 2]);
    /// let out = (&mut gradient[..], &mut product[..]);
    /// program.hessian_vector(&[2.0, 3.0], &[1.0, 0.5], &[1.0], out, &mut program.hessian_work())?;
    /// assert_eq!((gradient, product), ([12.0, 4.0], [8.0, 4.0]));
    /// # Ok::<(), ad_tape::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a length does not fit, `work` is that of another program, the program has a
    /// [`Primitive`](crate::Primitive), or an entry is not finite.
    pub fn hessian_vector(
        &self,
        x: &[f64],
        v: &[f64],
        y_bar: &[f64],
        (gradient, product): (&mut [f64], &mut [f64]),
        work: &mut HessianWork,
    ) -> Result<(), Error> {
        check("the inputs", x.len(), self.inputs())?;
        check("the direction", v.len(), self.inputs())?;
        check("the cotangents of the outputs", y_bar.len(), self.outputs())?;
        check("the gradient", gradient.len(), self.inputs())?;
        check("the product", product.len(), self.inputs())?;
        let Sweep { work, x: lifted, y, x_bar } = &mut work.0;
        for ((lifted, &re), &v) in lifted.iter_mut().zip(x).zip(v) {
            *lifted = Dual { re, eps: [v] };
        }
        self.gradient_along(lifted, y_bar, (y, x_bar), work)?;
        for ((gradient, product), bar) in gradient.iter_mut().zip(&mut *product).zip(&*x_bar) {
            (*gradient, *product) = (bar.re, bar.eps[0]);
        }
        finite("the gradient", gradient)?;
        finite("the product with the Hessian", product)
    }

    /// The gradient of `y_barᵀ y` with its tangents.
    fn gradient_along<const N: usize>(
        &self,
        x: &[Dual<f64, N>],
        y_bar: &[f64],
        (y, x_bar): (&mut [Dual<f64, N>], &mut [Dual<f64, N>]),
        work: &mut super::Work<Dual<f64, N>>,
    ) -> Result<(), Error> {
        self.forward(x, y, work)?;
        for (y, &bar) in y.iter_mut().zip(y_bar) {
            *y = Dual::constant(bar);
        }
        x_bar.fill(Dual::zero());
        self.reverse(y, x_bar, work)
    }

    /// Which entries of the Hessian of `y_barᵀ y` can be nonzero, at any point and for any cotangent:
    /// what the gradient depends on, ⌈inputs / 64⌉ replays forward and backward.
    ///
    /// # Errors
    ///
    /// None for a program that replays at all.
    pub fn hessian_pattern(&self) -> Result<Pattern, Error> {
        let mut sweep = Sweep::<Dependency>::new(self);
        let mut rows = vec![Vec::new(); self.inputs()];
        for first in (0..self.inputs()).step_by(Dependency::WINDOW) {
            for (j, x) in sweep.x.iter_mut().enumerate() {
                *x = Dependency::input(j.wrapping_sub(first));
            }
            let Sweep { work, x, y, x_bar } = &mut sweep;
            self.forward(x, y, work)?;
            y.fill(Dependency::default());
            x_bar.fill(Dependency::default());
            self.reverse(y, x_bar, work)?;
            for (row, bar) in rows.iter_mut().zip(x_bar) {
                row.extend(bar.inputs().map(|j| first + j));
            }
        }
        Ok(Pattern::from_rows(rows))
    }
}

/// The Hessian of `y_barᵀ y` of a [`Program`] with only the entries that can be nonzero: columns of one
/// color of a star coloring are multiplied with together, and every entry is read off directly.
///
/// ```
/// use ad_tape::{Program, SparseHessian};
/// use scalar::Scalar;
///
/// // A chain: the Hessian is tridiagonal.
/// let program = Program::record(100, |x| {
///     vec![x.windows(2).map(|w| (w[1] - w[0] * w[0]).powi(2)).sum()]
/// })?;
/// let mut hessian = SparseHessian::new(&program)?;
/// assert_eq!((hessian.colors(), hessian.pattern().num_nonzeros()), (3, 298));
/// let values = hessian.values(&program, &[1.0; 100], &[1.0])?;
/// assert_eq!(values[..5], [8.0, -4.0, -4.0, 10.0, -4.0]); // (0, 0), (0, 1), (1, 0), …
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseHessian {
    pattern: Pattern,
    color: Vec<usize>,
    colors: usize,
    sweep: Sweep<Tangents>,
    /// `H s` for each color, one after the other.
    products: Vec<f64>,
    values: Vec<f64>,
    /// Where among the products each value stands.
    places: Vec<usize>,
}

impl SparseHessian {
    /// Finds the pattern and the colors, and takes the memory.
    ///
    /// # Errors
    ///
    /// As [`Program::hessian_pattern`].
    pub fn new(program: &Program) -> Result<Self, Error> {
        let pattern = program.hessian_pattern()?;
        let n = program.inputs();
        let rows: Vec<Vec<usize>> = (0..n).map(|i| pattern.row(i).to_vec()).collect();
        let (color, colors) = star_coloring(&rows);
        let alone = |i: usize, j: usize| !rows[i].iter().any(|&k| k != j && color[k] == color[j]);
        let mut places = Vec::with_capacity(pattern.num_nonzeros());
        for (i, row) in rows.iter().enumerate() {
            for &j in row {
                // In one of two stars that meet in this entry it is the only one.
                places.push(if alone(i, j) { color[j] * n + i } else { color[i] * n + j });
            }
        }
        let values = vec![0.0; places.len()];
        let products = vec![0.0; colors * n];
        Ok(Self { pattern, color, colors, sweep: Sweep::new(program), products, values, places })
    }

    /// Which entries there are; symmetric.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Number of colors; a Hessian takes ⌈colors / 4⌉ replays forward and backward.
    pub fn colors(&self) -> usize {
        self.colors
    }

    /// The entries at `x`, row by row as in the [`pattern`](SparseHessian::pattern).
    ///
    /// # Errors
    ///
    /// If a length does not fit, `program` is another one or has a [`Primitive`](crate::Primitive), or
    /// an entry is not finite.
    pub fn values(&mut self, program: &Program, x: &[f64], y_bar: &[f64]) -> Result<&[f64], Error> {
        check("the inputs", x.len(), program.inputs())?;
        check("the inputs of the Hessian", x.len(), self.color.len())?;
        check("the cotangents of the outputs", y_bar.len(), program.outputs())?;
        let n = x.len();
        for first in (0..self.colors).step_by(CHUNK) {
            let Sweep { work, x: lifted, y, x_bar } = &mut self.sweep;
            for ((lifted, &x), &color) in lifted.iter_mut().zip(x).zip(&self.color) {
                *lifted = Dual::variable(x, color.wrapping_sub(first));
            }
            program.gradient_along(lifted, y_bar, (y, x_bar), work)?;
            for (k, product) in
                self.products.chunks_exact_mut(n).skip(first).take(CHUNK).enumerate()
            {
                for (product, bar) in product.iter_mut().zip(&*x_bar) {
                    *product = bar.eps[k];
                }
            }
        }
        for (value, &place) in self.values.iter_mut().zip(&self.places) {
            *value = self.products[place];
        }
        finite("the sparse Hessian", &self.values)?;
        Ok(&self.values)
    }
}
