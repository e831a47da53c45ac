//! What every generated call passes through on its way to the session.

use cryptopocket_core::{Operation, Session};
use reqwest::{Request, Url};

/// The table entry of a generated call.
#[allow(
    clippy::expect_used,
    reason = "calls and table are generated from one document"
)]
pub(crate) fn described(id: &str) -> &'static Operation {
    crate::operation(id).expect("every generated call is in the table")
}

/// Removes what the generator adds on its own, and refuses a URL that a path parameter has bent: `..` is not escaped
/// by the generated code, and an empty id is another call.
pub(crate) fn prepare(session: &Session, id: &str, request: &mut Request) -> Result<(), String> {
    // The generator announces the document's version; the provider knows no such header.
    request.headers_mut().remove("api-version");
    if path_fits(session.base_url(), described(id).path, request.url()) {
        Ok(())
    } else {
        Err("a path parameter is empty or leaves its place".to_owned())
    }
}

/// Whether the URL is `template` below `base`, with one non-empty segment for each parameter.
fn path_fits(base: &str, template: &str, url: &Url) -> bool {
    let Ok(base) = Url::parse(base) else { return false };
    let Some(below) = url.path().strip_prefix(base.path().trim_end_matches('/')) else {
        return false;
    };
    let mut found = below.split('/');
    let mut wanted = template.split('/');
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return true,
            (Some(segment), Some(name)) if name.starts_with('{') && !segment.is_empty() => {}
            (Some(segment), Some(name)) if segment == name => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(path: &str) -> bool {
        let url = Url::parse(&format!("https://host.example/api{path}")).unwrap();
        path_fits("https://host.example/api", "/payment/{payment_id}", &url)
    }

    #[test]
    fn one_segment_fits() {
        assert!(fits("/payment/abc"));
        assert!(fits("/payment/a%2Fb?x=1"));
    }

    #[test]
    fn a_parameter_cannot_climb_vanish_or_grow() {
        assert!(!fits("/payment/.."));
        assert!(!fits("/payment/%2e%2e"));
        assert!(!fits("/payment/"));
        assert!(!fits("/payment/a/b"));
        assert!(!fits("/../payment/a"));
    }
}
