//! What a term of the loss at one time does to the adjoint of `M u' = f`.

use crate::Error;
use crate::mass::{Side, bordered};
use ad_tape::{Record, Vjp};
use ode_core::{Algorithm, Options};
use ode_stiff::{Rodas5P, make_consistent};
use scalar::Dual;
use system::{DualWork, Failure, Jacobian, Mass, Rhs, System};

/// Jumps of an adjoint `λ` of `M u' = f`.
///
/// A change `δu` of the state on the algebraic equations satisfies `κᵀ (f_u δu + f_p δp) = 0` for every `κ` with `Mᵀκ = 0`. So
/// the derivative of a term `h(u(t))` is
/// ```text
/// h_u δu = Δλᵀ M δu + κᵀ f_p δp    with    Mᵀ Δλ = h_uᵀ + f_uᵀ κ
/// ```
/// where `κ` is such that there is a `Δλ`: `h_uᵀ + f_uᵀ κ` must be orthogonal to what `M` annihilates. (With `f = (f_d, f_a)`, `M =
/// diag(I, 0)`: `κ_a = -(∂f_a/∂a)⁻ᵀ h_a` and `Δλ_d = h_d + (∂f_a/∂d)ᵀ κ_a`.) What is left open of `Δλ` follows from the
/// algebraic equations of the adjoint. In other words, `κ` is the consistent initial state of `Mᵀ x' = f_uᵀ x + h_uᵀ` beside
/// `x = 0`, and `Δλ` the slope there.
pub(super) struct Impulses<'a, F: System> {
    rhs: &'a F,
    /// `Mᵀ`.
    mass: Mass,
    jac: Vec<f64>,
    work: DualWork<f64>,
    record: Record,
    lifted: Lifted,
}

type D = Dual<f64, 1>;

/// State, parameters and right-hand side, with tangents by time.
struct Lifted {
    u: Vec<D>,
    p: Vec<D>,
    f: Vec<D>,
}

/// Equations that are linear are solved by one step of Newton's method: no correction is large.
pub(super) fn one_step() -> Options {
    Options { rtol: 1.0, atol: 1e150, ..Options::default() }
}

impl<'a, F: System> Impulses<'a, F> {
    pub(super) fn new(rhs: &'a F, mass: &Mass) -> Result<Self, Error> {
        let (n, m) = (rhs.dim(), rhs.num_params());
        let zeros = |len: usize| vec![D::constant(0.0); len];
        Ok(Self {
            rhs,
            mass: bordered(mass, Side::Transposed, 0)?,
            jac: vec![0.0; n * n],
            work: rhs.jacobian_work(),
            record: rhs.record(),
            lifted: Lifted { u: zeros(n), p: zeros(m), f: zeros(n) },
        })
    }

    /// For the derivative `h` of a term by the state: writes `Δλ`, adds what the term contributes by the parameters beside
    /// it, and gives `h u'`.
    pub(super) fn of(
        &mut self,
        (t, u, p): (f64, &[f64], &[f64]),
        h: &[f64],
        jump: &mut [f64],
        p_bar: &mut [f64],
    ) -> Result<f64, Error> {
        let failed = |failure: Failure| Error::replay(t, &failure);
        self.rhs.jacobian(t, u, p, &mut self.jac, &mut self.work).map_err(failed)?;
        let term =
            Term { mass: &self.mass, jac: &self.jac, h, names: System::state_names(self.rhs) };
        let mut kappa = vec![0.0; h.len()];
        make_consistent(&term, t, &mut kappa, &[], &one_step())?;
        let mut cache = Rodas5P.cache(&term, &kappa);
        Rodas5P.slope(&term, (t, &kappa, &[]), jump, &mut cache).map_err(failed)?;

        let mut u_bar = vec![0.0; h.len()];
        let bars = (&mut u_bar[..], p_bar);
        self.rhs.pull_back(t, u, p, &kappa, bars, &mut self.record).map_err(failed)?;

        // h u' = Δλᵀ M u' + κᵀ ∂f/∂t
        let Lifted { u: lifted, p: lifted_p, f } = &mut self.lifted;
        lifted.iter_mut().zip(u).for_each(|(lifted, &u)| *lifted = D::constant(u));
        lifted_p.iter_mut().zip(p).for_each(|(lifted, &p)| *lifted = D::constant(p));
        self.rhs.rhs(D::variable(t, 0), lifted, lifted_p, f);
        let terms = jump.iter().zip(&kappa).zip(f);
        Ok(terms.map(|((jump, kappa), f)| jump * f.re + kappa * f.eps[0]).sum())
    }
}

/// `Mᵀ x' = f_uᵀ x + h_uᵀ`.
struct Term<'a> {
    mass: &'a Mass,
    /// `f_u`, row by row.
    jac: &'a [f64],
    h: &'a [f64],
    names: Vec<String>,
}

impl Rhs<f64> for Term<'_> {
    fn states(&self) -> usize {
        self.h.len()
    }
    fn params(&self) -> Option<usize> {
        None
    }
    fn eval(&self, _t: f64, x: &[f64], _p: &[f64], dx: &mut [f64]) -> Result<(), Failure> {
        dx.copy_from_slice(self.h);
        for (row, x) in self.jac.chunks_exact(self.h.len()).zip(x) {
            dx.iter_mut().zip(row).for_each(|(dx, j)| *dx += j * x);
        }
        Ok(())
    }
    fn mass(&self) -> Option<&Mass> {
        Some(self.mass)
    }
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }
}

impl Jacobian<f64> for Term<'_> {
    type Work = ();

    fn jacobian_work(&self) {}

    fn jacobian(
        &self,
        _t: f64,
        _x: &[f64],
        _p: &[f64],
        jac: &mut [f64],
        (): &mut (),
    ) -> Result<(), Failure> {
        let n = self.h.len();
        for (i, row) in self.jac.chunks_exact(n).enumerate() {
            row.iter().enumerate().for_each(|(j, &value)| jac[j * n + i] = value);
        }
        Ok(())
    }

    fn time_derivative(
        &self,
        _t: f64,
        _x: &[f64],
        _p: &[f64],
        dfdt: &mut [f64],
        (): &mut (),
    ) -> Result<(), Failure> {
        dfdt.fill(0.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    system::system! {
        /// `a = k d² + sin t`.
        struct Bound;
        state { d, a }
        params { k }
        rhs(t) {
            d(d) = -a + t;
            d(a) = k * d * d + t.sin() - a;
        }
    }

    /// `h = 3 d + 5 a`: with `a` eliminated, `h_d = 3 + 10 k d`, `h_k = 5 d²`, `h' = h_d d' + 5 cos t`.
    #[test]
    fn a_term_of_an_algebraic_variable() {
        let (t, d, k): (f64, f64, f64) = (0.4, 1.5, 0.7);
        let a = k * d * d + t.sin();
        let mass = Mass::diagonal([2.0, 0.0]);
        let mut impulses = Impulses::new(&Bound, &mass).unwrap();
        let (mut jump, mut p_bar) = ([0.0; 2], [0.0]);
        let by_time = impulses.of((t, &[d, a], &[k]), &[3.0, 5.0], &mut jump, &mut p_bar).unwrap();
        let h_d = 3.0 + 10.0 * k * d;
        assert!((2.0 * jump[0] - h_d).abs() < 1e-12, "{jump:?}");
        // The adjoint's algebraic equation: -λ_d - λ_a = 0.
        assert!((jump[0] + jump[1]).abs() < 1e-12, "{jump:?}");
        assert!((p_bar[0] - 5.0 * d * d).abs() < 1e-12, "{p_bar:?}");
        assert!((by_time - (h_d * (t - a) / 2.0 + 5.0 * t.cos())).abs() < 1e-12, "{by_time}");
    }
}
