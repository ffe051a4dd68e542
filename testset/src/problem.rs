use crate::error::check_count;
use crate::{Error, Reference};
use system::System;

/// A model with `N` states, its initial state and its reference values.
///
/// ```
/// let kepler = testset::problems::kepler_e05()?;
/// let fixed: [f64; 4] = kepler.u0;
/// let any_length: &Vec<f64> = &kepler.reference.u0;
/// assert_eq!(fixed[..], any_length[..]);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Problem<F, const N: usize> {
    /// The model.
    pub system: F,
    /// The initial state, the same as `reference.u0`.
    pub u0: [f64; N],
    /// Parameters, time span and values.
    pub reference: Reference,
}

impl<F: System, const N: usize> Problem<F, N> {
    /// Joins a model and the reference values of this name.
    ///
    /// # Errors
    ///
    /// Those of [`Reference::load`]; [`Count`](crate::ErrorKind::Count) if the model has other
    /// numbers of states or parameters than the reference.
    pub fn new(system: F, name: &str) -> Result<Self, Error> {
        let reference = Reference::load(name)?;
        let place = |what: &str| format!("reference `{name}`, {what} of the model");
        check_count(reference.u0.len(), system.dim(), || place("states"))?;
        check_count(reference.p.len(), system.num_params(), || place("parameters"))?;
        check_count(reference.u0.len(), N, || place("fixed states"))?;
        let mut u0 = [0.0; N];
        u0.copy_from_slice(&reference.u0);
        Ok(Self { system, u0, reference })
    }
}

/// A test (or a benchmark) that is run over many problems, with the type of each model and its
/// number of states known at compile time.
///
/// ```
/// use system::System;
/// use testset::{Problem, Visitor};
///
/// /// For every problem: explicit Euler in both kinds of storage gives the same bits.
/// struct SameBits(usize);
///
/// impl Visitor for SameBits {
///     fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
///         let (t, p) = (problem.reference.tspan.0, &problem.reference.p);
///         let (fixed, any_length) = (problem.u0, problem.reference.u0.clone());
///         let (mut du, mut du_vec) = ([0.0; N], vec![0.0; N]);
///         problem.system.rhs(t, &fixed, p, &mut du);
///         problem.system.rhs(t, &any_length, p, &mut du_vec);
///         assert_eq!(du[..], du_vec[..], "{}", problem.reference.name);
///         self.0 += 1;
///     }
/// }
///
/// let mut test = SameBits(0);
/// testset::nonstiff(&mut test)?;
/// testset::stiff(&mut test)?;
/// assert_eq!(test.0, 20);
/// # Ok::<(), testset::Error>(())
/// ```
pub trait Visitor {
    /// Called once for each problem.
    fn visit<F: System + Copy + 'static, const N: usize>(&mut self, problem: &Problem<F, N>);
}
