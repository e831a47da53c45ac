//! The client struct: made from a session only.

use super::type_name;
use syn::{Attribute, ImplItem, Item, parse_quote};

/// Drops the prelude, which only repeats the client's name.
pub(super) fn drop_prelude(file: &mut syn::File) -> Result<(), String> {
    let before = file.items.len();
    file.items
        .retain(|item| !matches!(item, Item::Mod(module) if module.ident == "prelude"));
    if file.items.len() + 1 == before {
        Ok(())
    } else {
        Err("the generator wrote no `prelude` module".to_owned())
    }
}

/// Drops the constructor that sets its own time limit and panics, and hides the one that names the HTTP client:
/// a client comes from a session.
pub(super) fn restrict_constructors(file: &mut syn::File) -> Result<(), String> {
    let mut dropped = 0;
    let mut hidden = 0;
    for item in &mut file.items {
        match item {
            Item::Struct(client) if client.ident == "Client" => {
                client.attrs.retain(|attr| !attr.path().is_ident("doc"));
                let doc: Attribute = parse_quote!(#[doc = " The calls of this tag, sent through a session."]);
                client.attrs.insert(0, doc);
            }
            Item::Impl(block)
                if block.trait_.is_none() && type_name(&block.self_ty).as_deref() == Some("Client") =>
            {
                block.items.retain(|item| {
                    let drop = matches!(item, ImplItem::Fn(function) if function.sig.ident == "new");
                    dropped += usize::from(drop);
                    !drop
                });
                for item in &mut block.items {
                    if let ImplItem::Fn(function) = item
                        && function.sig.ident == "new_with_client"
                    {
                        function.vis = parse_quote!(pub(crate));
                        hidden += 1;
                    }
                }
            }
            _ => {}
        }
    }
    if (dropped, hidden) == (1, 1) {
        Ok(())
    } else {
        Err(format!(
            "client constructors: expected one to drop and one to hide, found {dropped} and {hidden}"
        ))
    }
}
