//! What the expansion derives for the struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Result, Token, parse_quote};

/// The derives of every model, without those that the user asks for already.
pub(crate) fn missing(attributes: &[Attribute]) -> Result<TokenStream> {
    let mut ours: Vec<Path> = vec![
        parse_quote!(Clone),
        parse_quote!(Copy),
        parse_quote!(Debug),
        parse_quote!(Default),
        parse_quote!(PartialEq),
        parse_quote!(Eq),
    ];
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let theirs = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        for path in &theirs {
            let name = path.segments.last().map(|segment| &segment.ident);
            ours.retain(|our| our.get_ident() != name);
        }
    }
    Ok(if ours.is_empty() {
        TokenStream::new()
    } else {
        quote! { #[derive(#(#ours),*)] }
    })
}
