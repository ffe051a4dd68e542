//! Tokens set as MathML Core.
//!
//! A recursive-descent reader: list → item with scripts → atom. Depth is bounded, so no input overflows the stack.

use super::equation::{Equation, Notation};
use super::token::{Token, tokens};
use crate::text::escape;

/// Groups nested deeper than this are read as if their braces were not there.
const DEEPEST: usize = 40;

/// Equations as one `<math>` element, aligned at their first relation.
pub(super) fn aligned(equations: &[Equation]) -> String {
    let mut rows = String::new();
    for equation in equations {
        let tokens = tokens(&equation.source, &equation.notation);
        for line in tokens.split(|t| *t == Token::NewLine).filter(|line| !line.is_empty()) {
            let split = line.iter().position(is_relation).unwrap_or(0);
            let set = |tokens: &[Token]| {
                Reader { tokens, at: 0, text: equation.notation == Notation::Text }.list(0)
            };
            let (left, right) = (set(&line[..split]), set(&line[split..]));
            rows.push_str(&format!("<mtr><mtd>{left}</mtd><mtd>{right}</mtd></mtr>"));
        }
    }
    let sources: Vec<&str> = equations.iter().map(|e| e.source.as_str()).collect();
    format!(
        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\" alttext=\"{}\">\
         <mtable displaystyle=\"true\" columnalign=\"right left\">{rows}</mtable></math>",
        escape(&sources.join("; "))
    )
}

fn is_relation(token: &Token) -> bool {
    match token {
        Token::Operator(o) => matches!(o.as_str(), "=" | "<" | ">" | "≈" | "≤" | "≥" | "≠"),
        Token::Command(c) => {
            matches!(c.as_str(), "approx" | "le" | "leq" | "ge" | "geq" | "sim" | "to" | "neq")
        }
        _ => false,
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    text: bool,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// Items up to the end or the closing brace, which is consumed inside of a group.
    fn list(&mut self, depth: usize) -> String {
        let mut out = String::from("<mrow>");
        while let Some(token) = self.peek(0) {
            if *token == Token::Close {
                self.at += 1;
                if depth > 0 {
                    break;
                }
                continue; // a brace that nothing opened
            }
            out.push_str(&self.item(depth));
        }
        out.push_str("</mrow>");
        out
    }

    /// An atom with its subscript, superscript and primes.
    fn item(&mut self, depth: usize) -> String {
        if let Some(derivative) = self.derivative() {
            return derivative;
        }
        let base = self.atom(depth);
        let (mut sub, mut sup) = (String::new(), String::new());
        loop {
            match self.peek(0) {
                Some(Token::Sup) if depth < DEEPEST => {
                    self.at += 1;
                    sup.push_str(&self.script(depth + 1));
                }
                Some(Token::Sub) if depth < DEEPEST => {
                    self.at += 1;
                    sub.push_str(&self.script(depth + 1));
                }
                Some(Token::Prime) => {
                    self.at += 1;
                    sup.push_str("<mo>′</mo>");
                }
                _ => break,
            }
        }
        match (sub.is_empty(), sup.is_empty()) {
            (true, true) => base,
            (false, true) => format!("<msub>{base}<mrow>{sub}</mrow></msub>"),
            (true, false) => format!("<msup>{base}<mrow>{sup}</mrow></msup>"),
            (false, false) => {
                format!("<msubsup>{base}<mrow>{sub}</mrow><mrow>{sup}</mrow></msubsup>")
            }
        }
    }

    /// What follows `^` or `_`; in plain text a sign or a parenthesis belongs to it, `x^-2`, `x^(n+1)`.
    fn script(&mut self, depth: usize) -> String {
        let operator = |token: Option<&Token>, what: &str| matches!(token, Some(Token::Operator(o)) if o == what);
        if operator(self.peek(0), "−") {
            self.at += 1;
            return format!("<mo>−</mo>{}", self.atom(depth));
        }
        if self.text && operator(self.peek(0), "(") {
            self.at += 1;
            let mut out = String::new();
            while self.peek(0).is_some() && !operator(self.peek(0), ")") {
                out.push_str(&self.item(depth));
            }
            self.at += 1;
            return out;
        }
        self.atom(depth)
    }

    /// `dx/dt` or `d x / d t` in plain text.
    fn derivative(&mut self) -> Option<String> {
        if !self.text {
            return None;
        }
        let name = |token: Option<&Token>| match token {
            Some(Token::Name(name)) => Some(name.clone()),
            _ => None,
        };
        // One side: `dx`, or `d` and `x`. Gives the name and how many tokens it takes.
        let side = |ahead: usize| {
            let first = name(self.peek(ahead))?;
            let rest = first.strip_prefix('d')?.to_owned();
            if rest.is_empty() { Some((name(self.peek(ahead + 1))?, 2)) } else { Some((rest, 1)) }
        };
        let (above, n) = side(0)?;
        if !matches!(self.peek(n), Some(Token::Operator(o)) if o == "/") {
            return None;
        }
        let (below, m) = side(n + 1)?;
        self.at += n + 1 + m;
        let d = "<mi mathvariant=\"normal\">d</mi>";
        Some(format!(
            "<mfrac><mrow>{d}{}</mrow><mrow>{d}{}</mrow></mfrac>",
            name_ml(&above, true),
            name_ml(&below, true)
        ))
    }

    /// One thing: a name, number, operator, group, or command with its arguments.
    fn atom(&mut self, depth: usize) -> String {
        let Some(token) = self.peek(0).cloned() else { return "<mrow></mrow>".into() };
        self.at += 1;
        match token {
            Token::Name(name) => name_ml(&name, self.text),
            Token::Words(words) => {
                format!("<mi mathvariant=\"normal\">{}</mi>", escape(words.trim()))
            }
            Token::Number(mantissa, exponent) => number_ml(&mantissa, exponent.as_deref()),
            Token::Operator(o) => format!("<mo>{}</mo>", escape(&o)),
            Token::Open if depth < DEEPEST => self.list(depth + 1),
            Token::Command(name) => self.command(&name, depth),
            Token::Prime => "<mo>′</mo>".into(),
            Token::Open | Token::Close | Token::Sup | Token::Sub | Token::NewLine => {
                "<mrow></mrow>".into()
            }
        }
    }

    fn command(&mut self, name: &str, depth: usize) -> String {
        if depth >= DEEPEST {
            return unknown(name);
        }
        if let Some(mark) = accent(name) {
            let base = self.atom(depth + 1);
            // A full stop sets larger and clearer than U+02D9; accents touch their base, so it needs room below.
            let raised = if mark.starts_with('.') { " style=\"padding-bottom:.15em\"" } else { "" };
            return format!("<mover accent=\"true\">{base}<mo{raised}>{mark}</mo></mover>");
        }
        match name {
            "frac" | "tfrac" | "dfrac" => {
                let (above, below) = (self.atom(depth + 1), self.atom(depth + 1));
                format!("<mfrac>{above}{below}</mfrac>")
            }
            "sqrt" => format!("<msqrt>{}</msqrt>", self.atom(depth + 1)),
            "space" => "<mspace width=\"0.17em\"/>".into(),
            "quad" => "<mspace width=\"1em\"/>".into(),
            "qquad" => "<mspace width=\"2em\"/>".into(),
            "left" | "right" | "displaystyle" | "big" | "Big" | "bigl" | "bigr" => String::new(),
            _ => match (letter(name), operator(name)) {
                (Some(letter), _) => format!("<mi>{letter}</mi>"),
                (_, Some(operator)) => format!("<mo>{}</mo>", escape(operator)),
                _ if FUNCTIONS.contains(&name) => format!("<mi>{name}</mi>"),
                _ => unknown(name),
            },
        }
    }
}

fn unknown(name: &str) -> String {
    format!("<mtext>\\{}</mtext>", escape(name))
}

const FUNCTIONS: [&str; 13] = [
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "ln", "min", "max", "arctan", "det",
];

/// A name; in plain text digits at its end are a subscript, and Greek letters may be spelled.
fn name_ml(name: &str, text: bool) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let index = &name[stem.len()..];
    let shown = if text { letter(stem).unwrap_or(stem) } else { stem };
    let shown = escape(shown);
    if index.is_empty() {
        format!("<mi>{shown}</mi>")
    } else {
        format!("<msub><mi>{shown}</mi><mn>{index}</mn></msub>")
    }
}

fn number_ml(mantissa: &str, exponent: Option<&str>) -> String {
    let mantissa = format!("<mn>{mantissa}</mn>");
    match exponent {
        None | Some("0") => mantissa,
        Some(e) => {
            let e = match e.strip_prefix('−') {
                Some(digits) => format!("<mrow><mo>−</mo><mn>{digits}</mn></mrow>"),
                None => format!("<mn>{e}</mn>"),
            };
            format!("<mrow>{mantissa}<mo>×</mo><msup><mn>10</mn>{e}</msup></mrow>")
        }
    }
}

fn accent(name: &str) -> Option<&'static str> {
    Some(match name {
        "dot" => ".",
        "ddot" => "..",
        "hat" | "widehat" => "^",
        "bar" | "overline" => "¯",
        "tilde" | "widetilde" => "~",
        "vec" => "→",
        _ => return None,
    })
}

fn operator(name: &str) -> Option<&'static str> {
    Some(match name {
        "cdot" => "·",
        "times" => "×",
        "pm" => "±",
        "approx" => "≈",
        "sim" => "∼",
        "le" | "leq" => "≤",
        "ge" | "geq" => "≥",
        "neq" => "≠",
        "to" | "rightarrow" => "→",
        "in" => "∈",
        "sum" => "∑",
        "prod" => "∏",
        "int" => "∫",
        "partial" => "∂",
        "nabla" => "∇",
        "ldots" | "dots" | "cdots" => "…",
        _ => return None,
    })
}

fn letter(name: &str) -> Option<&'static str> {
    Some(match name {
        "alpha" => "α",
        "beta" => "β",
        "gamma" => "γ",
        "delta" => "δ",
        "epsilon" | "varepsilon" => "ε",
        "zeta" => "ζ",
        "eta" => "η",
        "theta" => "θ",
        "kappa" => "κ",
        "lambda" => "λ",
        "mu" => "μ",
        "nu" => "ν",
        "xi" => "ξ",
        "pi" => "π",
        "rho" => "ρ",
        "sigma" => "σ",
        "tau" => "τ",
        "phi" | "varphi" => "φ",
        "chi" => "χ",
        "psi" => "ψ",
        "omega" => "ω",
        "Gamma" => "Γ",
        "Delta" => "Δ",
        "Theta" => "Θ",
        "Lambda" => "Λ",
        "Phi" => "Φ",
        "Psi" => "Ψ",
        "Sigma" => "Σ",
        "Omega" => "Ω",
        "infty" => "∞",
        "ell" => "ℓ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of the only row, without the enclosing rows.
    fn cells(equation: Equation) -> (String, String) {
        let ml = aligned(&[equation]);
        let row = ml.split("<mtr><mtd>").nth(1).unwrap().split("</mtd></mtr>").next().unwrap();
        let (left, right) = row.split_once("</mtd><mtd>").unwrap();
        let inner = |s: &str| s.trim_start_matches("<mrow>").trim_end_matches("</mrow>").to_owned();
        (inner(left), inner(right))
    }

    #[test]
    fn dotted_state_and_product() {
        let (left, right) = cells(Equation::latex(r"\dot{x} = 1.3\,x"));
        assert_eq!(
            left,
            "<mover accent=\"true\"><mrow><mi>x</mi></mrow><mo style=\"padding-bottom:.15em\">.</mo></mover>"
        );
        assert_eq!(right, "<mo>=</mo><mn>1.3</mn><mspace width=\"0.17em\"/><mi>x</mi>");
    }

    #[test]
    fn text_derivative_is_a_fraction() {
        for source in ["dx/dt = -y", "d x / d t = - y"] {
            let (left, right) = cells(Equation::text(source));
            let d = "<mi mathvariant=\"normal\">d</mi>";
            assert_eq!(
                left,
                format!("<mfrac><mrow>{d}<mi>x</mi></mrow><mrow>{d}<mi>t</mi></mrow></mfrac>")
            );
            assert_eq!(right, "<mo>=</mo><mo>−</mo><mi>y</mi>");
        }
    }

    #[test]
    fn scientific_numbers_and_scripts() {
        let (_, right) = cells(Equation::text("y = 2e-3*x1^2"));
        assert_eq!(
            right,
            "<mo>=</mo><mrow><mn>2</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup></mrow>\
             <mspace width=\"0.17em\"/><msup><msub><mi>x</mi><mn>1</mn></msub><mrow><mn>2</mn></mrow></msup>"
        );
        let (_, right) = cells(Equation::latex("=x_{ij}^2"));
        assert!(
            right.contains("<msubsup><mi>x</mi><mrow><mrow><mi>i</mi><mi>j</mi></mrow></mrow>")
        );
    }

    #[test]
    fn unknown_commands_are_shown_as_written() {
        assert!(aligned(&[Equation::latex(r"\foo x")]).contains("<mtext>\\foo</mtext>"));
    }
}
