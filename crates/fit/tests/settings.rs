//! Settings that do not belong to model and data: each is a typed error.

#[macro_use]
mod refused_macro;

use fit::ErrorKind::{Length, NoSuchParams, NoSuchState, NotPositive, Ridge, Weight};
use fit::{Dataset, Error, ErrorScale, Fitting, Settings};
use optimize::Bound;
use system::System;

system::system! {
    struct Decay;
    state { u, v }
    params { rate, inflow, lag }
    rhs(_t) {
        d(u) = inflow - rate * u;
        d(v) = (u - v) / lag;
    }
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn data() -> Dataset {
    let values = [2.0, 0.1, 1.4, 0.6, 1.1, 0.8, 0.9, 0.9, 0.7, 0.8, 0.6, 0.7];
    Dataset::new(&[0.0, 0.5, 1.0, 1.5, 2.0, 3.0], &["u", "v"], &values).unwrap()
}

fn new(settings: Settings) -> Result<(), Error> {
    Fitting::new(&Decay, &data(), settings).map(|_| ())
}

#[test]
fn the_good_case_is_good() {
    assert!(new(Settings::default()).is_ok());
}

#[test]
fn settings_of_a_wrong_length() {
    let s = Settings::default;
    refused!(
        new(Settings { weights: vec![1.0], ..s() }),
        Length { what: "weights", expected: 2, found: 1 },
        "`weights`",
        "length 1",
        "2 is needed"
    );
    refused!(
        new(Settings { observes: vec![0, 1, 1], ..s() }),
        Length { what: "observes", expected: 2, found: 3 },
        "`observes`"
    );
    refused!(
        new(Settings { u0_bounds: vec![Bound::Free; 3], ..s() }),
        Length { what: "u0_bounds", expected: 2, found: 3 },
        "`u0_bounds`"
    );
    refused!(
        new(Settings { p_bounds: vec![Bound::Free; 2], ..s() }),
        Length { what: "p_bounds", expected: 3, found: 2 },
        "`p_bounds`"
    );
}

#[test]
fn settings_without_sense() {
    let s = Settings::default;
    refused!(
        new(Settings { observes: vec![0, 2], ..s() }),
        NoSuchState { state: 2, states: 2 },
        "state 2",
        "2 states"
    );
    for bad in [-1.0, NAN, INF] {
        refused!(
            new(Settings { weights: vec![1.0, bad], ..s() }),
            Weight { series: 1, value } if value.to_bits() == bad.to_bits(),
            "series 1",
            "0 or larger"
        );
        refused!(
            new(Settings { ridge: Some((0..1, bad)), ..s() }),
            Ridge { strength } if strength.to_bits() == bad.to_bits(),
            "ridge",
            "0 or larger"
        );
    }
    #[expect(clippy::reversed_empty_ranges)]
    for bad in [0..4, 3..1, 7..7, usize::MAX - 1..usize::MAX] {
        refused!(
            new(Settings { ridge: Some((bad.clone(), 1.0)), ..s() }),
            NoSuchParams { what: "ridge", range, num_params: 3 } if *range == bad,
            "`ridge`",
            "within 0..3"
        );
    }
    let three = Dataset::new(&[0.0, 1.0], &["a", "b", "c"], &[1.0; 6]).unwrap();
    refused!(Fitting::new(&Decay, &three, s()), NoSuchState { state: 2, states: 2 }, "state 2");
}

#[test]
fn no_logarithm() {
    for bad in [0.0, -3.5] {
        let data = Dataset::new(&[0.0, 4.0], &["u", "v"], &[1.0, NAN, 2.0, bad]).unwrap();
        let settings = Settings { scale: ErrorScale::Log, ..Settings::default() };
        refused!(
            Fitting::new(&Decay, &data, settings),
            NotPositive { series, t: 4.0, value } if series == "v" && *value == bad,
            "`v`",
            "t = 4",
            "ErrorScale::Absolute"
        );
    }
}

/// A model without states.
struct Empty;

impl System for Empty {
    fn dim(&self) -> usize {
        0
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: system::Scalar>(&self, _t: S, _u: &[S], _p: &[S], _du: &mut [S]) {}
}

#[test]
fn a_model_without_states() {
    refused!(
        Fitting::new(&Empty, &data(), Settings::default()),
        NoSuchState { state: 0, states: 0 },
        "0 states"
    );
}
