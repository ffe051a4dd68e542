use crate::lengths::{check, check_work};
use crate::{Coloring, Failure, Pattern, Rhs, System, jacobian_pattern};
use core::ops::Range;
use scalar::{Dual, Scalar};

/// A right-hand side with a Jacobian: what implicit solvers ask for.
///
/// Every [`System`] has an exact one, by dual numbers. Derivatives of your own are an implementation for
/// your own type; what is not implemented is not used.
///
/// ```
/// use system::{Coloring, Failure, Jacobian, Pattern, Rhs};
///
/// /// A chain of `n` decays, with its derivatives by hand.
/// struct Chain {
///     n: usize,
/// }
///
/// impl Rhs<f64> for Chain {
///     fn states(&self) -> usize {
///         self.n
///     }
///     fn params(&self) -> Option<usize> {
///         Some(1)
///     }
///     fn eval(&self, _t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
///         for i in 0..self.n {
///             du[i] = if i == 0 { 0.0 } else { p[0] * u[i - 1] } - p[0] * u[i];
///         }
///         Ok(())
///     }
/// }
///
/// impl Jacobian<f64> for Chain {
///     type Work = ();
///     fn jacobian_work(&self) {}
///     fn jacobian(
///         &self, _t: f64, _u: &[f64], p: &[f64], jac: &mut [f64], _: &mut (),
///     ) -> Result<(), Failure> {
///         jac.fill(0.0);
///         for i in 0..self.n {
///             jac[i * self.n + i] = -p[0];
///             if i > 0 {
///                 jac[i * self.n + i - 1] = p[0];
///             }
///         }
///         Ok(())
///     }
///     fn time_derivative(
///         &self, _t: f64, _u: &[f64], _p: &[f64], dfdt: &mut [f64], _: &mut (),
///     ) -> Result<(), Failure> {
///         dfdt.fill(0.0);
///         Ok(())
///     }
///     // From here on only for many states: which entries there are, their values, and products.
///     fn pattern(&self) -> Option<Pattern> {
///         Some(Pattern::from_rows((0..self.n).map(|i| (i.saturating_sub(1)..=i).collect())))
///     }
///     fn sparse_derivatives(
///         &self, _t: f64, _u: &[f64], p: &[f64], entries: &Coloring,
///         (values, dfdt): (&mut [f64], &mut [f64]), _: &mut (),
///     ) -> Result<(), Failure> {
///         for j in 0..self.n {
///             for (at, &i) in (entries.starts()[j]..).zip(entries.rows_of(j)) {
///                 values[at] = if i == j { -p[0] } else { p[0] };
///             }
///         }
///         dfdt.fill(0.0);
///         Ok(())
///     }
///     fn jvp(
///         &self, t: f64, _u: &[f64], p: &[f64], (v, out): (&[f64], &mut [f64]), _: &mut (),
///     ) -> Result<(), Failure> {
///         self.eval(t, v, p, out) // it is linear
///     }
/// }
///
/// let mut jac = [0.0; 4];
/// Chain { n: 2 }.jacobian(0.0, &[1.0, 0.0], &[3.0], &mut jac, &mut ())?;
/// assert_eq!(jac, [-3.0, 0.0, 3.0, -3.0]);
/// # Ok::<(), Failure>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Jacobian over `{S}`",
    note = "write the model with `system!`, or wrap a black box in `FiniteDiff`"
)]
pub trait Jacobian<S: Copy>: Rhs<S> {
    /// Memory for one evaluation, so that repeated ones allocate nothing.
    type Work;

    /// Allocates that memory.
    fn jacobian_work(&self) -> Self::Work;

    /// Writes `∂f/∂u` at `(t, u, p)` into `jac`, row by row, `dim × dim`.
    ///
    /// # Errors
    ///
    /// As the right-hand side itself; and [`Failure::Fatal`], naming the slice, where a length does
    /// not fit the model.
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure>;

    /// Writes `∂f/∂t` at `(t, u, p)` into `dfdt`, of length `dim`.
    ///
    /// # Errors
    ///
    /// As [`jacobian`](Jacobian::jacobian).
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure>;

    /// `∂f/∂u` and `∂f/∂t` at once, which may cost less.
    ///
    /// # Errors
    ///
    /// As [`jacobian`](Jacobian::jacobian).
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (jac, dfdt): (&mut [S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.jacobian(t, u, p, jac, work)?;
        self.time_derivative(t, u, p, dfdt, work)
    }

    /// The product `∂f/∂u v` at `(t, u, p)` into `out`, without the matrix: what Newton–Krylov methods
    /// are made of, and the check of a pattern.
    ///
    /// # Errors
    ///
    /// As [`jacobian`](Jacobian::jacobian); and where there is none, which is so by default.
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (v, out): (&[S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        let _ = (t, u, p, v, out, work);
        Err(Failure::Fatal(
            "the right-hand side has no product of its Jacobian with a vector: implement \
             `Jacobian::jvp`, or write the model with `system!`"
                .to_owned(),
        ))
    }

    /// Which entries of `∂f/∂u` can be nonzero, if that is known: then
    /// [`sparse_derivatives`](Jacobian::sparse_derivatives) gives their values.
    fn pattern(&self) -> Option<Pattern> {
        None
    }

    /// Whether [`pattern`](Jacobian::pattern) is what somebody wrote down, and not what tracing found.
    /// Solvers then compare it once per solve with products ([`jvp`](Jacobian::jvp), if there are any)
    /// along random directions.
    fn declares_pattern(&self) -> bool {
        true
    }

    /// The entries of `∂f/∂u` column by column into `values`, as `coloring` lists them, and `∂f/∂t`
    /// into `dfdt`.
    ///
    /// # Errors
    ///
    /// As [`jacobian`](Jacobian::jacobian); and where there is no [`pattern`](Jacobian::pattern).
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        (values, dfdt): (&mut [S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        let _ = (t, u, p, coloring, values, dfdt, work);
        Err(Failure::Fatal("the right-hand side has no sparse Jacobian".to_owned()))
    }

    /// The same for who wants the entries only: where `∂f/∂t` costs something of its own it need not be
    /// written into `dfdt`.
    ///
    /// # Errors
    ///
    /// As [`sparse_derivatives`](Jacobian::sparse_derivatives).
    fn sparse_jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        (values, dfdt): (&mut [S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.sparse_derivatives(t, u, p, coloring, (values, dfdt), work)
    }

    /// How many states lead, where the others are tangents of these, column by column: `S` in
    /// `S' = ∂f/∂u S + …`. All of them, where there are no tangents.
    ///
    /// With `n` leading states, the Jacobian of state and tangents is block lower triangular, and `n × n`
    /// blocks along its diagonal are all the same. It is this block alone that
    /// [`jacobian`](Jacobian::jacobian), [`derivatives`](Jacobian::derivatives),
    /// [`pattern`](Jacobian::pattern) and [`sparse_derivatives`](Jacobian::sparse_derivatives) are about,
    /// so that one factorisation serves all columns; [`couple`](Jacobian::couple) is what stands left of
    /// it. A slice for `∂f/∂t` has room for all states, or for the leading ones where no others are wanted.
    fn leading(&self) -> usize {
        self.states()
    }

    /// Adds to `b`, which has an entry for each tangent, what the Jacobian of the tangents by the leading
    /// states makes of `x`.
    ///
    /// # Errors
    ///
    /// As [`jacobian`](Jacobian::jacobian).
    fn couple(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (x, b): (&[S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        let _ = (t, u, p, x, b, work);
        Ok(())
    }

    /// Whether an iteration should find the leading states first, and the tangents after them, in place of
    /// all together.
    fn staggers(&self) -> bool {
        false
    }

    /// The right-hand side of the leading states alone.
    ///
    /// # Errors
    ///
    /// As the right-hand side.
    fn eval_leading(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.eval(t, u, p, du)
    }
}

/// Tangents carried per sweep.
const CHUNK: usize = 4;

/// Memory of [`Jacobian::jacobian`] by dual numbers.
#[derive(Clone, Debug)]
pub struct DualWork<S> {
    sweep: Lifted<S, CHUNK>,
    /// Of one tangent, taken when a product is asked for.
    product: Option<Lifted<S, 1>>,
}

/// State, parameters and derivative with tangents.
#[derive(Clone, Debug)]
struct Lifted<S, const N: usize> {
    u: Vec<Dual<S, N>>,
    p: Vec<Dual<S, N>>,
    du: Vec<Dual<S, N>>,
}

impl<S: Scalar, const N: usize> Lifted<S, N> {
    fn new(system: &impl System) -> Self {
        let (n, zero) = (system.dim(), Dual::zero());
        Self { u: vec![zero; n], p: vec![zero; system.num_params()], du: vec![zero; n] }
    }

    /// Evaluates the right-hand side where `t` and state `j` are what is given.
    #[inline]
    fn evaluate<F: System>(
        &mut self,
        system: &F,
        t: Dual<S, N>,
        (u, p): (&[S], &[S]),
        lift: impl Fn(usize) -> Dual<S, N>,
    ) -> Result<(), Failure> {
        let (n, num_params) = (system.dim(), system.num_params());
        check("u", u.len(), n)?;
        check("p", p.len(), num_params)?;
        check_work("u", self.u.len(), n)?;
        check_work("p", self.p.len(), num_params)?;
        check_work("du", self.du.len(), n)?;
        for (lifted, &p) in self.p.iter_mut().zip(p) {
            *lifted = Dual::constant(p);
        }
        for (j, lifted) in self.u.iter_mut().enumerate() {
            *lifted = lift(j);
        }
        system.rhs(t, &self.u, &self.p, &mut self.du);
        Ok(())
    }
}

impl<F: System, S: Scalar> Jacobian<S> for F {
    type Work = DualWork<S>;

    fn jacobian_work(&self) -> DualWork<S> {
        DualWork { sweep: Lifted::new(self), product: None }
    }

    /// ⌈n / 4⌉ evaluations of the right-hand side with four tangents each.
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let n = System::dim(self);
        check("jac", jac.len(), n.saturating_mul(n))?;
        sweep(self, (t, u, p), 0..n, work, |i, j, x| jac[i * n + j] = x)
    }

    /// One evaluation of the right-hand side with four tangents.
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let n = System::dim(self);
        check("dfdt", dfdt.len(), n)?;
        sweep(self, (t, u, p), n..n + 1, work, |i, _, x| dfdt[i] = x)
    }

    /// ⌈(n + 1) / 4⌉ evaluations of the right-hand side with four tangents each.
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (jac, dfdt): (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let n = System::dim(self);
        check("jac", jac.len(), n.saturating_mul(n))?;
        check("dfdt", dfdt.len(), n)?;
        sweep(
            self,
            (t, u, p),
            0..n + 1,
            work,
            |i, j, x| {
                if j < n { jac[i * n + j] = x } else { dfdt[i] = x }
            },
        )
    }

    /// One evaluation of the right-hand side with one tangent. The first product allocates.
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        (v, out): (&[S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let n = System::dim(self);
        check("u", u.len(), n)?;
        check("v", v.len(), n)?;
        check("out", out.len(), n)?;
        let work = work.product.get_or_insert_with(|| Lifted::new(self));
        work.evaluate(self, Dual::constant(t), (u, p), |j| Dual { re: u[j], eps: [v[j]] })?;
        for (out, du) in out.iter_mut().zip(&work.du) {
            *out = du.eps[0];
        }
        Ok(())
    }

    /// By tracing which states each derivative reads.
    fn pattern(&self) -> Option<Pattern> {
        Some(jacobian_pattern(self))
    }

    fn declares_pattern(&self) -> bool {
        false
    }

    /// ⌈(colors + 1) / 4⌉ evaluations of the right-hand side with four tangents each.
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        (values, dfdt): (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        let n = System::dim(self);
        check("the columns of the coloring", coloring.columns(), n)?;
        check("values", values.len(), coloring.num_nonzeros())?;
        check("dfdt", dfdt.len(), n)?;
        let (colors, color_of) = (coloring.colors(), coloring.color_of());
        let seeds = |j: usize| if j < n { color_of[j] } else { colors };
        for first in (0..=colors).step_by(CHUNK) {
            evaluate(self, (t, u, p), |j| seeds(j).wrapping_sub(first), work)?;
            for (j, &color) in color_of.iter().enumerate() {
                let tangent = color.wrapping_sub(first);
                if tangent < CHUNK {
                    let entries = coloring.starts()[j]..coloring.starts()[j + 1];
                    for (value, &i) in values[entries].iter_mut().zip(coloring.rows_of(j)) {
                        *value = work.sweep.du[i].eps[tangent];
                    }
                }
            }
            if colors - first < CHUNK {
                for (dfdt, du) in dfdt.iter_mut().zip(&work.sweep.du) {
                    *dfdt = du.eps[colors - first];
                }
            }
        }
        Ok(())
    }
}

/// Differentiates with respect to the states of these indices, and to time, which counts as state
/// `n`; `found(i, j, x)` is told of each `∂fᵢ/∂uⱼ`.
#[inline]
fn sweep<F: System, S: Scalar>(
    system: &F,
    at: (S, &[S], &[S]),
    columns: Range<usize>,
    work: &mut DualWork<S>,
    mut found: impl FnMut(usize, usize, S),
) -> Result<(), Failure> {
    for first in columns.clone().step_by(CHUNK) {
        // A tangent index beyond the chunk seeds nothing.
        evaluate(system, at, |j| j.wrapping_sub(first), work)?;
        for (i, du) in work.sweep.du.iter().enumerate() {
            for j in first..columns.end.min(first + CHUNK) {
                found(i, j, du.eps[j - first]);
            }
        }
    }
    Ok(())
}

/// Evaluates the right-hand side where state `j`, or time as state `n`, is the variable of tangent
/// `seed(j)`; of none where there is no such tangent.
#[inline]
fn evaluate<F: System, S: Scalar>(
    system: &F,
    (t, u, p): (S, &[S], &[S]),
    seed: impl Fn(usize) -> usize,
    work: &mut DualWork<S>,
) -> Result<(), Failure> {
    let n = system.dim();
    check("u", u.len(), n)?;
    let time = Dual::variable(t, seed(n));
    work.sweep.evaluate(system, time, (u, p), |j| Dual::variable(u[j], seed(j)))
}
