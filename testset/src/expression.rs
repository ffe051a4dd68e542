use core::fmt;

/// Nesting that is still read; deeper text is an error instead of a stack overflow.
const MAX_DEPTH: usize = 64;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// The expression.
    pub text: String,
    /// The byte at which reading stopped.
    pub at: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A number, a name or an opening parenthesis should stand here.
    OperandExpected,
    /// A closing parenthesis should stand here.
    ParenthesisExpected,
    /// The expression has ended, but the text has not.
    TrailingText,
    /// The name has no value.
    UnknownName(String),
    /// The function is none of sin, cos, exp, log, sqrt, step.
    UnknownFunction(String),
    /// Parentheses, signs or powers are nested too deeply.
    TooDeep,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, at, reason } = self;
        write!(f, "`{text}`, byte {at}: ")?;
        match reason {
            Reason::OperandExpected => f.write_str("expected a number, a name or `(`"),
            Reason::ParenthesisExpected => f.write_str("expected `)`"),
            Reason::TrailingText => f.write_str("expected an operator or the end"),
            Reason::UnknownName(name) => write!(f, "`{name}` has no value"),
            Reason::UnknownFunction(name) => {
                write!(f, "`{name}` is none of sin, cos, exp, log, sqrt, step")
            }
            Reason::TooDeep => write!(f, "nested more than {MAX_DEPTH} levels deep"),
        }
    }
}

impl std::error::Error for ExpressionError {}

/// The value of an arithmetic expression: `+ - * / ^`, parentheses, `sin cos exp log sqrt`,
/// `step` (1 from zero on, 0 below), `pi` and the names that `value_of` knows.
///
/// `^` binds tighter than a sign on its left and groups to the right: `-2^2 = -4`,
/// `2^3^2 = 512`. Numbers are rounded correctly, operations are those of `f64`.
///
/// # Errors
///
/// [`ExpressionError`] with the place, if the text is not such an expression.
///
/// ```
/// let value_of = |name: &str| (name == "e").then_some(0.5);
/// assert_eq!(testset::evaluate("-sqrt((1+e)/(1-e))^2", &value_of)?, -3.0f64.sqrt().powi(2));
/// # Ok::<(), testset::ExpressionError>(())
/// ```
pub fn evaluate(
    text: &str,
    value_of: &dyn Fn(&str) -> Option<f64>,
) -> Result<f64, ExpressionError> {
    let mut reader = Reader { text, at: 0, depth: 0, value_of };
    let value = reader.sum()?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.error(Reason::TrailingText)),
    }
}

/// Recursive descent that evaluates while it reads.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    value_of: &'a dyn Fn(&str) -> Option<f64>,
}

impl<'a> Reader<'a> {
    fn error(&self, reason: Reason) -> ExpressionError {
        ExpressionError { text: self.text.to_string(), at: self.at, reason }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn sum(&mut self) -> Result<f64, ExpressionError> {
        let mut sum = self.product()?;
        loop {
            if self.take('+') {
                sum += self.product()?;
            } else if self.take('-') {
                sum -= self.product()?;
            } else {
                return Ok(sum);
            }
        }
    }

    fn product(&mut self) -> Result<f64, ExpressionError> {
        let mut product = self.signed()?;
        loop {
            if self.take('*') {
                product *= self.signed()?;
            } else if self.take('/') {
                product /= self.signed()?;
            } else {
                return Ok(product);
            }
        }
    }

    /// Every nesting passes through here.
    fn signed(&mut self) -> Result<f64, ExpressionError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(Reason::TooDeep));
        }
        self.depth += 1;
        let value = if self.take('-') { -self.signed()? } else { self.power()? };
        self.depth -= 1;
        Ok(value)
    }

    fn power(&mut self) -> Result<f64, ExpressionError> {
        let base = self.operand()?;
        if self.take('^') { Ok(base.powf(self.signed()?)) } else { Ok(base) }
    }

    fn operand(&mut self) -> Result<f64, ExpressionError> {
        if self.take('(') {
            return self.closed();
        }
        match self.peek() {
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.name(),
            _ => Err(self.error(Reason::OperandExpected)),
        }
    }

    /// The rest of a parenthesis.
    fn closed(&mut self) -> Result<f64, ExpressionError> {
        let value = self.sum()?;
        if self.take(')') { Ok(value) } else { Err(self.error(Reason::ParenthesisExpected)) }
    }

    fn number(&mut self) -> Result<f64, ExpressionError> {
        let rest = self.rest();
        let digits = |from: usize| {
            let tail = rest.get(from..).unwrap_or("");
            from + tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len()
        };
        let byte = |at: usize| rest.as_bytes().get(at).copied();
        let mut end = digits(0);
        if byte(end) == Some(b'.') {
            end = digits(end + 1);
        }
        if matches!(byte(end), Some(b'e' | b'E')) {
            let start = end + 1 + usize::from(matches!(byte(end + 1), Some(b'+' | b'-')));
            // Without digits it is no exponent.
            if digits(start) > start {
                end = digits(start);
            }
        }
        let number = rest.get(..end).and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| self.error(Reason::OperandExpected))?;
        self.at += end;
        Ok(number)
    }

    fn name(&mut self) -> Result<f64, ExpressionError> {
        let rest = self.rest();
        let tail = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let name = &rest[..rest.len() - tail.len()];
        if tail.trim_start().starts_with('(') {
            let function: fn(f64) -> f64 = match name {
                "sin" => f64::sin,
                "cos" => f64::cos,
                "exp" => f64::exp,
                "log" => f64::ln,
                "sqrt" => f64::sqrt,
                "step" => |x| f64::from(x >= 0.0),
                _ => return Err(self.error(Reason::UnknownFunction(name.to_string()))),
            };
            self.at += name.len();
            self.take('(');
            return self.closed().map(function);
        }
        let pi = (name == "pi").then_some(core::f64::consts::PI);
        let value = (self.value_of)(name).or(pi);
        let value = value.ok_or_else(|| self.error(Reason::UnknownName(name.to_string())))?;
        self.at += name.len();
        Ok(value)
    }
}
