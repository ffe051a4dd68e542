//! A Rust file has at most 500 lines, unless it is a table of coefficients and says so at its top.

use super::finding::Finding;
use super::lexer::Lexed;
use super::workspace::Workspace;

const MOST_LINES: usize = 500;
const MARKER: &str = "// tidy: coefficient table";

/// Checks the length of every Rust file.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let too_long = |(path, text): (&str, &str)| {
        let lines = text.lines().count();
        (lines > MOST_LINES && !is_table(text)).then(|| {
            let what = format!("{lines} lines (at most {MOST_LINES})");
            let remedy =
                format!("split it by idea; only a coefficient table may say `{MARKER}` at its top");
            Finding::new(
                path,
                MOST_LINES + 1,
                what,
                "a file holds one idea that a reader can keep in mind",
                remedy,
            )
        })
    };
    workspace.rust().filter_map(too_long).collect()
}

/// Whether the marker stands before the first item.
fn is_table(text: &str) -> bool {
    let lexed = Lexed::new(text);
    let head =
        lexed.code.lines().take_while(|code| code.trim().is_empty() || code.starts_with("#!"));
    lexed.comments.lines().zip(head).any(|(comment, _)| comment.trim_end() == MARKER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&Workspace::of_files(&[("crates/ode-core/src/erk.rs", text)])).len()
    }

    #[test]
    fn the_limit_is_inclusive() {
        assert_eq!(found(&"const A: u8 = 1;\n".repeat(MOST_LINES)), 0);
        assert_eq!(found(&"const A: u8 = 1;\n".repeat(MOST_LINES + 1)), 1);
    }

    #[test]
    fn only_a_marker_comment_at_the_top_excuses() {
        let long = "const A: u8 = 1;\n".repeat(MOST_LINES);
        assert_eq!(found(&format!("//! Docs.\n{MARKER}\n{long}")), 0);
        assert_eq!(found(&format!("#![allow(x)]\n//! Docs.\n\n{MARKER}\n{long}")), 0);
        assert_eq!(found(&format!("{long}\n{MARKER}\n")), 1);
        assert_eq!(found(&format!("//! {MARKER}\n{long}")), 1);
        assert_eq!(found(&format!("const S: &str = \"\n{MARKER}\n\";\n{long}")), 1);
        assert_eq!(found(&format!("{MARKER} of sorts\n{long}")), 1);
    }

    #[test]
    fn other_files_may_be_long() {
        let files = [("datasets/long.csv", &*"1,2\n".repeat(900))];
        assert!(check(&Workspace::of_files(&files)).is_empty());
    }
}
