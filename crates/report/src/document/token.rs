//! Equations cut into tokens; one kind of token for both notations.

use super::equation::Notation;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name: a letter or a word.
    Name(String),
    /// Digits with an optional point, and an optional power of ten.
    Number(String, Option<String>),
    /// An operator, relation, or parenthesis as shown.
    Operator(String),
    /// A LaTeX command without its backslash.
    Command(String),
    /// Words of `\text{…}`, as they are.
    Words(String),
    Open,
    Close,
    Sup,
    Sub,
    Prime,
    NewLine,
}

/// Commands whose argument is words, not mathematics.
const WORDS: [&str; 7] = ["text", "mathrm", "operatorname", "mathbf", "mathit", "textrm", "mathsf"];

pub(super) fn tokens(source: &str, notation: &Notation) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let latex = *notation == Notation::Latex;
    let mut out = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let next = chars.get(i + 1).copied().unwrap_or(' ');
        if c.is_ascii_digit() || (c == '.' && next.is_ascii_digit()) {
            let (token, end) = number(&chars, i);
            out.push(token);
            i = end;
            continue;
        }
        if c == '\\' && latex {
            i = command(&chars, i, &mut out);
            continue;
        }
        if c.is_alphabetic() {
            let end = if latex { i + 1 } else { word_end(&chars, i) };
            out.push(Token::Name(chars[i..end].iter().collect()));
            i = end;
            continue;
        }
        i += 1;
        match c {
            '{' if latex => out.push(Token::Open),
            '}' if latex => out.push(Token::Close),
            '&' | '$' if latex => {}
            '~' if latex => out.push(Token::Command("space".into())),
            '^' => out.push(Token::Sup),
            '_' => out.push(Token::Sub),
            '\'' | '′' => out.push(Token::Prime),
            '*' => {
                // A product is a thin space, but a dot before a number: 2·3.
                let after = chars[i..].iter().find(|c| !c.is_whitespace());
                out.push(match after {
                    Some(c) if !c.is_ascii_digit() && *c != '.' => Token::Command("space".into()),
                    _ => Token::Operator("·".into()),
                });
            }
            '-' => out.push(Token::Operator("−".into())),
            '\n' if !latex => out.push(Token::NewLine),
            c if c.is_whitespace() => {}
            c => out.push(Token::Operator(c.into())),
        }
    }
    out
}

/// End of a word in plain text: letters, then digits (`x1`).
fn word_end(chars: &[char], start: usize) -> usize {
    let rest = &chars[start..];
    start + rest.iter().position(|c| !c.is_alphanumeric()).unwrap_or(rest.len())
}

/// Digits, point, digits, and `e` with an exponent if digits follow.
fn number(chars: &[char], start: usize) -> (Token, usize) {
    let digits = |mut i: usize| {
        while chars.get(i).is_some_and(char::is_ascii_digit) {
            i += 1;
        }
        i
    };
    let mut end = digits(start);
    if chars.get(end) == Some(&'.') {
        end = digits(end + 1);
    }
    let mantissa: String = chars[start..end].iter().collect();
    if matches!(chars.get(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(end + 1), Some('+' | '-' | '−')));
        let last = digits(end + 1 + sign);
        if last > end + 1 + sign {
            let negative = sign == 1 && chars[end + 1] != '+';
            let body: String = chars[end + 1 + sign..last].iter().collect();
            let body = body.trim_start_matches('0');
            let body = if body.is_empty() { "0" } else { body };
            let exponent = format!("{}{body}", if negative && body != "0" { "−" } else { "" });
            return (Token::Number(mantissa, Some(exponent)), last);
        }
    }
    (Token::Number(mantissa, None), end)
}

/// A command from its backslash; returns where to go on.
fn command(chars: &[char], start: usize, out: &mut Vec<Token>) -> usize {
    let rest = &chars[start + 1..];
    let length = rest.iter().position(|c| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    if length == 0 {
        let token = match rest.first() {
            Some('\\') => Token::NewLine,
            Some(',' | ';' | ':' | ' ') => Token::Command("space".into()),
            Some('!') | None => return start + 1 + rest.len().min(1),
            Some(&c) => Token::Operator(c.into()),
        };
        out.push(token);
        return start + 2;
    }
    let name: String = rest[..length].iter().collect();
    let end = start + 1 + length;
    let environment = name == "begin" || name == "end";
    if environment || WORDS.contains(&name.as_str()) {
        // The group is taken verbatim, up to the matching brace.
        if let Some((words, after)) = group(chars, end) {
            if !environment {
                out.push(Token::Words(words));
            }
            return after;
        }
    }
    out.push(Token::Command(name));
    end
}

/// The content of `{…}` that starts at `start`, after spaces, and where it ends.
fn group(chars: &[char], start: usize) -> Option<(String, usize)> {
    let open = start + chars[start..].iter().position(|c| !c.is_whitespace())?;
    if chars[open] != '{' {
        return None;
    }
    let mut depth = 0;
    for (i, &c) in chars.iter().enumerate().skip(open) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inner: String = chars[open + 1..i].iter().filter(|c| !"{}".contains(**c)).collect();
            return Some((inner, i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_powers_of_ten() {
        let number = |s: &str| tokens(s, &Notation::Text);
        assert_eq!(number("1.5e-07"), [Token::Number("1.5".into(), Some("−7".into()))]);
        assert_eq!(number("2e+3"), [Token::Number("2".into(), Some("3".into()))]);
        assert_eq!(number("2e"), [Token::Number("2".into(), None), Token::Name("e".into())]);
    }

    #[test]
    fn letters_and_words() {
        let names = |s: &str, n| {
            let count = |t: &Token| matches!(t, Token::Name(_));
            tokens(s, &n).iter().filter(|t| count(t)).count()
        };
        assert_eq!(names("hare", Notation::Text), 1);
        assert_eq!(names("hare", Notation::Latex), 4);
        assert_eq!(tokens(r"\mathrm{hare}", &Notation::Latex), [Token::Words("hare".into())]);
    }
}
