//! What counts as a real constant: literals and named constants, and arithmetic among them.

use std::collections::HashSet;
use syn::visit::Visit;
use syn::{BinOp, Expr, ExprPath, Lit, LitFloat, PatIdent, UnOp, parse_quote};

/// Names that mean a value of the model, not a constant: states, parameters, the time, and
/// everything that a pattern binds.
#[derive(Default)]
pub(crate) struct Values(HashSet<String>);

impl Values {
    pub(crate) fn insert(&mut self, name: &syn::Ident) {
        self.0.insert(name.to_string());
    }
}

impl Visit<'_> for Values {
    fn visit_pat_ident(&mut self, pattern: &PatIdent) {
        self.insert(&pattern.ident);
        syn::visit::visit_pat_ident(self, pattern);
    }
}

/// An expression whose value is one `f64`: `2`, `-0.5`, `8 / 3`, `2.0 * PI`.
pub(crate) struct Constant {
    /// The same with float literals only.
    pub(crate) value: Expr,
    /// Whether a float literal occurs in it, so that it cannot be an integer.
    pub(crate) is_float: bool,
}

impl Constant {
    pub(crate) fn of(expression: &Expr, values: &Values) -> Option<Self> {
        let mut is_float = false;
        let value = fold(expression, values, &mut is_float)?;
        Some(Self { value, is_float })
    }
}

pub(crate) fn is_arithmetic(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_))
}

fn fold(expression: &Expr, values: &Values, is_float: &mut bool) -> Option<Expr> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(literal) => {
                *is_float = true;
                let literal = LitFloat::new(literal.base10_digits(), literal.span());
                Some(parse_quote! { #literal })
            }
            // A suffix says that it is an integer: `2usize`.
            Lit::Int(literal) if literal.suffix().is_empty() => {
                let digits = format!("{}.0", literal.base10_digits());
                let literal = LitFloat::new(&digits, literal.span());
                Some(parse_quote! { #literal })
            }
            _ => None,
        },
        Expr::Path(path) if is_named_constant(path, values) => Some(expression.clone()),
        Expr::Group(group) => {
            let inner = fold(&group.expr, values, is_float)?;
            Some(parse_quote! { (#inner) })
        }
        Expr::Paren(paren) => {
            let inner = fold(&paren.expr, values, is_float)?;
            Some(parse_quote! { (#inner) })
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let inner = fold(&unary.expr, values, is_float)?;
            Some(parse_quote! { -#inner })
        }
        Expr::Binary(binary) if is_arithmetic(&binary.op) => {
            let left = fold(&binary.left, values, is_float)?;
            let right = fold(&binary.right, values, is_float)?;
            let op = &binary.op;
            Some(parse_quote! { #left #op #right })
        }
        _ => None,
    }
}

/// `HILL`, `G`, `std::f64::consts::PI`: a path whose last segment is in capitals.
fn is_named_constant(path: &ExprPath, values: &Values) -> bool {
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    let in_capitals = name.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_')
        && name.chars().any(char::is_uppercase);
    let is_value = path.path.get_ident().is_some() && values.0.contains(&name);
    path.qself.is_none() && last.arguments.is_none() && in_capitals && !is_value
}
