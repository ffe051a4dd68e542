//! Which tokens only exist in tests, and which are evaluated by the compiler.

use std::ops::Range;

use super::tokens::{Token, reads};

/// The test-only parts of one file.
pub(crate) struct Tests {
    /// Token ranges of the items below `#[cfg(test)]`, `#[test]` and the like.
    pub(crate) ranges: Vec<Range<usize>>,
    /// Names of `#[cfg(test)] mod name;`, whose files are tests as a whole.
    pub(crate) modules: Vec<String>,
}

/// Finds the items that only exist under `cfg(test)`.
pub(crate) fn tests(tokens: &[Token<'_>]) -> Tests {
    let mut found = Tests { ranges: Vec::new(), modules: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        if reads(tokens, at, &["#", "!", "["]) {
            let end = group_end(tokens, at + 2);
            if is_test(between(tokens, at + 2)) {
                found.ranges.push(at..tokens.len());
                return found;
            }
            at = end;
        } else if reads(tokens, at, &["#", "["]) {
            let end = group_end(tokens, at + 1);
            if is_test(between(tokens, at + 1)) {
                let item = skip_attributes(tokens, end);
                let end = item_end(tokens, item);
                if let [.., module, name, semicolon] = &tokens[item..end]
                    && (module.text, semicolon.text) == ("mod", ";")
                {
                    found.modules.push(name.text.to_owned());
                }
                found.ranges.push(at..end);
                at = end;
            } else {
                at = end;
            }
        } else {
            at += 1;
        }
    }
    found
}

/// `const NAME: T = …;` and `const { … }`. A `const fn` may also run at run time and does not count.
pub(crate) fn const_evaluated(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].text != "const" {
            continue;
        }
        // `<const N: usize>` is a parameter, `*const T` a pointer.
        let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
        if reads(tokens, at + 1, &["{"]) {
            ranges.push(at..group_end(tokens, at + 1));
        } else if reads(tokens, at + 2, &[":"]) && !["<", ",", "*"].contains(&before) {
            let mut end = at;
            while end < tokens.len() && tokens[end].text != ";" {
                end = if opens(tokens[end].text) { group_end(tokens, end) } else { end + 1 };
            }
            ranges.push(at..end);
        }
    }
    ranges
}

/// Whether an attribute (between its brackets) removes its item from every build but a test.
fn is_test(attribute: &[Token<'_>]) -> bool {
    match attribute {
        [cfg, open, predicate @ .., _] if cfg.text == "cfg" && open.text == "(" => {
            needs_test(predicate)
        }
        [.., last] => last.text == "test",
        [] => false,
    }
}

/// Whether a `cfg` predicate can only hold when `test` does.
fn needs_test(predicate: &[Token<'_>]) -> bool {
    match predicate {
        [test] => test.text == "test",
        [all, open, list @ .., _] if all.text == "all" && open.text == "(" => {
            let mut depth = 0;
            list.split(|token| {
                depth += i32::from(opens(token.text)) - i32::from(closes(token.text));
                depth == 0 && token.text == ","
            })
            .any(needs_test)
        }
        _ => false,
    }
}

fn skip_attributes(tokens: &[Token<'_>], mut at: usize) -> usize {
    while reads(tokens, at, &["#", "["]) {
        at = group_end(tokens, at + 1);
    }
    at
}

/// Behind the item that begins at `start`: its `;`, its closing brace, or for a field or variant its comma.
fn item_end(tokens: &[Token<'_>], start: usize) -> usize {
    const ITEMS: &[&str] = &[
        "pub",
        "fn",
        "mod",
        "impl",
        "struct",
        "enum",
        "union",
        "trait",
        "type",
        "use",
        "const",
        "static",
        "unsafe",
        "async",
        "extern",
        "let",
        "macro_rules",
    ];
    let begins = |token: &Token<'_>| ITEMS.contains(&token.text);
    // `pub` also begins a field, but `pub name:` is not an item.
    let field = tokens.get(start).is_none_or(|token| !begins(token))
        || reads(tokens, start, &["pub"])
            && reads(tokens, start + 2, &[":"])
            && !reads(tokens, start + 3, &[":"]);
    let mut at = start;
    while at < tokens.len() {
        match tokens[at].text {
            ";" => return at + 1,
            "," if field => return at + 1,
            "{" => return group_end(tokens, at),
            text if opens(text) => at = group_end(tokens, at),
            text if closes(text) => return at,
            _ => at += 1,
        }
    }
    at
}

/// The tokens between the bracket at `open` and the one that closes it.
pub(crate) fn between<'a, 't>(tokens: &'a [Token<'t>], open: usize) -> &'a [Token<'t>] {
    tokens.get(open + 1..group_end(tokens, open) - 1).unwrap_or_default()
}

/// Behind the bracket that closes the one at `open`; the end of the file when it stays open.
fn group_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(opens(token.text)) - i32::from(closes(token.text));
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

fn opens(text: &str) -> bool {
    matches!(text, "(" | "[" | "{")
}

fn closes(text: &str) -> bool {
    matches!(text, ")" | "]" | "}")
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens as split;
    use super::*;

    /// The identifiers of the form `t…` that stand inside, and `o…` outside, must be told apart.
    fn assert_split(code: &str, ranges: impl Fn(&[Token<'_>]) -> Vec<Range<usize>>) {
        let tokens = split(code);
        let ranges = ranges(&tokens);
        for (at, token) in tokens.iter().enumerate() {
            let inside = ranges.iter().any(|range| range.contains(&at));
            if token.text.starts_with("in_") {
                assert!(inside, "{} in {code}", token.text);
            } else if token.text.starts_with("out_") {
                assert!(!inside, "{} in {code}", token.text);
            }
        }
    }

    #[test]
    fn test_items_end_where_they_should() {
        for code in [
            "#[cfg(test)] mod tests { in_a { in_b } in_c } out_a",
            "#[cfg(test)] #[allow(x)] fn f(a: [u8; 3]) -> T where T: X { in_a } out_a",
            "#[test] fn f() { in_a } fn g() { out_a }",
            "#[tokio::test] fn f() { in_a } fn g() { out_a }",
            "#[cfg(test)] use in_a::{b, in_c}; fn g() { out_a }",
            "#[cfg(all(test, unix))] impl X { in_a } out_a",
            "#[cfg(all(unix, all(not(x), test)))] impl X { in_a } out_a",
            "#[cfg(not(test))] fn f() { out_a }",
            "#[cfg(any(test, unix))] fn f() { out_a }",
            "#[cfg(all(unix, not(test)))] fn f() { out_a }",
            "#[cfg(feature)] fn f() { out_a }",
            "struct S { #[cfg(test)] pub in_a: T, out_b: T } out_a",
            "struct S { #[cfg(test)] in_a: T } fn g() { out_a }",
            "enum E { #[cfg(test)] in_a(X, in_b), out_b } out_a",
            "fn f() { #[cfg(test)] let x = in_a(); out_a }",
            "out_a #![cfg(test)] in_a { } in_b",
            "#![allow(dead)] out_a",
            "#[test",
            "#[",
            "#![",
        ] {
            assert_split(code, |tokens| tests(tokens).ranges);
        }
    }

    #[test]
    fn outline_test_modules_are_named() {
        let modules = |code: &str| tests(&split(code)).modules;
        assert_eq!(
            modules("#[cfg(test)] mod agree; mod b; #[cfg(test)] pub(crate) mod c;"),
            ["agree", "c"]
        );
        assert!(modules("#[cfg(test)] mod inline { mod b; } #[cfg(test)] use a;").is_empty());
    }

    #[test]
    fn const_items_and_blocks_are_const_evaluated() {
        for code in [
            "const A: f64 = { in_a }; out_a",
            "pub const _: () = assert(in_a, [0; in_b]); out_a",
            "fn f<const N: usize>() { const { in_a } out_a }",
            "fn f<T, const N: usize>(x: *const T) { out_a; }",
            "const fn f() { out_a }",
            "impl S { const A: [u8; 2] = [0; 2]; fn f() { out_a } }",
        ] {
            assert_split(code, const_evaluated);
        }
    }
}
