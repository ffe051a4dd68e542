//! The workspace as `cargo metadata` sees it, reduced to what the checks read.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::failure::Failure;

/// All packages of the resolved workspace, dependencies included.
pub(crate) struct Metadata {
    /// Folder of the top-level `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Workspace members and every dependency of them, for all features and platforms.
    pub(crate) packages: Vec<Package>,
}

/// One package: a workspace member or a dependency.
#[derive(Clone, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) description: Option<String>,
    /// For a workspace member its folder relative to the root (`crates/scalar`), otherwise `None`.
    pub(crate) folder: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
    /// `[package.metadata.xtask.examples]`: the arguments for each example in a check.
    pub(crate) example_arguments: BTreeMap<String, Vec<String>>,
}

/// One line of a dependency table.
#[derive(Clone)]
pub(crate) struct Dependency {
    /// Name of the package, also where the manifest renames it.
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
    /// Given by path, so a crate of our own.
    pub(crate) own: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DependencyKind {
    Normal,
    Build,
    Dev,
}

/// A library, binary, example, test or bench.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// `lib`, `proc-macro`, `bin`, `example`, …
    pub(crate) kinds: Vec<String>,
    /// Source file, relative to the root for workspace members.
    pub(crate) source: String,
    pub(crate) required_features: Vec<String>,
}

impl Target {
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|own| own == kind)
    }
}

impl Metadata {
    /// Asks cargo about the workspace that the current folder belongs to.
    pub(crate) fn load() -> Result<Self, Failure> {
        let output = Command::new(cargo())
            .args(["metadata", "--format-version", "1", "--all-features"])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| Failure::Check(format!("cannot start cargo: {e}; is it on the PATH?")))?;
        if !output.status.success() {
            return Err(Failure::Check("`cargo metadata` failed, see its message above".into()));
        }
        Self::parse(&String::from_utf8_lossy(&output.stdout))
    }

    /// Reads the JSON text of `cargo metadata --format-version 1`.
    pub(crate) fn parse(json: &str) -> Result<Self, Failure> {
        let broken = |what: &str| Failure::Check(format!("cannot read cargo metadata: {what}"));
        let value: Value = serde_json::from_str(json).map_err(|e| broken(&e.to_string()))?;
        let root = value["workspace_root"].as_str().ok_or_else(|| broken("no workspace_root"))?;
        let members = strings(&value["workspace_members"]);
        let packages = value["packages"].as_array().ok_or_else(|| broken("no packages"))?;
        let packages = packages
            .iter()
            .map(|package| {
                let member =
                    package["id"].as_str().is_some_and(|id| members.iter().any(|m| m == id));
                Package::parse(package, member.then_some(root))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { root: PathBuf::from(root), packages })
    }

    /// The workspace's own packages with their folders.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&Package, &str)> {
        self.packages.iter().filter_map(|p| Some((p, p.folder.as_deref()?)))
    }

    /// The members under `crates/`.
    pub(crate) fn crates(&self) -> impl Iterator<Item = (&Package, &str)> {
        self.members().filter(|(_, folder)| folder.starts_with("crates/"))
    }
}

impl Package {
    /// `root` is given for workspace members.
    fn parse(value: &Value, root: Option<&str>) -> Result<Self, Failure> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let list = |key: &str| value[key].as_array().into_iter().flatten();
        let name = text("name").unwrap_or_default();
        let manifest = text("manifest_path").unwrap_or_default();
        let folder = root.map(|root| {
            let manifest = relative(&manifest, root);
            manifest
                .strip_suffix("Cargo.toml")
                .unwrap_or(&manifest)
                .trim_end_matches('/')
                .to_owned()
        });
        let example_arguments = match (&folder, &value["metadata"]["xtask"]["examples"]) {
            (None, _) | (_, Value::Null) => BTreeMap::new(),
            (Some(_), table) => example_arguments(&name, table)?,
        };
        Ok(Self {
            version: text("version").unwrap_or_default(),
            license: text("license"),
            description: text("description"),
            dependencies: list("dependencies").map(Dependency::parse).collect(),
            targets: list("targets").map(|t| Target::parse(t, root.unwrap_or(""))).collect(),
            name,
            folder,
            example_arguments,
        })
    }
}

impl Dependency {
    fn parse(value: &Value) -> Self {
        Self {
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            kind: match value["kind"].as_str() {
                Some("dev") => DependencyKind::Dev,
                Some("build") => DependencyKind::Build,
                _ => DependencyKind::Normal,
            },
            own: value["path"].is_string(),
        }
    }
}

impl Target {
    fn parse(value: &Value, root: &str) -> Self {
        Self {
            name: value["name"].as_str().unwrap_or_default().to_owned(),
            kinds: strings(&value["kind"]),
            source: relative(value["src_path"].as_str().unwrap_or_default(), root),
            required_features: strings(&value["required-features"]),
        }
    }
}

/// The cargo that started us, so that a chosen toolchain stays chosen.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A table `name = ["--argument", …]`; anything else is a mistake that would silently run the wrong thing.
fn example_arguments(
    package: &str,
    table: &Value,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let wrong = || {
        Failure::Check(format!(
            "[package.metadata.xtask.examples] of `{package}` must hold lines `name = [\"--argument\"]`"
        ))
    };
    let mut arguments = BTreeMap::new();
    for (name, list) in table.as_object().ok_or_else(wrong)? {
        let list = list.as_array().ok_or_else(wrong)?;
        let words: Option<Vec<_>> = list.iter().map(|w| w.as_str().map(str::to_owned)).collect();
        arguments.insert(name.clone(), words.ok_or_else(wrong)?);
    }
    Ok(arguments)
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|s| s.as_str()).map(str::to_owned).collect()
}

/// `path` below `root` with `/` as the separator; unchanged when it lies elsewhere.
fn relative(path: &str, root: &str) -> String {
    let inside = path.strip_prefix(root).filter(|_| !root.is_empty()).unwrap_or(path);
    inside
        .trim_start_matches(if inside.len() < path.len() { &['/', '\\'][..] } else { &[] })
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{
        "workspace_root": "/w", "workspace_members": ["m1"],
        "packages": [
            {"id": "m1", "name": "scalar", "version": "0.1.0", "license": "MIT",
             "manifest_path": "/w/crates/scalar/Cargo.toml", "description": "numbers",
             "dependencies": [{"name": "rand", "kind": "dev"}, {"name": "nn", "kind": null, "path": "/w/crates/nn"}],
             "targets": [{"name": "show", "kind": ["example"], "src_path": "/w/crates/scalar/examples/show.rs",
                          "required-features": ["plot"]}],
             "metadata": {"xtask": {"examples": {"show": ["--quick", "3"]}}}},
            {"id": "d1", "name": "rand", "version": "0.10.0", "license": "MIT OR Apache-2.0",
             "manifest_path": "/elsewhere/rand/Cargo.toml", "dependencies": [], "targets": [], "metadata": null}
        ]}"#;

    #[test]
    fn members_and_dependencies_are_told_apart() {
        let metadata = Metadata::parse(SMALL).unwrap();
        assert_eq!(metadata.packages.len(), 2);
        let (package, folder) = metadata.crates().next().unwrap();
        assert_eq!((package.name.as_str(), folder), ("scalar", "crates/scalar"));
        assert_eq!(metadata.members().count(), 1);
        assert!(!package.dependencies[0].own && package.dependencies[1].own);
        assert_eq!(package.dependencies[0].kind, DependencyKind::Dev);
        assert_eq!(package.dependencies[1].kind, DependencyKind::Normal);
        let target = &package.targets[0];
        assert!(target.is("example") && !target.is("lib"));
        assert_eq!(target.source, "crates/scalar/examples/show.rs");
        assert_eq!(target.required_features, ["plot"]);
        assert_eq!(package.example_arguments["show"], ["--quick", "3"]);
    }

    #[test]
    fn malformed_input_is_an_error() {
        assert!(Metadata::parse("").is_err());
        assert!(Metadata::parse("{}").is_err());
        let wrong = SMALL.replace(r#"["--quick", "3"]"#, r#""--quick""#);
        assert!(Metadata::parse(&wrong).is_err());
        let wrong = SMALL.replace(r#"["--quick", "3"]"#, "[3]");
        assert!(Metadata::parse(&wrong).is_err());
    }
}
