//! Every function under every number type, against values and derivatives of 25 digits that mpmath
//! computed (`table/functions.py`).

use scalar::{AnyBinary, AnyUnary, Scalar, check};

/// The numbers of a row behind its name; what does not fit into an `f64` is infinite.
fn numbers(cells: &[&str]) -> Vec<f64> {
    cells.iter().map(|cell| cell.parse().expect("a number")).collect()
}

fn function(name: &str, setting: &str) -> AnyUnary {
    match name {
        "powi" => AnyUnary::Powi(setting.parse().expect("an exponent")),
        "powf" => AnyUnary::Powf(setting.parse().expect("an exponent")),
        "polygamma" => AnyUnary::Polygamma(setting.parse().expect("an order")),
        _ => {
            let found = AnyUnary::ALL.iter().find(|f| f.name() == name);
            *found.expect("a function of the crate")
        }
    }
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().skip(1).map(|line| line.split(',').collect())
}

/// Fails with all that is wrong, not only with the first.
fn report(checked: usize, wrong: &[String]) {
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn functions_of_one_number() {
    let (mut checked, mut wrong) = (Vec::new(), Vec::new());
    for row in rows(include_str!("table/unary.csv")) {
        let f = function(row[0], row[1]);
        let numbers = numbers(&row[2..]);
        if let Err(error) = check::unary(f, numbers[0], &numbers[1..]) {
            wrong.push(format!("{f:?}({:e}): {error}", numbers[0]));
        }
        checked.push(f.name());
    }
    report(checked.len(), &wrong);
    for f in AnyUnary::ALL {
        assert!(checked.contains(&f.name()), "{f:?} is not in the table");
    }
}

#[test]
fn functions_of_two_numbers() {
    let (mut checked, mut wrong) = (Vec::new(), Vec::new());
    for row in rows(include_str!("table/binary.csv")) {
        let f = match row[0] {
            "pow" => AnyBinary::Pow,
            "atan2" => AnyBinary::Atan2,
            "hypot" => AnyBinary::Hypot,
            name => panic!("{name}"),
        };
        let line = numbers(&row[1..]);
        let (point, speed) = ([line[0], line[1]], [line[2], line[3]]);
        if let Err(error) = check::binary(f, point, speed, &line[4..]) {
            wrong.push(format!("{f:?}{point:?} along {speed:?}: {error}"));
        }
        checked.push(f);
    }
    report(checked.len(), &wrong);
    assert!(AnyBinary::ALL.iter().all(|f| checked.contains(f)));
}

/// The methods of the trait, and the list of names, are the functions of the table.
#[test]
fn methods_are_the_functions_of_the_table() {
    let mut names = Vec::new();
    macro_rules! compare {
        ($($name:ident)*) => {$(
            let f = function(stringify!($name), "");
            let (method, value) = (Scalar::$name(0.7f64), 0.7f64.unary(f));
            assert!(method.to_bits() == value.to_bits() || method.is_nan() && value.is_nan());
            names.push(f.name());
        )*};
    }
    scalar::for_each_elementary! { compare }
    names.extend(["abs", "sign"]);
    assert_eq!(names, AnyUnary::ALL.iter().map(|f| f.name()).collect::<Vec<_>>());
}
