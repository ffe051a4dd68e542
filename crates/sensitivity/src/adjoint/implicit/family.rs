//! Which adjoint belongs to which family.

use super::collocation::CollocationAdjoint;
use super::esdirk::EsdirkAdjoint;
use super::onward::Onward;
use super::pass::{D, gradient};
use super::rosenbrock::RosenbrockAdjoint;
use crate::adjoint::method::{Asked, Family};
use crate::{Error, Gradient, Loss};
use ode_core::Algorithm;
use ode_stiff::{
    CollocationFamily, CollocationMethod, Esdirk, EsdirkFamily, Rosenbrock, RosenbrockFamily,
};
use system::{Buffer, MassSystem};

impl<M, F, L, B> Family<M, F, L, B> for RosenbrockFamily
where
    M: Rosenbrock
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<D>>
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<f64>>,
    F: MassSystem,
    L: Loss,
    B: Buffer<Item = f64>,
{
    fn gradient(method: M, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error> {
        gradient(method, asked, RosenbrockAdjoint::<_, _, M>::new)
    }
}

impl<M, F, L, B> Family<M, F, L, B> for EsdirkFamily
where
    M: Esdirk
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<D>>
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<f64>>,
    F: MassSystem,
    L: Loss,
    B: Buffer<Item = f64>,
{
    fn gradient(method: M, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error> {
        gradient(method, asked, EsdirkAdjoint::<_, _, M>::new)
    }
}

impl<M, F, L, B> Family<M, F, L, B> for CollocationFamily
where
    M: CollocationMethod
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<D>>
        + for<'a> Algorithm<Onward<'a, F::Model, L>, Vec<f64>>,
    F: MassSystem,
    L: Loss,
    B: Buffer<Item = f64>,
{
    fn gradient(method: M, asked: &Asked<'_, F, L, B>) -> Result<Gradient, Error> {
        gradient(method, asked, CollocationAdjoint::<_, _, M>::new)
    }
}
