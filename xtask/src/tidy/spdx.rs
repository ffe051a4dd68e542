//! Licence expressions: `MIT OR Apache-2.0`, `(A AND B) OR C`, `Apache-2.0 WITH LLVM-exception`, the old `MIT/Apache-2.0`.

/// Whether the licence can be met with licences that `allowed` accepts; an error when it cannot be read.
///
/// An exception (`WITH`) only gives rights, so the licence before it decides. `AND` binds more tightly than `OR`.
pub(crate) fn satisfiable(
    expression: &str,
    allowed: &dyn Fn(&str) -> bool,
) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, allowed };
    let holds = parser.either()?;
    match parser.words {
        [] => Ok(holds),
        [word, ..] => Err(format!("`{word}` is not expected")),
    }
}

struct Parser<'a> {
    /// What is left.
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Parser<'a> {
    fn either(&mut self) -> Result<bool, String> {
        let mut holds = self.both()?;
        while self.take("OR") {
            holds |= self.both()?;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.take("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let holds = self.either()?;
            return if self.take(")") { Ok(holds) } else { Err("a `)` is missing".into()) };
        }
        let id = self.name()?;
        if self.take("WITH") {
            self.name()?;
        }
        Ok((self.allowed)(id.strip_suffix('+').unwrap_or(id)))
    }

    fn name(&mut self) -> Result<&'a str, String> {
        match self.words {
            [word, rest @ ..]
                if !["(", ")", "AND", "OR", "WITH"].contains(&word.to_uppercase().as_str()) =>
            {
                self.words = rest;
                Ok(word)
            }
            [word, ..] => Err(format!("a licence should stand before `{word}`")),
            [] => Err("a licence is missing at the end".into()),
        }
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words {
            [first, rest @ ..] if first.eq_ignore_ascii_case(word) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str) -> Result<bool, String> {
        satisfiable(expression, &|id| ["A", "B"].contains(&id))
    }

    #[test]
    fn operators_bind_as_they_should() {
        for (expression, holds) in [
            ("A", true),
            ("X", false),
            ("X OR A", true),
            ("X/A", true),
            ("A AND X", false),
            ("A AND B", true),
            ("X AND Y OR A", true),
            ("A OR X AND Y", true),
            ("X AND (Y OR A)", false),
            ("A AND (Y OR B)", true),
            ("(A)", true),
            ("((X)OR(A))AND B", true),
            ("A WITH Some-exception", true),
            ("X WITH Some-exception", false),
            ("X WITH Some-exception OR A", true),
            ("A+", true),
            ("X+", false),
            ("A and B", true),
        ] {
            assert_eq!(check(expression), Ok(holds), "{expression}");
        }
    }

    #[test]
    fn broken_expressions_are_errors() {
        for expression in [
            "",
            " ",
            "A OR",
            "OR A",
            "A B",
            "(A",
            "A)",
            "A WITH",
            "A WITH OR B",
            "()",
            "A AND OR B",
        ] {
            assert!(check(expression).is_err(), "{expression}");
        }
    }
}
