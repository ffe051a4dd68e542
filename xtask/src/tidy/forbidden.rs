//! No unfinished work, no printing and no hidden panics.
//!
//! - In every Rust file: no macros of unfinished work or debugging, no ignored tests, no notes of unfinished work.
//! - In `crates/*/src`, outside docs and tests: no printing macros, no panics. A panic that cannot happen is allowed
//!   with `// invariant: reason` at the end of its line, or right above the line or its statement; so is
//!   `panic!` in what the compiler evaluates.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::lexer::Lexed;
use super::regions::{self, between};
use super::tokens::{Token, reads, tokens};
use super::workspace::Workspace;

/// Macros that no file may call: the macro, and what to do instead.
const UNFINISHED: &[(&str, &str)] = &[
    ("todo", "finish it or leave it out"),
    ("unimplemented", "finish it or return a typed error"),
    ("dbg", "remove it"),
];

/// Notes that no comment may hold.
const NOTES: &[&str] = &["FIXME", "XXX"];

const PRINTING: &[&str] = &["println", "eprintln", "print", "eprint"];

/// Checks every Rust file.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let test_files = test_files(workspace);
    let mut findings = Vec::new();
    for (path, text) in workspace.rust() {
        let source = Source::new(path, text);
        source.unfinished(&mut findings);
        source.notes(&mut findings);
        if is_library(path) && !test_files.iter().any(|test| test.covers(path)) {
            source.library(&mut findings);
        }
    }
    findings
}

/// Whether a path is `crates/NAME/src/…`.
fn is_library(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.next() == Some("crates") && parts.nth(1) == Some("src")
}

/// What `#[cfg(test)] mod name;` points to: `name.rs` and the folder `name/`, without the ending.
struct TestModule(String);

impl TestModule {
    fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&self.0).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }
}

fn test_files(workspace: &Workspace) -> Vec<TestModule> {
    let mut found = Vec::new();
    for (path, text) in workspace.rust().filter(|(path, _)| is_library(path)) {
        let stem = path.trim_end_matches(".rs");
        let (parent, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let folder = if ["lib", "main", "mod"].contains(&name) { parent } else { stem };
        let modules = regions::tests(&tokens(&Lexed::new(text).code)).modules;
        found.extend(modules.iter().map(|module| TestModule(format!("{folder}/{module}"))));
    }
    found
}

/// One file, taken apart.
struct Source<'a> {
    path: &'a str,
    lexed: Lexed,
}

impl<'a> Source<'a> {
    fn new(path: &'a str, text: &str) -> Self {
        Self { path, lexed: Lexed::new(text) }
    }

    fn unfinished(&self, findings: &mut Vec<Finding>) {
        let tokens = tokens(&self.lexed.code);
        for (at, token) in tokens.iter().enumerate() {
            for (name, remedy) in UNFINISHED {
                if token.text == *name && calls(&tokens, at) {
                    let why = "what is in the tree works";
                    findings.push(self.finding(token.line, &format!("`{name}!`"), why, remedy));
                }
            }
            if reads(&tokens, at, &["#", "["]) && ignores(between(&tokens, at + 1)) {
                let why = "a test that does not run proves nothing";
                findings.push(self.finding(
                    token.line,
                    "an ignored test",
                    why,
                    "make it pass and quick, or delete it",
                ));
            }
        }
    }

    fn notes(&self, findings: &mut Vec<Finding>) {
        for text in [&self.lexed.code, &self.lexed.comments, &self.lexed.docs] {
            for (line, content) in (1..).zip(text.lines()) {
                let words = content.split(|c: char| !c.is_alphanumeric() && c != '_');
                for note in words.filter(|word| NOTES.contains(word)) {
                    let why = "an open end in the source is forgotten";
                    let remedy = "settle it, or write the limit into the docs";
                    findings.push(self.finding(line, &format!("the note `{note}`"), why, remedy));
                }
            }
        }
    }

    fn library(&self, findings: &mut Vec<Finding>) {
        let tokens = tokens(&self.lexed.code);
        let tests = regions::tests(&tokens).ranges;
        let constant = regions::const_evaluated(&tokens);
        let excused = Excuses::new(&self.lexed);
        for at in (0..tokens.len()).filter(|at| !tests.iter().any(|range| range.contains(at))) {
            let Token { text, line } = tokens[at];
            if PRINTING.contains(&text) && calls(&tokens, at) {
                let why = "a library's output belongs to its caller";
                findings.push(self.finding(
                    line,
                    &format!("`{text}!` in a library"),
                    why,
                    "return the value or text",
                ));
            }
            let what = match text {
                "unwrap"
                    if reads(&tokens, at + 1, &["(", ")"]) && after_dot_or_path(&tokens, at) =>
                {
                    "`.unwrap()`"
                }
                "unwrap" | "expect" if reads(&tokens, at.wrapping_sub(2), &[":", ":"]) => {
                    "`unwrap` or `expect` by path"
                }
                "expect" if reads(&tokens, at + 1, &["("]) && after_dot_or_path(&tokens, at) => {
                    "`.expect(…)`"
                }
                "panic"
                    if calls(&tokens, at) && !constant.iter().any(|range| range.contains(&at)) =>
                {
                    "`panic!`"
                }
                _ => continue,
            };
            if !excused.line(line) && !excused.line(statement_line(&tokens, at)) {
                let remedy = "return a typed error, or say `// invariant: reason` on this line or the line above";
                findings.push(self.finding(
                    line,
                    &format!("{what} in a library"),
                    "no input may panic",
                    remedy,
                ));
            }
        }
    }

    fn finding(&self, line: usize, what: &str, why: &str, remedy: &str) -> Finding {
        Finding::new(self.path, line, what, why, remedy)
    }
}

/// Whether the word at `at` is called as a macro: `word!(`, and not `x.word != y`.
fn calls(tokens: &[Token<'_>], at: usize) -> bool {
    let bracket = tokens.get(at + 2).is_some_and(|token| ["(", "[", "{"].contains(&token.text));
    bracket && reads(tokens, at + 1, &["!"])
}

fn after_dot_or_path(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && [".", ":"].contains(&tokens[at - 1].text)
}

/// `#[ignore]`, `#[ignore = "…"]` and `#[cfg_attr(…, ignore)]`.
fn ignores(attribute: &[Token<'_>]) -> bool {
    match attribute {
        [first, rest @ ..] => {
            first.text == "ignore"
                || first.text == "cfg_attr" && rest.iter().any(|token| token.text == "ignore")
        }
        [] => false,
    }
}

/// The line on which the statement around `at` begins.
fn statement_line(tokens: &[Token<'_>], at: usize) -> usize {
    let before = tokens[..at].iter().rposition(|token| [";", "{", "}"].contains(&token.text));
    tokens[before.map_or(0, |before| before + 1)].line
}

/// The lines that an `// invariant: reason` comment covers.
struct Excuses(BTreeSet<usize>);

impl Excuses {
    fn new(lexed: &Lexed) -> Self {
        let mut covered = BTreeSet::new();
        let mut above = false; // the comment block that we are in, or just left, holds a reason
        for (line, (comment, code)) in (1..).zip(lexed.comments.lines().zip(lexed.code.lines())) {
            let text = comment.trim().trim_start_matches('/').trim_start();
            let reason =
                text.strip_prefix("invariant:").is_some_and(|reason| !reason.trim().is_empty());
            let alone = code.trim().is_empty() && !comment.trim().is_empty();
            if reason || above {
                covered.insert(line);
            }
            above = alone && (reason || above);
        }
        Self(covered)
    }

    fn line(&self, line: usize) -> bool {
        self.0.contains(&line)
    }
}

#[cfg(test)]
#[path = "forbidden_tests.rs"]
mod tests;
