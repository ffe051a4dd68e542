//! Every initial value problem: its model together with its reference values.
//!
//! ```
//! let problem = testset::problems::arenstorf()?;
//! assert_eq!(problem.reference.points.len(), 4);
//! # Ok::<(), testset::Error>(())
//! ```

use crate::models::*;
use crate::{Error, Problem, Visitor};

/// One row per problem: function, name of the reference, model, number of states.
macro_rules! problems {
    ($(
        $(#[$docs:meta])*
        $group:ident { $($function:ident = $name:literal: $model:ty as $system:expr, $dim:literal;)* }
    )*) => {$(
        $(
            #[doc = concat!("The problem `", $name, "`, a [`", stringify!($model), "`].")]
            ///
            /// # Errors
            ///
            /// Those of [`Problem::new`]; none for the embedded references.
            pub fn $function() -> Result<Problem<$model, $dim>, Error> {
                Problem::new($system, $name)
            }
        )*

        $(#[$docs])*
        ///
        /// # Errors
        ///
        /// Those of [`Problem::new`]; none for the embedded references.
        pub fn $group(visitor: &mut impl Visitor) -> Result<(), Error> {
            $(visitor.visit(&$function()?);)*
            Ok(())
        }
    )*};
}

problems! {
    /// Runs a visitor over the problems for explicit methods.
    nonstiff {
        linear_decay_forced = "linear_decay_forced": LinearDecayForced as LinearDecayForced, 1;
        linear_damped_oscillator = "linear_damped_oscillator":
            LinearDampedOscillator as LinearDampedOscillator, 2;
        linear_nonnormal_3x3 = "linear_nonnormal_3x3": LinearNonnormal3x3 as LinearNonnormal3x3, 3;
        time_varying_linear = "time_varying_linear": TimeVaryingLinear as TimeVaryingLinear, 1;
        logistic = "logistic": Logistic as Logistic, 1;
        lotka_volterra = "lotka_volterra": LotkaVolterra as LotkaVolterra, 2;
        brusselator_0d = "brusselator_0d": Brusselator0d as Brusselator0d, 2;
        fitzhugh_nagumo = "fitzhugh_nagumo": FitzHughNagumo as FitzHughNagumo, 2;
        lorenz63_short = "lorenz63_short": Lorenz63 as Lorenz63, 3;
        kepler_e05 = "kepler_e05": Kepler as Kepler, 4;
        arenstorf = "arenstorf": Arenstorf as Arenstorf, 4;
        pleiades = "pleiades": Pleiades as Pleiades, 28;
    }

    /// Runs a visitor over further problems for explicit methods, which the benchmarks measure besides
    /// some of [`nonstiff`]. The last one has 1000 states: rather copy its `reference.u0` to a `Vec`.
    measured {
        rigid_body = "rigid_body": RigidBody as RigidBody, 3;
        henon_heiles = "henon_heiles": HenonHeiles as HenonHeiles, 4;
        brusselator_1d_n500 = "brusselator_1d_n500":
            Brusselator1d as Brusselator1d { cells: 500 }, 1000;
    }

    /// Runs a visitor over the problems for implicit methods.
    stiff {
        linear_stiff_2x2 = "linear_stiff_2x2": LinearStiff2x2 as LinearStiff2x2, 2;
        prothero_robinson = "prothero_robinson": ProtheroRobinson as ProtheroRobinson, 1;
        rober = "rober": Robertson as Robertson, 3;
        vdpol_mu1000 = "vdpol_mu1000": VanDerPol as VanDerPol, 2;
        vdpol_scaled = "vdpol_scaled_eps1e-6": VanDerPolScaled as VanDerPolScaled, 2;
        hires = "hires": Hires as Hires, 8;
        orego = "orego": Oregonator as Oregonator, 3;
        brusselator_1d_n20 = "brusselator_1d_n20": Brusselator1d as Brusselator1d { cells: 20 }, 40;
    }

    /// Runs a visitor over further small problems for implicit methods: more states than those of
    /// [`stiff`], or scales and frequencies that ask for more. `ring_modulator` takes 10,000 steps.
    demanding {
        pollution = "pollution": Pollution as Pollution, 20;
        pyrolysis_e5 = "pyrolysis_e5": Pyrolysis as Pyrolysis, 4;
        ring_modulator = "ring_modulator": RingModulator as RingModulator, 15;
    }

    /// Runs a visitor over large problems for implicit methods: rather copy `reference.u0` to a `Vec`.
    /// The right-hand sides jump at `reference.stops`.
    large {
        beam = "beam": Beam as Beam, 80;
        medical_akzo = "medical_akzo": MedicalAkzo as MedicalAkzo { cells: 200 }, 400;
        brusselator_2d_n32 = "brusselator_2d_n32":
            Brusselator2d as Brusselator2d { side: 32 }, 2048;
    }

    /// Runs a visitor over the differential-algebraic problems `M u' = f`: the models give `f`,
    /// [`Reference::mass_matrix_diagonal`](crate::Reference::mass_matrix_diagonal) gives `M`.
    differential_algebraic {
        rober_dae = "rober_dae": RobertsonDae as RobertsonDae, 3;
        chemakzo_dae = "chemakzo_dae": ChemicalAkzoNobel as ChemicalAkzoNobel, 6;
    }
}
