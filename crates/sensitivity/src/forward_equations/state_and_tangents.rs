use scalar::{Dual, Scalar};
use std::cell::Cell;
use system::{Coloring, DualWork, Failure, Jacobian, Mass, Pattern, Rhs, System};

/// Tangents that one evaluation of the model carries.
pub(super) const CHUNK: usize = 8;
pub(super) type D = Dual<f64, CHUNK>;
/// One more tangent, across the others: second derivatives.
type E = Dual<D, 1>;

/// A model with columns of tangents as more states, behind its own: `u' = f`, and for each input
/// `S' = ∂f/∂u S + ∂f/∂input`. With a mass matrix `M` left of each derivative.
///
/// Inputs are the initial states, then the parameters; a tangent is the derivative by its input over the
/// input's size. One evaluation carries 8 tangents. Implicit methods factor the block of the model alone
/// ([`Jacobian::leading`]). (The type stands in the bounds of
/// [`ForwardEquations`](crate::ForwardEquations): what the method has to solve.)
pub struct StateAndTangents<G> {
    model: G,
    mass: Option<Mass>,
    /// States of the model, and the inputs among them.
    n: usize,
    initial: usize,
    /// The size of each parameter.
    scales: Vec<f64>,
    staggers: bool,
    /// How often the model was evaluated without tangents.
    leading_evaluations: Cell<usize>,
    first: Cell<Scratch<D>>,
    second: Cell<Scratch<E>>,
}

impl<G> std::fmt::Debug for StateAndTangents<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.initial + self.scales.len();
        write!(f, "StateAndTangents({} states, {columns} tangents of each)", self.n)
    }
}

/// Memory of an evaluation.
struct Scratch<T> {
    u: Vec<T>,
    p: Vec<T>,
    du: Vec<T>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self { u: Vec::new(), p: Vec::new(), du: Vec::new() }
    }
}

impl<G: System> StateAndTangents<G> {
    /// The first `initial` states of the model, and parameters of these sizes, are inputs.
    pub(super) fn new(
        model: G,
        mass: Option<&Mass>,
        initial: usize,
        scales: Vec<f64>,
        staggers: bool,
    ) -> Self {
        let (n, columns) = (model.dim(), initial + scales.len());
        Self {
            model,
            mass: mass.map(|mass| mass.repeated(1 + columns)),
            n,
            initial,
            scales,
            staggers,
            leading_evaluations: Cell::new(0),
            first: Cell::default(),
            second: Cell::default(),
        }
    }

    /// Whether an iteration has looked at the model alone.
    pub(super) fn was_staggered(&self) -> bool {
        self.leading_evaluations.get() > 0
    }

    fn columns(&self) -> usize {
        self.initial + self.scales.len()
    }

    fn check(&self, what: &str, found: usize) -> Result<(), Failure> {
        let expected = self.n * (1 + self.columns());
        match found == expected {
            true => Ok(()),
            false => Err(Failure::Fatal(format!(
                "`{what}` has length {found}, but state and tangents together {expected}"
            ))),
        }
    }

    /// The states of the model.
    fn state<'u>(&self, u: &'u [f64]) -> Result<&'u [f64], Failure> {
        self.check("u", u.len())?;
        Ok(&u[..self.n])
    }

    /// The model at the state alone.
    pub(super) fn eval_model(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
    ) -> Result<(), Failure> {
        self.model.eval(t, self.state(u)?, p, du)
    }

    /// Evaluates the model with the tangents in `u`, 8 at a time, where `state` and `parameter` make numbers
    /// of any kind of those with tangents; `found` is told of the first column, and the result.
    fn sweep<T: Scalar>(
        &self,
        (t, u, p): (T, &[f64], &[f64]),
        scratch: &Cell<Scratch<T>>,
        state: impl Fn(D, usize, usize) -> T,
        parameter: impl Fn(D) -> T,
        mut found: impl FnMut(usize, &[T]),
    ) -> Result<(), Failure> {
        self.check("u", u.len())?;
        if p.len() != self.scales.len() {
            let (found, expected) = (p.len(), self.scales.len());
            let text = format!("`p` has length {found}, but the model {expected} parameters");
            return Err(Failure::Fatal(text));
        }
        let (n, columns) = (self.n, self.columns());
        let mut memory = scratch.take();
        memory.u.resize(n, T::zero());
        memory.du.resize(n, T::zero());
        memory.p.clear();
        memory.p.extend(p.iter().map(|&p| parameter(D::constant(p))));
        for first in (0..columns.max(1)).step_by(CHUNK) {
            for (i, to) in memory.u.iter_mut().enumerate() {
                *to = state(D { re: u[i], eps: tangents_of(i, u, n, first) }, i, first);
            }
            let seeded = (first.max(self.initial)..columns.min(first + CHUNK))
                .map(|column| (column - self.initial, column - first));
            for (j, place) in seeded.clone() {
                let mut lifted = D::constant(p[j]);
                lifted.eps[place] = self.scales[j];
                memory.p[j] = parameter(lifted);
            }
            self.model.rhs(t, &memory.u, &memory.p, &mut memory.du);
            for (j, _) in seeded {
                memory.p[j] = parameter(D::constant(p[j]));
            }
            found(first, &memory.du);
        }
        scratch.set(memory);
        Ok(())
    }

    /// The derivatives of `f` and of all tangents' along one direction more: of time by `time`, and of state
    /// `i`, with its tangents from column `first` on, by what `along` gives.
    fn second(
        &self,
        (t, u, p): (f64, &[f64], &[f64]),
        time: f64,
        along: impl Fn(usize, usize) -> D,
        mut found: impl FnMut(usize, usize, D),
    ) -> Result<(), Failure> {
        let t = Dual { re: D::constant(t), eps: [D::constant(time)] };
        let lift = |re: D, i: usize, first: usize| Dual { re, eps: [along(i, first)] };
        self.sweep((t, u, p), &self.second, lift, Dual::constant, |first, du| {
            du.iter().enumerate().for_each(|(i, du)| found(first, i, du.eps[0]));
        })
    }

    /// `∂/∂t` of all.
    fn by_time(&self, at: (f64, &[f64], &[f64]), out: &mut [f64]) -> Result<(), Failure> {
        self.check("dfdt", out.len())?;
        let n = self.n;
        self.second(at, 1.0, |_, _| D::zero(), |first, i, d| put(d, (i, first), n, out))
    }
}

/// Tangents of state `i` from a column on; zeros behind the last.
fn tangents_of(i: usize, u: &[f64], n: usize, first: usize) -> [f64; CHUNK] {
    std::array::from_fn(|c| u.get((1 + first + c) * n + i).copied().unwrap_or(0.0))
}

/// Writes the value and the tangents of component `i` where they belong.
fn put(d: D, (i, first): (usize, usize), n: usize, out: &mut [f64]) {
    if let (0, Some(out)) = (first, out.get_mut(i)) {
        *out = d.re;
    }
    for (c, &eps) in d.eps.iter().enumerate() {
        if let Some(out) = out.get_mut((1 + first + c) * n + i) {
            *out = eps;
        }
    }
}

impl<G: System> Rhs<f64> for StateAndTangents<G> {
    fn states(&self) -> usize {
        self.n * (1 + self.columns())
    }
    fn params(&self) -> Option<usize> {
        Some(self.scales.len())
    }
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.check("du", du.len())?;
        let (n, t) = (self.n, D::constant(t));
        self.sweep(
            (t, u, p),
            &self.first,
            |state, _, _| state,
            |p| p,
            |first, found| {
                found.iter().enumerate().for_each(|(i, &d)| put(d, (i, first), n, du));
            },
        )
    }
    fn mass(&self) -> Option<&Mass> {
        self.mass.as_ref()
    }
    fn names(&self) -> Vec<String> {
        let states = self.model.state_names();
        let initial = states.iter().take(self.initial).map(|state| format!("{state}(t0)"));
        let inputs: Vec<String> = initial.chain(self.model.param_names()).collect();
        let tangents = inputs
            .iter()
            .take(self.columns())
            .flat_map(|input| states.iter().map(move |state| format!("d({state})/d({input})")));
        states.iter().cloned().chain(tangents).collect()
    }
}

impl<G: System> Jacobian<f64> for StateAndTangents<G> {
    type Work = DualWork<f64>;

    fn jacobian_work(&self) -> DualWork<f64> {
        Jacobian::<f64>::jacobian_work(&self.model)
    }

    /// That of the model, by the states alone.
    fn jacobian(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        jac: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.model.jacobian(t, self.state(u)?, p, jac, work)
    }

    /// Of the model, or of all, as there is room.
    fn time_derivative(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        dfdt: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        match dfdt.len() == self.n {
            true => self.model.time_derivative(t, self.state(u)?, p, dfdt, work),
            false => self.by_time((t, u, p), dfdt),
        }
    }

    fn jvp(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        (v, out): (&[f64], &mut [f64]),
        _: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.check("v", v.len())?;
        self.check("out", out.len())?;
        let n = self.n;
        let along = |i: usize, first: usize| D { re: v[i], eps: tangents_of(i, v, n, first) };
        self.second((t, u, p), 0.0, along, |first, i, d| put(d, (i, first), n, out))
    }

    fn pattern(&self) -> Option<Pattern> {
        Jacobian::<f64>::pattern(&self.model)
    }

    fn declares_pattern(&self) -> bool {
        false
    }

    fn sparse_derivatives(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        coloring: &Coloring,
        (values, dfdt): (&mut [f64], &mut [f64]),
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        let state = self.state(u)?;
        let (of_model, _) = dfdt.split_at_mut(self.n.min(dfdt.len()));
        self.model.sparse_derivatives(t, state, p, coloring, (values, of_model), work)?;
        match dfdt.len() == self.n {
            true => Ok(()),
            false => self.by_time((t, u, p), dfdt),
        }
    }

    fn leading(&self) -> usize {
        self.n
    }

    fn couple(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        (x, b): (&[f64], &mut [f64]),
        _: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        let n = self.n;
        if x.len() != n || b.len() != n * self.columns() {
            let (x, b) = (x.len(), b.len());
            let text = format!("lengths {x} and {b} do not fit {n} states and their tangents");
            return Err(Failure::Fatal(text));
        }
        let along = |i: usize, _: usize| D::constant(x[i]);
        self.second((t, u, p), 0.0, along, |first, i, d| {
            for (c, &eps) in d.eps.iter().enumerate() {
                if let Some(b) = b.get_mut((first + c) * n + i) {
                    *b += eps;
                }
            }
        })
    }

    fn staggers(&self) -> bool {
        self.staggers
    }

    fn eval_leading(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.leading_evaluations.set(self.leading_evaluations.get() + 1);
        self.eval_model(t, u, p, du)
    }
}
