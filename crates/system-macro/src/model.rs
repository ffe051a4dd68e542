//! The grammar of `system!`.

use crate::documented::{Documented, drop_docs};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{
    Attribute, Error, Expr, Ident, Local, PatIdent, Result, Stmt, Token, Visibility, braced,
    parenthesized,
};

/// A parsed and checked model.
pub(crate) struct Model {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) states: Vec<Documented>,
    pub(crate) params: Vec<Documented>,
    /// `None` for `rhs(_)`.
    pub(crate) time: Option<Ident>,
    /// In the order of the source.
    pub(crate) body: Vec<Line>,
}

/// One line of `rhs`.
pub(crate) enum Line {
    Let(Local),
    /// `d(state) = value;` with the index of the state.
    Equation {
        state: usize,
        value: Expr,
    },
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
        input.parse::<keyword::rhs>()?;
        let argument;
        parenthesized!(argument in input);
        let time: Ident = argument.call(Ident::parse_any)?;
        if !argument.is_empty() {
            return Err(argument.error("`rhs` takes the name of the time only: `rhs(t)`"));
        }
        let time = Some(time).filter(|time| time != "_");
        let declared = Declared { states: &states, params: &params, time: time.as_ref() };
        declared.distinct()?;

        let content;
        braced!(content in input);
        let mut body = Vec::new();
        while !content.is_empty() {
            let line = line(&content, &declared, &body)?;
            body.push(line);
        }
        if !input.is_empty() {
            return Err(input.error("nothing may follow `rhs(t) { … }`"));
        }
        complete(&states, &body)?;
        Ok(Self { attributes, visibility, name, states, params, time, body })
    }
}

/// `{ a, b, c }`
fn names(input: ParseStream<'_>) -> Result<Vec<Documented>> {
    let list;
    braced!(list in input);
    Ok(Punctuated::<Documented, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

/// The names that the model itself declares.
struct Declared<'a> {
    states: &'a [Documented],
    params: &'a [Documented],
    time: Option<&'a Ident>,
}

impl Declared<'_> {
    /// What a name stands for.
    fn role(&self, name: &Ident) -> Option<&'static str> {
        let among = |list: &[Documented]| list.iter().any(|entry| entry.name == *name);
        match () {
            () if among(self.states) => Some("a state"),
            () if among(self.params) => Some("a parameter"),
            () => self.time.filter(|time| *time == name).map(|_| "the time"),
        }
    }

    fn distinct(&self) -> Result<()> {
        let mut seen = std::collections::HashSet::new();
        for Documented { name, .. } in self.states.iter().chain(self.params) {
            if Some(name) == self.time {
                let message = format!("`{name}` is the time, `rhs({name})`: pick another name");
                return Err(Error::new_spanned(name, message));
            }
            if !seen.insert(name) {
                return Err(Error::new_spanned(name, format!("`{name}` is declared twice")));
            }
        }
        Ok(())
    }
}

/// `let pattern = expression;` or `d(state) = expression;`
fn line(input: ParseStream<'_>, declared: &Declared<'_>, before: &[Line]) -> Result<Line> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    drop_docs(&mut attributes);
    if input.peek(keyword::d) && input.peek2(syn::token::Paren) {
        if let Some(attribute) = attributes.first() {
            let message = "an equation takes no attributes, except doc comments";
            return Err(Error::new_spanned(attribute, message));
        }
        return equation(input, declared.states, before);
    }
    if input.peek(Token![let])
        && let Stmt::Local(mut local) = input.parse()?
    {
        let mut rebound = Rebound { declared, first: None };
        rebound.visit_pat(&local.pat);
        if let Some((span, message)) = rebound.first {
            return Err(Error::new(span, message));
        }
        local.attrs = attributes;
        return Ok(Line::Let(local));
    }
    Err(input.error("expected `let name = …;` or `d(state) = …;`"))
}

fn equation(input: ParseStream<'_>, states: &[Documented], before: &[Line]) -> Result<Line> {
    input.parse::<keyword::d>()?;
    let state;
    parenthesized!(state in input);
    let name: Ident = state.parse()?;
    if !state.is_empty() {
        return Err(state.error("expected one state: `d(state) = …;`"));
    }
    input.parse::<Token![=]>()?;
    let value = input.parse()?;
    input.parse::<Token![;]>()?;
    let Some(state) = states.iter().position(|state| state.name == name) else {
        let known: Vec<_> = states.iter().map(|state| state.name.to_string()).collect();
        let message = format!("`{name}` is not a state; the states are {}", known.join(", "));
        return Err(Error::new_spanned(name, message));
    };
    if before.iter().any(|line| matches!(line, Line::Equation { state: s, .. } if *s == state)) {
        return Err(Error::new_spanned(&name, format!("`d({name})` is given twice")));
    }
    Ok(Line::Equation { state, value })
}

/// Finds a pattern that rebinds a name of the model: an equation after it would silently mean
/// something else than one before it.
struct Rebound<'a> {
    declared: &'a Declared<'a>,
    first: Option<(Span, String)>,
}

impl Visit<'_> for Rebound<'_> {
    fn visit_pat_ident(&mut self, pattern: &PatIdent) {
        let name = &pattern.ident;
        if let Some(role) = self.declared.role(name) {
            let message = format!("`{name}` is {role} of this model: pick another name");
            self.first.get_or_insert((name.span(), message));
        }
        syn::visit::visit_pat_ident(self, pattern);
    }
}

/// Every state has an equation.
fn complete(states: &[Documented], body: &[Line]) -> Result<()> {
    for (i, Documented { name, .. }) in states.iter().enumerate() {
        let gives = |line: &Line| matches!(line, Line::Equation { state, .. } if *state == i);
        if !body.iter().any(gives) {
            let message = format!("`{name}` has no equation: add `d({name}) = …;`");
            return Err(Error::new_spanned(name, message));
        }
    }
    Ok(())
}
