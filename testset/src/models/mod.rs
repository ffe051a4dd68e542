//! Right-hand sides, one file per family, with closed forms and invariants where there are some.
//!
//! Closed forms and invariants take fixed-size arrays of any [`Scalar`](scalar::Scalar): with dual
//! numbers they give exact sensitivities.
//!
//! ```
//! use scalar::Dual;
//! use testset::models::Logistic;
//!
//! // d y(2) / d r for the logistic equation.
//! let [y] = Logistic::exact(
//!     Dual::constant(2.0),
//!     [Dual::constant(0.1)],
//!     [Dual::<f64>::variable(0.75, 0), Dual::constant(2.0)],
//! );
//! assert!((y.eps[0] - 2.0 * y.re * (1.0 - y.re / 2.0)).abs() < 1e-15);
//! ```

mod beam;
mod brusselator;
mod brusselator_2d;
mod celestial;
mod chemistry;
mod circuits;
mod excitable;
mod linear;
mod lorenz;
mod mechanics;
mod medical_akzo;
mod pendulum;
mod pleiades;
mod pollution;
mod population;
mod ring_modulator;
mod time_switched;

pub use beam::Beam;
pub use brusselator::{Brusselator0d, Brusselator1d};
pub use brusselator_2d::Brusselator2d;
pub use celestial::{Arenstorf, HenonHeiles, Kepler};
pub use chemistry::{ChemicalAkzoNobel, Hires, Oregonator, Pyrolysis, Robertson, RobertsonDae};
pub use circuits::{ChargePump, ChargePumpIndex1, TransistorAmplifier, pulses, transistor_charges};
pub use excitable::{FitzHughNagumo, VanDerPol, VanDerPolScaled};
pub use linear::{
    ExponentialDecay, LinearDampedOscillator, LinearDecayForced, LinearNonnormal3x3,
    LinearStiff2x2, ProtheroRobinson, TimeVaryingLinear,
};
pub use lorenz::Lorenz63;
pub use mechanics::{BouncingBall, HarmonicOscillator, Projectile, RigidBody};
pub use medical_akzo::MedicalAkzo;
pub use pendulum::{PENDULUM_MASS, PendulumIndex1, PendulumIndex2, PendulumIndex3};
pub use pleiades::Pleiades;
pub use pollution::Pollution;
pub use population::{Logistic, LotkaVolterra};
pub use ring_modulator::RingModulator;
pub use time_switched::TimeSwitchedLotkaVolterra;
