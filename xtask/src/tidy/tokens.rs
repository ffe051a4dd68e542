//! The words and signs of lexed code.

/// An identifier, number, lifetime or single sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) line: usize,
}

/// Splits the `code` of a [`super::lexer::Lexed`]. Raw identifiers (`r#type`) and lifetimes (`'a`) are one token.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = code[at..].chars().next() {
        if first.is_whitespace() {
            line += usize::from(first == '\n');
            at += first.len_utf8();
            continue;
        }
        let rest = &code[at..];
        let prefix = if rest.starts_with("r#") { 2 } else { usize::from(first == '\'') };
        let word =
            prefix + rest[prefix..].find(|c: char| !is_word(c)).unwrap_or(rest.len() - prefix);
        let length = if word > prefix { word } else { first.len_utf8() };
        tokens.push(Token { text: &rest[..length], line });
        at += length;
    }
    tokens
}

/// Whether the tokens at `at` read `pattern`.
pub(crate) fn reads(tokens: &[Token<'_>], at: usize, pattern: &[&str]) -> bool {
    let window = tokens.get(at..at + pattern.len());
    window.is_some_and(|window| window.iter().zip(pattern).all(|(token, text)| token.text == *text))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_signs_and_lines() {
        let tokens = tokens("fn r#type<'a>()\n{ x.y(); 'b' }");
        let texts: Vec<_> = tokens.iter().map(|t| t.text).collect();
        let expected =
            ["fn", "r#type", "<", "'a", ">", "(", ")", "{", "x", ".", "y", "(", ")", ";"];
        assert_eq!(texts[..14], expected);
        assert_eq!((tokens[6].line, tokens[7].line), (1, 2));
        assert!(reads(&tokens, 8, &["x", ".", "y"]));
        assert!(!reads(&tokens, 9, &["x"]));
        assert!(!reads(&tokens, tokens.len() - 1, &["}", "x"]));
    }
}
