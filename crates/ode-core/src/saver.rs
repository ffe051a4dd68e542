use crate::{Algorithm, Components, Dense, Error, Integrator, Options, Save, Solution};
use scalar::Concrete;
use std::sync::Arc;
use system::{Buffer, Rhs};

/// Collects what [`Options::save`] and [`Options::components`] ask for while a solve goes on.
#[derive(Debug)]
pub(crate) struct Saver<'a, S> {
    save: &'a Save,
    components: &'a Components,
    /// Index of the next time of [`Save::At`].
    next: usize,
    /// A whole state, where only some components are kept.
    whole: Vec<S>,
    solution: Solution<S>,
}

impl<'a, S: Concrete> Saver<'a, S> {
    pub(crate) fn new(options: &'a Options, names: &Arc<[String]>) -> Self {
        let Options { save, components, .. } = options;
        let (mut whole, mut kept) = (Vec::new(), Arc::clone(names));
        if let Components::Only(indices) = components {
            whole = vec![S::zero(); names.len()];
            // An index out of range is refused by `Integrator::new`.
            kept = indices.iter().filter_map(|&i| names.get(i).cloned()).collect();
        }
        let mut solution = Solution::new(kept);
        if let Save::At(times) = save {
            solution.reserve(times.len());
        }
        Self { save, components, next: 0, whole, solution }
    }

    /// Saves the start.
    pub(crate) fn start(&mut self, t: f64, u: &[S]) {
        match self.save {
            Save::Dense | Save::Steps => self.push(t, u),
            Save::At(times) => {
                if times.first() == Some(&t) {
                    self.push(t, u);
                    self.next = 1;
                }
            }
            Save::Last => {}
        }
    }

    /// Saves what the last step covers.
    pub(crate) fn step<F, A, B>(
        &mut self,
        integrator: &mut Integrator<'_, F, A, B>,
    ) -> Result<(), Error>
    where
        F: Rhs<S>,
        A: Algorithm<F, B>,
        B: Buffer<Item = S>,
    {
        match self.save {
            Save::Dense => {
                self.push_dense(integrator.dense()?);
                self.push(integrator.t(), integrator.u());
            }
            Save::Steps => self.push(integrator.t(), integrator.u()),
            Save::At(times) => {
                while let Some(&t) = times.get(self.next)
                    && integrator.covers(t)
                {
                    self.push_at(t, integrator)?;
                    self.next += 1;
                }
            }
            Save::Last => {}
        }
        Ok(())
    }

    /// Saves the state after an event at the time just saved: a second point, with a step of no
    /// length before it. Among chosen times the later state takes the place of the earlier.
    pub(crate) fn jump(&mut self, t: f64, u: &[S]) {
        match self.save {
            Save::Dense => {
                match self.components {
                    Components::All => self.solution.push_dense(t, 1.0, u.iter().copied()),
                    Components::Only(indices) => {
                        self.solution.push_dense(t, 1.0, indices.iter().map(|&i| u[i]));
                    }
                }
                self.push(t, u);
            }
            Save::Steps => self.push(t, u),
            Save::At(_) => {
                if self.solution.times().last() == Some(&t) {
                    self.solution.drop_last();
                    self.push(t, u);
                }
            }
            Save::Last => {}
        }
    }

    /// The solution; under [`Save::Last`] the state where the solve ended.
    pub(crate) fn finish<F, A, B>(mut self, integrator: &Integrator<'_, F, A, B>) -> Solution<S>
    where
        F: Rhs<S>,
        A: Algorithm<F, B>,
        B: Buffer<Item = S>,
    {
        if *self.save == Save::Last {
            self.push(integrator.t(), integrator.u());
        }
        self.solution.set_work(integrator.method(), integrator.stats(), integrator.elapsed());
        self.solution
    }

    /// The solution of a solve that did not begin.
    pub(crate) fn nothing(self) -> Solution<S> {
        self.solution
    }

    fn push(&mut self, t: f64, u: &[S]) {
        match self.components {
            Components::All => self.solution.push(t, u.iter().copied()),
            Components::Only(indices) => self.solution.push(t, indices.iter().map(|&i| u[i])),
        }
    }

    fn push_dense(&mut self, dense: &Dense<S>) {
        let Dense { t0, dt, n, coefficients } = dense;
        match self.components {
            Components::All => self.solution.push_dense(*t0, *dt, coefficients.iter().copied()),
            Components::Only(indices) => {
                let rows = coefficients.chunks_exact(*n);
                let chosen = rows.flat_map(|row| indices.iter().map(|&i| row[i]));
                self.solution.push_dense(*t0, *dt, chosen);
            }
        }
    }

    fn push_at<F, A, B>(
        &mut self,
        t: f64,
        integrator: &mut Integrator<'_, F, A, B>,
    ) -> Result<(), Error>
    where
        F: Rhs<S>,
        A: Algorithm<F, B>,
        B: Buffer<Item = S>,
    {
        match self.components {
            Components::All => {
                let outcome = integrator.state_at(t, self.solution.push_empty(t));
                if outcome.is_err() {
                    self.solution.drop_last();
                }
                outcome
            }
            Components::Only(indices) => {
                integrator.state_at(t, &mut self.whole)?;
                self.solution.push(t, indices.iter().map(|&i| self.whole[i]));
                Ok(())
            }
        }
    }
}
