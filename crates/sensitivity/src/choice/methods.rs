//! Which method solves.

use ode_core::Options;

/// The methods that are chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Tsit5,
    Vern7,
    Rodas5P,
    RadauIIA5,
}

/// The tightest relative tolerance of any state.
pub(super) fn tightest(options: &Options) -> f64 {
    options.rtol_each.iter().copied().fold(options.rtol, f64::min)
}

impl Method {
    /// As [`AutoExplicit`](ode_stiff::AutoExplicit) has it: fifth order down to 1e-6, then the seventh.
    pub(super) fn explicit(options: &Options) -> Self {
        if tightest(options) >= 1e-6 { Self::Tsit5 } else { Self::Vern7 }
    }

    /// As [`AutoImplicit`](ode_stiff::AutoImplicit) has it for few states.
    pub(super) fn implicit(options: &Options) -> Self {
        if tightest(options) >= 1e-7 { Self::Rodas5P } else { Self::RadauIIA5 }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tsit5 => "Tsit5",
            Self::Vern7 => "Vern7",
            Self::Rodas5P => "Rodas5P",
            Self::RadauIIA5 => "RadauIIA5",
        }
    }
}
