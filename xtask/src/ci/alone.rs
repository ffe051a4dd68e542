//! Each crate by itself: in a workspace build a crate can live on features that its neighbours switch on.

use super::process::Cargo;
use crate::failure::Failure;
use crate::metadata::Metadata;

/// `cargo check` for every crate, with default features and with none.
pub(crate) fn run() -> Result<(), Failure> {
    let metadata = Metadata::load()?;
    for call in calls(&metadata) {
        call.run()?;
    }
    Ok(())
}

fn calls(metadata: &Metadata) -> Vec<Cargo> {
    let pair = |name: &str| {
        [
            Cargo::new(["check", "-p", name]),
            Cargo::new(["check", "-p", name, "--no-default-features"]),
        ]
    };
    metadata.crates().flat_map(|(package, _)| pair(&package.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    #[test]
    fn every_crate_is_checked_twice() {
        let package = |folder: &str| Package {
            name: folder.rsplit('/').next().unwrap().into(),
            folder: Some(folder.into()),
            ..Package::default()
        };
        let packages = vec![package("crates/nn"), package("xtask"), Package::default()];
        let calls = calls(&Metadata { root: "root".into(), packages });
        let texts: Vec<_> = calls.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["cargo check -p nn", "cargo check -p nn --no-default-features"]);
    }
}
