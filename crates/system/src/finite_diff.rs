use crate::lengths::{check, check_work};
use crate::{Failure, Jacobian, Mass, Rhs};

/// A black box whose Jacobian comes from forward differences: about half the digits.
///
/// Nothing falls back to differences by itself; they happen only where this name is written.
///
/// ```
/// use system::{FiniteDiff, FromFn, Jacobian};
///
/// let f = FromFn::new(1, |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = u[0].powi(3));
/// let f = FiniteDiff(f);
/// let mut jac = [0.0];
/// f.jacobian(0.0, &[2.0], &[], &mut jac, &mut f.jacobian_work())?;
/// assert!((jac[0] - 12.0).abs() < 1e-6);
/// # Ok::<(), system::Failure>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FiniteDiff<R>(pub R);

impl<R: Rhs<f64>> Rhs<f64> for FiniteDiff<R> {
    fn states(&self) -> usize {
        self.0.states()
    }
    fn params(&self) -> Option<usize> {
        self.0.params()
    }
    #[inline]
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
    fn mass(&self) -> Option<&Mass> {
        self.0.mass()
    }
    fn names(&self) -> Vec<String> {
        self.0.names()
    }
}

impl<R: Rhs<f64>> Jacobian<f64> for FiniteDiff<R> {
    /// `u`, `f(u)` and `f(u + h eⱼ)`.
    type Work = [Vec<f64>; 3];

    fn jacobian_work(&self) -> Self::Work {
        [const { Vec::new() }; 3].map(|_: Vec<f64>| vec![0.0; self.states()])
    }

    fn jacobian(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        jac: &mut [f64],
        [moved, f0, f1]: &mut Self::Work,
    ) -> Result<(), Failure> {
        let n = self.states();
        check("u", u.len(), n)?;
        check("p", p.len(), self.params().unwrap_or(p.len()))?;
        check("jac", jac.len(), n.saturating_mul(n))?;
        for (name, buffer) in [("u", &moved), ("f(u)", &f0), ("f(u + h)", &f1)] {
            check_work(name, buffer.len(), n)?;
        }
        moved.copy_from_slice(u);
        self.eval(t, u, p, f0)?;
        for j in 0..n {
            // √ε balances truncation and rounding; u + h - u is the step actually taken.
            moved[j] = u[j] + f64::EPSILON.sqrt() * u[j].abs().max(1.0);
            let h = moved[j] - u[j];
            self.eval(t, moved, p, f1)?;
            moved[j] = u[j];
            for i in 0..n {
                jac[i * n + j] = (f1[i] - f0[i]) / h;
            }
        }
        Ok(())
    }

    fn time_derivative(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        dfdt: &mut [f64],
        [_, f0, f1]: &mut Self::Work,
    ) -> Result<(), Failure> {
        check("u", u.len(), self.states())?;
        check("p", p.len(), self.params().unwrap_or(p.len()))?;
        check("dfdt", dfdt.len(), self.states())?;
        self.eval(t, u, p, f0)?;
        let moved = t + f64::EPSILON.sqrt() * t.abs().max(1.0);
        self.eval(moved, u, p, f1)?;
        for i in 0..dfdt.len() {
            dfdt[i] = (f1[i] - f0[i]) / (moved - t);
        }
        Ok(())
    }

    /// One difference along `v`, of the length of one in [`jacobian`](Jacobian::jacobian) in its largest
    /// component.
    fn jvp(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        (v, out): (&[f64], &mut [f64]),
        [moved, f0, f1]: &mut Self::Work,
    ) -> Result<(), Failure> {
        let n = self.states();
        check("u", u.len(), n)?;
        check("p", p.len(), self.params().unwrap_or(p.len()))?;
        check("v", v.len(), n)?;
        check("out", out.len(), n)?;
        for (name, buffer) in [("u", &moved), ("f(u)", &f0), ("f(u + h)", &f1)] {
            check_work(name, buffer.len(), n)?;
        }
        let steepest = u.iter().zip(v).map(|(u, v)| (v / u.abs().max(1.0)).abs());
        let steepest = steepest.fold(0.0, f64::max);
        if steepest == 0.0 {
            out.fill(0.0);
            return Ok(());
        }
        let h = f64::EPSILON.sqrt() / steepest;
        for ((moved, u), v) in moved.iter_mut().zip(u).zip(v) {
            *moved = u + h * v;
        }
        self.eval(t, u, p, f0)?;
        self.eval(t, moved, p, f1)?;
        for ((out, f0), f1) in out.iter_mut().zip(f0).zip(f1) {
            *out = (*f1 - *f0) / h;
        }
        Ok(())
    }
}
