//! Names of the model become names that cannot clash with constants in scope.
//!
//! A binding `let G = p[0];` is a pattern, and where a `const G` is in scope a pattern `G` means
//! that constant. So the expansion binds `value_of_G`, out of reach of the user, and each use of
//! `G` in an expression is renamed alike, at its own place in the source for the sake of messages.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprPath, FieldPat, FieldValue, Item, Macro, Member, Pat, PatIdent, Token};

/// The identifier that stands for `name` in the expansion.
pub(crate) fn binding(name: &Ident) -> Ident {
    let span = Span::mixed_site().located_at(name.span());
    format_ident!("value_of_{}", name.unraw(), span = span)
}

/// Renames the uses of these names. Inner patterns that shadow them are renamed with their uses.
pub(crate) struct Rename<'a>(pub(crate) Vec<&'a Ident>);

impl Rename<'_> {
    fn rename(&self, name: &mut Ident) -> bool {
        let declared = self.0.iter().any(|declared| *declared == name);
        if declared {
            *name = binding(name);
        }
        declared
    }

    /// In the arguments of a macro there are only tokens: fields, methods and paths are spared.
    fn rename_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut before = [' '; 2];
        let rename = |mut token: TokenTree| {
            let is_member = before[1] == '.' && before[0] != '.';
            let is_segment = before == [':'; 2];
            match &mut token {
                TokenTree::Ident(name) if !is_member && !is_segment => {
                    self.rename(name);
                }
                TokenTree::Group(group) => {
                    let inner = self.rename_tokens(group.stream());
                    let mut renamed = Group::new(group.delimiter(), inner);
                    renamed.set_span(group.span());
                    *group = renamed;
                }
                _ => {}
            }
            let last = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
            before = [before[1], last];
            token
        };
        tokens.into_iter().map(rename).collect()
    }
}

impl VisitMut for Rename<'_> {
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        if path.qself.is_none()
            && path.path.leading_colon.is_none()
            && path.path.segments.len() == 1
            && let Some(segment) = path.path.segments.first_mut()
            && segment.arguments.is_none()
        {
            self.rename(&mut segment.ident);
        }
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.rename(&mut pattern.ident);
        visit_mut::visit_pat_ident_mut(self, pattern);
    }

    /// `Point { x }` becomes `Point { x: value_of_x }`.
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        if let (Member::Named(name), Expr::Path(value)) = (&field.member, &field.expr)
            && !value.path.is_ident(name)
        {
            field.colon_token.get_or_insert(Token![:](name.span()));
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        if let (Member::Named(name), Pat::Ident(pattern)) = (&field.member, &*field.pat)
            && pattern.ident != *name
        {
            field.colon_token.get_or_insert(Token![:](name.span()));
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        call.tokens = self.rename_tokens(std::mem::take(&mut call.tokens));
    }

    /// An inner item does not see the model.
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
