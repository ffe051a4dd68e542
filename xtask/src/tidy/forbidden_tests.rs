use super::*;

fn lines(path: &str, text: &str) -> Vec<usize> {
    check(&Workspace::of_files(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
}

const LIBRARY: &str = "crates/nn/src/layer.rs";

fn assert_bad(path: &str, text: &str) {
    assert!(!lines(path, text).is_empty(), "must be found: {text}");
}

fn assert_good(path: &str, text: &str) {
    assert_eq!(lines(path, text), [0; 0], "must be allowed: {text}");
}

#[test]
fn unfinished_work_is_found_in_every_file() {
    for path in [LIBRARY, "crates/nn/tests/a.rs", "examples/a.rs", "xtask/src/main.rs", "build.rs"]
    {
        for text in [
            "fn f() { todo!() }",
            "fn f() { std::todo!(\"later\") }",
            "fn f() { unimplemented!{} }",
            "fn f() { dbg!(x); }",
            "#[cfg(test)] mod tests { fn f() { todo!() } }",
            "#[test] #[ignore] fn f() {}",
            "#[ignore = \"slow\"] #[test] fn f() {}",
            "#[cfg_attr(unix, ignore)] #[test] fn f() {}",
            "// FIXME later",
            "/// Docs. XXX: wrong",
            "/* a\n FIXME */",
            "const XXX: u8 = 1;",
        ] {
            assert_bad(path, text);
        }
    }
}

#[test]
fn words_in_strings_and_parts_of_words_are_free() {
    for text in [
        "fn f() { g(\"todo!() FIXME #[ignore] .unwrap() panic!()\") }",
        "fn f() { g(r#\"println!(\"x\")\"#) }",
        "fn f() { my_todo!(); pretodo!() }",
        "fn f() { if x.todo != (y) {} }",
        "// the word todo! in a comment, .unwrap() and panic!(\n",
        "/// ```\n/// f().unwrap();\n/// println!(\"x\");\n/// ```\nfn f() {}",
        "// XXXL and FIXMEs\n",
        "#[must_use] fn ignore() {}",
        "fn f() { write!(out, \"{x}\"); x.unwrap_or(1); x.expected(2); unwrap(); expect(3); }",
        "fn f() { std::panic::catch_unwind(g); }",
    ] {
        assert_good(LIBRARY, text);
    }
}

#[test]
fn libraries_do_not_print() {
    for word in PRINTING {
        let text = format!("fn f() {{\n    {word}!(\"x\");\n}}");
        assert_eq!(lines(LIBRARY, &text), [2]);
        assert_bad("crates/nn/src/bin/tool.rs", &text);
        assert_good("examples/show.rs", &text);
        assert_good("crates/nn/examples/show.rs", &text);
        assert_good("crates/nn/tests/show.rs", &text);
        assert_good(LIBRARY, &format!("#[cfg(test)] mod tests {{ {text} }}"));
    }
}

#[test]
fn libraries_do_not_panic() {
    for text in [
        "fn f() { x.unwrap() }",
        "fn f() {\n    x\n        .unwrap\n        ()\n}",
        "fn f() { x.expect(\"there\") }",
        "fn f() { x.map(Option::unwrap); }",
        "fn f() { Option::unwrap(x); }",
        "fn f() { panic!(\"no\") }",
        "fn f() { core::panic![] }",
        "const fn f() { panic!(\"no\") }",
        "static A: T = { panic!(\"no\") };",
        "#[cfg(test)] mod tests { fn g() { x.unwrap() } }\nfn f() { x.unwrap() }",
        "#[cfg(any(test, unix))] fn f() { x.unwrap() }",
    ] {
        assert_bad(LIBRARY, text);
        assert_good("crates/nn/tests/a.rs", text);
        assert_good("benches/a.rs", text);
    }
    assert_good(
        LIBRARY,
        "#[cfg(test)] mod tests { fn g() { x.unwrap(); y.expect(\"a\"); panic!() } }",
    );
    assert_good(LIBRARY, "const _: () = if A { panic!(\"row sums\") };");
    assert_good(LIBRARY, "fn f() { const { if A { panic!(\"row sums\") } } }");
}

#[test]
fn an_invariant_needs_its_reason_in_the_right_place() {
    for text in [
        "x.unwrap(); // invariant: set above",
        "// invariant: set above\nx.unwrap();",
        "// invariant: set above,\n// and never removed\nx.expect(\"set\");",
        "// invariant: set above\nlet y = x\n    .iter()\n    .max()\n    .unwrap();",
        "// invariant: sorted\npanic!();",
    ] {
        assert_good(LIBRARY, &format!("fn f() {{\n{text}\n}}"));
    }
    for text in [
        "// invariant:\nx.unwrap();",
        "// invariant: set above\n\nx.unwrap();",
        "// invariant: set above\nlet y = 1;\nx.unwrap();",
        "x.unwrap();\n// invariant: set above",
        "g(\"// invariant: set\"); x.unwrap();",
        "/// invariant: set above\nx.unwrap();",
        "// invariant: it prints\nprintln!();",
    ] {
        assert_bad(LIBRARY, &format!("fn f() {{\n{text}\n}}"));
    }
}

#[test]
fn files_of_test_modules_are_tests() {
    let root = ("crates/nn/src/lib.rs", "mod layer;\n#[cfg(test)] mod agree;");
    let layer = ("crates/nn/src/layer.rs", "#[cfg(test)]\nmod cases;");
    let bad = "fn f() { x.unwrap() }";
    let found = |path| check(&Workspace::of_files(&[root, layer, (path, bad)])).len();
    assert_eq!(found("crates/nn/src/agree.rs"), 0);
    assert_eq!(found("crates/nn/src/agree/deep.rs"), 0);
    assert_eq!(found("crates/nn/src/layer/cases.rs"), 0);
    assert_eq!(found("crates/nn/src/cases.rs"), 1);
    assert_eq!(found("crates/nn/src/agreement.rs"), 1);
    assert_eq!(found("crates/fit/src/agree.rs"), 1);
}
