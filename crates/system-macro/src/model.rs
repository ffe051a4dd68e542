//! The grammar of `system!`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, Result, Stmt, Token, Visibility, braced, parenthesized};

/// A parsed and checked model.
pub(crate) struct Model {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) states: Vec<Ident>,
    pub(crate) params: Vec<Ident>,
    pub(crate) time: Ident,
    /// `let` statements, in order.
    pub(crate) locals: Vec<Stmt>,
    /// The right-hand side of each state, in the order of `states`.
    pub(crate) derivatives: Vec<Expr>,
}

mod keyword {
    syn::custom_keyword!(state);
    syn::custom_keyword!(params);
    syn::custom_keyword!(rhs);
    syn::custom_keyword!(d);
}

impl Parse for Model {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        input.parse::<Token![;]>()?;

        input.parse::<keyword::state>()?;
        let states = names(input)?;
        if states.is_empty() {
            return Err(Error::new_spanned(&name, "a model needs at least one state"));
        }
        input.parse::<keyword::params>()?;
        let params = names(input)?;
        distinct(states.iter().chain(&params))?;

        input.parse::<keyword::rhs>()?;
        let argument;
        parenthesized!(argument in input);
        let time = argument.parse()?;
        let body;
        braced!(body in input);
        let (mut locals, mut equations) = (Vec::new(), Vec::new());
        while !body.is_empty() {
            if body.peek(keyword::d) && body.peek2(syn::token::Paren) {
                equations.push(equation(&body)?);
            } else if body.peek(Token![let]) {
                locals.push(body.parse()?);
            } else {
                return Err(body.error("expected `let name = …;` or `d(state) = …;`"));
            }
        }
        if !input.is_empty() {
            return Err(input.error("nothing may follow `rhs(t) { … }`"));
        }
        let derivatives = in_order_of_states(&states, equations)?;
        Ok(Self { attributes, visibility, name, states, params, time, locals, derivatives })
    }
}

/// `{ a, b, c }`
fn names(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let list;
    braced!(list in input);
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

fn distinct<'a>(names: impl Iterator<Item = &'a Ident>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::new_spanned(name, format!("`{name}` is declared twice")));
        }
    }
    Ok(())
}

/// `d(state) = expression;`
fn equation(body: ParseStream<'_>) -> Result<(Ident, Expr)> {
    body.parse::<keyword::d>()?;
    let state;
    parenthesized!(state in body);
    let state = state.parse()?;
    body.parse::<Token![=]>()?;
    let expression = body.parse()?;
    body.parse::<Token![;]>()?;
    Ok((state, expression))
}

fn in_order_of_states(states: &[Ident], equations: Vec<(Ident, Expr)>) -> Result<Vec<Expr>> {
    let mut slots: Vec<Option<Expr>> = vec![None; states.len()];
    for (state, expression) in equations {
        let Some(i) = states.iter().position(|s| *s == state) else {
            let known: Vec<_> = states.iter().map(ToString::to_string).collect();
            let message = format!("`{state}` is not a state; the states are {}", known.join(", "));
            return Err(Error::new_spanned(state, message));
        };
        if slots[i].replace(expression).is_some() {
            return Err(Error::new_spanned(&state, format!("`d({state})` is given twice")));
        }
    }
    let missing = |state: &Ident| {
        Error::new_spanned(state, format!("`{state}` has no equation: add `d({state}) = …;`"))
    };
    states.iter().zip(slots).map(|(state, slot)| slot.ok_or_else(|| missing(state))).collect()
}
