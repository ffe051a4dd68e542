use super::{Disagreement, bounds};
use crate::{Dual, Jet, Lanes, Scalar};
use core::cell::Cell;

/// A function on a line: `f(x + v t, …)` where `line(x, v)` makes the numbers.
pub(super) trait Function {
    fn on<S: Scalar>(&self, line: impl Fn(f64, f64) -> S) -> S;
}

type D<S> = Dual<S, 1>;

fn dual<S: Scalar>(re: S, eps: S) -> D<S> {
    Dual { re, eps: [eps] }
}

/// `x + v t` for the `t` of a nested dual, which moves on every level.
fn line2(x: f64, v: f64) -> D<D<f64>> {
    dual(dual(x, v), dual(v, 0.0))
}

fn line4(x: f64, v: f64) -> D<D<D<D<f64>>>> {
    let zero = dual(dual(0.0, 0.0), dual(0.0, 0.0));
    let speed = dual(dual(v, 0.0), dual(0.0, 0.0));
    dual(dual(line2(x, v), dual(dual(v, 0.0), dual(0.0, 0.0))), dual(speed, zero))
}

pub(super) fn check(f: &impl Function, exact: &[f64]) -> Result<(), Disagreement> {
    let exact = &exact[..exact.len().min(5)];
    let compare = |number, order, found: f64| match exact.get(order) {
        Some(&expected) if order > 0 => bounds::derivative(number, order, found, expected, 1.0),
        Some(&expected) => bounds::value(number, found, expected),
        None => Ok(()),
    };

    let once = f.on(dual::<f64>);
    compare("Dual", 0, once.re)?;
    compare("Dual", 1, once.eps[0])?;

    let twice = f.on(line2);
    compare("Dual<Dual>", 0, twice.re.re)?;
    compare("Dual<Dual>", 1, twice.re.eps[0])?;
    compare("Dual<Dual>", 1, twice.eps[0].re)?;
    compare("Dual<Dual>", 2, twice.eps[0].eps[0])?;

    let nested = f.on(line4);
    let of = "Dual<Dual<Dual<Dual>>>";
    compare(of, 3, nested.eps[0].eps[0].eps[0].re)?;
    compare(of, 3, nested.re.eps[0].eps[0].eps[0])?;
    compare(of, 4, nested.eps[0].eps[0].eps[0].eps[0])?;

    let jet = f.on(Jet::<f64, 4>::line);
    for order in 0..=4 {
        compare("Jet", order, jet.derivative(order))?;
    }
    let of_duals = f.on(|x, v| Jet::<D<f64>, 3>::line(dual(x, v), dual(v, 0.0)));
    let of_jets = f.on(|x, v| dual(Jet::<f64, 3>::line(x, v), Jet::constant(v)));
    for order in 0..=3 {
        compare("Jet<Dual>", order + 1, of_duals.derivative(order).eps[0])?;
        compare("Dual<Jet>", order + 1, of_jets.eps[0].derivative(order))?;
    }

    let single = Cell::new(true);
    let of_singles = f.on(|x, v| {
        single.set(single.get() && [x, v].iter().all(|&x| f64::from(x as f32) == x));
        dual(x as f32, v as f32)
    });
    if let (true, Some(&expected)) = (single.get(), exact.get(1)) {
        bounds::single_derivative(of_singles.eps[0], expected)?;
    }

    let lanes = |x| Lanes([x; 4]);
    let dual_lanes = f.on(|x, v| dual(lanes(x), lanes(v)));
    bounds::same_bits("Dual<Lanes>", dual_lanes.eps[0].0, once.eps[0])?;
    let jet_lanes = f.on(|x, v| Jet::<Lanes<4>, 4>::line(lanes(x), lanes(v)));
    for order in 0..=4 {
        bounds::same_bits("Jet<Lanes>", jet_lanes.derivative(order).0, jet.derivative(order))?;
    }
    Ok(())
}
