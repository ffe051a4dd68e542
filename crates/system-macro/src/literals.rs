//! Float literals become constants of the generic number type.
//!
//! `2.0 * x` becomes `x.scale(2.0)`, any other float literal `S::from_f64(2.0)`. Integers
//! stay integers (`x.powi(2)`), except as an operand of an arithmetic operator (`1 - x`). A
//! constant exponent stays a constant (`x.powf(1.5)`), and so does what is already lifted by hand
//! (`S::from_f64(0.5)`, `x.scale(0.5)`).

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{VisitMut, visit_expr_mut};
use syn::{BinOp, Expr, ExprBinary, ImplItemFn, ItemFn, Lit, Result, UnOp, parse_quote_spanned};

/// Rewrites one expression.
pub(crate) fn lift(expression: &mut Expr) {
    Lift.visit_expr_mut(expression);
}

/// Rewrites a `let`.
pub(crate) fn lift_local(local: &mut syn::Local) {
    Lift.visit_local_mut(local);
}

/// Rewrites a whole function, free or in an `impl`.
pub(crate) fn lift_function(item: TokenStream) -> Result<TokenStream> {
    if let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) {
        Lift.visit_block_mut(&mut function.block);
        return Ok(quote! { #function });
    }
    let mut method: ImplItemFn = syn::parse2(item)?;
    Lift.visit_block_mut(&mut method.block);
    Ok(quote! { #method })
}

struct Lift;

impl VisitMut for Lift {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Some(value) = real_constant(expression) {
            *expression = parse_quote_spanned! { expression.span() =>
                S::from_f64(#value)
            };
            return;
        }
        match expression {
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                if let Some(scaled) = scaled(binary) {
                    *expression = scaled;
                    return;
                }
                for side in [&mut binary.left, &mut binary.right] {
                    if let Some(value) = integer(side) {
                        **side = parse_quote_spanned! { side.span() =>
                            S::from_f64(#value as f64)
                        };
                    }
                }
                visit_expr_mut(self, expression);
            }
            Expr::MethodCall(call) => {
                self.visit_expr_mut(&mut call.receiver);
                if !matches!(call.method.to_string().as_str(), "powf" | "scale") {
                    call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
                }
            }
            Expr::Call(call) if ends_with_from_f64(&call.func) => {}
            // Lengths and indices are integers.
            Expr::Index(index) => self.visit_expr_mut(&mut index.expr),
            Expr::Repeat(repeat) => self.visit_expr_mut(&mut repeat.expr),
            Expr::Range(_) | Expr::Cast(_) => {}
            _ => visit_expr_mut(self, expression),
        }
    }
}

/// `2.0 * x` or `x * 2.0`: a product that costs one multiplication per derivative.
fn scaled(binary: &ExprBinary) -> Option<Expr> {
    let BinOp::Mul(star) = &binary.op else { return None };
    let number = |side: &Expr| real_constant(side).or_else(|| integer(side));
    let (factor, other) = match (number(&binary.left), number(&binary.right)) {
        (Some(factor), None) => (factor, &binary.right),
        (None, Some(factor)) => (factor, &binary.left),
        _ => return None,
    };
    let mut other = other.clone();
    lift(&mut other);
    let scale = quote_spanned! { star.span() => scale };
    Some(syn::parse_quote! { (#other).#scale((#factor) as f64) })
}

fn is_arithmetic(op: &BinOp) -> bool {
    matches!(op, BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_))
}

/// An expression of literals only, at least one of them a float: `8.0 / 3.0`, `-0.5`.
fn real_constant(expression: &Expr) -> Option<Expr> {
    fn walk(expression: &Expr, float: &mut bool) -> Option<Expr> {
        match expression {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Float(literal) => {
                    *float = true;
                    let digits = syn::LitFloat::new(literal.base10_digits(), literal.span());
                    Some(syn::parse_quote! { #digits })
                }
                Lit::Int(literal) => {
                    let digits = format!("{}.0", literal.base10_digits());
                    let literal = syn::LitFloat::new(&digits, literal.span());
                    Some(syn::parse_quote! { #literal })
                }
                _ => None,
            },
            Expr::Paren(paren) => {
                let inner = walk(&paren.expr, float)?;
                Some(syn::parse_quote! { (#inner) })
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                let inner = walk(&unary.expr, float)?;
                Some(syn::parse_quote! { -#inner })
            }
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                let (left, right) = (walk(&binary.left, float)?, walk(&binary.right, float)?);
                let op = &binary.op;
                Some(syn::parse_quote! { #left #op #right })
            }
            _ => None,
        }
    }
    let mut float = false;
    walk(expression, &mut float).filter(|_| float)
}

fn integer(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::Lit(lit) if matches!(lit.lit, Lit::Int(_)) => Some(expression.clone()),
        _ => None,
    }
}

fn ends_with_from_f64(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "from_f64")
}
