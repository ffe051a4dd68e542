//! States and parameters with their doc comments.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, Ident, Lit, Meta, Result};

/// `/// what it is` and its name.
pub(crate) struct Documented {
    pub(crate) name: Ident,
    /// The doc comment on one line; empty if there is none.
    docs: String,
}

impl Parse for Documented {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        if let Some(other) = attributes.iter().find(|attribute| !is_doc(attribute)) {
            let message = "only doc comments may stand before a state or a parameter";
            return Err(Error::new_spanned(other, message));
        }
        let lines: Vec<_> = attributes.iter().filter_map(text).collect();
        Ok(Self { name: input.parse()?, docs: lines.join(" ").trim().to_string() })
    }
}

impl Documented {
    /// The name as text: `type` for `r#type`.
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

/// A section for the docs of the struct: a list of what is documented, in order. Empty if nothing
/// is.
pub(crate) fn section(title: &str, list: &[Documented]) -> Vec<String> {
    let items: Vec<_> = list
        .iter()
        .filter(|entry| !entry.docs.is_empty())
        .map(|entry| format!(" - `{}`: {}", entry.text(), entry.docs))
        .collect();
    if items.is_empty() {
        return items;
    }
    [String::new(), format!(" {title}:"), String::new()].into_iter().chain(items).collect()
}

/// Removes doc comments: rustc warns about them on statements.
pub(crate) fn drop_docs(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| !is_doc(attribute));
}

fn is_doc(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc")
}

fn text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else { return None };
    let Expr::Lit(literal) = &doc.value else { return None };
    let Lit::Str(text) = &literal.lit else { return None };
    Some(text.value().trim().to_string())
}
