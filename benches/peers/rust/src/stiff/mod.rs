//! Stiff problems: who solves them, and which there are.

mod beam;
mod by_differential_equations;
mod by_diffsol;
mod dual;
mod large;
mod models;
mod pollution;
mod ring_modulator;

use crate::models::array;
use crate::protocol::{Outcome, Request};
use beam::Beam;
use large::{Large, large};
use models::{Hires, Oregonator, Pyrolysis, Robertson, Stiff, VanDerPol, VanDerPolScaled};
use pollution::Pollution;
use ring_modulator::RingModulator;

/// Crate, and its methods.
pub(crate) const METHODS: &[(&str, &[&str])] = &[
    ("differential-equations", by_differential_equations::METHODS),
    ("diffsol", by_diffsol::METHODS),
];

/// The methods of a crate.
pub(crate) fn methods(who: &str) -> &'static [&'static str] {
    METHODS.iter().find(|(name, _)| *name == who).map_or(&[], |row| row.1)
}

/// Entries of a Jacobian: row, column, value.
pub(crate) type Entries = Vec<(usize, usize, f64)>;

/// `f(u)`; `None` if the problem is not one of these.
pub(crate) fn rhs(request: &Request, u: &[f64]) -> Option<Result<Vec<f64>, String>> {
    let mut derivative = Derivative(u, Vec::new());
    Some(visit(request, &mut derivative)?.map(|_| derivative.1))
}

/// The nonzero entries of the Jacobian.
pub(crate) fn jac(request: &Request, u: &[f64]) -> Result<Entries, String> {
    let mut jacobian = Jacobian(u, Vec::new());
    visit(request, &mut jacobian).ok_or("no Jacobian of this problem")??;
    Ok(jacobian.1)
}

/// Solves by the crate of this name.
pub(crate) fn solve(who: &str, request: &Request) -> Outcome {
    visit(request, &mut Solve(who)).ok_or_else(|| format!("no problem `{}`", request.problem))?
}

/// What is done with the problem of a request.
trait Visitor {
    fn small<M: Stiff<N>, const N: usize>(&mut self, model: M, request: &Request) -> Outcome;
    fn large(&mut self, model: &dyn Large, request: &Request) -> Outcome;
}

fn visit(request: &Request, visitor: &mut impl Visitor) -> Option<Outcome> {
    fn small<M: Stiff<N>, const N: usize>(r: &Request, visitor: &mut impl Visitor) -> Outcome {
        visitor.small::<M, N>(M::new(&r.p)?, r)
    }
    let r = request;
    Some(match request.problem.as_str() {
        "rober" => small::<Robertson, _>(r, visitor),
        "vdpol_mu1000" => small::<VanDerPol, _>(r, visitor),
        "vdpol_scaled" => small::<VanDerPolScaled, _>(r, visitor),
        "hires" => small::<Hires, _>(r, visitor),
        "orego" => small::<Oregonator, _>(r, visitor),
        "pyrolysis_e5" => small::<Pyrolysis, _>(r, visitor),
        "beam" => small::<Beam, _>(r, visitor),
        "pollution" => small::<Pollution, _>(r, visitor),
        "ring_modulator" => small::<RingModulator, _>(r, visitor),
        other => large(other, &request.p)?.and_then(|model| visitor.large(&*model, r)),
    })
}

struct Derivative<'a>(&'a [f64], Vec<f64>);

impl Visitor for Derivative<'_> {
    fn small<M: Stiff<N>, const N: usize>(&mut self, model: M, request: &Request) -> Outcome {
        self.1 = model.f(request.compared_at(), &array::<N>(self.0)?).to_vec();
        Ok((Vec::new(), 0.0))
    }

    fn large(&mut self, model: &dyn Large, request: &Request) -> Outcome {
        self.1 = vec![0.0; self.0.len()];
        model.f(request.compared_at(), self.0, &mut self.1);
        Ok((Vec::new(), 0.0))
    }
}

struct Jacobian<'a>(&'a [f64], Entries);

impl Visitor for Jacobian<'_> {
    /// The matrix and its products with vectors are written twice, and have to agree.
    fn small<M: Stiff<N>, const N: usize>(&mut self, model: M, request: &Request) -> Outcome {
        let (t, u) = (request.compared_at(), array::<N>(self.0)?);
        let mut matrix = [[0.0; N]; N];
        model.jac(t, &u, |i, j, value| matrix[i][j] = value);
        for j in 0..N {
            let column = model.jvp(t, &u, &std::array::from_fn(|i| f64::from(u8::from(i == j))));
            for i in 0..N {
                let size = matrix[i].iter().fold(0.0, |m: f64, x| m.max(x.abs()));
                if (matrix[i][j] - column[i]).abs() > 1e-12 * size {
                    return Err(format!("two values of entry {i}, {j} of the Jacobian"));
                }
                self.1.push((i, j, matrix[i][j]));
            }
        }
        self.1.retain(|entry| entry.2 != 0.0);
        Ok((Vec::new(), 0.0))
    }

    fn large(&mut self, model: &dyn Large, request: &Request) -> Outcome {
        let n = self.0.len();
        let (mut v, mut y) = (vec![0.0; n], vec![0.0; n]);
        for j in 0..n {
            v[j] = 1.0;
            model.jvp(request.compared_at(), self.0, &v, &mut y);
            v[j] = 0.0;
            let nonzero = y.iter().enumerate().filter(|(_, value)| **value != 0.0);
            self.1.extend(nonzero.map(|(i, value)| (i, j, *value)));
        }
        Ok((Vec::new(), 0.0))
    }
}

/// The crate of this name.
struct Solve<'a>(&'a str);

impl Visitor for Solve<'_> {
    fn small<M: Stiff<N>, const N: usize>(&mut self, model: M, request: &Request) -> Outcome {
        match self.0 {
            "differential-equations" => by_differential_equations::small::<M, N>(request),
            "diffsol" => by_diffsol::small(model, request),
            other => Err(format!("no implicit methods of `{other}`")),
        }
    }

    fn large(&mut self, model: &dyn Large, request: &Request) -> Outcome {
        if request.sweep.is_some() {
            return Err("no ensembles of large systems".into());
        }
        match self.0 {
            "diffsol" => by_diffsol::large(model, request),
            other => Err(format!("{other} has only dense matrices: too slow")),
        }
    }
}
