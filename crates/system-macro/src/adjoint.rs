//! The vector–Jacobian product of equations without loops, closures or functions of others, as code:
//! reverse mode at compile time (Griewank and Walther, Evaluating Derivatives, 2008, section 6.2).
//!
//! The body is read after literals were lifted and names renamed. What is not understood makes a model
//! without such code, and nothing else.

use crate::literals::OF_ONE;
use crate::model::Line;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashMap;
use syn::{BinOp, Expr, Lit, Local, Pat, UnOp};

/// Functions with finite values and slopes everywhere.
const TAME: [&str; 6] = ["sin", "cos", "atan", "tanh", "logistic", "softplus"];

/// The names that a model starts with, and those of its expansion.
pub(crate) struct Names<'a> {
    pub(crate) home: &'a TokenStream,
    pub(crate) states: &'a [Ident],
    pub(crate) params: &'a [Ident],
    pub(crate) time: &'a Ident,
}

/// A value of the body.
struct Value {
    /// What computes it from earlier values.
    code: TokenStream,
    operands: Vec<usize>,
    /// Whether it depends on a state or a parameter.
    active: bool,
    /// Whether it is finite wherever the inputs are (overflow aside), so that no product with it
    /// needs a look at a zero cotangent.
    tame: bool,
    rule: Rule,
}

/// How its cotangent is handed on.
enum Rule {
    None,
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Scale(TokenStream),
    /// By a slope, an expression.
    Slope(TokenStream, bool),
    Pow,
    Abs,
    Max,
    Min,
    Select,
}

struct Reader<'a> {
    home: &'a TokenStream,
    values: Vec<Value>,
    scope: HashMap<String, usize>,
}

fn own(name: &str, i: usize) -> Ident {
    Ident::new(&format!("{name}_{i}"), Span::mixed_site())
}

fn value(i: usize) -> Ident {
    own("v", i)
}

/// The method `vjp`, if the body can be read.
pub(crate) fn vjp(names: &Names<'_>, body: &[Line]) -> Option<TokenStream> {
    let mut reader = Reader { home: names.home, values: Vec::new(), scope: HashMap::new() };
    let inputs = names.states.iter().chain(names.params);
    for name in inputs.clone().chain([names.time]) {
        let active = name != names.time;
        let leaf = Value { code: quote! { #name }, active, ..Value::constant(TokenStream::new()) };
        let id = reader.push(leaf);
        reader.scope.insert(name.to_string(), id);
    }
    let mut outputs = vec![None; names.states.len()];
    for line in body {
        match line {
            Line::Let(local) => reader.bind(local)?,
            Line::Equation { state, value } => outputs[*state] = Some(reader.read(value)?),
        }
    }
    let outputs = outputs.into_iter().collect::<Option<Vec<_>>>()?;
    Some(write(names, &reader, &outputs))
}

impl Value {
    fn constant(code: TokenStream) -> Self {
        Self { code, operands: Vec::new(), active: false, tame: true, rule: Rule::None }
    }
}

impl Reader<'_> {
    fn push(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    fn operation(
        &mut self,
        code: TokenStream,
        operands: &[usize],
        tame: bool,
        rule: Rule,
    ) -> usize {
        let active = operands.iter().any(|&k| self.values[k].active);
        let tame = tame && operands.iter().all(|&k| self.values[k].tame);
        self.push(Value { code, operands: operands.to_vec(), active, tame, rule })
    }

    /// `let name = …;`, `let (a, b) = (…, …);`
    fn bind(&mut self, local: &Local) -> Option<()> {
        let init = local.init.as_ref().filter(|init| init.diverge.is_none())?;
        if !local.attrs.is_empty() {
            return None;
        }
        let mut bound = Vec::new();
        self.pair(&local.pat, &init.expr, &mut bound)?;
        self.scope.extend(bound);
        Some(())
    }

    fn pair(
        &mut self,
        pattern: &Pat,
        expression: &Expr,
        bound: &mut Vec<(String, usize)>,
    ) -> Option<()> {
        match (pattern, expression) {
            (Pat::Type(typed), _) if typed.ty.to_token_stream().to_string() == "S" => {
                self.pair(&typed.pat, expression, bound)
            }
            (Pat::Ident(name), _) if name.by_ref.is_none() && name.subpat.is_none() => {
                bound.push((name.ident.to_string(), self.read(expression)?));
                Some(())
            }
            (Pat::Wild(_), _) => self.read(expression).map(|_| ()),
            (Pat::Tuple(names), Expr::Tuple(values)) if names.elems.len() == values.elems.len() => {
                let mut pairs = names.elems.iter().zip(&values.elems);
                pairs.try_for_each(|(name, value)| self.pair(name, value, bound))
            }
            (Pat::Slice(names), Expr::Array(values)) if names.elems.len() == values.elems.len() => {
                let mut pairs = names.elems.iter().zip(&values.elems);
                pairs.try_for_each(|(name, value)| self.pair(name, value, bound))
            }
            _ => None,
        }
    }

    fn read(&mut self, expression: &Expr) -> Option<usize> {
        match expression {
            Expr::Path(path) => {
                let name = path.path.get_ident().filter(|_| path.qself.is_none())?;
                self.scope.get(&name.to_string()).copied()
            }
            Expr::Paren(paren) => self.read(&paren.expr),
            Expr::Group(group) => self.read(&group.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
                let a = self.read(&unary.expr)?;
                let x = value(a);
                Some(self.operation(quote! { -#x }, &[a], true, Rule::Neg))
            }
            Expr::Binary(binary) => {
                let (a, b) = (self.read(&binary.left)?, self.read(&binary.right)?);
                let (x, y, op) = (value(a), value(b), &binary.op);
                let (rule, tame) = match op {
                    BinOp::Add(_) => (Rule::Add, true),
                    BinOp::Sub(_) => (Rule::Sub, true),
                    BinOp::Mul(_) => (Rule::Mul, true),
                    BinOp::Div(_) => (Rule::Div, false),
                    _ => return None,
                };
                Some(self.operation(quote! { #x #op #y }, &[a, b], tame, rule))
            }
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return None };
                let name: Vec<_> = path.path.segments.iter().map(|s| s.ident.to_string()).collect();
                match name.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                    ["S", "from_f64" | "one" | "zero"] if path.qself.is_none() => {
                        Some(self.push(Value::constant(quote! { #call })))
                    }
                    _ => None,
                }
            }
            Expr::MethodCall(call) if call.turbofish.is_none() => {
                let a = self.read(&call.receiver)?;
                let name = call.method.to_string();
                let arguments: Vec<_> = call.args.iter().collect();
                self.method(a, &name, &call.method, &arguments)
            }
            _ => None,
        }
    }

    fn method(&mut self, a: usize, name: &str, method: &Ident, args: &[&Expr]) -> Option<usize> {
        let (x, home) = (value(a), self.home);
        let one_of = quote! { #home::__derivative };
        match (name, args) {
            ("abs", []) => Some(self.operation(quote! { #x.#method() }, &[a], true, Rule::Abs)),
            // Flat, also at the jump.
            ("sign", []) => Some(self.operation(quote! { #x.#method() }, &[a], true, Rule::None)),
            (_, []) if OF_ONE.contains(&name) => {
                let tame = TAME.contains(&name);
                let result = value(self.values.len());
                let (slope, of_result) = match name {
                    "exp" => (quote! { #result }, true),
                    "sqrt" => (quote! { S::from_f64(0.5) / #result }, true),
                    _ => (quote! { #one_of::#method(#x).1 }, false),
                };
                let rule = Rule::Slope(slope, tame);
                let id = self.operation(quote! { #x.#method() }, &[a], tame, rule);
                if of_result {
                    // The slope asks for the value itself.
                    self.values[id].operands.push(id);
                }
                Some(id)
            }
            ("scale", [factor]) => {
                let rule = Rule::Scale(quote! { #factor });
                Some(self.operation(quote! { #x.#method(#factor) }, &[a], true, rule))
            }
            ("powi", [n]) => {
                let slope = quote! { #one_of::powi(#x, #n).1 };
                let tame = is_natural(n);
                let rule = Rule::Slope(slope, tame);
                Some(self.operation(quote! { #x.#method(#n) }, &[a], tame, rule))
            }
            ("powf", [exponent]) => {
                let rule = Rule::Slope(quote! { #one_of::powf(#x, #exponent).1 }, false);
                Some(self.operation(quote! { #x.#method(#exponent) }, &[a], false, rule))
            }
            ("pow" | "max" | "min", [b]) => {
                let b = self.read(b)?;
                let (y, rule) = match name {
                    "pow" => (value(b), Rule::Pow),
                    "max" => (value(b), Rule::Max),
                    _ => (value(b), Rule::Min),
                };
                Some(self.operation(quote! { #x.#method(#y) }, &[a, b], name != "pow", rule))
            }
            ("select_lt", [other, yes, no]) => {
                let all = [a, self.read(other)?, self.read(yes)?, self.read(no)?];
                let [_, b, yes, no] = all.map(value);
                Some(self.operation(quote! { #x.#method(#b, #yes, #no) }, &all, true, Rule::Select))
            }
            _ => None,
        }
    }
}

fn is_natural(n: &Expr) -> bool {
    matches!(n, Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_)))
}

/// Writes the method: values that slopes need, then cotangents from the last to the first.
fn write(names: &Names<'_>, reader: &Reader<'_>, outputs: &[usize]) -> TokenStream {
    let values = &reader.values;
    let mut terms: Vec<Vec<TokenStream>> = vec![Vec::new(); values.len()];
    for (i, &output) in outputs.iter().enumerate() {
        let bar = own("du_bar", i);
        terms[output].push(quote! { #bar });
    }
    let (mut backward, mut needed) = (Vec::new(), vec![false; values.len()]);
    for (id, this) in values.iter().enumerate().rev() {
        if !this.active || terms[id].is_empty() {
            continue;
        }
        let (bar, sum) = (own("bar", id), &terms[id]);
        backward.push(quote! { let #bar: S = #(#sum)+*; });
        let [a, b] = [0, 1].map(|k| this.operands.get(k).copied().unwrap_or(id));
        let (x, y) = (value(a), value(b));
        let mut hand_on = |to: usize, term: TokenStream, uses: &[usize]| {
            if values[to].active {
                terms[to].push(term);
                uses.iter().for_each(|&k| needed[k] = true);
            }
        };
        let product = |with: usize| {
            let other = value(with);
            if values[with].tame {
                quote! { #other * #bar }
            } else {
                quote! { #other.weigh(#bar) }
            }
        };
        match &this.rule {
            Rule::None => {}
            Rule::Add => [a, b].iter().for_each(|&k| hand_on(k, quote! { #bar }, &[])),
            Rule::Sub => {
                hand_on(a, quote! { #bar }, &[]);
                hand_on(b, quote! { (-#bar) }, &[]);
            }
            Rule::Mul => {
                hand_on(a, product(b), &[b]);
                hand_on(b, product(a), &[a]);
            }
            Rule::Div => {
                let (part, quotient) = (own("part", id), value(id));
                backward.push(quote! { let #part: S = (S::one() / #y).weigh(#bar); });
                hand_on(a, quote! { #part }, &[b]);
                hand_on(b, quote! { (-#quotient).weigh(#part) }, &[id]);
            }
            Rule::Neg => hand_on(a, quote! { (-#bar) }, &[]),
            Rule::Scale(factor) => hand_on(a, quote! { #bar.scale(#factor) }, &[]),
            Rule::Slope(slope, true) if values[a].tame => {
                hand_on(a, quote! { (#slope) * #bar }, &this.operands);
            }
            Rule::Slope(slope, _) => hand_on(a, quote! { (#slope).weigh(#bar) }, &this.operands),
            Rule::Pow => {
                let (slopes, home) = (own("slopes", id), names.home);
                backward.push(quote! { let #slopes = #home::__derivative::pow(#x, #y); });
                hand_on(a, quote! { #slopes.1.weigh(#bar) }, &[a, b]);
                hand_on(b, quote! { #slopes.2.weigh(#bar) }, &[a, b]);
            }
            Rule::Abs => hand_on(a, quote! { #x.select_lt(S::zero(), -#bar, #bar) }, &[a]),
            Rule::Max => {
                hand_on(a, quote! { #x.select_lt(#y, S::zero(), #bar) }, &[a, b]);
                hand_on(b, quote! { #x.select_lt(#y, #bar, S::zero()) }, &[a, b]);
            }
            Rule::Min => {
                hand_on(a, quote! { #y.select_lt(#x, S::zero(), #bar) }, &[a, b]);
                hand_on(b, quote! { #y.select_lt(#x, #bar, S::zero()) }, &[a, b]);
            }
            Rule::Select => {
                let [yes, no] = [this.operands[2], this.operands[3]];
                hand_on(yes, quote! { #x.select_lt(#y, #bar, S::zero()) }, &[a, b]);
                hand_on(no, quote! { #x.select_lt(#y, S::zero(), #bar) }, &[a, b]);
            }
        }
    }
    for id in (0..values.len()).rev().filter(|&id| needed[id]).collect::<Vec<_>>() {
        mark(values, id, &mut needed);
    }
    let forward = values.iter().enumerate().filter(|(id, _)| needed[*id]).map(|(id, this)| {
        let (name, code) = (value(id), &this.code);
        quote! { let #name: S = #code; }
    });
    let (home, states, params, time) = (names.home, names.states, names.params, names.time);
    let (dim, num_params) = (states.len(), params.len());
    let inputs = (0..dim).map(|i| (quote! { u_bar }, i));
    let inputs = inputs.chain((0..num_params).map(|i| (quote! { p_bar }, i))).enumerate();
    let collect = inputs.filter(|(id, _)| !terms[*id].is_empty()).map(|(id, (slice, i))| {
        let bar = own("bar", id);
        let slice = Ident::new(&slice.to_string(), Span::mixed_site());
        quote! { #slice[#i] += #bar; }
    });
    let bars = (0..dim).map(|i| own("du_bar", i));
    let [u, p, du_bar, u_bar, p_bar] =
        ["u", "p", "du_bar", "u_bar", "p_bar"].map(|name| Ident::new(name, Span::mixed_site()));
    quote! {
        #[inline]
        #[allow(unused_variables, unused_parens, non_snake_case, clippy::all)]
        fn vjp<S: #home::Scalar>(
            &self,
            #time: S,
            #u: &[S],
            #p: &[S],
            #du_bar: &[S],
            #u_bar: &mut [S],
            #p_bar: &mut [S],
        ) -> bool {
            // A product is never silently a part of one.
            let (&[#(#states),*], &[#(#params),*], &[#(#bars),*], #dim, #num_params) =
                (#u, #p, #du_bar, #u_bar.len(), #p_bar.len())
            else {
                #home::wrong_lengths(#u_bar);
                #home::wrong_lengths(#p_bar);
                return true;
            };
            #(#forward)*
            #(#backward)*
            #(#collect)*
            true
        }
    }
}

/// Marks what a value is computed from.
fn mark(values: &[Value], id: usize, needed: &mut [bool]) {
    for &k in values[id].operands.iter().filter(|&&k| k != id) {
        if !needed[k] {
            needed[k] = true;
            mark(values, k, needed);
        }
    }
}
