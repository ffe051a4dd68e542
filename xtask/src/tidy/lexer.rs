//! Tells the code of a Rust source from its comments, doc comments and literals.
//!
//! No parser: the rules only need to know what a byte belongs to. Handled are nested block comments, doc comments
//! (`////` and `/***` are plain ones), escapes, raw strings, byte and C strings, raw identifiers, and the difference
//! between a lifetime and a character.

/// One source in three texts of the same length and the same lines. What does not belong is blank.
pub(crate) struct Lexed {
    /// Without comments and without the insides of string and character literals.
    pub(crate) code: String,
    /// The plain comments.
    pub(crate) comments: String,
    /// The doc comments.
    pub(crate) docs: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Code,
    Comment,
    Doc,
    Literal,
}

impl Lexed {
    pub(crate) fn new(source: &str) -> Self {
        let classes = classify(source);
        let only = |class| {
            let keep = |(at, c): (usize, char)| {
                if classes[at] == class || c == '\n' { vec![c; 1] } else { vec![' '; c.len_utf8()] }
            };
            source.char_indices().flat_map(keep).collect()
        };
        Self { code: only(Class::Code), comments: only(Class::Comment), docs: only(Class::Doc) }
    }
}

/// The class of every byte. Stray input (an open comment or string) runs to the end of the file.
fn classify(source: &str) -> Vec<Class> {
    let mut classes = vec![Class::Code; source.len()];
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        let (length, class) = match bytes[at] {
            b'/' if rest.starts_with("//") => {
                (rest.find('\n').unwrap_or(rest.len()), line_comment(rest))
            }
            b'/' if rest.starts_with("/*") => (block_comment_length(rest), block_comment(rest)),
            b'"' => (string_length(rest), Class::Literal),
            b'\'' => match character_length(rest) {
                Some(length) => (length, Class::Literal),
                None => (1, Class::Code),
            },
            _ => {
                let word = word_length(rest);
                match raw_string_length(&rest[..word], &rest[word..]) {
                    Some(length) => (word + length, Class::Literal),
                    None => (word.max(rest.chars().next().map_or(1, char::len_utf8)), Class::Code),
                }
            }
        };
        classes[at..at + length].fill(class);
        at += length;
    }
    classes
}

fn line_comment(rest: &str) -> Class {
    let doc = rest.starts_with("//!") || rest.starts_with("///") && !rest.starts_with("////");
    if doc { Class::Doc } else { Class::Comment }
}

fn block_comment(rest: &str) -> Class {
    let outer = rest.starts_with("/**") && !rest.starts_with("/***") && !rest.starts_with("/**/");
    if outer || rest.starts_with("/*!") { Class::Doc } else { Class::Comment }
}

fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let pair = rest.as_bytes().get(at..at + 2);
        match pair {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// From the opening quote to behind the closing one.
fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character literal, `None` for a lifetime or a label.
fn character_length(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next()?; // the escaped character may itself be a quote
        return chars.find(|&(_, c)| c == '\'' || c == '\n').map(|(at, _)| at + 1);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(at + 1)
}

/// Identifier, keyword or number.
fn word_length(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
}

/// The length behind the prefix `word` when that begins a raw string.
fn raw_string_length(word: &str, rest: &str) -> Option<usize> {
    if !matches!(word, "r" | "br" | "cr") {
        return None;
    }
    let hashes = rest.bytes().take_while(|&byte| byte == b'#').count();
    let inside = rest[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = inside.find(&close).map(|end| end + close.len());
    Some(hashes + 1 + end.unwrap_or(inside.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        let lexed = Lexed::new(source);
        assert_eq!(lexed.code.len(), source.len());
        assert_eq!(lexed.comments.len(), source.len());
        assert_eq!(lexed.docs.len(), source.len());
        lexed.code.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_doc_comments_are_kept_apart() {
        let lexed =
            Lexed::new("a // plain\n/// doc\n//! inner\n//// plain2\n/** d */ /*** p */ /**/ b");
        assert_eq!(lexed.code.split_whitespace().collect::<String>(), "ab");
        for (word, doc) in [("plain", false), ("doc", true), ("inner", true), ("plain2", false)] {
            assert_eq!(lexed.docs.contains(word), doc, "{word}");
        }
        assert!(lexed.comments.contains("// plain2") && lexed.comments.contains("/*** p */"));
        assert!(lexed.docs.contains("/** d */") && !lexed.docs.contains('p'));
        assert_eq!(lexed.code.lines().count(), 5);
    }

    #[test]
    fn block_comments_nest() {
        assert_eq!(code("a /* x /* y */ z */ b"), "a b");
        assert_eq!(code("a /* open /* b */"), "a");
        assert_eq!(code("a /*/ b */ c"), "a c");
    }

    #[test]
    fn strings_hide_comments_and_quotes() {
        assert_eq!(code(r#"f("// no", 1) // yes"#), "f( , 1)");
        assert_eq!(code(r#"f("a\"b", x)"#), "f( , x)");
        assert_eq!(code(r#"f("\\", x)"#), "f( , x)");
        assert_eq!(code("f(r\"\\\", x)"), "f( , x)");
        assert_eq!(code("f(r#\"a\"b\"#, x)"), "f( , x)");
        assert_eq!(code("f(br##\"a\"#b\"##, x)"), "f( , x)");
        assert_eq!(code("f(b\"panic!\", c\"dbg!\", x)"), "f(b , c , x)");
        assert_eq!(code("f(\"open"), "f(");
    }

    #[test]
    fn comments_do_not_open_strings() {
        assert_eq!(code("a // it's \"open\nb"), "a b");
        assert_eq!(code("a /* \" */ b"), "a b");
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(
            code("fn f<'a>(x: &'a str, c: char) { c == 'a' }"),
            "fn f<'a>(x: &'a str, c: char) { c == }"
        );
        assert_eq!(code(r"['\'', '\\', '\u{1F600}', '']"), r"[ , , , '']");
        assert_eq!(code(r#"['"', b'"', 'x']"#), "[ , b , ]");
        assert_eq!(code("'outer: loop { break 'outer; }"), "'outer: loop { break 'outer; }");
        assert_eq!(code("'é' ü"), "ü");
    }

    #[test]
    fn raw_identifiers_and_words_are_not_raw_strings() {
        assert_eq!(code("r#type + var + r"), "r#type + var + r");
        assert_eq!(code("1e5 0xbr"), "1e5 0xbr");
    }
}
