use super::*;
use crate::metadata::Dependency;

fn member(folder: &str, dependencies: &[(&str, DependencyKind)]) -> Package {
    let dependency =
        |&(name, kind): &(&str, DependencyKind)| Dependency { name: name.into(), kind, own: true };
    Package {
        name: folder.rsplit('/').next().unwrap().into(),
        folder: Some(folder.into()),
        dependencies: dependencies.iter().map(dependency).collect(),
        ..Package::default()
    }
}

fn good_document() -> String {
    format!("# Architecture\n```rust\nfn f() -> u8\n{{}}\n```\n\n```text\n{}\n```\n", block())
}

fn found(package: Package) -> Vec<String> {
    let workspace = Workspace::of(vec![package], &[(DOCUMENT, &good_document())]);
    check(&workspace).iter().map(ToString::to_string).collect()
}

use DependencyKind::{Build, Dev, Normal};

#[test]
fn the_table_has_no_cycle_and_no_stranger() {
    for (at, (name, allowed)) in ARROWS.iter().enumerate() {
        assert_eq!(ARROWS.iter().filter(|(other, _)| other == name).count(), 1);
        for to in allowed.iter().filter(|to| **to != EVERYTHING) {
            let target = ARROWS.iter().position(|(other, _)| other == to).expect("known");
            assert!(target < at, "{name} -> {to} must lead to an earlier line");
        }
    }
}

#[test]
fn arrows_of_the_table_are_allowed() {
    assert_eq!(
        found(member("crates/system", &[("scalar", Normal), ("system-macro", Normal)])),
        [""; 0]
    );
    assert_eq!(found(member("crates/sciml", &[("fit", Normal), ("report", Normal)])), [""; 0]);
    assert_eq!(found(member("testset", &[("system", Normal)])), [""; 0]);
}

#[test]
fn other_arrows_are_found() {
    for (folder, to) in [
        ("crates/scalar", "system"),
        ("crates/ode-core", "ad-tape"),
        ("crates/nn", "system"),
        ("crates/fit", "sciml"),
        ("crates/sciml", "sciml"),
        ("crates/sciml", "xtask"),
        ("crates/optimize", "testset"),
        ("testset", "ode-core"),
    ] {
        assert_eq!(found(member(folder, &[(to, Normal)])).len(), 1, "{folder} -> {to}");
        assert_eq!(found(member(folder, &[(to, Build)])).len(), 1, "{folder} -> {to}");
    }
}

#[test]
fn dev_dependencies_are_free_except_the_facade() {
    assert_eq!(found(member("crates/ode-core", &[("ad-tape", Dev), ("testset", Dev)])), [""; 0]);
    let facade = found(member("crates/ode-core", &[("sciml", Dev)]));
    assert!(facade.len() == 1 && facade[0].contains("nothing depends on the facade"));
}

#[test]
fn dependencies_of_others_are_not_arrows() {
    let mut package = member("crates/optimize", &[("rayon", Normal)]);
    package.dependencies[0].own = false;
    assert_eq!(found(package), [""; 0]);
}

#[test]
fn users_are_free_and_strangers_are_found() {
    for folder in ["xtask", "examples", "examples/discover", "benches"] {
        assert_eq!(found(member(folder, &[("sciml", Normal), ("nn", Normal)])), [""; 0]);
    }
    for folder in ["crates/pinn", "tools", ""] {
        let strangers = found(member(folder, &[]));
        assert!(strangers.len() == 1 && strangers[0].contains("add it to the table"), "{folder}");
    }
}

#[test]
fn a_finding_stands_at_the_line_of_the_dependency() {
    let manifest = "[package]\nname = \"nn\"\n[dependencies]\nsystem-macro.workspace = true\nsystem.workspace = true\n";
    assert_eq!(dependency_line(manifest, "system"), 5);
    assert_eq!(dependency_line("[dependencies.fit]\npath = \"x\"", "fit"), 1);
    assert_eq!(dependency_line("[dependencies]\n fit = { path = \"x\" }", "fit"), 2);
}

#[test]
fn the_document_must_show_the_same_table() {
    assert!(document(Some(&good_document())).is_empty());
    assert_eq!(document(None).len(), 1);
    assert_eq!(document(Some("# Architecture\n")).len(), 1);
    assert_eq!(document(Some("```text\nplain\n```\n")).len(), 1);
    let changed = |from: &str, to: &str| {
        let text = good_document();
        assert!(text.contains(from));
        document(Some(&text.replace(from, to)))
    };
    assert_eq!(changed("ad-tape -> scalar, system", "ad-tape -> system, scalar").len(), 0);
    assert_eq!(changed("scalar -> nothing", "scalar ->").len(), 0);
    assert_eq!(changed("ad-tape -> scalar, system", "ad-tape -> scalar").len(), 1);
    assert_eq!(changed("nn -> scalar\n", "").len(), 1);
    assert_eq!(changed("nn -> scalar\n", "nn -> scalar\nnn -> scalar\n").len(), 1);
    let stranger = changed("nn -> scalar\n", "nn -> scalar\npinn -> nn\n");
    assert_eq!(stranger.len(), 1);
    let line = good_document().lines().position(|line| line == "nn -> scalar").unwrap() + 1;
    assert_eq!(stranger[0].line, line + 1);
}
