//! Literals and named constants become constants of the generic number type.
//!
//! A constant times something is `x.scale(2.0)`, any other constant `S::from_f64(2.0)`. What takes
//! a plain number keeps it: exponents, factors of `scale`, `S::from_f64(0.5)`, indices, ranges.
//!
//! In `#[literals]` only a constant with a float literal in it is lifted: `u.len() - 1` and
//! `i * N` are integer arithmetic. In `system!` all is scalar, so the places that hold a scalar
//! (an equation, a `let`, an operand of `+ - * /`, an argument of `min`, `max`, …) lift any
//! constant.

use crate::constant::{Constant, Values, is_arithmetic};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::{VisitMut, visit_expr_mut, visit_local_mut};
use syn::{
    BinOp, Block, Expr, ExprBinary, ExprCall, ImplItemFn, Item, ItemFn, Local, Pat, Result, Stmt,
    UnOp, parse_quote, parse_quote_spanned,
};

/// Rewrites a whole function, free or in an `impl`.
pub(crate) fn lift_function(item: TokenStream) -> Result<TokenStream> {
    let mut values = Values::default();
    if let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) {
        values.visit_item_fn(&function);
        Lift::floats(values).visit_block_mut(&mut function.block);
        return Ok(quote! { #function });
    }
    let mut method: ImplItemFn = syn::parse2(item)?;
    values.visit_impl_item_fn(&method);
    Lift::floats(values).visit_block_mut(&mut method.block);
    Ok(quote! { #method })
}

/// The rewriting of one body.
pub(crate) struct Lift {
    values: Values,
    /// Everything is a scalar, integers too (`system!`).
    integers: bool,
    /// Inside a closure whose parameters have no types: a method call could not be resolved.
    untyped: bool,
}

/// Where a constant stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// A scalar is expected here.
    Scalar,
    /// Unknown: an argument of some function, say.
    Any,
}
use Place::{Any, Scalar};

/// Methods of `Scalar` on one value, those with a plain number as their argument, and those with
/// more values.
pub(crate) const OF_ONE: [&str; 32] = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sech_squared",
    "asinh",
    "acosh",
    "atanh",
    "exp",
    "exp_m1",
    "exp2",
    "gaussian",
    "ln",
    "ln_1p",
    "log2",
    "log10",
    "sqrt",
    "cbrt",
    "logistic",
    "logistic_density",
    "softplus",
    "erf",
    "erfc",
    "lgamma",
    "digamma",
    "abs",
    "sign",
];
const WITH_NUMBER: [&str; 4] = ["powi", "powf", "scale", "polygamma"];
const OF_MORE: [&str; 6] = ["max", "min", "pow", "atan2", "hypot", "select_lt"];

impl Lift {
    /// Lifts every constant that stands for a scalar.
    pub(crate) fn all(values: Values) -> Self {
        Self { values, integers: true, untyped: false }
    }

    /// Lifts float literals.
    fn floats(values: Values) -> Self {
        Self { values, integers: false, untyped: false }
    }

    /// Rewrites the right-hand side of an equation.
    pub(crate) fn equation(&mut self, value: &mut Expr) {
        self.visit(value, Scalar);
    }

    fn is_lifted(&self, constant: &Constant, place: Place) -> bool {
        constant.is_float || (self.integers && place == Scalar)
    }

    fn visit(&mut self, expression: &mut Expr, place: Place) {
        if let Some(constant) = Constant::of(expression, &self.values) {
            if self.is_lifted(&constant, place) {
                let value = constant.value;
                *expression = parse_quote_spanned! { expression.span() => S::from_f64(#value) };
            }
            return;
        }
        match expression {
            Expr::Binary(binary) if is_arithmetic(&binary.op) => {
                if let Some(product) = self.product(binary) {
                    *expression = product;
                    return;
                }
                self.visit(&mut binary.left, Scalar);
                self.visit(&mut binary.right, Scalar);
            }
            Expr::Binary(binary) if is_assignment(&binary.op) => {
                self.visit(&mut binary.left, Any);
                self.visit(&mut binary.right, Scalar);
            }
            Expr::Assign(assign) => {
                self.visit(&mut assign.left, Any);
                self.visit(&mut assign.right, Scalar);
            }
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let place = if is_scalar_method(&name) { Scalar } else { Any };
                self.visit(&mut call.receiver, place);
                self.arguments(&name, place, call.args.iter_mut());
            }
            Expr::Call(call) => self.call(call),
            Expr::Closure(closure) => {
                let outside = self.untyped;
                self.untyped |= !closure.inputs.iter().all(|input| matches!(input, Pat::Type(_)));
                self.visit(&mut closure.body, Any);
                self.untyped = outside;
            }
            // What these hold is what the whole is.
            Expr::Paren(paren) => self.visit(&mut paren.expr, place),
            Expr::Group(group) => self.visit(&mut group.expr, place),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                self.visit(&mut unary.expr, place);
            }
            Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(|e| self.visit(e, place)),
            Expr::Array(array) => array.elems.iter_mut().for_each(|e| self.visit(e, place)),
            Expr::Block(block) => self.block(&mut block.block, place),
            Expr::If(branches) => {
                self.visit(&mut branches.cond, Any);
                self.block(&mut branches.then_branch, place);
                if let Some((_, other)) = &mut branches.else_branch {
                    self.visit(other, place);
                }
            }
            Expr::Match(choice) => {
                self.visit(&mut choice.expr, Any);
                for arm in &mut choice.arms {
                    if let Some((_, guard)) = &mut arm.guard {
                        self.visit(guard, Any);
                    }
                    self.visit(&mut arm.body, place);
                }
            }
            // Lengths and indices are integers.
            Expr::Repeat(repeat) => self.visit(&mut repeat.expr, place),
            Expr::Index(index) => self.visit(&mut index.expr, Any),
            Expr::Range(_) | Expr::Cast(_) | Expr::Const(_) => {}
            _ => visit_expr_mut(self, expression),
        }
    }

    /// `2.0 * x` or `x * 2.0`: a product that costs one multiplication per derivative.
    fn product(&mut self, binary: &ExprBinary) -> Option<Expr> {
        let BinOp::Mul(star) = &binary.op else { return None };
        let constant = |side| {
            Constant::of(side, &self.values).filter(|constant| self.is_lifted(constant, Scalar))
        };
        let (factor, other) = match (constant(&binary.left), constant(&binary.right)) {
            (Some(factor), None) => (factor.value, &binary.right),
            (None, Some(factor)) => (factor.value, &binary.left),
            _ => return None,
        };
        let mut other = other.clone();
        self.visit(&mut other, Scalar);
        if self.untyped {
            return Some(parse_quote! { S::from_f64(#factor) #star (#other) });
        }
        let scale = quote_spanned! { star.span() => scale };
        Some(parse_quote! { (#other).#scale(#factor) })
    }

    /// `S::from_f64(…)`, `S::max(x, 0)`, and functions of others.
    fn call(&mut self, call: &mut ExprCall) {
        let name = match &*call.func {
            Expr::Path(path) if path.path.segments.len() > 1 => {
                path.path.segments.last().map(|segment| segment.ident.to_string())
            }
            _ => None,
        };
        match name.as_deref() {
            Some("from_f64") => {}
            Some(name) if is_scalar_method(name) => {
                let mut arguments = call.args.iter_mut();
                if let Some(receiver) = arguments.next() {
                    self.visit(receiver, Scalar);
                }
                self.arguments(name, Scalar, arguments);
            }
            _ => {
                self.visit(&mut call.func, Any);
                call.args.iter_mut().for_each(|argument| self.visit(argument, Any));
            }
        }
    }

    fn arguments<'a>(
        &mut self,
        method: &str,
        place: Place,
        arguments: impl Iterator<Item = &'a mut Expr>,
    ) {
        if !WITH_NUMBER.contains(&method) {
            return arguments.for_each(|argument| self.visit(argument, place));
        }
        if self.integers && !matches!(method, "powi" | "polygamma") {
            // `x.powf(2)` takes an `f64`.
            for argument in arguments {
                if let Some(constant) = Constant::of(argument, &self.values) {
                    *argument = constant.value;
                }
            }
        }
    }

    fn block(&mut self, block: &mut Block, place: Place) {
        for statement in &mut block.stmts {
            match statement {
                Stmt::Expr(value, None) => self.visit(value, place),
                other => self.visit_stmt_mut(other),
            }
        }
    }
}

impl VisitMut for Lift {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        self.visit(expression, Any);
    }

    /// A type that is not made of scalars keeps its numbers: `let n: i32 = 2;`.
    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Pat::Type(typed) = &local.pat
            && !mentions_scalar(typed.ty.to_token_stream())
        {
            return;
        }
        if let Some(init) = &mut local.init
            && init.diverge.is_none()
        {
            return self.visit(&mut init.expr, Scalar);
        }
        visit_local_mut(self, local);
    }

    /// Patterns and inner items are no expressions of the model.
    fn visit_pat_mut(&mut self, _: &mut Pat) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// The number type `S`, or `_`, which may become it.
fn mentions_scalar(ty: TokenStream) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == "S" || name == "_",
        TokenTree::Group(group) => mentions_scalar(group.stream()),
        TokenTree::Punct(punct) => punct.as_char() == '_',
        TokenTree::Literal(_) => false,
    })
}

fn is_scalar_method(name: &str) -> bool {
    OF_ONE.contains(&name) || WITH_NUMBER.contains(&name) || OF_MORE.contains(&name)
}

fn is_assignment(op: &BinOp) -> bool {
    use BinOp::{AddAssign, DivAssign, MulAssign, SubAssign};
    matches!(op, AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_))
}
