//! Algorithm × method × loss × {plain, events, mass matrices}: each cell is right, by initial state, parameters, ends of the span
//! and save times, or it is refused and says what to take instead. `cargo test -p sensitivity --test grid -- --nocapture` prints the
//! table.

mod ask;
mod models;

use ask::{ALGORITHMS, Cell, Feature, methods};
use models::KINDS;
use sensitivity::Gradient;

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let ends = [gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &ends, &gradient.times].concat()
}

/// The largest error, in units of the largest derivative.
fn error(gradient: &Gradient, (loss, slopes): &(f64, Vec<f64>)) -> f64 {
    let found = all_of(gradient);
    assert_eq!(found.len(), slopes.len());
    let scale = slopes.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
    let off = (gradient.loss - loss).abs() / loss.abs();
    let slopes = found.iter().zip(slopes).map(|(f, e)| (f - e).abs() / scale);
    slopes.fold(off, |worst, x| if x > worst || x.is_nan() { x } else { worst })
}

/// What a refusal has to name: an algorithm or a method that takes the cell.
const INSTEAD: [&str; 4] = ["DiscreteAdjoint", "GaussAdjoint", "ForwardSensitivity", "Rodas5P"];

#[test]
fn every_cell_is_right_or_refused() {
    let (mut table, mut wrong) = (String::new(), Vec::new());
    let (mut right, mut refused, mut no_call) = (0, 0, 0);
    let mut reasons: Vec<String> = Vec::new();
    for (method, ask) in methods() {
        for feature in Feature::ALL {
            for algorithm in ALGORITHMS {
                let name = format!("{feature:?}");
                table += &format!("{method:<10} {name:<13} {algorithm:<23}");
                for kind in &KINDS {
                    let cell = match ask(algorithm, feature, kind) {
                        Cell::Gradient { found: Ok(found), exact, tol } => {
                            right += 1;
                            let error = error(&found, &exact);
                            if error.is_nan() || error > tol {
                                let name = kind.name;
                                wrong.push(format!(
                                    "{method} {feature:?} {algorithm}, {name}: {error:e}"
                                ));
                            }
                            format!("{error:.0e}")
                        }
                        Cell::Gradient { found: Err(why), .. } => {
                            refused += 1;
                            note(&mut reasons, &why.to_string())
                        }
                        Cell::NoSuchCall(why) => {
                            no_call += 1;
                            note(&mut reasons, why)
                        }
                    };
                    table += &format!(" {}: {cell:<8}", kind.name);
                }
                table += "\n";
            }
        }
    }
    for (i, why) in reasons.iter().enumerate() {
        table += &format!("[{}] {why}\n", i + 1);
        assert!(INSTEAD.iter().any(|name| why.contains(name)), "{why}");
    }
    println!("{table}{right} right, {refused} refused, {no_call} refused by type");
    assert!(wrong.is_empty(), "{table}\n{wrong:#?}");
    // Explicit methods and mass matrices are refused when asked; nothing else is.
    let explicit_with_mass = 2 * 2 * 5 * KINDS.len();
    assert_eq!(refused, explicit_with_mass, "{table}");
    assert_eq!(right + refused + no_call, 6 * 4 * 8 * KINDS.len());
}

/// The number of a reason.
fn note(reasons: &mut Vec<String>, why: &str) -> String {
    let known = reasons.iter().position(|reason| reason == why);
    let at = known.unwrap_or_else(|| {
        reasons.push(why.to_owned());
        reasons.len() - 1
    });
    format!("[{}]", at + 1)
}
