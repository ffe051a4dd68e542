use super::*;

const MANIFEST: &str =
    "[package]\nname = \"nn\"\nlicense.workspace = true\n\n[lints]\nworkspace = true\n";
const ROOT: &str = "//! Small networks.\n\nmod layer;\npub use layer::Layer;\n";

fn package(name: &str, kind: &str) -> Package {
    let source = format!("crates/{name}/src/lib.rs");
    let target = Target {
        name: name.into(),
        kinds: vec![kind.into()],
        source,
        required_features: Vec::new(),
    };
    Package {
        name: name.into(),
        description: Some("Small networks".into()),
        folder: Some(format!("crates/{name}")),
        targets: vec![target],
        ..Package::default()
    }
}

fn found_in(package: Package, manifest: &str, root: &str) -> Vec<String> {
    let folder = package.folder.clone().unwrap();
    let files =
        [(&*format!("{folder}/Cargo.toml"), manifest), (&*format!("{folder}/src/lib.rs"), root)];
    check(&Workspace::of(vec![package], &files)).iter().map(ToString::to_string).collect()
}

fn manifest(text: &str) -> usize {
    found_in(package("nn", "lib"), text, ROOT).len()
}

fn root(text: &str) -> usize {
    found_in(package("nn", "lib"), MANIFEST, text).len()
}

#[test]
fn a_good_crate_passes() {
    assert_eq!(found_in(package("nn", "lib"), MANIFEST, ROOT), [""; 0]);
}

#[test]
fn the_description_is_one_line() {
    for description in [None, Some(""), Some("two\nlines")] {
        let package =
            Package { description: description.map(str::to_owned), ..package("nn", "lib") };
        assert_eq!(found_in(package, MANIFEST, ROOT).len(), 1, "{description:?}");
    }
}

#[test]
fn licence_and_lints_are_inherited() {
    assert_eq!(
        manifest(
            "[package]\nlicense = { workspace = true }\nlints.workspace = false\n[lints]\nworkspace=true"
        ),
        0
    );
    assert_eq!(manifest("lints.workspace = true\n[package]\nlicense.workspace = true # ours\n"), 0);
    assert_eq!(manifest(""), 2);
    assert_eq!(manifest(&MANIFEST.replace("license.workspace = true", "license = \"MIT\"")), 1);
    assert_eq!(
        manifest(
            &MANIFEST.replace("[lints]\nworkspace = true", "[lints.rust]\nunsafe_code = \"deny\"")
        ),
        1
    );
    assert_eq!(manifest(&MANIFEST.replace("[lints]\n", "[lints]\n# ")), 1);
    assert_eq!(manifest(&MANIFEST.replace("license.workspace", "version.workspace")), 1);
    assert_eq!(manifest(&MANIFEST.replace("[lints]", "[dependencies.lints]")), 1);
}

#[test]
fn the_crate_doc_comes_first() {
    for text in [
        "// Licence.\n//! Doc.\nmod a;",
        "#![allow(x)]\n//! Doc.",
        "/*! Doc. */",
        "#![doc = include_str!(\"x\")]",
    ] {
        assert_eq!(root(text), 0, "{text}");
    }
    for text in [
        "",
        "mod a;\n",
        "/// Not the crate's.\nmod a;",
        "mod a { //! Inner.\n}",
        "//!\nmod a;",
        "// Plain.\nmod a;",
    ] {
        assert_eq!(root(text), 1, "{text}");
    }
}

#[test]
fn lib_rs_is_a_table_of_contents() {
    for item in [
        "pub fn f() {}",
        "struct S;",
        "enum E {}",
        "impl S {}",
        "pub trait T {}",
        "type A = u8;",
        "const A: u8 = 1;",
        "pub const fn f() {}",
        "mod inline { fn f() {} }",
        "macro_rules! m { () => {} }",
    ] {
        assert_eq!(root(&format!("{ROOT}{item}\n")), 1, "{item}");
    }
    for item in [
        "extern crate self as nn;",
        "pub mod prelude { pub use crate::Layer; }",
        "#[cfg(test)] mod tests { fn f() {} }",
        "// fn in a comment",
        "/// fn in a doc\nmod a;",
        "#[macro_use] mod m;",
    ] {
        assert_eq!(root(&format!("{ROOT}{item}\n")), 0, "{item}");
    }
}

#[test]
fn facade_and_proc_macros_may_hold_functions_but_no_macros() {
    for (name, kind) in [("sciml", "lib"), ("system-macro", "proc-macro")] {
        let with =
            |item: &str| found_in(package(name, kind), MANIFEST, &format!("{ROOT}{item}\n")).len();
        assert_eq!(with("pub fn f() {}"), 0);
        assert_eq!(with("macro_rules! m { () => {} }"), 1);
    }
}

#[test]
fn binaries_need_docs_only() {
    let with = |text| found_in(package("nn", "bin"), MANIFEST, text).len();
    assert_eq!(with("//! A tool.\nfn main() {}"), 0);
    assert_eq!(with("fn main() {}"), 1);
}

#[test]
fn other_folders_are_not_rooms() {
    let package =
        Package { folder: Some("benches".into()), description: None, ..package("nn", "lib") };
    assert!(check(&Workspace::of(vec![package], &[])).is_empty());
}
