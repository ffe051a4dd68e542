//! Every example of every member runs to its end.
//!
//! A package can give its examples quicker arguments for this:
//!
//! ```toml
//! [package.metadata.xtask.examples]
//! discover = ["--quick"]
//! ```

use std::time::Instant;

use super::process::Cargo;
use crate::failure::Failure;
use crate::metadata::{Metadata, Package, Target};

/// Runs them one after the other, in release.
pub(crate) fn run() -> Result<(), Failure> {
    let metadata = Metadata::load()?;
    let mut calls = Vec::new();
    for (package, _) in metadata.members() {
        calls.extend(package_calls(package)?);
    }
    for (name, call) in &calls {
        let begun = Instant::now();
        call.run()?;
        println!("example {name}: {:.1} s with its build", begun.elapsed().as_secs_f64());
    }
    println!("examples: {} ran", calls.len());
    Ok(())
}

fn package_calls(package: &Package) -> Result<Vec<(String, Cargo)>, Failure> {
    let examples: Vec<_> = package.targets.iter().filter(|target| target.is("example")).collect();
    for name in package.example_arguments.keys() {
        if !examples.iter().any(|example| example.name == *name) {
            return Err(Failure::Check(format!(
                "[package.metadata.xtask.examples] of `{}` names `{name}`, which is none of its examples",
                package.name
            )));
        }
    }
    Ok(examples.into_iter().map(|example| (example.name.clone(), call(package, example))).collect())
}

fn call(package: &Package, example: &Target) -> Cargo {
    let mut words =
        vec!["run", "--release", "--package", &package.name, "--example", &example.name];
    let features = example.required_features.join(",");
    if !features.is_empty() {
        words.extend(["--features", &features]);
    }
    if let Some(arguments) = package.example_arguments.get(&example.name) {
        words.push("--");
        words.extend(arguments.iter().map(String::as_str));
    }
    Cargo::new(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> Package {
        let target = |name: &str, kind: &str, features: &[&str]| Target {
            name: name.into(),
            kinds: vec![kind.into()],
            source: String::new(),
            required_features: features.iter().map(|f| (*f).into()).collect(),
        };
        Package {
            name: "gallery".into(),
            targets: vec![
                target("gallery", "lib", &[]),
                target("lorenz", "example", &[]),
                target("discover", "example", &["csv", "report"]),
            ],
            example_arguments: [("discover".into(), vec!["--quick".into(), "3".into()])].into(),
            ..Package::default()
        }
    }

    #[test]
    fn examples_get_their_features_and_arguments() {
        let texts: Vec<_> =
            package_calls(&package()).unwrap().iter().map(|(_, call)| call.to_string()).collect();
        assert_eq!(
            texts,
            [
                "cargo run --release --package gallery --example lorenz",
                "cargo run --release --package gallery --example discover --features csv,report -- --quick 3",
            ]
        );
    }

    #[test]
    fn arguments_for_an_example_that_does_not_exist_are_a_failure() {
        let mut package = package();
        package.example_arguments.insert("discovery".into(), Vec::new());
        assert!(
            matches!(package_calls(&package), Err(Failure::Check(why)) if why.contains("`discovery`"))
        );
    }
}
